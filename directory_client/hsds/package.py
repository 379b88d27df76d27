"""Writes the directory as a tabular package: a folder or a zip of CSV files with datapackage.json.

Rows are written as they are read, in one transaction, so that the tables of a package belong together.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Connection, Engine, select

from directory_client.feeds.hsds_names import FILES
from directory_client.hsds.fields import fields
from directory_client.hsds.kept import Ids, keeping
from directory_client.hsds.tabular import hidden, rows
from directory_client.models import Service

ORDER = (
    "organization", "program", "service", "attribute", "service_at_location", "location", "phone", "contact",
    "address", "schedule", "funding", "service_area", "required_document", "language", "accessibility",
    "taxonomy_term", "meta_table_description", "cost_option", "organization_identifier", "taxonomy", "unit",
    "service_capacity", "url",
)  # fmt: skip
"""Of the files, as the official description of a package has them."""

MORE = {"schedule": ("hours_read",)}
"""Columns that are no column of the table."""

Open = Callable[[str], Any]


class NothingToWrite(Exception):
    """There is no record of the source that was named; the text says which sources there are."""


def write_package(
    engine: Engine,
    target: Path,
    *,
    source: str | None = None,
    sample: bool = True,
    step: Callable[[str, int], None] = lambda table, rows: None,
) -> dict[str, int]:
    """Writes a package in place of what stands at `target`; a name that ends in .zip gives a zip.

    Args:
        source: only what came from the feed of that name.
        sample: with the sample records, which say that they are none.
        step: told how many rows of a table were written.

    Returns:
        Rows by table.

    Raises:
        NothingToWrite: when no record came from that source.
        FileExistsError: when there is a folder at `target` that holds anything but a package.
        OSError: when it cannot be written. What stood there before is still there then.
    """
    _check(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as scratch:
        made = Path(scratch) / "package"
        with engine.connect() as connection:
            if connection.dialect.name != "sqlite":  # there a transaction sees one state anyway
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            if source is not None:
                _known(connection, source)
            form = _zipped(made) if target.suffix.lower() == ".zip" else _folder(made)
            with form as opened, keeping(connection, source, sample=sample) as ids:
                counts = _write(connection, opened, ids, step)
        _replace(made, target)
    return counts


def _write(
    connection: Connection, opened: Open, ids: Mapping[str, Ids], step: Callable[[str, int], None]
) -> dict[str, int]:
    counts = {}
    secret = hidden(connection)
    for table in ORDER:
        if table not in ids:
            continue
        with opened(f"{FILES[table]}.csv") as file:
            writer = csv.DictWriter(file, _columns(table), lineterminator="\n")
            writer.writeheader()
            counts[table] = 0
            for row in rows(connection, table, ids, secret):
                writer.writerow(row)
                counts[table] += 1
        step(table, counts[table])
    with opened("datapackage.json") as file:
        json.dump(_descriptor(tuple(counts)), file, ensure_ascii=False, indent=1)
    return counts


def _columns(table: str) -> list[str]:
    return [*(field.name for field in fields(table)), *MORE.get(table, ())]


def _descriptor(tables: tuple[str, ...]) -> dict[str, Any]:
    return {
        "name": "human_services_data",
        "title": "Services directory in the Human Services Data Specification 3.1",
        "profile": "tabular-data-package",
        "resources": [_resource(table, tables) for table in tables],
    }


def _resource(table: str, tables: tuple[str, ...]) -> dict[str, Any]:
    known = [
        {
            "name": field.name,
            "type": field.kind,
            **({"format": field.schema["format"]} if field.schema.get("format") in ("uuid", "uri", "email") else {}),
            **({"constraints": {"required": True}} if field.name == "id" else {}),
        }
        for field in fields(table)
    ] + [{"name": name, "type": "boolean"} for name in MORE.get(table, ())]
    keys = [
        {"fields": field.name, "reference": {"resource": field.refers_to, "fields": "id"}}
        for field in fields(table)
        if field.refers_to in tables and field.name not in ("parent_organization_id", "parent_id")
    ]
    return {
        "name": table,
        "path": f"{FILES[table]}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {"fields": known, "primaryKey": "id", **({"foreignKeys": keys} if keys else {})},
    }


@contextmanager
def _folder(path: Path) -> Iterator[Open]:
    path.mkdir()

    def opened(name: str) -> TextIO:
        return (path / name).open("w", encoding="utf-8", newline="")

    yield opened


@contextmanager
def _zipped(path: Path) -> Iterator[Open]:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:

        def opened(name: str) -> io.TextIOWrapper:
            return io.TextIOWrapper(packed.open(name, "w", force_zip64=True), encoding="utf-8", newline="")

        yield opened


def _check(target: Path) -> None:
    if target.is_dir() and any(target.iterdir()) and not (target / "datapackage.json").exists():
        raise FileExistsError(f"{target} is a folder that holds something else than a package; name a new one.")


def _replace(made: Path, target: Path) -> None:
    if target.is_dir():
        shutil.rmtree(target)
    made.replace(target)


def _known(connection: Connection, source: str) -> None:
    names = connection.scalars(select(Service.source).distinct().order_by(Service.source))
    there = [name for name in names if name]
    if source not in there:
        # Each of the shipped lines names a page of its own; those are no feeds that anybody would ask for.
        feeds = [name for name in there if "/" not in name and "." not in name]
        raise NothingToWrite(f"nothing came from {source!r}; there is {', '.join(feeds) or 'no feed yet'}.")
