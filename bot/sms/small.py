"""Services and menus for a small screen: three lines a service, one line a choice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import regex

from bot.cards import Card
from bot.sms.packing import cut
from bot.words import Reply

Say = Callable[..., str]
"""Words of the catalogue: say(message id, language code, **facts to insert)."""
MOST = 3
"""Services in one answer."""
_LONGEST_HOURS = 60
"""Characters. Longer hours were typed freely; half of them would mislead, so only the details have them."""
_LONGEST_SUMMARY = 240
_MARK = "\0"
_LAST_NOTE = regex.compile(r"\s*\([^()]*\)$")


def menu(reply: Reply) -> Iterator[Reply]:
    """A sentence with numbered choices: the sentence, then a part for each choice."""
    listed = "\n".join(f"{number}. {label}" for number, label in reply.choices)
    yield replace(reply, text=reply.text.removesuffix(listed).strip(), choices=(), options=())
    for at, (number, label) in enumerate(reply.choices):
        one = slice(at, at + 1)
        text = f"{number} {label}"
        yield Reply(text, reply.language, reply.kind, choices=reply.choices[one], options=reply.options[one])


def services(reply: Reply, say: Say, language: str, room: Callable[[str], bool]) -> Iterator[Reply]:
    """Services: a part for each, and for one in detail a part for each thing that is known of it.

    Args:
        room: whether a text of this length fits.
    """
    if not reply.choices:
        first, *rest = (text for card in reply.cards for text in details(card, say, language, room))
        yield replace(reply, text=first)
        yield from (Reply(text, reply.language, reply.kind) for text in rest)
        return
    for at, card in enumerate(reply.cards[:MOST]):
        last = at == min(len(reply.cards), MOST) - 1
        own = slice(at, None) if last else slice(at, at + 1)  # numbers without room still mean what they meant
        yield Reply(
            listing(card, say, language),
            reply.language,
            reply.kind,
            choices=reply.choices[own],
            cards=reply.cards[own],
            options=reply.options[own],
            shown=reply.shown[own],
            pieces=tuple({**piece, "listings": list(reply.shown[own])} for piece in reply.pieces),
        )


def listing(card: Card, say: Say, language: str) -> str:
    """Three lines: number and name; phone and whether it is open; where it is, or what it covers."""
    hours = card.open if card.open_state != "unknown" or len(card.open or "") <= _LONGEST_HOURS else None
    phone = _phone(card)
    if phone and card.stale:
        phone = f"{phone} ({say('sms_call_first', language)})"
    lines = (
        _name(card, say, language),
        " - ".join(part for part in (phone, hours) if part),
        _bare("listing_address", "address", card.address, say, language) or card.scope or card.distance,
    )
    return "\n".join(line for line in lines if line)


def details(card: Card, say: Say, language: str, room: Callable[[str], bool]) -> Iterator[str]:
    """All that helps somebody to go there or to call, the most useful first."""
    where = _bare("listing_address", "address", card.address, say, language)
    yield _name(card, say, language)
    yield from (phone["line"] for phone in card.phones)
    lines = (
        card.open,
        f"{where} ({card.distance})" if where and card.distance else where or card.distance,
        card.scope,
        card.stale_note,
        card.fee,
        card.eligibility,
        _summary(card, room),
        card.languages,
        card.accessibility,
        card.url,
        card.verified,
    )
    yield from (line for line in lines if line)


def _name(card: Card, say: Say, language: str) -> str:
    number = f"{card.number}. " if card.number else ""
    if not card.sample:
        return f"{number}{card.name}"
    # The names of samples say it themselves, in two languages only.
    return f"{number}{_LAST_NOTE.sub('', card.name)} ({say('sms_sample', language)})"


def _phone(card: Card) -> str | None:
    """The number to call; where there is none, how to write."""
    voice = next((phone["display"] for phone in card.phones if phone["kind"] == "voice"), None)
    return voice or next((phone["line"] for phone in card.phones), None)


def _summary(card: Card, room: Callable[[str], bool]) -> str | None:
    """What the service gives, its first sentences, never parted from the line that says who put it in this language."""
    if not card.summary:
        return None
    label = f"{card.summary_label} " if card.summary_label else ""

    def short(text: str) -> bool:
        return len(text) <= _LONGEST_SUMMARY and room(f"{label}{text} ...")

    text = " ".join(card.summary.split())
    first = cut(text, short)[0]
    return f"{label}{first}" if first == text else f"{label}{first} ..."


def _bare(message: str, fact: str, line: str | None, say: Say, language: str) -> str | None:
    """A line without its label: "Address: 100 Sample Street" is "100 Sample Street"."""
    if line is None:
        return None
    before, after = say(message, language, **{fact: _MARK}).split(_MARK)
    return line.removeprefix(before).removesuffix(after)
