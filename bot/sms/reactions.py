"""Reactions that a phone sends as a text: "Liked “…”", "A aimé « … »", "👍 to “…”".

A reaction quotes the message it belongs to, so its words are mostly ours. The wordings stand in data/reactions.yml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot.sms.folding import letters, tidy
from bot.yaml_text import parsed

FILE = Path(__file__).resolve().parent / "data" / "reactions.yml"
# Longer than any text that a phone quotes; no pattern is tried on more.
LIMIT = 2_000
# Google Messages writes invisible signs around the parts: a hair space at both ends, the emoji between two zero-width
# spaces, or between two zero-width non-joiners when it is taken back (as QUIK SMS reads it, see data/reactions.yml).
_HIDDEN = re.compile(
    "\u200a[^\u200a]*?([\u200b\u200c])[^\u200b\u200c]*\\1[^\u200a]*\u200a(.*)\u200a[^\u200a]*\u200a", re.S
)
_OPENING, _CLOSING = "\"“”„‟«‹「『《'", "\"“”„‟»›」』》'"
_QUOTE = rf"[{_OPENING}]\s?(?P<quote>.+?)\s?(?:[{_CLOSING}]|…|\.\.\.)"
_EMOJI = r"(?:(?=\S*[^\x00-\x7f])[^\w\s\"“”„«»「」'()\[\]]{1,14}|[0-9#*]\ufe0f?\u20e3)"


@dataclass(frozen=True, slots=True)
class Reaction:
    """quote: the words of ours that it belongs to, perhaps cut short; None for a picture and the like."""

    quote: str | None


def reaction(text: str) -> Reaction | None:
    """The reaction that a text is as a whole, or None for anything that a person may have written."""
    if not text or len(text) > LIMIT:
        return None
    if hidden := _HIDDEN.fullmatch(text.strip(" \n\t")):
        return Reaction(tidy(hidden[2]).strip(_OPENING + _CLOSING + " ") or None)
    shown = tidy(text)
    for pattern in _patterns():
        if match := pattern.fullmatch(shown):
            quote = match["quote"]
            return Reaction(quote.strip() if quote else None)
    return None


def quotes(quote: str | None, said: Iterable[str]) -> bool:
    """Whether a quoted text is one that we sent, as a phone quotes it: perhaps cut, with other spaces and signs."""
    if quote is None:
        return True
    wanted = letters(quote.rstrip(".… ")).replace(" ", "")
    texts = [letters(text).replace(" ", "") for text in said]
    if len(wanted) < 4:
        return wanted in texts
    return any(wanted in text for text in texts)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    content: dict[str, dict[str, Any]] = parsed(FILE.read_text(encoding="utf-8"))
    return tuple(_pattern(wording, one.get("things") or ()) for one in content.values() for wording in one["wordings"])


def _pattern(wording: str, things: Iterable[str]) -> re.Pattern[str]:
    """A wording as a pattern over `tidy` text; spaces next to a placeholder may be missing."""
    named = "|".join(re.escape(tidy(thing)) for thing in things)
    parts = {
        "{quote}": _QUOTE,
        "{what}": f"(?:{_QUOTE}|(?:{named}))" if named else _QUOTE,
        "{emoji}": _EMOJI,
    }
    written = re.split(r"\s*(\{\w+\})\s*", tidy(wording))
    source = r"\s?".join(parts.get(part, re.escape(part)) for part in written if part)
    return re.compile(source, re.IGNORECASE | re.DOTALL)
