"""Reading a tracker's past."""

from __future__ import annotations

from rasa_sdk import Tracker

NOT_UNDERSTOOD = ("nlu_fallback", "out_of_scope", "choose_number")


def misunderstandings(tracker: Tracker) -> int:
    """How many messages in a row, the last one included, were not understood."""
    count = 0
    for event in reversed(tracker.events):
        if event.get("event") != "user":
            continue
        intent = ((event.get("parse_data") or {}).get("intent") or {}).get("name")
        if intent not in NOT_UNDERSTOOD:
            break
        count += 1
    return count
