"""Finds what is stale or broken in the directory, record by record, in words for the person who keeps it."""

from directory_client.checks.finding import Check, Finding
from directory_client.checks.run import findings
from directory_client.checks.table import CHECKS

__all__ = ["CHECKS", "Check", "Finding", "findings"]
