"""Reads the formats in which directories are handed over, each into rows of HSDS tables."""
