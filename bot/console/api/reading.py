"""Messages as staff read them: the original and beside it a reading in their language, with how that was made.

What the bot said comes from the catalogue and is worded again, from the same pieces, in the reader's language. What
people wrote is translated by a machine if it can be, through the gate, afterwards and once (`Readings`).
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from anyio import to_thread
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.cards import Cards
from bot.carrier.addresses import CHANNELS as TEXTING
from bot.console.api import listings
from bot.conversations.models import Conversation, Message
from bot.language.machine import Pair
from bot.service import Service
from bot.sms.wording import texts
from bot.tasks import ended
from bot.words import Words

READ = "read_in"
"""Where a message keeps its readings: {language: {"text", "sure"}}, in its payload, gone with the message. (The column
`translation` holds what the turn has had put into English.)"""
PATIENCE = 8.0
"""Seconds that a reading may take: nobody waits for it, and a package that was not yet loaded needs several."""
LOADING = 15.0
"""Seconds that a package may take to load before anybody needs it."""
WARMING = "Hello."
UNKNOWN = "und"
AT_ONCE = 60
"""Messages of one look that are handed to the machine, the newest first."""
LATER = (2.0, 5.0, 10.0, 20.0, 30.0)
"""Seconds until a translation that came too late is tried again: a machine that is asleep or busy needs a while."""
AGAIN = 60.0
"""Seconds until a translation that was not to be had is asked for again."""
_REMEMBERED = 5_000


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: the language of their interface, and the languages that need no translation for them."""

    language: str
    reads: frozenset[str]

    @classmethod
    def of(cls, interface: str, languages: Iterable[str]) -> Reader:
        return cls(interface, frozenset((interface, *languages)))


def reading(message: Message, language: str, reader: Reader, reworded: str | None, pairs: frozenset[Pair]) -> Any:
    """The reading beside a message, or None where the original is enough.

    Args:
        language: of the message, the conversation's where the message does not say.
        reworded: the same pieces in the reader's language.
    """
    payload = message.payload
    if payload.get("original"):
        return _reading(str(payload["original"]), str(payload.get("original_language") or "en"), "machine")
    if language in reader.reads or not message.text.strip():
        return None
    if reworded is not None:
        return _reading(reworded, reader.language, "catalogue")
    known = (payload.get(READ) or {}).get(reader.language)
    if known is not None and known["text"] is None:
        return {"text": None, "language": reader.language, "how": "none", "sure": False, "pending": False}
    if known is not None:
        return {**_reading(str(known["text"]), reader.language, "machine"), "sure": bool(known["sure"])}
    if message.translation and message.direction == "in" and reader.language == "en":
        return _reading(message.translation, "en", "machine")  # what the turn has had translated
    pending = (language, reader.language) in pairs
    return {"text": None, "language": reader.language, "how": "none", "sure": False, "pending": pending}


def _reading(text: str, language: str, how: str) -> dict[str, Any]:
    return {"text": text, "language": language, "how": how, "sure": True, "pending": False}


def reworded(
    service: Service, messages: Sequence[Message], reader: Reader, now: datetime, line_kind: str = "long"
) -> dict[str, str]:
    """What the bot and the desk said from the catalogue, in the reader's language, by message id."""
    wanted = [one for one in messages if one.payload.get("pieces") and one.language not in reader.reads]
    if not wanted:
        return {}
    # Descriptions stay in the language that they were written in: a list must not wait for a machine.
    words = Words(service.catalogue, Cards(service.catalogue))
    ids = [one for message in wanted for piece in message.payload["pieces"] for one in _listings_in(piece)]
    find = listings.found(service.directory, ids, now)
    said: dict[str, str] = {}
    for message in wanted:
        choices = message.payload.get("choices") or []
        replies = words.replies(
            [{**piece, "language": reader.language} for piece in message.payload["pieces"]],
            reader.language, find, now, kind="crisis" if message.kind == "crisis" else "text",
            first=int(choices[0]["number"]) if choices else 1,
        )  # fmt: skip
        if message.channel in TEXTING:
            replies = texts(replies, service.catalogue.say, reader.language, line_kind)
        text = "\n".join(reply.text for reply in replies)
        if text.strip():
            said[message.id] = text
    return said


def _listings_in(piece: Mapping[str, Any]) -> Iterator[str]:
    yield from piece.get("listings") or ()
    for fact in (piece.get("facts") or {}).values():
        if isinstance(fact, Mapping) and "listing" in fact:
            yield fact["listing"]


class Readings:
    """Has messages translated after they were shown, keeps what was made with them, and tells the desk."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._tried: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._running: set[asyncio.Task[Any]] = set()
        self._warm: set[Pair] = set()

    def want(self, conversation: str, messages: Iterable[str], reader: Reader) -> None:
        """Asks for readings of these messages, newest first. Returns at once; must be called in the event loop."""
        now = time.monotonic()
        wanted = []
        for message in list(messages)[:AT_ONCE]:
            key = (message, reader.language)
            if now - self._tried.get(key, -AGAIN) >= AGAIN:
                self._tried[key] = now
                wanted.append(message)
        while len(self._tried) > _REMEMBERED:
            self._tried.popitem(last=False)
        if wanted:
            self._keep(asyncio.create_task(self._make(conversation, wanted, reader)))

    def warm(self, conversation: Mapping[str, Any], reader: Reader) -> None:
        """Has the machine load what this conversation needs, so that the first preview does not come too late."""
        person, service = str(conversation["language"]), self._service
        if person in reader.reads:
            return
        for pair in ((person, reader.language), (reader.language, person)):
            if pair in service.translator.pairs and pair not in self._warm:
                self._warm.add(pair)
                load = partial(service.translator.attempt, WARMING, *pair, wait=LOADING)
                self._keep(asyncio.create_task(to_thread.run_sync(load)))

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def settle(self) -> None:
        """Waits until nothing is being translated."""
        await ended(self._running)

    async def _make(self, conversation: str, messages: Sequence[str], reader: Reader) -> None:
        for pause in (*LATER, None):
            late = []
            for message in messages:
                came = await to_thread.run_sync(self._one, message, reader)
                if came:
                    self._service.bus.ring(conversation, "reading", message=message)
                elif came is None:
                    late.append(message)
            if not late or pause is None:
                return
            messages = late
            await asyncio.sleep(pause)

    def _one(self, message_id: str, reader: Reader) -> bool | None:
        """Translates one message and keeps the reading, also that there is none to be had: the desk says so then.

        Returns:
            True when something is kept, False when the message is gone, None when the machine did not answer in time.
        """
        ledger = self._service.ledger
        with Session(ledger.reader) as session:
            found = session.execute(
                select(Message.text, Message.language, Conversation.language)
                .join(Conversation, Conversation.id == Message.conversation_id)
                .where(Message.id == message_id)
            ).one_or_none()
        if found is None:
            return False
        text, own, usual = found
        source = usual if own == UNKNOWN else own
        made = self._service.translator.attempt(text, source, reader.language, wait=PATIENCE)
        if made.reason == "late":
            return None
        reading = {"text": made.text, "sure": made.reason is None}
        with ledger.writing() as session:
            message = session.get(Message, message_id, with_for_update=True)
            if message is None:
                return False
            message.payload = {**message.payload, READ: {**(message.payload.get(READ) or {}), reader.language: reading}}
        return True
