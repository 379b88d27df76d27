"""Reads two open tables of Ontario: places of health and social care, and COVID-19 assessment centres of 2021.

`Odhf`: Statistics Canada, Open Database of Healthcare Facilities 1.1 (Statistics Canada Open Licence); its
"provider" is who gave the data, not who runs the place. `AssessmentCentres`: Ontario Data Catalogue, COVID-19
assessment centre locations (Open Government Licence - Ontario). Both are old: good for trying the product on
real addresses, hours and distances, never to be shown to a person as current. Coordinates are handed over as
they stand; two longitudes of the second table are wrong in the source.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from string import capwords
from typing import Any

from directory_client.feeds.address_parts import coordinate, postal_code, province
from directory_client.feeds.centre_hours import hours
from directory_client.feeds.csv_rows import CsvRow, open_csv
from directory_client.feeds.feed import FeedError, Item, Refusal, Row
from directory_client.feeds.icarol_columns import yes
from directory_client.feeds.numbers import telephone_numbers
from directory_client.feeds.plain import plain_line, plain_text
from directory_client.words import fold

Cells = Mapping[str, str]
_SMALL_WORDS = frozenset(["and", "de", "des", "du", "la", "le", "les", "of", "on", "the"])


class Odhf:
    """The table of facilities as a feed: of each an organization, a service called what it is, and its place."""

    complete = True

    def __init__(self, path: Path | bytes, *, source: str = "odhf") -> None:
        self.source = source
        self.notes: list[str] = []
        self._path = path

    def items(self) -> Iterator[Item]:
        """Rows; raises FeedError for another table."""
        needed = ("index", "facility_name", "odhf_facility_type", "csdname", "latitude", "longitude")
        yield from _read(self._path, "odhf.csv", needed, self.notes, _facility)


class AssessmentCentres:
    """The table of assessment centres as a feed: organizations by name, a service and a place for each centre."""

    complete = True

    def __init__(self, path: Path | bytes, *, source: str = "assessment-centres") -> None:
        self.source = source
        self.notes: list[str] = []
        self._path = path

    def items(self) -> Iterator[Item]:
        """Rows; raises FeedError for another table."""
        needed = ("location_id", "location_name", "operated_by", "address", "latitude", "longitude", "monday")
        yield from _read(self._path, "assessment_centres.csv", needed, self.notes, _centre)


Made = Iterator[tuple[str, dict[str, Any]] | Refusal]


def _read(
    path: Path | bytes, name: str, needed: tuple[str, ...], notes: list[str], made: Callable[[Cells, str], Made]
) -> Iterator[Item]:
    with open_csv(path, file=path.name if isinstance(path, Path) else name) as table:
        missing = [column for column in needed if column not in table.columns]
        if missing:
            raise FeedError(f"{table.file} has no column {', '.join(missing)}: it is another table. Check the format.")
        once: set[tuple[str, str]] = set()
        for item in table.rows():
            if not isinstance(item, CsvRow):
                yield item
                continue
            number = plain_line(item.values[needed[0]])
            if not number or len(number) > 40 or not plain_line(item.values[needed[1]]):
                yield Refusal(table.file, item.line, "The row has no number, or no name.", needed[0], id=number or None)
                continue
            if ("", number) in once:
                yield Refusal(table.file, item.line, "The number is there a second time.", needed[0], id=number)
                continue
            once.add(("", number))
            for row in made(item.values, number):
                if isinstance(row, Refusal):
                    yield Refusal(table.file, item.line, row.reason, row.field, id=number)
                    continue
                entity, values = row
                shared = (entity, values["id"])
                if entity in ("organization", "taxonomy_term"):
                    if shared in once:
                        continue
                    once.add(shared)
                yield Row(
                    entity, {key: value for key, value in values.items() if value is not None}, table.file, item.line
                )
        notes += table.notes


def _facility(cells: Cells, number: str) -> Made:
    id_, name = f"odhf-{number}", plain_line(cells["facility_name"])
    kind, group = plain_line(cells.get("source_facility_type", "")), plain_line(cells["odhf_facility_type"])
    yield "organization", {"id": id_, "name": name, "external_id": number}
    described = " – ".join(dict.fromkeys(part for part in (kind[:1].upper() + kind[1:], group) if part))
    yield "service", {"id": id_, "organization_id": id_, "name": name, "description": described, "external_id": number}
    for term in dict.fromkeys(part for part in (kind, group) if part):
        term_id = f"odhf-{_digest(term)}"
        yield "taxonomy_term", {"id": term_id, "name": term, "taxonomy": "ODHF"}
        tie = {"id": f"{id_}/{term_id}", "link_id": id_, "link_entity": "service", "taxonomy_term_id": term_id}
        yield "attribute", tie
    city = _city(plain_line(cells.get("city", "")), plain_line(cells["csdname"]))
    street = _capitals(plain_line(f"{cells.get('street_no', '')} {cells.get('street_name', '')}"))
    unit = plain_line(cells.get("unit", ""))
    yield from _place(cells, id_, id_, name=name, number=number)
    yield from _address(cells, id_, {"address_1": street, "address_2": unit or None, "city": city})
    yield "service_at_location", {"id": id_, "service_id": id_, "location_id": id_}


def _centre(cells: Cells, number: str) -> Made:
    def text(name: str) -> str | None:
        return plain_text(cells.get(name, "")) or None

    def line(name: str) -> str | None:
        return plain_line(cells.get(name, "")) or None

    id_, name, name_fr = f"centre-{number}", line("location_name") or "", line("location_name_fr")
    operator = line("operated_by")
    owner = f"operator-{_digest(operator or name)}"
    operator_fr = line("operated_by_fr") if operator else name_fr
    yield "organization", {"id": owner, "name": operator or name, "name_fr": operator_fr}
    status = "temporarily closed" if yes(cells.get("temporarily_closed", "")) else None
    inactive = fold(cells.get("active", "")).strip() == "no"
    access, access_fr = _application(cells)
    groups = [words for column, words in _GROUPS.items() if yes(cells.get(column, ""))]
    values = {
        "id": id_,
        "organization_id": owner,
        "name": name,
        "name_fr": name_fr,
        "description": "\n\n".join(part for part in ("COVID-19 testing", text("additional_information")) if part),
        "description_fr": "\n\n".join(
            part for part in ("Dépistage de la COVID-19", text("additional_information_fr")) if part
        ),
        "url": line("website"),
        "email": line("email"),
        "status": "inactive" if inactive else status or "active",
        "application_process": access,
        "application_process_fr": access_fr,
        "eligibility_description": "; ".join(english for english, _ in groups) or None,
        "eligibility_description_fr": "; ".join(french for _, french in groups) or None,
        "minimum_age": _age(cells.get("age_threshold", "")),
        "external_id": number,
    }
    yield "service", values
    yield from _place(cells, id_, owner, name=name, name_fr=name_fr, number=number)
    city = line("city") or ""
    yield from _address(
        cells, id_, {"address_1": line("address") or "", "address_1_fr": line("address_fr"), "city": city}
    )
    yield "service_at_location", {"id": id_, "service_id": id_, "location_id": id_}
    for place, phone in enumerate(telephone_numbers(cells.get("phone", ""))):
        said = {"number": phone.number, "extension": phone.extension, "description": phone.note, "position": place}
        yield "phone", {"id": f"{id_}/phone/{place}", "service_id": id_, "type": "voice", **said}
    yield from hours(cells, id_)
    for column, words in _ACCESS.items():
        if said_words := words.get(fold(cells.get(column, "")).strip()):
            row_id = f"{id_}/{column}"
            yield "accessibility", {"id": row_id, "location_id": id_} | dict(zip(_BOTH, said_words, strict=True))
    for column, (language, code) in _LANGUAGES.items():
        if yes(cells.get(column, "")):
            yield "language", {"id": f"{id_}/{code}", "service_id": id_, "name": language, "code": code}


_BOTH = ("description", "description_fr")
_ACCESS = {
    "accessible": {"yes": ("Accessible", "Accessible"), "no": ("Not accessible", "Non accessible")},
    "free_parking": {"yes": ("Free parking", "Stationnement gratuit")},
    "paid_parking": {"yes": ("Paid parking", "Stationnement payant")},
}
_LANGUAGES = {"french_language_services": ("French", "fr"), "asl_interpretation": ("American Sign Language", "ase")}
_GROUPS = {
    "symptomatic": ("People with symptoms", "Personnes ayant des symptômes"),
    "general_population": ("General public", "Grand public"),
    "children_under_2": ("Children under 2", "Enfants de moins de 2 ans"),
}
_APPLICATION = {
    "appointments": ("By appointment", "Sur rendez-vous"),
    "phone_appointments": ("Book by phone", "Rendez-vous par téléphone"),
    "walk_ins": ("Walk-ins welcome", "Sans rendez-vous"),
    "drive_through": ("Drive-through", "Service au volant"),
    "after_hours": ("Open after hours", "Ouvert après les heures normales"),
}


def _application(cells: Cells) -> tuple[str | None, str | None]:
    """How to get in, in both languages, out of the flags of the table."""
    said = [words for column, words in _APPLICATION.items() if yes(cells.get(column, ""))]
    page = plain_line(cells.get("online_appointments", ""))
    if "." in page:
        said.append((f"Book online: {page}", f"Rendez-vous en ligne : {page}"))
    return "; ".join(english for english, _ in said) or None, "; ".join(french for _, french in said) or None


def _place(cells: Cells, id_: str, owner: str, *, name: str, number: str, name_fr: str | None = None) -> Made:
    latitude, longitude = (coordinate(cells.get(column, "")) for column in ("latitude", "longitude"))
    transit = "Public transit nearby" if yes(cells.get("public_transit", "")) else None
    point = {"latitude": latitude if longitude else None, "longitude": longitude if latitude else None}
    said = {"organization_id": owner, "name": name, "name_fr": name_fr, "transportation": transit}
    yield "location", {"id": id_, **said, **point, "external_identifier": number}


def _address(cells: Cells, id_: str, values: dict[str, str | None]) -> Made:
    code = postal_code(plain_line(cells.get("postal_code", "")))
    region = province(plain_line(cells.get("province", "")) or "ON")
    if values["address_1"] or values["city"]:
        more = {"state_province": region, "postal_code": code or None, "country": "CA", "address_type": "physical"}
        yield "address", {"id": f"{id_}/address", "location_id": id_, **values, **more}


def _age(text: str) -> str | None:
    """Years out of "2y" or "6m"; None for none."""
    number, unit = text.strip()[:-1], text.strip()[-1:].lower()
    if not number.isascii() or not number.isdigit() or len(number) > 3 or unit not in ("y", "m"):
        return None
    years = int(number) / (12 if unit == "m" else 1)
    return f"{years:g}" if years else None


def _capitals(text: str) -> str:
    """The table of facilities writes addresses in small letters: "10 front street e" is "10 Front Street E"."""
    return capwords(text) if text == text.lower() else text


def _city(city: str, census: str) -> str:
    """The city as the census spells it, where it is the same one."""
    if not city or fold(city) == fold(census):
        return census or city
    small = (word if word in _SMALL_WORDS and place else word.capitalize() for place, word in enumerate(city.split()))
    return " ".join(small) if city == city.lower() else city


def _digest(text: str) -> str:
    return hashlib.blake2b(fold(text).encode(), digest_size=6).hexdigest()
