"""Hours that a feed has as text: as schedules where they are certain, as text in any case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from directory_client.feeds.feed import Row
from directory_client.hours_text import schedules_of


def with_hours(row: Row) -> Iterator[Row]:
    """The row, and for a schedule of nothing but words the schedules that these say.

    The text stays on the first row; the made ones have ids of their own under it, so that they are compared, and
    removed, like any other.
    """
    yield row
    if row.table != "schedule" or not row.values.get("id") or row.values.get("opens_at") or row.values.get("byday"):
        return
    if row.values.get("hours_read"):  # by whoever gave it out, and what was found stands beside it
        return
    text = row.values.get("description") or row.values.get("notes") or row.values.get("description_fr")
    found = _schedules(str(text)) if text else None
    owners = {name: row.values.get(name) for name in ("service_id", "location_id", "service_at_location_id")}
    for number, schedule in enumerate(found or (), 1):
        values = {**schedule, **owners, "id": f"{row.values.get('id')}/{number}"}
        yield Row("schedule", values, row.file, row.line)


@lru_cache(maxsize=4096)
def _schedules(text: str) -> tuple[Mapping[str, Any], ...] | None:
    """Remembered: "Mon-Fri 9-5" stands in thousands of records."""
    found = schedules_of(text)
    return tuple(found) if found is not None else None
