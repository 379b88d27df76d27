"""What will be sent of a specialist's words: in the person's language, with the mark of a machine, in texts that fit.

Pure but for the translator. A preview and the sending of the same words make the same draft.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.answers import Piece, say
from bot.carrier.addresses import CHANNELS as TEXTING
from bot.language.names import endonym
from bot.language.translation import Attempt
from bot.named_lines import LINE_211
from bot.service import Service
from bot.sms.wording import texts
from bot.words import Reply

How = Literal["same", "catalogue", "machine", "none"]
PATIENCE = 8.0
"""Seconds that a specialist waits for a translation."""
BACK_PATIENCE = 4.0
NO_PACKAGE = "handoff_no_translation"
NOT_TRANSLATED = "message_not_translated"
NOTE = "machine_note"


@dataclass(frozen=True, slots=True)
class To:
    """Whom it goes to: language, channel, the kind of our number, and what they have been told already."""

    language: str
    channel: str
    line_kind: str = "long"
    told_of_no_translation: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """Words as they would be sent. `reason` says why there is no translation, or why it is doubted."""

    original: str
    original_language: str
    to: To
    how: How
    sure: bool
    reason: str | None
    replies: tuple[Reply, ...]
    back: str | None = None

    @property
    def text(self) -> str:
        """All of it as the person gets it."""
        return "\n".join(reply.text for reply in self.replies)

    @property
    def translated(self) -> bool:
        return self.how == "machine"


def draft(
    service: Service,
    text: str,
    written_in: str,
    to: To,
    *,
    as_written: bool = False,
    message: str | None = None,
    back: bool = False,
) -> Draft:
    """The draft of a text. May wait for the translator; call it in a thread.

    Args:
        written_in: the language that the specialist writes in.
        as_written: they prefer the original with a sentence that says so.
        message: the id in the catalogue that the text is the wording of, for a canned reply.
        back: also translate the result back.
    """
    if message is not None and text == service.catalogue.say(message, to.language):
        reply = Reply(text, to.language, message=message, pieces=(say(message),))
        return Draft(text, to.language, to, "catalogue", True, None, _packed(service, [reply], to))
    if written_in == to.language:
        return Draft(text, written_in, to, "same", True, None, _packed(service, [Reply(text, to.language)], to))
    made = Attempt(None, "as_written")
    if not as_written:
        made = service.translator.attempt(text, written_in, to.language, wait=PATIENCE)
    if made.text is None:
        return Draft(
            text, written_in, to, "none", True, made.reason, _untranslated(service, text, written_in, to, made)
        )
    marked = [Reply(made.text, to.language)]
    if to.channel in TEXTING:  # a page has a mark of its own
        marked.append(Reply(service.catalogue.say(NOTE, to.language), to.language))
    again = None
    if back:
        again = service.translator.attempt(made.text, to.language, written_in, wait=BACK_PATIENCE).text
    return Draft(text, written_in, to, "machine", made.reason is None, made.reason, _packed(service, marked, to), again)


def _untranslated(service: Service, text: str, written_in: str, to: To, made: Attempt) -> tuple[Reply, ...]:
    """The original, after a sentence in the person's language that says that it is not translated."""
    none_at_all = made.reason == "no_package"
    sentence = NO_PACKAGE if none_at_all else NOT_TRANSLATED
    said: list[Reply] = []
    if not (none_at_all and to.told_of_no_translation):
        piece: Piece = say(sentence, language_name=endonym(written_in))
        if none_at_all:
            piece["facts"]["line_211"] = LINE_211
        said += _worded(service, piece, to.language)
    said.append(Reply(text, written_in))
    return _packed(service, said, to)


def _worded(service: Service, piece: Piece, language: str) -> list[Reply]:
    if piece["say"] not in service.catalogue.sources:
        return []
    return service.words.replies([piece], language, lambda listing, near: None, service.clock())


def _packed(service: Service, replies: Sequence[Reply], to: To) -> tuple[Reply, ...]:
    """In texts that fit, on channels of the carrier."""
    if to.channel not in TEXTING:
        return tuple(replies)
    return tuple(texts(replies, service.catalogue.say, to.language, to.line_kind))
