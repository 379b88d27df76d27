"""Texts that a handset cut by itself, so that they arrive as several messages.

Networks join long messages as long as the handset marks their parts; some handsets and gateways do not mark them.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.sms.segments import count

CUTS = {"gsm7": (153, 160), "ucs2": (67, 70)}
"""Where handsets cut: what one part carries with the mark of a long message (153, 67) and without it (160, 70)."""
_NEAR = {"gsm7": 150, "ucs2": 60}
"""From here on a part may have been cut at the space before the limit."""


def maybe_split(text: str) -> bool:
    """Whether the rest of this text may follow as a message of its own.

    A yes costs a wait of a few seconds at most, so it is given freely; nobody waits with a text about danger.
    """
    found = count(text)
    return found.units >= _NEAR[found.encoding]


def joined(parts: Sequence[str]) -> str:
    """The parts of one text in the order in which they came: cut in a word where a part is full, else at a space."""
    text = ""
    for before, part in zip(("", *parts), parts, strict=False):
        apart = not text or not part or text[-1].isspace() or part[0].isspace() or _full(before)
        text += part if apart else f" {part}"
    return text


def _full(part: str) -> bool:
    found = count(part)
    return found.units > 0 and any(found.units % cut == 0 for cut in CUTS[found.encoding])
