"""Whether a column is one of many ids, for statements that are built each time (`among`) or once (`listed`).

`IN` with hundreds of parameters is written, taken apart and planned anew each time, which on PostgreSQL costs more
than what it finds. There the list is one parameter. SQLite keeps `IN`: of a list in JSON it does not know how short
it is, and reads the whole table.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, any_, bindparam, literal
from sqlalchemy.dialects.postgresql import ARRAY


def among(connection: Connection, column: Any, ids: Collection[str]) -> ColumnElement[bool]:
    """A condition on a column of ids, for statements on this connection."""
    if connection.dialect.name == "postgresql":
        condition: ColumnElement[bool] = column == any_(literal(list(ids), ARRAY(Text())))
        return condition
    # One parameter that is written out last: the statement is the same for any number of ids, and compiled once.
    found: ColumnElement[bool] = column.in_(bindparam("among", list(ids), unique=True, expanding=True))
    return found


def listed(dialect: str, column: Any, name: str) -> ColumnElement[bool]:
    """The same for a statement that is built once for a dialect, by its name: the ids are its parameter `name`."""
    if dialect == "postgresql":
        condition: ColumnElement[bool] = column == any_(bindparam(name, type_=ARRAY(Text())))
        return condition
    found: ColumnElement[bool] = column.in_(bindparam(name, expanding=True))
    return found


__all__ = ["among", "listed"]
