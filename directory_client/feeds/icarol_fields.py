"""What one iCarol record becomes: rows of HSDS tables. Pure functions, for the export and the 211 API alike.

Columns and their meaning: see `icarol_columns`; which of two columns counts where both hold the same thing, and
that a number whose flag of privacy is empty is public, is as in OpenCIOC's public import of the same export.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from directory_client.feeds.address_parts import blurred, coordinate, country, postal_code, province
from directory_client.feeds.feed import Row
from directory_client.feeds.icarol_columns import NUMBER, confidential, private, yes
from directory_client.feeds.languages import offer
from directory_client.feeds.plain import plain_line, plain_text

_FREE = re.compile(
    r"(?:none|free|no (?:fees?|costs?|charge)|free of charge|gratuit\w*|aucuns? (?:frais|co[uû]ts?)|sans frais)[\s.!]*",
    re.IGNORECASE,
)
_COSTS = re.compile(r"\$|\bfees?\b.{0,20}\b(?:var|apply|appl)|sliding scale|échelle mobile", re.IGNORECASE)
_BOX = re.compile(r"\b(?:p\.? ?o\.? ?box|post office box|c\.? ?p\.|case postale)\s*#?\s*\d+", re.IGNORECASE)
_GROUPS = {
    "eligibilityadult": ("Adults", "Adultes"),
    "eligibilitychild": ("Children", "Enfants"),
    "eligibilityfamily": ("Families", "Familles"),
    "eligibilityfemale": ("Women", "Femmes"),
    "eligibilitymale": ("Men", "Hommes"),
    "eligibilityteen": ("Teens", "Adolescents"),
}
_OLDEST = 100
"""A maximum of so many years stands for none."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record in English, or in French where there is no other, with its French twin if it has one."""

    fields: Mapping[str, str]
    french: Mapping[str, str] = field(default_factory=dict)
    file: str = ""
    line: int = 0

    @property
    def number(self) -> str:
        return self.fields.get(NUMBER, "")

    def line_of(self, *names: str) -> str | None:
        """The first of these columns that holds anything, on one line."""
        return next((text for name in names if (text := plain_line(self.fields.get(name, "")))), None)

    def text(self, *names: str) -> str | None:
        return next((text for name in names if (text := plain_text(self.fields.get(name, "")))), None)

    def text_fr(self, *names: str) -> str | None:
        return next((text for name in names if (text := plain_text(self.french.get(name, "")))), None)

    def line_fr(self, *names: str) -> str | None:
        return next((text for name in names if (text := plain_line(self.french.get(name, "")))), None)

    @property
    def confidential(self) -> bool:
        return confidential(self.fields) or confidential(self.french)

    def row(self, table: str, id_: str, values: dict[str, Any]) -> Row:
        """A row of a table, without what is not known."""
        known = {name: value for name, value in values.items() if value is not None}
        return Row(table, {"id": id_, **known}, self.file, self.line)


def name_of(record: Record) -> str | None:
    return record.line_of("publicname", "officialname", "custom_legalname")


def organization(record: Record, id_: str) -> Row:
    return record.row(
        "organization",
        id_,
        {
            "name": name_of(record),
            "name_fr": record.line_fr("publicname", "officialname"),
            "alternate_name": record.line_of("alternatename"),
            "description": record.text("agencydescription"),
            "description_fr": record.text_fr("agencydescription"),
            "email": record.line_of("emailaddressmain"),
            "website": record.line_of("websiteaddress"),
            "website_fr": record.line_fr("websiteaddress"),
            "legal_status": record.line_of("legalstatus"),
            "year_incorporated": record.line_of("yearincorporated"),
            "external_id": record.number or None,
        },
    )


def service(record: Record, id_: str, organization_id: str, *, active: bool, today: date) -> Row:
    """A programme, or a record that is a service by itself. A message that ran out is no alert any more."""
    fees = record.text("feestructuresource")
    spoken = offer(record.text("languagesoffered", "languagesofferedlist") or "")
    spoken_fr = offer(record.text_fr("languagesoffered", "languagesofferedlist") or "")
    current = _current(record, today)
    return record.row(
        "service",
        id_,
        {
            "organization_id": organization_id,
            "name": name_of(record),
            "name_fr": record.line_fr("publicname", "officialname"),
            "alternate_name": record.line_of("alternatename"),
            "alternate_name_fr": record.line_fr("alternatename"),
            "description": record.text("agencydescription"),
            "description_fr": record.text_fr("agencydescription"),
            "url": record.line_of("websiteaddress"),
            "url_fr": record.line_fr("websiteaddress"),
            "email": record.line_of("emailaddressmain"),
            "status": "active" if active else "inactive",
            "interpretation_services": spoken.interpretation,
            "interpretation_services_fr": spoken_fr.interpretation,
            "application_process": record.text("applicationprocess", "intakeprocedure"),
            "application_process_fr": record.text_fr("applicationprocess", "intakeprocedure"),
            "fees_description": fees,
            "fees_description_fr": record.text_fr("feestructuresource"),
            "free": None if fees is None else True if _FREE.fullmatch(fees) else False if _COSTS.search(fees) else None,
            "accreditations": record.text("licenseaccreditation"),
            "eligibility_description": record.text("eligibility") or _groups(record, 0),
            "eligibility_description_fr": record.text_fr("eligibility")
            or (_groups(record, 1) if record.french and not record.text("eligibility") else None),
            "minimum_age": _age(record.line_of("custom_minimumage", "minage")),
            "maximum_age": _age(record.line_of("custom_maximumage", "maxage"), _OLDEST),
            "assured_date": record.line_of("lastverifiedon"),
            "last_modified": record.line_of("updatedon"),
            "alert": record.text("temporarymessage") if current else None,
            "alert_fr": record.text_fr("temporarymessage") if current else None,
            "external_id": record.number or None,
        },
    )


