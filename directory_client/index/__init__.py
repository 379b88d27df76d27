"""The search index, derived from the records. Whoever writes records calls `reindex` for them afterwards."""

from __future__ import annotations

from directory_client.index.making import reach_of
from directory_client.index.writing import outdated, reindex, stamp

__all__ = ["outdated", "reach_of", "reindex", "stamp"]
