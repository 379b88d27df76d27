"""The directory in the open standard: records as HSDS 3.1 JSON, and packages of CSV files."""
