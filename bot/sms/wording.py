"""The replies of one turn as text messages: few, short, the help first, and right on an old phone.

What is stored is what this gives: each reply is one text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import regex

from bot.language.catalogue import RTL
from bot.safety.levels import KINDS
from bot.sms import small
from bot.sms.packing import RICH, fits, packed
from bot.sms.segments import plain
from bot.sms.small import Say
from bot.words import Reply
from directory_client.lines import CRISIS, EMERGENCY, HELPLINE, lines

_LINES = {
    "line_911": EMERGENCY,
    "line_988": CRISIS,
    "line_211": HELPLINE,
    "line_poison": "poison-centre",
    "line_seniors": "seniors-safety",
    "line_trafficking": "trafficking-hotline",
}
"""The line that each place in a short sentence is for."""
_EMERGENCY = "crisis_emergency_911"
_DANGERS = frozenset(f"crisis_{kind}" for kind in KINDS)
_OF_PAGES = ("person_waiting", "send_to_phone", "crisis_safe_device", "crisis_person_joining")
"""Sentences that speak of the page or the chat; by text message `sms_…` is said instead."""
_ONLY_ON_PAGES = ("crisis_safe_device",)
"""Left out in a language that does not have the other form."""

_ISOLATED = regex.compile("\u2068([^\u2068\u2069]*)\u2069")
_RTL_LETTER = regex.compile(r"[\p{Script=Arabic}\p{Script=Hebrew}]")
_LRM, _RLM = "\u200e", "\u200f"


def texts(replies: Sequence[Reply], say: Say, language: str, kind: str = "long") -> list[Reply]:
    """The replies of one turn as text messages.

    Choices, options, listings and actions keep their order, so that a number typed means what it would have meant.

    Args:
        replies: all replies of the turn, as `bot.words.Words` gives them.
        say: the catalogue's `say`.
        language: of the person.
        kind: of our number: "long", "short", "tollfree", "whatsapp" or "messenger".
    """
    first, rest = _danger_first(replies, say)
    parts = list(_parts(rest, say, language, kind))
    made = [text for some in (first, parts) for text in packed([_clean(part, kind) for part in some], kind)]
    return [text for text in made if text.text.strip()]


def short_crisis(message: str, language: str, say: Say, *, emergency: bool) -> str | None:
    """The first text of a crisis reply: 9-1-1, and one short sentence with the line that fits.

    Args:
        message: the sentence of this kind of danger, such as "crisis_suicide".
        emergency: life is in danger now.

    Returns:
        None where the language has no short sentence.
    """
    short = _short(message, language, say)
    opening = _short(_EMERGENCY if emergency else "crisis_danger", language, say)
    if short is None or opening is None:
        return None
    return short if str(lines()[EMERGENCY].voice) in short else f"{opening}\n{short}"


def _danger_first(replies: Sequence[Reply], say: Say) -> tuple[list[Reply], list[Reply]]:
    """What danger needs at once, in a text of its own, and everything else."""
    emergency = any(reply.message == _EMERGENCY for reply in replies)
    for at, reply in enumerate(replies):
        if reply.message in _DANGERS:
            text = short_crisis(str(reply.message), reply.language, say, emergency=emergency)
            if text:
                return [replace(reply, text=text)], [*replies[:at], *replies[at + 1 :]]
    return [], list(replies)


def _parts(replies: Sequence[Reply], say: Say, language: str, kind: str) -> Iterator[Reply]:
    """Replies in the parts that may go into different texts."""
    numbers = [str(number) for reply in replies if reply.kind == "listing" for number, _ in reply.choices]
    for reply in replies:
        of_pages = reply.message in _OF_PAGES or "/" in (reply.message or "")  # a door has short forms of its own
        short = _short(reply.message, reply.language, say) if of_pages and not reply.choices else None
        if reply.kind == "listing":
            yield from small.services(reply, say, language, lambda text: fits(text, kind))
        elif reply.message == "results_hint" and numbers and reply.language == language:
            hint = say("sms_listing_hint", language, numbers=", ".join(numbers[: small.MOST]))
            further = (f"{number} {label}" for number, label in reply.choices)
            yield replace(reply, text="\n".join((hint, *further)))
        elif short:
            yield replace(reply, text=short)
        elif reply.message in _ONLY_ON_PAGES:
            continue
        elif reply.choices:
            yield from small.menu(reply)
        else:
            yield reply


def _short(message: str | None, language: str, say: Say) -> str | None:
    """The short form of a sentence, None where there is none in this language."""
    numbers = {place: str(lines()[line].voice) for place, line in _LINES.items()}
    try:
        said, english = (say(f"sms_{message}", one, **numbers) for one in (language, "en"))
    except KeyError:
        return None
    return said if language == "en" or said != english else None


def _clean(part: Reply, kind: str) -> Reply:
    """Signs that an old phone can show; phones with messengers are newer."""
    if kind in RICH:
        return part
    return replace(part, text=plain(_marked(part.text) if part.language in RTL else part.text))


def _marked(text: str) -> str:
    """Right-to-left text with the older marks for direction: the isolates of 2013 are boxes on older phones.

    Without any, a phone number after Arabic letters is shown with its groups in the wrong order.
    """

    def mark(found: regex.Match[str]) -> str:
        inner = found[1]
        return inner if _RTL_LETTER.search(inner) else f"{_LRM}{inner}{_LRM}"

    marked = _ISOLATED.sub(mark, text).split("\n")
    # The first strong sign of a line decides its direction; a number in front must not.
    return "\n".join(_RLM + line if line.startswith(_LRM) and _RTL_LETTER.search(line) else line for line in marked)
