"""Rows of another table as one column: what belongs to a record comes with it, without a statement of its own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ColumnElement, func, select


def nested(dialect: str, *columns: Any, where: ColumnElement[bool]) -> Any:
    """A list of lists, the values of each row of the columns' table for which `where` holds; in no order.

    Values are as JSON has them: dates and times would be texts. None of a record that has no such row, or an empty
    list, as the database likes.

    Args:
        dialect: the name of the database's.
        where: may speak of the statement around this one.
    """
    if dialect == "postgresql":
        gathered = func.json_agg(func.json_build_array(*columns), type_=JSON())
    else:
        gathered = func.json_group_array(func.json_array(*columns), type_=JSON())
    return select(gathered).where(where).scalar_subquery()


__all__ = ["nested"]
