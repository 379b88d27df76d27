"""Texts that nobody wrote: "I'm driving", out-of-office notices, other services' robots, notes of a carrier."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from bot.sms.folding import letters
from bot.yaml_text import parsed

FILE = Path(__file__).resolve().parent / "data" / "autoreplies.yml"
LIMIT = 2_000


def automatic(text: str) -> bool:
    """Whether a machine wrote the text, as far as its words tell. A guess: the risk screen has read it before."""
    if not text or len(text) > LIMIT:
        return False
    said = letters(text)
    return any(pattern.search(said) for pattern in _patterns())


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    content: dict[str, list[str]] = parsed(FILE.read_text(encoding="utf-8"))
    whole, start, inside = (
        "|".join(_source(one) for one in sorted(content[part], key=len, reverse=True))
        for part in ("whole", "start", "inside")
    )
    return (
        re.compile(rf"^(?:(?:{whole})(?: |$))+$"),
        re.compile(rf"^(?:{start})(?: |$)"),
        re.compile(rf"(?:^| )(?:{inside})(?: |$)"),
    )


def _source(wording: str) -> str:
    """A wording as a pattern over `letters`."""
    before, *after = (re.escape(letters(part)) for part in wording.split("…"))
    return before + "".join(r"(?: \w+){1,2}" + (f" {part}" if part else "") for part in after)
