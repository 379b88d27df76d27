"""The situation at a door: its settings and hours as staff have set them, and how the person has come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.doors.conditions import World
from bot.doors.door import Door
from bot.doors.timetable import door_opens, in_season
from bot.registers import places

Situation = dict[str, Any]
"""{"settings": {…}, "facts": {…}}: plain JSON, because it also travels to the actions."""


def situation(
    session: Session | None, door: Door, now: datetime, *, language: str, channel: str, memory: Mapping[str, Any]
) -> Situation:
    """What conditions and sentences of a door may refer to.

    Args:
        session: of the gateway's database, for what staff have set; without it the door's file decides.
        memory: of the conversation: sign, mark and place.
    """
    settings = {name: setting.value for name, setting in door.settings.items()}
    staff = _staff(session, door, now)
    opens = _opens(staff.get("hours"), door, now)
    for name in door.settings:
        if name in staff and "value" in staff[name]:
            settings[name] = staff[name]["value"]
    season = next((settings[name] for name, setting in door.settings.items() if setting.kind == "season"), None)
    within = None if season is None else in_season(season, now)
    status = (staff.get("status") or {}).get("state") or door.status.state
    facts = {
        "language": language,
        "channel": channel,
        "mark": door.entry.mark(memory.get("mark")),
        "sign": memory.get("sign"),
        "place": (memory.get("place") or {}).get("name"),
        "hours": "open" if opens else "closed",
        "season": None if within is None else "in" if within else "out",
        "status": status,
        "status_text": (staff.get("status") or {}).get("text"),
        "risk": int(memory.get("risk") or 0),
        "register": places.state(session, door, settings, now) if door.registration else None,
        "slip": memory.get("slip"),
    }
    return {"settings": settings, "facts": facts}


def world_of(
    door: Door, situation: Mapping[str, Any], now: datetime, answers: Mapping[str, Any] | None = None
) -> World:
    """The situation as conditions read it."""
    return World(now, answers or {}, situation.get("settings") or {}, situation.get("facts") or {}, door.areas)


def _staff(session: Session | None, door: Door, now: datetime) -> dict[str, dict[str, Any]]:
    if session is None:
        return {}
    from bot.console.floor.door_settings import setting_in_force  # the console knows the doors, and needs them first

    keys = ("hours", "status", *door.settings)
    return {key: value for key in keys if (value := setting_in_force(session, door.id, key, now)) is not None}


def _opens(staff: Mapping[str, Any] | None, door: Door, now: datetime) -> bool:
    if staff is None:
        return door_opens(door.hours, now)
    from bot.console.floor import hours as staff_hours

    return staff_hours.is_open(staff, now)