def location(record: Record, id_: str, organization_id: str | None) -> Iterator[Row]:
    """The place of a record with its addresses and access; of a confidential one nothing that leads there."""
    hidden = record.confidential
    latitude, longitude = (coordinate(record.fields.get(name, "")) for name in ("latitude", "longitude"))
    if hidden:
        latitude, longitude = blurred(latitude), blurred(longitude)
    transport = None if hidden else record.text("busserviceaccess", "publicaccesstransportation")
    yield record.row(
        "location",
        id_,
        {
            "location_type": "physical",
            "organization_id": organization_id,
            "name": _place_name(name_of(record), hidden),
            "name_fr": _place_name(record.line_fr("publicname", "officialname"), hidden),
            "alternate_name": None if hidden else record.line_of("alternatename"),
            "description": None if hidden else record.text("physicallocationdescription"),
            "transportation": transport,
            "latitude": latitude if longitude else None,
            "longitude": longitude if latitude else None,
            "external_identifier": record.number or None,
            "confidential": hidden or None,
        },
    )
    yield from _addresses(record, id_, hidden)
    yield from accessibility(record, id_, id_)


def accessibility(record: Record, id_: str, location_id: str) -> Iterator[Row]:
    text, text_fr = record.text("disabilitiesaccess"), record.text_fr("disabilitiesaccess")
    if text or text_fr:
        values = {"location_id": location_id, "description": text or text_fr, "description_fr": text_fr}
        yield record.row("accessibility", f"{id_}/access", values)


def schedule(record: Record, id_: str, owner: str, owner_id: str) -> Iterator[Row]:
    """The hours in words; the importer reads them."""
    text, text_fr = record.text("hoursofoperation", "hours"), record.text_fr("hoursofoperation", "hours")
    if text or text_fr:
        values = {f"{owner}_id": owner_id, "description": text or text_fr, "description_fr": text_fr}
        yield record.row("schedule", f"{id_}/hours", values)


def required_document(record: Record, service_id: str) -> Iterator[Row]:
    text, text_fr = record.text("documentsrequired"), record.text_fr("documentsrequired")
    if text or text_fr:
        values = {"service_id": service_id, "document": text or text_fr, "document_fr": text_fr}
        yield record.row("required_document", f"{service_id}/documents", values)


def contact(record: Record, id_: str, owner: str, owner_id: str) -> Iterator[Row]:
    """The main contact, only where the record says in so many words that it is not private: it is a person."""
    stated = record.fields.get("maincontactisprivate", "").strip()
    values = {
        "name": record.line_of("maincontactname"),
        "title": record.line_of("maincontacttitle"),
        "email": record.line_of("maincontactemailaddress"),
    }
    if stated and not private(stated) and any(values.values()):
        yield record.row("contact", f"{id_}/contact", {f"{owner}_id": owner_id, **values})


def has_place(record: Record) -> bool:
    """Whether a record names a place: a street, a point or at least a city."""
    names = ("physicaladdress1", "physicalcity", "latitude")
    return any(coordinate(record.fields.get(name, "")) for name in names)


def _place_name(name: str | None, hidden: bool) -> str | None:
    """The name of a place; sites are often called by their street number, which a hidden one must not be."""
    return None if hidden and name and re.search(r"\d", name) else name


def _addresses(record: Record, location_id: str, hidden: bool) -> Iterator[Row]:
    for kind, prefix in (("physical", "physical"), ("postal", "mailing")):
        street, city = record.line_of(f"{prefix}address1"), record.line_of(f"{prefix}city")
        veiled = hidden if kind == "physical" else private(record.fields.get("mailingaddressisprivate", ""))
        veiled = veiled or (hidden and kind == "postal" and not _BOX.search(street or ""))  # may be the same door
        if not city or (veiled and kind == "postal") or (kind == "postal" and not street):
            continue
        values = {
            "location_id": location_id,
            "attention": record.line_of("mailingattentionname") if kind == "postal" else None,
            "address_1": "" if veiled else street or "",
            "address_1_fr": None if veiled else record.line_fr(f"{prefix}address1"),
            "address_2": None if veiled else record.line_of(f"{prefix}address2"),
            "city": city,
            "state_province": province(record.line_of(f"{prefix}stateprovince") or "ON"),
            "postal_code": None if veiled else postal_code(record.line_of(f"{prefix}postalcode") or "") or None,
            "country": country(record.line_of(f"{prefix}country") or ""),
            "address_type": kind,
        }
        yield record.row("address", f"{location_id}/{kind}", values)


def _groups(record: Record, language: int) -> str | None:
    named = [words[language] for name, words in _GROUPS.items() if yes(record.fields.get(name, ""))]
    return "; ".join(named) or None


def _age(text: str | None, below: float | None = None) -> str | None:
    """An age as written; one beyond `below` counts as none."""
    if text and below is not None and re.fullmatch(r"\d+(?:\.\d+)?", text) and float(text) >= below:
        return None
    return text


def _current(record: Record, today: date) -> bool:
    starts = record.fields.get("temporarymessageappears", "").strip()[:10]
    ends = record.fields.get("temporarymessageexpires", "").strip()[:10]
    return _iso(starts, date.min) <= today <= _iso(ends, date.max)


def _iso(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise
