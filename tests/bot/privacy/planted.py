"""Looks for planted words in a whole database, table by table, JSON and binary columns too."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Engine, MetaData, inspect, select

from directory_client.fulltext import DERIVED

Found = dict[str, set[str]]


def columns_with(engine: Engine, planted: Mapping[str, Iterable[str]]) -> Found:
    """Names of what was planted → the columns ("table.column") in which one of its spellings stands."""
    found: Found = {name: set() for name in planted}
    metadata = MetaData()
    names = [name for name in inspect(engine).get_table_names() if not name.startswith(DERIVED)]
    metadata.reflect(engine, only=names)
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                for column, value in row.items():
                    text = spelled(value)
                    for name, spellings in planted.items():
                        if any(one.casefold() in text for one in spellings):
                            found[name].add(f"{table.name}.{column}")
    return found


def spelled(value: Any) -> str:
    """A value as text, however it is stored."""
    if value is None:
        return ""
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace").casefold()
    if isinstance(value, str):
        return value.casefold()
    return json.dumps(value, ensure_ascii=False, default=str).casefold()


def in_text(text: str, planted: Mapping[str, Iterable[str]]) -> list[str]:
    """Names of what was planted and stands in a text."""
    low = text.casefold()
    return [name for name, spellings in planted.items() if any(one.casefold() in low for one in spellings)]
