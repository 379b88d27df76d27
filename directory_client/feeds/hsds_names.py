"""The names of HSDS: of its tables in files and in nested JSON, and of what moved between its versions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from directory_client.models import Base

_PLURALS = {
    "accessibility": "accessibility", "address": "addresses", "attribute": "attributes", "contact": "contacts",
    "cost_option": "cost_options", "funding": "funding", "language": "languages", "location": "locations",
    "meta_table_description": "meta_table_descriptions", "metadata": "metadata",
    "organization_identifier": "organization_identifiers", "organization": "organizations", "phone": "phones",
    "program": "programs", "required_document": "required_documents", "schedule": "schedules",
    "service_area": "service_areas", "service_at_location": "service_at_location",
    "service_capacity": "service_capacity", "service": "services", "taxonomy": "taxonomies",
    "taxonomy_term": "taxonomy_terms", "unit": "units", "url": "url",
}  # fmt: skip
FILES: Mapping[str, str] = _PLURALS
"""The file of each table in a package, without its ending, as the official examples have them."""

_OLD_FILES = {
    # 1.x and 2.x
    "physical_addresses": "physical_address", "physical_address": "physical_address",
    "postal_addresses": "postal_address", "postal_address": "postal_address",
    "regular_schedules": "regular_schedule", "regular_schedule": "regular_schedule",
    "holiday_schedules": "holiday_schedule", "holiday_schedule": "holiday_schedule",
    "eligibilities": "eligibility", "eligibility": "eligibility", "eligibilitys": "eligibility",
    "services_at_location": "service_at_location", "service_at_locations": "service_at_location",
    "services_taxonomy": "service_taxonomy", "service_taxonomy": "service_taxonomy",
    "service_attributes": "service_attribute", "service_attribute": "service_attribute",
    "accessibility_for_disabilities": "accessibility", "payments_accepted": "payment_accepted",
    "payment_accepted": "payment_accepted", "service_capacities": "service_capacity", "urls": "url",
    "fundings": "funding", "accessibilities": "accessibility",
}  # fmt: skip

CHILDREN: Mapping[str, Mapping[str, str]] = {
    # In nested JSON: the table of what stands under a name, by the table that it stands in.
    "organization": {
        "funding": "funding", "contacts": "contact", "phones": "phone", "locations": "location",
        "programs": "program", "organization_identifiers": "organization_identifier", "services": "service",
        "additional_websites": "url",
    },
    "service": {
        "phones": "phone", "schedules": "schedule", "service_areas": "service_area",
        "service_at_locations": "service_at_location", "languages": "language", "funding": "funding",
        "cost_options": "cost_option", "required_documents": "required_document", "contacts": "contact",
        "capacities": "service_capacity", "additional_urls": "url",
    },
    "service_at_location": {
        "service_areas": "service_area", "contacts": "contact", "phones": "phone", "schedules": "schedule",
    },
    "location": {
        "languages": "language", "addresses": "address", "contacts": "contact", "accessibility": "accessibility",
        "phones": "phone", "schedules": "schedule",
    },
    "phone": {"languages": "language"},
    "contact": {"phones": "phone"},
}  # fmt: skip
EVERYWHERE: Mapping[str, str] = {"attributes": "attribute", "metadata": "metadata"}
PARENTS: Mapping[str, Mapping[str, str]] = {
    # Single records that stand in another, which refers to them.
    "service": {"organization": "organization", "program": "program"},
    "service_at_location": {"location": "location", "service": "service"},
    "attribute": {"taxonomy_term": "taxonomy_term"},
    "taxonomy_term": {"taxonomy_detail": "taxonomy"},
    "service_capacity": {"unit": "unit"},
}


Modern = Callable[[dict[str, Any]], list[tuple[str, dict[str, Any]]]]
"""Turns a row of an older table into rows of 3.1."""


def table_of(name: str) -> str | None:
    """The table that a file or a member called so holds, also of the older versions; None when there is none."""
    plain = name.strip().lower().replace("-", "_").removeprefix("hsds_")
    for table, plural in _PLURALS.items():
        if plain in (table, plural):
            return table
    return _OLD_FILES.get(plain)


def is_table(name: str) -> bool:
    """Whether the directory has a table of that name."""
    return name in Base.metadata.tables


def modern(table: str, values: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """A row of any version as rows of 3.1.

    1.x and 2.x: `physical_address` and `postal_address` become `address`, `regular_schedule` becomes `schedule`,
    the table `eligibility` (ages and a text) goes into its service, `holiday_schedule` says on which days a
    service is closed or has other hours, `service_taxonomy` becomes an attribute, `service_area.service_area`
    a name, `type` of a location its `location_type`, a `taxonomy` with parents a `taxonomy_term`.
    What has no clear place is left out.
    """
    row = dict(values)
    old = _OLD_ROWS.get(table)
    if old is not None:
        return old(row)
    if table == "service_area" and not row.get("name") and row.get("service_area"):
        row["name"] = row.pop("service_area")
    if table == "location" and not row.get("location_type") and row.get("type"):
        row["location_type"] = row["type"]
    if table == "language" and not row.get("name") and not row.get("code") and row.get("language"):
        row["name"] = row["language"]
    if table == "accessibility" and not row.get("description") and row.get("accessibility"):
        row["description"] = row["accessibility"]
    if table == "required_document" and not row.get("document") and row.get("description"):
        row["document"] = row["description"]
    if table == "phone" and not row.get("extension") and row.get("extension_text"):
        row["extension"] = row["extension_text"]  # how we give out 0340, which is no number
    if table == "organization" and not row.get("website") and row.get("url"):
        row["website"] = row["url"]
    if table == "taxonomy" and row.keys() & {"parent_id", "parent_name", "vocabulary"}:
        # Before 3.0 that table held the terms themselves.
        return [("taxonomy_term", {**row, "taxonomy": row.get("taxonomy") or row.get("vocabulary")})]
    if table == "schedule" and not row.get("byday") and row.get("weekday"):
        return _regular_schedule(row)
    return [(table, row)]


def _address(kind: str) -> Modern:
    def made(row: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
        # 1.x gives each kind of address a table, and so an id, of its own.
        return [("address", {**row, "id": f"{kind}-{row.get('id')}", "address_type": kind})]

    return made


_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY_NAMES = {
    "1": "MO", "2": "TU", "3": "WE", "4": "TH", "5": "FR", "6": "SA", "7": "SU", "monday": "MO", "tuesday": "TU",
    "wednesday": "WE", "thursday": "TH", "friday": "FR", "saturday": "SA", "sunday": "SU",
}  # fmt: skip


def _regular_schedule(row: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    day = str(row.get("weekday") or row.get("day_of_week") or "").strip().lower()
    code = _DAY_NAMES.get(day) or (day[:2].upper() if day[:2].upper() in _DAYS else None)
    values = {name: value for name, value in row.items() if name not in ("weekday", "day_of_week")}
    if code is None:
        return [("schedule", {**values, "opens_at": None, "closes_at": None, "description": day or None})]
    return [("schedule", {**values, "freq": "WEEKLY", "byday": code})]


_OF_HOURS = ("service_id", "location_id", "service_at_location_id", "opens_at", "closes_at")


def _holiday_schedule(row: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    if str(row.get("closed") or "").strip().lower() in ("true", "yes", "1", "t") or not row.get("opens_at"):
        return []  # closed on holidays is what is taken when nothing is said
    return [("schedule", {
        **{name: row.get(name) for name in _OF_HOURS},
        "id": f"holiday-{row.get('id')}", "freq": "WEEKLY", "byday": ",".join(_DAYS), "on_holidays": "only",
        "valid_from": row.get("start_date"), "valid_to": row.get("end_date"),
    })]  # fmt: skip


def _eligibility(row: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    said = row.get("eligibility") or row.get("eligibility_description")
    values = {"id": row.get("service_id"), "eligibility_description": said}
    values |= {name: row.get(name) for name in ("minimum_age", "maximum_age")}
    return [("service", values)] if row.get("service_id") else []


def _service_taxonomy(row: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    term = row.get("taxonomy_term_id") or row.get("taxonomy_id")
    if not term or not row.get("service_id"):
        return []
    values = {"id": row.get("id"), "link_id": row["service_id"], "link_entity": "service", "taxonomy_term_id": term}
    return [("attribute", values)]


def _nothing(row: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return []


_OLD_ROWS: Mapping[str, Modern] = {
    "physical_address": _address("physical"),
    "postal_address": _address("postal"),
    "regular_schedule": _regular_schedule,
    "holiday_schedule": _holiday_schedule,
    "eligibility": _eligibility,
    "service_taxonomy": _service_taxonomy,
    "service_attribute": _service_taxonomy,
    "payment_accepted": _nothing,
}
