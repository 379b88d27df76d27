"""Which partner lines come first: by the danger found, the door, the needs, the language and the hour. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from bot.doors.door import Door
from bot.doors.timetable import line_opens
from directory_client.lines import CRISIS, EMERGENCY, HELPLINE, YOUNG, Line, lines

_BY_KIND = {
    "suicide": ("mental.crisis",),
    "self_harm": ("mental.crisis",),
    "overdose": ("addiction.treatment",),
    "partner_violence": ("violence.partner",),
    "sexual_violence": ("violence.sexual",),
    "elder_abuse": ("violence.elder",),
    "child_abuse": ("youth.services",),
    "trafficking": ("violence.trafficking",),
    "harm_to_others": ("mental.crisis",),
}
"""Kind of danger → needs of the lines that are there for it."""
_FIRST = {"suicide": CRISIS, "self_harm": CRISIS, "child_abuse": YOUNG}
"""The line that is named before others for the same need: for everybody, day and night, in the whole country."""
_NOW = frozenset(("overdose", "medical", "attack"))
"""Danger to life that only 9-1-1 can end."""
_DANGER = 2


def by_fit(
    able: Collection[Line],
    *,
    kind: str | None,
    level: int,
    door: Door | None,
    needs: Collection[str],
    language: str,
    now: datetime,
) -> list[Line]:
    """The lines, best first.

    Args:
        kind, level: of the worst danger that was found; None and 0 without any.
        needs: codes that the person has named.
    """
    of_door = _of_door(door)
    wanted = _BY_KIND.get(kind or "", ()) if level else ()

    def rank(line: Line) -> tuple[Any, ...]:
        emergency = line.id == EMERGENCY and level >= _DANGER and (kind in _NOW or level > _DANGER)
        if emergency and kind in _NOW:
            danger = 0
        elif level and line.id == _FIRST.get(kind or ""):
            danger = 1
        elif emergency:
            danger = 2
        else:
            danger = 3 if set(wanted) & set(line.needs) else 4
        spoken = not line.languages or language in line.languages
        return (
            danger,
            not line_opens(line.id, None, now),
            line.id not in of_door,
            not set(needs) & set(line.needs),
            not spoken,
            not line.always,
            line.id,
        )

    return sorted(able, key=rank)


def _of_door(door: Door | None) -> frozenset[str]:
    """The lines that a door names itself; not ours, to which the person has come already."""
    if door is None:
        return frozenset()
    named = {door.line, *(route.line for route in door.routes if route.line)}
    named |= {stop.line for route in door.routes for stop in route.chain}
    return frozenset(one for one in named if one in lines() and one != HELPLINE)
