"""Which language the conversation is in after a message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.language.names import endonym
from bot.named_lines import LINE_211


class KnownLanguage(Protocol):
    """The language of a conversation and how it is known."""

    @property
    def language(self) -> str: ...
    @property
    def language_from(self) -> str: ...
    @property
    def memory(self) -> Mapping[str, Any]: ...


class Words(Protocol):
    """What is read off a message."""

    @property
    def text(self) -> str: ...
    @property
    def identified(self) -> Any: ...
    @property
    def language_chosen(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class LanguageStep:
    """The language to answer in, how it is known, and sentences about it.

    `only` is true when the message was nothing but the choice of a language. `offered` remembers a language
    that was offered, so that it is offered once.
    """

    language: str
    known_from: str
    before: list[dict[str, Any]] = field(default_factory=list)
    after: list[dict[str, Any]] = field(default_factory=list)
    only: bool = False
    offered: str | None = None
    heard: str = "und"
    interpreter: bool = False
    """The product does not write the language: somebody who speaks it is asked for."""
    gap: str | None = None
    """A language that somebody was told we do not write: counted once, without the person."""

    @property
    def wanted(self) -> str:
        """The language that an interpreter is sought for."""
        return self.gap or self.language


SURE = 0.85
LONG = 4
"""Words from which a message may switch the language by itself."""
_NO_SPACES = ("zh", "yue", "ja", "th", "km", "lo", "my")


def language_step(
    conversation: KnownLanguage, heard: Words, languages: Sequence[str], greeted: Sequence[str] = ()
) -> LanguageStep:
    """Decides the language of the answer.

    The person's explicit choice wins, then the session's language, then what was identified. A short message
    never switches a known language: the other one is offered instead, in its own words, once.

    Args:
        languages: those with a complete catalogue.
        greeted: those that have the greeting and the sentences of danger.
    """
    now, known = conversation.language, conversation.language_from
    found = heard.identified.language
    if heard.language_chosen:
        return _chosen(heard, languages, greeted, conversation)
    if found in ("und", now):
        settled = "identified" if found == now and known == "default" else known
        return LanguageStep(now, settled, heard=found)
    sure = heard.identified.confidence >= SURE and _length(heard.text, found) >= LONG and known != "chosen"
    if found in greeted and (known == "default" or sure):
        return _greeted(found, "identified", conversation)
    if found not in languages:
        return _without_messages(found, conversation, heard)
    if known == "default":
        return LanguageStep(found, "identified", heard=found)
    if sure:
        return LanguageStep(found, "identified", heard=found)
    if conversation.memory.get("offered") == found:
        return LanguageStep(now, known, heard=found)
    offer = {"say": "language_offer", "facts": {}, "language": found}
    return LanguageStep(now, known, after=[offer], offered=found, heard=found)


def _chosen(
    heard: Words, languages: Sequence[str], greeted: Sequence[str], conversation: KnownLanguage
) -> LanguageStep:
    wanted = str(heard.language_chosen)
    only = _length(heard.text, wanted) <= LONG + 2
    if wanted in languages:
        before = [{"say": "language_changed", "facts": {}}]
        return LanguageStep(wanted, "chosen", before=before, only=only, heard=wanted)
    if wanted in greeted:
        return _greeted(wanted, "chosen", conversation, only=only)
    return _without_messages(wanted, conversation, heard, only=only)


def _greeted(found: str, known_from: str, conversation: KnownLanguage, *, only: bool = False) -> LanguageStep:
    """A language in which danger is answered and little else: that is said, and an interpreter asked for, once."""
    if conversation.memory.get("greeted") == found:
        return LanguageStep(found, known_from, only=only, heard=found)
    line = {"line_211": LINE_211}
    said = [{"say": "interpreter_finding", "facts": line, "language": found}]
    facts = {"language": endonym(found), **line}
    said += [{"say": "language_not_written", "facts": facts, "language": code} for code in ("en", "fr")]
    return LanguageStep(
        found, known_from, before=said, only=only, offered=found, heard=found, interpreter=True, gap=found
    )


def _without_messages(found: str, conversation: KnownLanguage, heard: Words, *, only: bool = False) -> LanguageStep:
    """A language without messages: said once in English and French, with its own name, and counted.

    An interpreter is sought when it was chosen, or is sure: one foreign word brings nobody to the desk.
    """
    now, known = conversation.language, conversation.language_from
    if conversation.memory.get("offered") == found:
        return LanguageStep(now, known, only=only, heard=found)
    facts = {"language": endonym(found), "line_211": LINE_211}
    said = [{"say": "language_not_written", "facts": facts, "language": code} for code in ("en", "fr")]
    chosen = heard.language_chosen == found
    sure = chosen or (heard.identified.confidence >= SURE and _length(heard.text, found) >= LONG)
    return LanguageStep(
        now, known, before=said, only=only, offered=found, heard=found, interpreter=sure, gap=found if sure else None
    )


def _length(text: str, language: str) -> int:
    """Words of a message; two characters count as a word where words are not spaced."""
    if language in _NO_SPACES:
        return sum(1 for c in text if c.isalpha()) // 2
    return len(text.split())
