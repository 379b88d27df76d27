"""Many rows at once, the quickest way that the database has."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Table, event
from sqlalchemy.exc import DBAPIError

WAITING = 4
"""Chunks of rows that may wait for the database."""
_LANE = "bulk lane"

type Row = Mapping[str, Any]


@contextmanager
def behind(connection: Connection) -> Iterator[None]:
    """While this lasts, `add` may come back before PostgreSQL has the rows.

    Half of the time of an import it is busy with rows, and has no need of us. Whatever else is asked of the connection
    waits until it has them all, so nobody sees a difference, but that an error comes up later, at the latest at the
    end. Rows must not be changed any more once they were added. SQLite works in this process: there is nothing to gain.

    Raises:
        sqlalchemy.exc.DBAPIError: see `add`.
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    lane = _Lane()
    connection.info[_LANE] = lane

    def wait(*_: Any) -> None:
        lane.wait()

    event.listen(connection, "before_cursor_execute", wait)
    try:
        with lane.threads:
            yield
            lane.wait()
    finally:
        event.remove(connection, "before_cursor_execute", wait)
        del connection.info[_LANE]


class _Lane:
    """One thread that adds what waits, one after the other."""

    def __init__(self) -> None:
        self.threads = ThreadPoolExecutor(1, thread_name_prefix="bulk")
        self._waiting: deque[Future[None]] = deque()

    def add(self, connection: Connection, table: Table, rows: Sequence[Row]) -> None:
        while len(self._waiting) >= WAITING:
            self._waiting.popleft().result()
        self._waiting.append(self.threads.submit(_add, connection, table, rows))

    def wait(self) -> None:
        while self._waiting:
            self._waiting.popleft().result()


def add(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Inserts rows into a table, all or none of them.

    PostgreSQL takes them by COPY: an INSERT for each would be planned for each, and with these an import takes a
    quarter longer. https://www.postgresql.org/docs/current/populate.html
    SQLite takes them from its own driver, which spares a seventh.

    Args:
        rows: values by the name of their column, the same names in each; defaults fill in what they lack.

    Raises:
        sqlalchemy.exc.DBAPIError: when the database refuses, as it would with a statement of SQLAlchemy's.
    """
    if not rows:
        return
    lane: _Lane | None = connection.info.get(_LANE)
    if lane:
        lane.add(connection, table, rows)
    else:
        _add(connection, table, rows)


def _add(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    columns, writers = _written(table, tuple(rows[0]), connection.dialect)
    values = ([write(row) for write in writers] for row in rows)
    statement = f"COPY {columns} FROM STDIN"
    driver: Any = connection.connection.dbapi_connection
    try:
        if connection.dialect.name == "postgresql":
            with driver.cursor() as cursor, cursor.copy(statement) as copy:
                for row in values:
                    copy.write_row(row)
        else:
            statement = f"INSERT INTO {columns} VALUES ({', '.join('?' * len(writers))})"
            driver.executemany(statement, values)
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError.instance(
            statement, None, error, connection.dialect.loaded_dbapi.Error, hide_parameters=True
        ) from error


@lru_cache(maxsize=128)
def _written(table: Table, names: tuple[str, ...], dialect: Dialect) -> tuple[str, list[Callable[[Row], Any]]]:
    """The table with the columns that are written, and what makes each of their values of a row."""
    quote = dialect.identifier_preparer
    columns = [table.c[name] for name in names]
    columns += [column for column in table.c if column.name not in names and column.default is not None]
    writers = [_writer(column, column.name in names, dialect) for column in columns]
    listed = ", ".join(quote.format_column(column) for column in columns)
    return f"{quote.format_table(table)} ({listed})", writers


def _writer(column: Any, given: bool, dialect: Dialect) -> Callable[[Row], Any]:
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    if not given:
        assert column.default.is_scalar, f"{column}: a default that is worked out is not known here"
        value = column.default.arg
        fixed = process(value) if process else value
        return lambda row: fixed
    if process is None:
        return itemgetter(column.name)
    return lambda row: process(row[column.name])
