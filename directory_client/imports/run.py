"""One import: read everything, then write what differs, in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from directory_client.beside import Beside
from directory_client.feeds.feed import Feed, FeedError, Progress, Refusal
from directory_client.imports.names import CHUNK
from directory_client.imports.prepare import Given, waiting
from directory_client.imports.report import Report
from directory_client.imports.stage import Stage
from directory_client.imports.writing import TABLES, Step, Writing
from directory_client.models import Base

CACHE_KB = 96 * 1024
"""Of SQLite's file in memory while an import lasts."""
FEW_PIECES = 50
"""Chunks of rows for which a second process is not worth while: about half of them are read, half written."""


class _TrialRun(Exception):
    """Ends the transaction of a trial run."""


def take_in(
    engine: Engine,
    feed: Feed,
    *,
    now: datetime,
    dry_run: bool = False,
    close_many: bool = False,
    step: Step = lambda what, done, total: None,
    scratch: Path | None = None,
) -> Report:
    """Takes a feed into the directory.

    Args:
        engine: the directory's database, brought up to date.
        now: an aware moment; the day of it stands in the log of changes.
        dry_run: everything is done and then taken back.
        close_many: closes what a complete feed lacks even when that is more than half of its source.
        scratch: a folder for what is held while the feed is read, about as large as the feed.

    Raises:
        FeedError: when nothing of the feed can be used, or the disk is full. Nothing was changed then.
    """
    report = Report(feed.source, written=not dry_run)
    try:
        with Stage(scratch) as stage, Beside(after=FEW_PIECES) as beside:
            _read(feed, stage, report, step, beside)
            try:
                with Session(engine) as session, session.begin(), _made_ready(session.connection()):
                    Writing(session, feed, stage, report, step, now, beside).run(close_many or dry_run)
                    if dry_run:
                        raise _TrialRun
            except _TrialRun:
                pass
            else:
                _tidy(engine)
    except (sqlite3.OperationalError, OperationalError) as error:
        if "disk is full" in str(error) or "No space left" in str(error):
            raise FeedError("the disk is full. Nothing was changed; free some space and run this again.") from None
        raise
    except OSError as error:
        if error.errno == 28:
            raise FeedError("the disk is full. Nothing was changed; free some space and run this again.") from None
        raise
    return report


@contextmanager
def _made_ready(connection: Connection) -> Iterator[None]:
    """The settings of a database that are good for hundreds of thousands of rows in one transaction."""
    if connection.dialect.name == "postgresql":
        # A plan made while a table was empty reads all of it again for every chunk once it is full.
        connection.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
        yield
        return
    # Ids come in no order, so the branches of an index that they go to are all over it: with the two megabytes that
    # SQLite keeps by itself, each is written and read again many times.
    driver: Any = connection.connection.dbapi_connection  # stays usable when the transaction has failed
    (before,) = driver.execute("PRAGMA cache_size").fetchone()
    driver.execute(f"PRAGMA cache_size = -{CACHE_KB}")
    try:
        yield
    finally:
        driver.execute(f"PRAGMA cache_size = {before}")


def _tidy(engine: Engine) -> None:
    """Lets PostgreSQL count what it holds now, and put in order what was written at once.

    Until then its plans are those of the directory as it was before, the index of words has a long list of rows that
    are not sorted in, and no answer comes from an index alone.
    """
    if engine.dialect.name == "postgresql":
        quote = engine.dialect.identifier_preparer.format_table
        tables = ", ".join(quote(table) for table in Base.metadata.sorted_tables)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"VACUUM (ANALYZE) {tables}"))


def _read(feed: Feed, stage: Stage, report: Report, step: Step, beside: Beside) -> None:
    rows = 0

    def pieces() -> Iterator[list[Given | Refusal]]:
        nonlocal rows
        piece: list[Given | Refusal] = []
        for item in feed.items():
            if isinstance(item, Progress):
                step("Reading", item.done, item.total)
            elif isinstance(item, Refusal):
                piece.append(item)
            elif item.table not in TABLES:
                piece.append(Refusal(item.file, item.line, f"there is no table {item.table!r}", None, item.table))
            else:
                rows += 1
                piece.append((item.table, item.values, item.file, item.line))
            if len(piece) >= CHUNK:
                yield piece
                piece = []
        yield piece

    for found in beside.made(waiting, pieces()):
        for one in found:
            if refusal := one if isinstance(one, Refusal) else stage.add(*one):
                report.refuse(refusal)
    if not rows:
        raise FeedError(
            "there is no record in it that could be used. Nothing was changed; see the reasons above, if any, and "
            "check that the format is the one that was named."
        )


__all__ = ["take_in"]
