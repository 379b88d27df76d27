"""Replies into as few texts as possible, none longer than a text may be, none cut inside a sentence or a number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

import regex

from bot.sms.segments import count
from bot.words import Reply

LONGEST = 320
"""Characters. Twilio advises no more; longer texts arrive late, in pieces or not at all."""
_LONGEST_RICH = 1000
"""Characters where a message does not travel in parts; WhatsApp takes 1,600, Messenger 2,000."""
RICH = ("whatsapp", "messenger")
_MOST_SEGMENTS = {"gsm7": 2, "ucs2": 5}
_MOST_SEGMENTS_SHORT = {"gsm7": 1, "ucs2": 2}
"""On a Canadian short code what is longer than one part of GSM-7 is not delivered."""
_RANK = ("crisis", "menu", "listing", "text")
"""Kinds that may share a text, and which of them names it."""

_URL = r"(?:https?://|www\.)\S{1,1000}"
_PHONE = r"\+?\d[\d\-.() ]{1,20}\d(?: ?#\d{1,8})?"
_LINES = regex.compile(r"[^\n]*\n+|[^\n]+$")
_SENTENCES = regex.compile(r".*?(?:[.!?…؟۔।]+[\"'”’»)]*\s+|[。！？]+[」』”）]*\s*|$)", regex.DOTALL)
_SIGNS = regex.compile(rf"{_URL}|{_PHONE}|\X")

Fits = Callable[[str], bool]


def fits(text: str, kind: str = "long") -> bool:
    """Whether one text from a number of this kind can be this long."""
    if kind in RICH:
        return len(text) <= _LONGEST_RICH
    size = count(text, kind)
    most = _MOST_SEGMENTS_SHORT if kind == "short" else _MOST_SEGMENTS
    return size.units <= LONGEST and size.segments <= most[size.encoding]


def cut(text: str, room: Fits, whole: Iterable[str] = ()) -> list[str]:
    """A text in pieces that fit: at lines, else at sentences, else at words, else anywhere.

    Args:
        room: whether a piece fits.
        whole: names that stay in one piece, as phone numbers and web addresses do.
    """
    return [piece for piece in _cut(text.strip(), room, _steps(whole)) if piece]


def _steps(whole: Iterable[str]) -> tuple[regex.Pattern[str], ...]:
    kept = "|".join([*(regex.escape(name) for name in whole if name.strip()), _URL, _PHONE])
    words = regex.compile(rf"(?:\S*?(?:{kept})\S*|\S+)\s*")
    return _LINES, _SENTENCES, words, _SIGNS


def _cut(text: str, room: Fits, steps: Sequence[regex.Pattern[str]]) -> list[str]:
    if room(text) or not steps:
        return [text]
    done: list[str] = []
    current = ""
    for unit in steps[0].findall(text):
        if room((current + unit).strip()):
            current += unit
            continue
        done.append(current.strip())
        *full, current = _cut(unit, room, steps[1:])
        done += full
    return [*done, current.strip()]


def packed(parts: Sequence[Reply], kind: str) -> list[Reply]:
    """Parts of replies as few texts. Languages are not mixed, and what has a kind of its own stays alone."""
    texts: list[Reply] = []
    for (_, mixes), run in groupby(parts, key=lambda part: (part.language, part.kind in _RANK)):
        pieces = [piece for part in run for piece in _pieces(part, kind)]
        texts += _even(list(_glued(pieces, kind)), kind) if mixes else pieces
    return texts


def _pieces(part: Reply, kind: str) -> Iterator[Reply]:
    """A part that is too long for a text, in several; what belongs to it goes with the first."""
    names = [*(card.name for card in part.cards), *(label for _, label in part.choices)]
    first, *rest = cut(part.text, lambda text: fits(text, kind), names) or [part.text]
    yield replace(part, text=first)
    for text in rest:
        yield Reply(text, part.language, part.kind)


def _glued(parts: Iterable[Reply], kind: str) -> Iterator[Reply]:
    """A heading together with the first thing under it."""
    heading: Reply | None = None
    for part in parts:
        together = merged([heading, part]) if heading else part
        if heading and not fits(together.text, kind):
            yield heading
            together = part
        heading = together if together.text.endswith((":", "：")) else None
        if heading is None:
            yield together
    if heading:
        yield heading


def _even(parts: Sequence[Reply], kind: str) -> list[Reply]:
    """The fewest texts, and of these the evenest: a last text of three words looks like a mistake."""
    texts = _filled(parts, kind, _LONGEST_RICH)
    low, high = max(len(part.text) for part in parts), _LONGEST_RICH
    while low < high:
        middle = (low + high) // 2
        tried = _filled(parts, kind, middle)
        if len(tried) == len(texts):
            texts, high = tried, middle
        else:
            low = middle + 1
    return texts


def _filled(parts: Sequence[Reply], kind: str, longest: int) -> list[Reply]:
    texts: list[list[Reply]] = []
    for part in parts:
        if texts:
            together = merged([*texts[-1], part]).text
            if len(together) <= longest and fits(together, kind):
                texts[-1].append(part)
                continue
        texts.append([part])
    return [merged(text) for text in texts]


def merged(parts: Sequence[Reply]) -> Reply:
    """Several parts as one text. Numbers keep their meaning: choices and options stand in the same order."""
    if len(parts) == 1:
        return parts[0]
    return Reply(
        text="\n".join(part.text for part in parts),
        language=parts[0].language,
        kind=min((part.kind for part in parts), key=_RANK.index),
        choices=tuple(one for part in parts for one in part.choices),
        cards=tuple(one for part in parts for one in part.cards),
        actions=tuple(one for part in parts for one in part.actions),
        options=tuple(one for part in parts for one in part.options),
        shown=tuple(one for part in parts for one in part.shown),
        message=parts[0].message,
        pieces=tuple(one for part in parts for one in part.pieces),
    )
