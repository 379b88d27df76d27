"""The follow-up that a specialist has agreed with somebody at the end: how, when, and in which language.

What was not said has a value that fits: the way they came, in a week, at polite hours, in their language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.after import store
from bot.after.models import CHANNELS, FollowUp
from bot.clock import TORONTO
from bot.console.api.asked import Asked, Problem
from bot.conversations.models import Conversation
from bot.doors.loading import door_named
from bot.language.names import known
from bot.waiting.numbers import number_in
from bot.waiting.wording import HOURS

VERSION = "desk-1"
"""The wording that specialists ask with: the canned reply "follow-up". A new wording gets a new name."""
AFTER = timedelta(days=7)


LONGEST = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class How:
    """What was agreed; None where it was not said. `number` is sealed."""

    channel: str | None = None
    number: bytes | None = None
    day: date | None = None
    hours: str | None = None
    language: str | None = None


def how_of(told: Mapping[str, Any], asked: Asked, conversation: Conversation) -> How:
    """What the page sends: {"channel", "number", "day", "hours", "language"}, each of which may be missing.

    Raises:
        Problem: 422 for what cannot be kept: a number at an anonymous door, a call without one, a day that is past.
    """
    found = {name: str(told[name]) for name in ("channel", "number", "day", "hours", "language") if told.get(name)}
    channel, hours, language = found.get("channel"), found.get("hours"), found.get("language")
    if (
        (channel and channel not in CHANNELS)
        or (hours and hours not in HOURS)
        or (language and language not in known())
    ):
        raise Problem(400, "request")
    number = number_in(found["number"]) if "number" in found else None
    keeps = not door_named(conversation.door).anonymous
    if ("number" in found and (number is None or not keeps)) or (channel in ("sms", "voice") and not keeps):
        raise Problem(422, "closing_number", beside={"field": "number"})
    today = asked.now.astimezone(TORONTO).date()
    try:
        day = date.fromisoformat(found["day"]) if "day" in found else None
    except ValueError:
        raise Problem(400, "request") from None
    if day is not None and not today < day <= today + LONGEST:
        raise Problem(422, "closing_day", beside={"field": "day"})
    sealed = asked.service.keys.sealed(number) if number else None
    return How(channel, sealed, day, hours, language)


def fields(asked: Asked, conversation: Conversation) -> list[dict[str, Any]]:
    """The fields of the form for it, as those of a door."""
    labels = asked.labels

    def say(message: str) -> str:
        return asked.interface.say(message, asked.language)

    def field(name: str, kind: str, choices: Sequence[tuple[str, str]] = ()) -> dict[str, Any]:
        label = say(f"closing_follow_{name}")
        some = [{"code": code, "label": words} for code, words in choices]
        return {"id": f"follow_{name}", "kind": kind, "label": label, "required": False, "choices": some}

    anonymous = door_named(conversation.door).anonymous
    ways = ("web",) if anonymous else CHANNELS
    languages = dict.fromkeys((conversation.language, "en", "fr"))
    return [
        field("channel", "choice", [(one, say(f"follow_ups_by_{one}")) for one in ways]),
        *([] if anonymous else [field("number", "text")]),
        field("day", "date"),
        field("hours", "choice", [(one, say(f"callbacks_hours_{one}")) for one in HOURS]),
        field("language", "choice", [(one, labels.language_name(one)) for one in languages]),
    ]


def agreed(
    session: Session, asked: Asked, conversation: Conversation, needs: Sequence[str], how: How | None = None
) -> FollowUp:
    """Plans it, unless the person has agreed to one with the assistant already: then that one holds.

    Args:
        needs: what it will ask about; those that were not met first.
    """
    before = store.open_follow_up(session, conversation.id)
    if before is not None and before.state != "agreeing":
        return before
    if before is not None:
        session.delete(before)
    row = store.new(
        session, conversation, asked.now, version=VERSION, language=conversation.language, by=asked.member.id,
        needs=needs or None,
    )  # fmt: skip
    how = how or How()
    keeps = how.channel != "web" and not door_named(conversation.door).anonymous
    row.number = how.number or (store.own_number(session, conversation.id) if keeps else None)
    row.channel = how.channel or (_way(conversation) if row.number is not None else "web")
    row.day = how.day or (asked.now + AFTER).astimezone(TORONTO).date()
    row.safe_hours, row.language = how.hours, how.language or row.language
    if not store.plan(row):
        raise Problem(422, "closing_number", beside={"field": "number"})
    session.flush()
    return row


def _way(conversation: Conversation) -> str:
    """With a number and nothing said: a text to whoever texts, else a call, which a text cannot disturb."""
    return conversation.channel if conversation.channel in ("sms", "voice") else "voice"
