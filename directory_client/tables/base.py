"""The declarative base of the directory and the three kinds of id columns that its tables share."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import Date, DateTime, Float, ForeignKey, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

ID_LENGTH = 100


class Base(DeclarativeBase):
    """Declarative base of the directory alone; conversations have their own."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        datetime: DateTime(timezone=True),
        date: Date(),
        float: Float(),
    }


def key() -> Mapped[str]:
    """The record's own id."""
    return mapped_column(String(ID_LENGTH), primary_key=True)


def parent(table: str) -> Mapped[str]:
    """The id of a record of `table` without which this one has no meaning."""
    return mapped_column(String(ID_LENGTH), ForeignKey(f"{table}.id", ondelete="CASCADE"), index=True)


def link(table: str) -> Mapped[str | None]:
    """The id of a record of `table` that this one may belong to."""
    return mapped_column(String(ID_LENGTH), ForeignKey(f"{table}.id", ondelete="CASCADE"), index=True)
