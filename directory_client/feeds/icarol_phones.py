"""The telephone numbers of an iCarol record. A private one is not handed over at all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from directory_client.feeds.feed import Row
from directory_client.feeds.icarol_columns import NAMED_PHONES, SLOTS, private
from directory_client.feeds.icarol_fields import Record
from directory_client.feeds.numbers import telephone_numbers
from directory_client.feeds.plain import plain_line
from directory_client.words import fold

_LABELS = {
    "phonenumberhotline": ("Hotline", "Ligne d'écoute"),
    "phonetollfree": ("Toll-free", "Sans frais"),
    "phonenumberbusinessline": ("Office", "Bureau"),
    "phonenumberafterhours": ("After hours", "Après les heures d'ouverture"),
    "phonenumberoutofarea": ("From outside the area", "De l'extérieur de la région"),
}
_KINDS = (
    ("fax", r"\bfax|telecopi"),
    ("tty", r"\btty\b|\btdd\b|\bats\b|\batme\b|teletype|telescripteur"),
    ("text", r"\bsms\b|\btext(?:o|ing)?\b"),
)


@dataclass(frozen=True, slots=True)
class _Slot:
    """One number of a record: where it stands, what it is called, what is said about it."""

    column: str
    text: str
    name: str
    description: str
    type: str


def phones(record: Record, id_: str, owner: str, owner_id: str) -> Iterator[Row]:
    """Rows for the public numbers, each once, in the record's order."""
    french = {slot.column: slot for slot in _slots(record.french)}
    hidden = _hidden(record.fields) | _hidden(record.french)
    seen: set[str] = set()
    for slot in _slots(record.fields):
        if slot.column in hidden:
            continue
        twin = french.get(slot.column)
        for place, number in enumerate(telephone_numbers(slot.text)):
            kind = _kind(slot)
            if number.key in seen:
                continue
            seen.add(number.key)
            values = {
                f"{owner}_id": owner_id,
                "number": number.number,
                "extension": number.extension,
                "type": kind,
                "description": _described(slot, number.note, 0),
                "description_fr": _described(twin, None, 1) if twin else None,
                "position": len(seen) - 1,
            }
            yield record.row("phone", f"{id_}/{slot.column}" + (f"/{place}" if place else ""), values)


def _slots(fields: Mapping[str, str]) -> Iterator[_Slot]:
    for column in SLOTS:
        if text := plain_line(fields.get(f"{column}number", "")):
            said = (plain_line(fields.get(column + part, "")) for part in ("name", "description", "type"))
            yield _Slot(column, text, *said)
    for column in NAMED_PHONES:
        if text := plain_line(fields.get(column, "")):
            yield _Slot(column, text, "", plain_line(fields.get(f"{column}description", "")), "")


def _hidden(fields: Mapping[str, str]) -> set[str]:
    return {column for column in (*SLOTS, *NAMED_PHONES) if private(fields.get(f"{column}isprivate", ""))}


def _kind(slot: _Slot) -> str:
    if slot.column in ("phonefax", "phonetty"):
        return slot.column.removeprefix("phone")
    for words in (slot.type, slot.name):
        for kind, pattern in _KINDS:
            if re.search(pattern, fold(words)):
                return kind
    return "voice"


def _described(slot: _Slot, note: str | None, language: int) -> str | None:
    label = _LABELS.get(slot.column, ("", ""))[language] or slot.name
    parts = [part for part in (label, slot.description, note or "") if part]
    return ", ".join(dict.fromkeys(parts)) or None
