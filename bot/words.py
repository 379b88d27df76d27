"""From pieces to words: answers in the person's language, with facts put in after wording.

Pure but for reading listings: the same pieces give the same words on every channel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from babel.numbers import format_decimal

from bot.answers import Fact, Piece
from bot.cards import Card, Cards, locale_for
from bot.language.catalogue import RTL, Catalogue
from directory_client.lines import lines
from directory_client.listings import Listing
from directory_client.phones import dialled

FAREWELL = "farewell"
"""Kind of the one reply that is sent to somebody who has just asked for no more texts."""
FindListing = Callable[[str, Mapping[str, Any] | None], Listing | None]
"""(listing id, {"lat", "lon"} or None) → the listing with its distance."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to a person, complete as text; the rest is for channels that can show more.

    `options` holds what each number means to the dialogue; `shown` the listings in it, in order; `message` the
    id of the sentence in the catalogue, for channels that have a shorter one; `pieces` what it was worded from, so
    that a specialist can read it in another language.
    """

    text: str
    language: str
    kind: str = "text"
    choices: tuple[tuple[int, str], ...] = ()
    cards: tuple[Card, ...] = ()
    actions: tuple[dict[str, str], ...] = ()
    options: tuple[dict[str, Any], ...] = ()
    shown: tuple[str, ...] = ()
    message: str | None = None
    pieces: tuple[Piece, ...] = ()

    def payload(self) -> dict[str, Any]:
        """What the web chat needs beside the text."""
        return {
            "choices": [{"number": number, "label": label} for number, label in self.choices],
            "cards": [card.as_json() for card in self.cards],
            "actions": [dict(action) for action in self.actions],
            "rtl": self.language in RTL,
            **({"pieces": [dict(piece) for piece in self.pieces]} if self.pieces else {}),
        }


@dataclass(slots=True)
class _Numbering:
    """Numbers run through all replies of a turn, so that "2" means one thing."""

    options: list[dict[str, Any]] = field(default_factory=list)
    offered: set[str] = field(default_factory=set)
    first: int = 1

    def add(self, label: str, given: dict[str, Any]) -> int:
        number = len(self.options) + self.first
        self.options.append({"number": number, "label": label, "given": given})
        return number


class Words:
    """Words pieces in a language."""

    def __init__(self, catalogue: Catalogue, cards: Cards) -> None:
        self.catalogue = catalogue
        self.cards = cards

    def replies(
        self,
        pieces: Sequence[Piece],
        language: str,
        find: FindListing,
        now: datetime,
        *,
        kind: str = "text",
        first: int = 1,
    ) -> list[Reply]:
        """Words the pieces, one reply for each.

        Args:
            kind: "crisis" marks sentences of a crisis reply for channels that set them apart.
            first: the number of the first choice.
        """
        numbering = _Numbering(first=first)
        said: list[Reply] = []
        for piece in pieces:
            if "say" in piece:
                said.append(self._sentence(piece, language, find, numbering, kind))
            elif "listings" in piece:
                reply = self._listings(piece, language, find, numbering, now)
                if reply:
                    said.append(reply)
        return said

    def _sentence(self, piece: Piece, language: str, find: FindListing, numbering: _Numbering, kind: str) -> Reply:
        message = piece["say"]
        spoken = piece.get("language") or self.catalogue.language_of(message, language)
        facts = {name: self._fact(fact, spoken, find) for name, fact in (piece.get("facts") or {}).items()}
        text = self.catalogue.say(message, spoken, **facts)
        before = len(numbering.options)
        choices = []
        for one in piece.get("choices") or ():
            label = self._fact(one["label"], spoken, find)
            choices.append((numbering.add(label, one["given"]), label))
        lines_of_text = [text, *(f"{number}. {label}" for number, label in choices)]
        return Reply(
            text="\n".join(lines_of_text),
            language=spoken,
            kind="menu" if choices and kind == "text" else kind,
            choices=tuple(choices),
            actions=tuple(self._calls(piece, spoken, numbering)) if kind == "crisis" else (),
            options=tuple(numbering.options[before:]),
            message=message,
            pieces=(piece,),
        )

    def _calls(self, piece: Piece, language: str, numbering: _Numbering) -> Iterator[dict[str, str]]:
        """Large buttons for the lines that a crisis sentence names, each once in a turn: call, and text."""
        for fact in (piece.get("facts") or {}).values():
            line = lines()[fact["line"]] if isinstance(fact, Mapping) and "line" in fact else None
            if line is None or line.id in numbering.offered:
                continue
            numbering.offered.add(line.id)
            for number, verb, scheme in ((line.voice, "call", "tel"), (line.text, "text", "sms")):
                if number:
                    label = f"{self.catalogue.say(f'listing_verb_{verb}', language)} {number}"
                    yield {"label": label, "href": f"{scheme}:{dialled(number)}"}

    def _listings(
        self, piece: Piece, language: str, find: FindListing, numbering: _Numbering, now: datetime
    ) -> Reply | None:
        found = [listing for one in piece["listings"] if (listing := find(one, piece.get("near")))]
        if not found:
            return None
        before = len(numbering.options)
        detail = bool(piece.get("detail"))
        choices: list[tuple[int, str]] = []
        cards = []
        for listing in found:
            card = self.cards.card(listing, language, now, detail=detail)
            if not detail:
                number = numbering.add(card.name, {"intent": "details", "entities": {"listing": listing.id}})
                card = card.numbered(number)
                choices.append((number, card.name))
            cards.append(card)
        return Reply(
            text="\n\n".join(card.text for card in cards),
            language=language,
            kind="listing",
            choices=tuple(choices),
            cards=tuple(cards),
            options=tuple(numbering.options[before:]),
            shown=tuple(listing.id for listing in found),
            pieces=(piece,),
        )

    def fact(self, fact: Fact, language: str, find: FindListing) -> str:
        """One fact as words."""
        return self._fact(fact, language, find)

    def _fact(self, fact: Fact, language: str, find: FindListing) -> str:
        if isinstance(fact, str):
            return fact
        value: Any
        (kind, value), *_ = fact.items()
        match kind:
            case "message":
                return self.catalogue.say(value, language)
            case "need":
                return self.catalogue.say(f"need_{value.replace('.', '_')}", language)
            case "line":
                line = lines()[value]
                return line.voice or line.text or ""
            case "line_text":
                return lines()[value].text or ""
            case "line_word":
                line = lines()[value]
                return (line.text_word_fr if language == "fr" else None) or line.text_word or ""
            case "line_name":
                line = lines()[value]
                return line.name_fr if language == "fr" and line.name_fr else line.name
            case "messages":
                return ", ".join(self.catalogue.say(one, language) for one in value)
            case "date":
                return self.cards.date(date.fromisoformat(value), language)
            case "all":
                return ". ".join(self._fact(one, language, find) for one in value)
            case "sentence":
                inner = {name: self._fact(one, language, find) for name, one in value.get("facts", {}).items()}
                return self.catalogue.say(value["id"], language, **inner)
            case "km":
                return format_decimal(value, format="0.0" if value < 10 else "0", locale=locale_for(language))
            case "listing_phone":
                listing = find(value, None)
                phones = [one for one in listing.phones if one.kind == "voice"] if listing else []
                return phones[0].display + (f" #{phones[0].extension}" if phones[0].extension else "") if phones else ""
            case "listing":
                listing = find(value, None)
                return self.cards.name(listing, language) if listing else ""
        raise ValueError(f"unknown kind of fact: {kind}")
