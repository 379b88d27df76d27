"""The other settings of a door, read from a form: whether its service exists now, and what its file lets staff change.

The value of the setting "status" is {"state": "open" | "closed" | "seasonal"}. The value of a setting that the door
file names (a capacity, a season, a waiting list) is {"value": …}, of the kind that the file gives.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.console.floor.hours import BadSetting

STATES = ("open", "closed", "seasonal")
LONGEST_TEXT = 600
_SEASON = re.compile(r"(\d{2})-(\d{2})\s*(?:\.\.|to|à|–|—)\s*(\d{2})-(\d{2})")


def read_status(form: Mapping[str, str]) -> dict[str, Any]:
    """The value of "status" from the field `state`.

    Raises:
        BadSetting: when it is none.
    """
    if form.get("state") not in STATES:
        raise BadSetting("state", "status_unknown")
    return {"state": form["state"]}


def read_value(form: Mapping[str, str], kind: str) -> dict[str, Any]:
    """The value of a door's own setting from the field `value`.

    Args:
        kind: "yes_no", "number", "text", "date" or "season" (from one day of the year to another: 12-01..12-20).

    Raises:
        BadSetting: when it is not of that kind.
    """
    text = " ".join(form.get("value", "").split())
    match kind:
        case "yes_no":
            if text not in ("yes", "no"):
                raise BadSetting("value", "value_yes_no")
            return {"value": text == "yes"}
        case "number":
            if not text.isascii() or not text.isdigit() or len(text) > 7:
                raise BadSetting("value", "value_number")
            return {"value": int(text)}
        case "date":
            return {"value": _day(text)}
        case "season":
            return {"value": _season(text)}
    if not text or len(text) > LONGEST_TEXT:
        raise BadSetting("value", "value_text")
    return {"value": text}


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadSetting("value", "day_unread") from None


def _season(text: str) -> str:
    read = _SEASON.fullmatch(text)
    if not read:
        raise BadSetting("value", "value_season")
    for month, day in ((read[1], read[2]), (read[3], read[4])):
        try:
            date(2028, int(month), int(day))  # a leap year: 02-29 may be a day of the season
        except ValueError:
            raise BadSetting("value", "value_season") from None
    return f"{read[1]}-{read[2]}..{read[3]}-{read[4]}"
