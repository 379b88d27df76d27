"""What makes two registrations one household: facts in a plain form, then only a keyed pseudonym of them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.conversations.identity import Keys
from bot.intake.labels import folded

_POSTAL = re.compile(r"\b([abceghj-nprstvxy]\d[a-z]) ?(\d[a-z]\d)\b")
_NUMBER = re.compile(r"\d+[a-z]?\b")
_USUAL = (
    "street st str avenue ave av road rd drive dr boulevard blvd boul crescent cres cr court ct lane ln place pl way "
    "rue chemin ch apartment apt app appartement unit suite no num numero number ontario on canada"
)
"""Words of addresses that some write and others do not."""


def household_keys(
    door: str, season: str, same: Sequence[Sequence[str]], answers: Mapping[str, Any], keys: Keys
) -> list[str]:
    """A pseudonym for each list of questions that were all answered.

    Args:
        same: the lists of the door's register.
        answers: those that may be kept.

    Returns:
        64 hexadecimal digits each; other doors and seasons give others, so that nothing can be joined over them.
    """
    found = []
    for group in same:
        values = [plain(answers.get(name)) for name in group]
        if all(values):
            found.append(keys.pseudonym(f"register:{door}:{season}", "\0".join((*group, *values))))
    return found


def plain(value: Any) -> str:
    """An answer without what two people write differently: case, accents, order of words, "Street" or "St"."""
    if isinstance(value, Mapping):
        value = value.get("name")
    if value is None:
        return ""
    text = str(value)
    if "@" in text:
        return "".join(text.split()).casefold()
    digits = "".join(c for c in text if c.isdecimal())
    if len(digits) >= 10 and not any(c.isalpha() for c in text):
        return digits[-10:]
    words = folded(text)
    postal = _POSTAL.search(words)
    if postal:
        rest = words[: postal.start()] + words[postal.end() :]
        numbers = sorted(_NUMBER.findall(rest))
        if numbers:
            return " ".join((postal[1] + postal[2], *numbers))
    usual = frozenset(_USUAL.split())
    return " ".join(sorted(word for word in words.split() if word not in usual))
