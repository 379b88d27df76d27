"""Situation tables, people sent over by another service, and plans for one person with many barriers."""
