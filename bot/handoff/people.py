"""Whoever takes conversations, as this package needs to know them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.staff.models import Staff


class Taker(Protocol):
    """A member of staff, as the gate of the console gives it (`bot.staff.gate.Member`)."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def capacity(self) -> int: ...
    @property
    def languages(self) -> Collection[str]: ...
    def at(self, door: str) -> bool: ...


def account(session: Session, staff_id: str | None) -> Staff | None:
    """An account that may work."""
    found = session.get(Staff, staff_id) if staff_id else None
    return found if found is not None and found.state == "active" else None


def serves(one: Staff, door: str) -> bool:
    """Whether an account works at a door."""
    return "*" in one.doors or door in one.doors


def first_name(session: Session, staff_id: str | None) -> str:
    """The name that colleagues and residents see; empty for an account that is gone."""
    name = session.scalars(select(Staff.name).where(Staff.id == staff_id)).one_or_none() if staff_id else None
    return name or ""
