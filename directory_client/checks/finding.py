"""A check, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

Told = tuple[str, str]
"""A field, and what is the matter with it: what sort of value it is, never a person's number or a secret street."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to put right in one record."""

    check: str
    table: str
    id: str
    name: str
    source: str
    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Check:
    """A rule about records of some kinds (`of`), or about the directory as a whole (`whole`).

    `find` gets a record of `directory_client.checks.facts` and the local date. `advice` says what to do.
    """

    name: str
    title: str
    advice: str
    of: tuple[type, ...] = ()
    find: Callable[[Any, date], Iterable[Told]] = lambda record, today: ()
    whole: Callable[[Connection], Iterator[Finding]] | None = None
