"""What came from which feed, and when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from directory_client.tables.base import ID_LENGTH, Base


class FeedRun(Base):
    """One import: when, of which source, and what came of it."""

    __tablename__ = "feed_run"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    source: Mapped[str] = mapped_column(String(100), index=True)
    complete: Mapped[bool]
    """The feed was a full one: what it lacked was closed."""
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime]
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """By table: {"added", "changed", "unchanged", "closed", "removed", "refused"}."""


class FeedRecord(Base):
    """Under which id a record of a feed stands in the tables, and what it looked like when it was last read."""

    __tablename__ = "feed_record"
    __table_args__ = (Index("ix_feed_record_run", "source", "entity", "run_id"),)

    source: Mapped[str] = mapped_column(String(100), primary_key=True)
    entity: Mapped[str] = mapped_column(String(40), primary_key=True)
    feed_id: Mapped[str] = mapped_column(String(2 * ID_LENGTH), primary_key=True)
    record_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    digest: Mapped[str] = mapped_column(String(32))
    run_id: Mapped[str] = mapped_column(String(36))
    """The last import that had it."""
