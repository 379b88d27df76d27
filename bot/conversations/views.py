"""What a turn and a client get to see of a conversation: values, read once, that no transaction changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.conversations.models import Message

if TYPE_CHECKING:
    from bot.dialogue import Decision
    from bot.effects import Effects
    from bot.language.session import LanguageStep
    from bot.understanding import Heard
    from bot.words import Reply


@dataclass(frozen=True, slots=True)
class ConversationView:
    """A conversation as it stood when the turn began."""

    id: str
    door: str
    channel: str
    owner: str
    language: str
    language_from: str
    risk_level: int
    engine_stale: bool
    fresh: bool = False
    """Nothing has been said in it before."""
    line: str | None = None
    """Our own number that the person uses, on a channel of the carrier."""
    memory: Mapping[str, Any] = field(default_factory=dict)
    options: tuple[Mapping[str, Any], ...] = ()
    """What the numbers mean that were shown last. Once something else was said they are "old": a number still means
    what it did, a plain yes does not."""


@dataclass(frozen=True, slots=True)
class MessageView:
    """The message of a turn. `parts` are the ids of all stored messages that it was put together from."""

    id: str
    text: str
    parts: tuple[str, ...] = ()
    given: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """A turn to be done: one inbound message, and the lease that allows it.

    `silent`: the message is a specialist's to answer. It is read for them, and the bot says nothing.
    """

    holder: str
    conversation: ConversationView
    message: MessageView
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished turn, to be written in one transaction."""

    work: Work
    heard: Heard
    language: LanguageStep
    decision: Decision
    replies: tuple[Reply, ...]
    effects: Effects


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message as a client gets it."""

    seq: int
    id: str
    author: str
    language: str
    kind: str
    text: str
    created_at: datetime
    payload: Mapping[str, Any]
    channel_id: str | None


class OwnerChanged(Exception):
    """A specialist has claimed the conversation, or let go of it, since the answer to a message was thought out."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A conversation as its own person may see it."""

    id: str
    door: str
    owner: str
    language: str
    messages: tuple[Spoken, ...] = ()
    pending: bool = False
    holder: str | None = None
    """The specialist who holds it: an id for the server, never for a page."""


def spoken(message: Message) -> Spoken:
    """A stored message as a client gets it."""
    return Spoken(
        message.seq, message.id, message.author, message.language, message.kind, message.text, message.created_at,
        message.payload, message.channel_id,
    )  # fmt: skip
