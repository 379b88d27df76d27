"""Whose a row of a listing is: numbers and hours stand at a service, at a place, or at the service there alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

OWNERS = ("service_at_location_id", "service_id", "location_id")
"""The columns that say so, the most particular first."""


@dataclass(frozen=True, slots=True)
class Site:
    """A service and, where it has one, the place: the ids of all owners that rows of a listing can have."""

    id: str
    service_id: str
    location_id: str | None
    organization_id: str
    at_location_id: str | None = None

    @property
    def owners(self) -> tuple[str | None, ...]:
        """In the order of `OWNERS`."""
        return self.at_location_id, self.service_id, self.location_id


def grouped[Owned](rows: Iterable[Owned], last: str | None = None) -> dict[str, list[Owned]]:
    """Rows by their most particular owner, or by the column `last` where they have none."""
    found: dict[str, list[Owned]] = defaultdict(list)
    for row in rows:
        said: Any = row
        owner = said.service_at_location_id or said.service_id or said.location_id
        found[owner or (getattr(row, last) if last else "")].append(row)
    return found


def nearest[Owned](rows: Mapping[str, list[Owned]], owners: Iterable[str | None]) -> list[Owned]:
    """The rows of the first owner that has any."""
    return next((rows[owner] for owner in owners if owner and rows.get(owner)), [])


__all__ = ["OWNERS", "Site", "grouped", "nearest"]
