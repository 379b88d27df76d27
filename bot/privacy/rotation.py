"""A new secret key: everything that is sealed is sealed anew, every pseudonym gets another name, in one transaction.

The new key waits in var/secret.key.new until the database has it, so a rotation that was cut off goes on where it
was: before the commit with nothing changed, after it with only the file to be put in place. A row of the audit, written
in the same transaction, tells which of the two it is.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.fernet import InvalidToken
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Engine,
    LargeBinary,
    MetaData,
    String,
    Table,
    insert,
    inspect,
    select,
    update,
)

from bot.conversations.identity import Keys
from bot.conversations.models import Audit, new_id
from directory_client.fulltext import DERIVED

ACTION = "keys_rotated"
PSEUDONYMS = (("person", "pseudonym"), ("opt_out", "pseudonym"), ("registration_key", "household_key"))
"""Columns that hold a pseudonym. A test finds one that is missing here."""
LISTS = (("staff", "recovery"),)
"""Columns that hold a list of them."""


def next_text(keys: Keys) -> str:
    """A new secret, and behind it the pseudonym keys that came before."""
    parts = (secrets.token_bytes(32), keys.pseudonyms, *keys.earlier)
    return ".".join(base64.b64encode(part).decode() for part in parts)


def kept_text(path: Path, keys: Keys) -> str:
    """The new key's text: of a rotation that was cut off, or a fresh one, written where only its owner reads it."""
    if path.exists():
        text = path.read_text(encoding="ascii").strip()
        if Keys.from_text(text).pseudonyms != keys.pseudonyms:
            return text
        path.unlink()  # it has become the present key
    text = next_text(keys)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return text


def mark(keys: Keys) -> str:
    """What the audit keeps of a key: enough to know it again."""
    return hashlib.sha256(b"mark\0" + keys.pseudonyms).hexdigest()[:16]


def rotate(
    engine: Engine, old: Keys, new: Keys, now: datetime, at: Callable[[str], None] = lambda step: None
) -> Counter[str] | None:
    """Seals and names everything anew. All or nothing.

    Args:
        at: called between the steps (tests end it there).

    Returns:
        How many values of each column; under "<table>.<column> unreadable" those that the old key could not open, which
        stay as they are. None when the database had the new key already.
    """
    with engine.begin() as connection:
        marks = connection.scalars(select(Audit.detail).where(Audit.action == ACTION))
        if any(detail.get("key") == mark(new) for detail in marks):
            return None
        counts: Counter[str] = Counter()
        for table, column, ids in _sealed(connection):
            _each(connection, table, column, ids, counts, lambda value: _sealed_anew(old, new, value))
            at(f"{table}.{column}")
        for table, column in PSEUDONYMS:
            if ids := _ids(connection, table):
                _each(connection, table, column, ids, counts, new.renewed)
        for table, column in LISTS:
            if ids := _ids(connection, table):
                _each(
                    connection, table, column, ids, counts, lambda names: [new.renewed(name) for name in names], JSON()
                )
        at("named")
        detail = {"key": mark(new)}
        row = {"id": new_id(), "actor": "command", "action": ACTION, "detail": detail, "created_at": now}
        connection.execute(insert(Audit), [row])
    return counts


def _sealed_anew(old: Keys, new: Keys, value: bytes) -> bytes | None:
    try:
        return new.sealed(old.opened(value))
    except InvalidToken:
        return None


def _sealed(connection: Connection) -> Iterator[tuple[str, str, list[str]]]:
    """Every binary column of the gateway's tables: all are sealed. Read from the database, so that none is missed."""
    seen = inspect(connection)
    for table in seen.get_table_names():
        if table.startswith(DERIVED):
            continue
        for column in seen.get_columns(table):
            if isinstance(column["type"], LargeBinary):
                yield table, column["name"], _ids(connection, table)


def _ids(connection: Connection, table: str) -> list[str]:
    seen = inspect(connection)
    return list(seen.get_pk_constraint(table)["constrained_columns"]) if seen.has_table(table) else []


def _each(
    connection: Connection,
    table: str,
    column: str,
    ids: list[str],
    counts: Counter[str],
    change: Callable[[Any], Any],
    kind: Any = None,
) -> None:
    """Changes every value of a column; a change that gives None leaves the row and is counted as unreadable."""
    kind = kind or (String() if (table, column) in PSEUDONYMS else LargeBinary())
    rows = Table(table, MetaData(), *(Column(name, String, primary_key=True) for name in ids), *_own(column, kind, ids))
    keys = [rows.c[name] for name in ids]
    found = connection.execute(
        select(*keys, rows.c[column].label("value_now")).where(rows.c[column].is_not(None))
    ).all()
    for row in found:
        value = change(row.value_now)
        if value is None:
            counts[f"{table}.{column} unreadable"] += 1
            continue
        mine = [key == row[number] for number, key in enumerate(keys)]
        connection.execute(update(rows).where(*mine).values({column: value}))
        counts[f"{table}.{column}"] += 1


def _own(column: str, kind: Any, ids: list[str]) -> list[Column[Any]]:
    """The column itself, unless it is part of the key, as an opt-out's pseudonym is."""
    return [] if column in ids else [Column(column, kind)]


def put_in_place(var: Path) -> None:
    """The new key takes the old one's place, in one step of the file system."""
    os.replace(var / "secret.key.new", var / "secret.key")
