"""Sharing with partners: agreements, disclosures, what a person has excluded, corrections that partners propose."""
