"""What a record of a CIOC share file says, field by field.

Elements and attributes are those of the public schema (OpenCIOC/onlineresources, `import/cioc_schema.xsd`): "V"
is a value in English and "VF" the same in French, "N" and "NF" are notes, "NM" a name, "CHK" an item of a list.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from directory_client.feeds.address_parts import blurred, coordinate, country, postal_code, province
from directory_client.feeds.cioc_xml import Element
from directory_client.feeds.feed import Row
from directory_client.feeds.languages import offer
from directory_client.feeds.numbers import telephone_numbers
from directory_client.feeds.plain import plain_line, plain_text
from directory_client.words import fold

_PHONES = {
    "CRISIS_PHONE": ("voice", "Crisis line", "Ligne de crise"),
    "OFFICE_PHONE": ("voice", None, None),
    "TOLL_FREE_PHONE": ("voice", "Toll-free", "Sans frais"),
    "AFTER_HRS_PHONE": ("voice", "After hours", "Après les heures d'ouverture"),
    "TDD_PHONE": ("tty", None, None),
    "FAX": ("fax", None, None),
}
REVEALING = frozenset(["SITE_ADDRESS", "GEOCODE", "SITE_LOCATION", "INTERSECTION", "BUS_ROUTES", "TRANSPORTATION"])
"""Fields that lead to the door: when one is private, all of them are."""
_BOX = re.compile(r"box|c\.?p\.?$|case", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Field:
    """A record with the fields that must not be told taken out."""

    element: Element
    file: str
    line: int
    hidden: frozenset[str] = frozenset()
    english: bool = True
    french: bool = True
    cache: dict[str, Element | None] = field(default_factory=dict)

    @property
    def number(self) -> str:
        return plain_line(self.element.get("NUM"))

    @property
    def confidential(self) -> bool:
        return bool(self.hidden & REVEALING)

    def child(self, name: str) -> Element | None:
        if name in self.hidden or (name in REVEALING and self.confidential):
            return None
        if name not in self.cache:
            self.cache[name] = self.element.child(name)
        return self.cache[name]

    def pair(self, name: str, attribute: str = "V", *, line: bool = False) -> tuple[str | None, str | None]:
        """A value in English and in French; English where only French is there, so that something is."""
        found = self.child(name)
        return self.both(found, attribute, line=line) if found is not None else (None, None)

    def both(self, found: Element, attribute: str = "V", *, line: bool = False) -> tuple[str | None, str | None]:
        clean = plain_line if line else plain_text
        english = clean(found.get(attribute)) if self.english else ""
        french = clean(found.get(f"{attribute}F")) if self.french else ""
        return english or french or None, french or None

    def checklist(self, name: str) -> tuple[str | None, str | None]:
        """The items of a list with their notes, then the note on the whole, as one text."""
        found = self.child(name)
        if found is None:
            return None, None
        items: list[tuple[str | None, str | None]] = []
        for one in found.all("CHK"):
            (value, value_fr), (note, note_fr) = self.both(one, line=True), self.both(one, "N", line=True)
            items.append((_noted(value, note), _noted(value_fr, note_fr)))
        items.append(self.both(found, "N"))
        texts = ["; ".join(one[place] or "" for one in items if one[place]) or None for place in (0, 1)]
        return texts[0], texts[1]

    def row(self, table: str, id_: str, values: dict[str, Any]) -> Row:
        known = {name: value for name, value in values.items() if value is not None}
        return Row(table, {"id": id_, **known}, self.file, self.line)


def names(record: Field, *levels: str) -> tuple[str | None, str | None]:
    """The names of several levels, joined: "Sample Region - Social Services"."""
    pairs = [record.pair(level, line=True) for level in levels]
    texts = [" - ".join(dict.fromkeys(pair[place] or "" for pair in pairs if pair[place])) or None for place in (0, 1)]
    return texts[0], texts[1]


def phones(record: Field, id_: str, owner: str) -> Iterator[Row]:
    """The numbers of a record; `owner` is the column that says whose they are."""
    seen: set[str] = set()
    for name, (kind, label, label_fr) in _PHONES.items():
        text, text_fr = record.pair(name, line=True)
        french = {number.key: number for number in telephone_numbers(text_fr or "")}
        for number in telephone_numbers(text or ""):
            if number.key in seen:
                continue
            twin = french.get(number.key)
            values = {
                owner: id_,
                "number": number.number,
                "extension": number.extension,
                "type": kind,
                "description": ", ".join(part for part in (label, number.note) if part) or None,
                "description_fr": ", ".join(part for part in (label_fr, twin.note) if part) or None if twin else None,
                "position": len(seen),
            }
            yield record.row("phone", f"{id_}/{name.lower()}/{number.key[:30]}", values)
            seen.add(number.key)


def place(record: Field, id_: str, organization_id: str | None) -> Iterator[Row]:
    """The place of a record with address and access."""
    name, name_fr = record.pair("LOCATION_NAME", line=True)
    said, said_fr = names(record, "ORG_LEVEL_1", "ORG_LEVEL_2", "ORG_LEVEL_3")
    hidden = record.confidential
    geocode = record.element.child("GEOCODE")
    latitude = coordinate(geocode.get("LAT")) if geocode is not None else None
    longitude = coordinate(geocode.get("LONG")) if geocode is not None else None
    if hidden:
        latitude, longitude = blurred(latitude), blurred(longitude)
        name, name_fr = (None if text and re.search(r"\d", text) else text for text in (name, name_fr))
    where = [record.pair(part)[0] for part in ("LOCATION_DESCRIPTION", "SITE_LOCATION", "INTERSECTION")]
    travel = [record.pair("TRANSPORTATION")[0], _routes(record)]
    values = {
        "location_type": "physical",
        "organization_id": organization_id,
        "name": name or said,
        "name_fr": name_fr or said_fr,
        "description": None if hidden else "; ".join(part for part in where if part) or None,
        "transportation": "; ".join(part for part in travel if part) or None,
        "latitude": latitude if longitude else None,
        "longitude": longitude if latitude else None,
        "external_identifier": record.number,
        "confidential": hidden or None,
    }
    yield record.row("location", id_, values)
    yield from _addresses(record, id_)
    text, text_fr = record.checklist("ACCESSIBILITY")
    if text:
        said_values = {"location_id": id_, "description": text, "description_fr": text_fr}
        yield record.row("accessibility", f"{id_}/access", said_values)


def has_place(record: Field) -> bool:
    names_of_places = ("SITE_ADDRESS", "GEOCODE", "LOCATED_IN_CM")
    return record.confidential or any(record.child(name) is not None for name in names_of_places)


def terms(record: Field, service_id: str, seen: set[str]) -> Iterator[Row]:
    """Codes of the 211 taxonomy, and the subjects that the file names."""
    taxonomy, subjects = record.child("TAXONOMY"), record.child("SUBJECTS")
    found: dict[str, tuple[str | None, str, str]] = {}
    for link in taxonomy.all("LNK") if taxonomy is not None else ():
        for one in link.all("TM"):
            if code := plain_line(one.get("V")).upper()[:40]:
                found[f"211-{code}"] = (code, code, "211")
    for one in subjects.all("TM") if subjects is not None else ():
        if name := record.both(one, line=True)[0]:
            found[f"cioc-{digest(name)}"] = (None, name, "CIOC")
    for term_id, (known, name, scheme) in found.items():
        if term_id not in seen:
            seen.add(term_id)
            yield record.row("taxonomy_term", term_id, {"code": known, "name": name, "taxonomy": scheme})
        tie = {"link_id": service_id, "link_entity": "service", "taxonomy_term_id": term_id, "label": name}
        yield record.row("attribute", f"{service_id}/{term_id}", tie)


def areas(record: Field, service_id: str) -> Iterator[Row]:
    """The communities served, unless the record says that only its note counts."""
    served = record.child("AREAS_SERVED")
    if served is None:
        return
    note, note_fr = record.both(served, "N")
    listed = {} if served.get("ODN") == "1" and note else {record.both(one, line=True): one for one in served.all("CM")}
    for (name, name_fr), one in listed.items():
        if name:
            values = {
                "service_id": service_id,
                "name": name,
                "name_fr": name_fr,
                "description": record.both(one, "N")[0],
            }
            yield record.row("service_area", f"{service_id}/area/{digest(name + one.get('PRV'))}", values)
    if note and not listed:
        short = len(note) <= 200 and "\n" not in note
        values = {"service_id": service_id, "name": note if short else None, "description": note}
        yield record.row("service_area", f"{service_id}/area", {**values, "name_fr": note_fr if short else None})


def languages(record: Field, service_id: str) -> tuple[list[Row], str | None, str | None]:
    """Rows of the languages, and what is said about interpreters in English and in French."""
    found = record.child("LANGUAGES")
    if found is None:
        return [], None, None
    listed = [record.both(one, line=True)[0] or "" for one in found.all("CHK")]
    note, note_fr = record.both(found, "N", line=True)
    spoken = offer("; ".join([*listed, note or ""]))
    rows = []
    for one in spoken.languages:
        values = {"service_id": service_id, "name": one.name, "code": one.code}
        rows.append(record.row("language", f"{service_id}/language/{one.code or digest(one.name)}", values))
    return rows, spoken.interpretation, offer(note_fr or "").interpretation


def digest(text: str) -> str:
    return hashlib.blake2b(fold(text).encode(), digest_size=6).hexdigest()


def _noted(value: str | None, note: str | None) -> str | None:
    return f"{value} ({note})" if value and note else value or note


def _routes(record: Field) -> str | None:
    routes = record.child("BUS_ROUTES")
    if routes is None:
        return None
    lines = [plain_line(f"{one.get('NO')} {one.get('NM')}") for one in routes.all("RT")]
    note = record.both(routes, "N", line=True)[0]
    return "; ".join(part for part in (*lines, note) if part) or None


def _addresses(record: Field, id_: str) -> Iterator[Row]:
    site, mail = record.child("SITE_ADDRESS"), record.child("MAIL_ADDRESS")
    city, _ = record.pair("LOCATED_IN_CM", line=True)
    if site is not None or city:
        yield from _address(record, id_, "physical", site or Element("SITE_ADDRESS", {}), city)
    # Of a hidden place only a post box can be told: any other address for letters may be its door.
    if mail is not None and (not record.confidential or _BOX.search(mail.get("BXTP"))):
        yield from _address(record, id_, "postal", mail, None)


def _address(record: Field, id_: str, kind: str, found: Element, city: str | None) -> Iterator[Row]:
    town = record.both(found, "CTY", line=True)[0] or city
    street, street_fr = _street(found, ""), _street(found, "F")
    if not town or (kind == "postal" and not street):
        return
    values = {
        "location_id": id_,
        "attention": plain_line(found.get("CO")) or None,
        "address_1": street or street_fr or "",
        "address_1_fr": street_fr,
        "address_2": _join(found, ("BLD", "SFX", "LN2"), "") or None,
        "city": town,
        "state_province": province(plain_line(found.get("PRV")) or "ON"),
        "postal_code": postal_code(plain_line(found.get("PC"))) or None,
        "country": country(plain_line(found.get("CTRY"))),
        "address_type": kind,
    }
    yield record.row("address", f"{id_}/{kind}", values)


def _street(found: Element, suffix: str) -> str | None:
    if box := _join(found, ("BXTP", "BOX"), suffix):
        return box if found.get(f"BOX{suffix}") else None
    after = found.get(f"STTYPEAFTER{suffix}") == "1" or (not suffix and found.get("STTYPEAFTER") != "0")
    order = ("STNUM", "ST", "STTYPE") if after else ("STNUM", "STTYPE", "ST")
    street = _join(found, order, suffix) if found.get(f"ST{suffix}") else ""
    direction = plain_line(found.get(f"STDIR{suffix}"))
    return f"{street} {direction}".strip() or _join(found, ("LN1",), suffix) or None


def _join(found: Element, attributes: tuple[str, ...], suffix: str) -> str:
    return plain_line(" ".join(found.get(name + suffix) for name in attributes))
