"""Takes feeds into the directory: staged first, then compared and written in one transaction."""

from directory_client.imports.report import Report
from directory_client.imports.run import take_in

__all__ = ["Report", "take_in"]
