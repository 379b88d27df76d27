"""What every action of this project shares: it answers, whatever happens, and logs no words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.answers import PERSON, Piece, say
from bot.clock import Clock, clock_from
from bot.database import for_reading, open_database
from bot.settings import Settings

log = structlog.get_logger(__name__)
Event = dict[str, Any]


@cache
def _engine() -> Engine:
    return for_reading(open_database(Settings().directory))


@cache
def _clock() -> Clock:
    return clock_from(Settings().test_clock)


def directory() -> Session:
    """A session for reading the directory."""
    return Session(_engine())


def now(tracker: Tracker) -> datetime:
    """The gateway's time, so that both processes live at the same moment; else the clock of this one."""
    sent = metadata(tracker).get("now")
    return datetime.fromisoformat(sent) if sent else _clock()()


def metadata(tracker: Tracker) -> dict[str, Any]:
    """What the gateway sent along with the message."""
    return (tracker.latest_message or {}).get("metadata") or {}


def entity(tracker: Tracker, name: str) -> Any:
    """The value of an entity of the last message, or None."""
    return next(iter(tracker.get_latest_entity_values(name)), None)


class PieceAction(Action):  # type: ignore[misc]  # rasa-sdk has no types
    """An action that answers with pieces and slot values.

    Subclasses name themselves and give `answer`. A failure inside is logged by its kind and turned into the
    offer of a person: Rasa would otherwise print the whole conversation into its log and say nothing.
    """

    action: str

    def name(self) -> str:
        return self.action

    def answer(self, tracker: Tracker) -> tuple[Iterable[Piece], list[Event]]:
        raise NotImplementedError

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Event]:
        try:
            pieces, events = self.answer(tracker)
        except Exception as problem:
            log.error(
                "action failed",
                action=self.action,
                problem=type(problem).__name__,
                conversation=tracker.sender_id,
            )
            pieces, events = [say("fallback_menu", [PERSON])], []
        for piece in pieces:
            dispatcher.utter_message(json_message=piece)
        return events
