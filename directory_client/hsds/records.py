"""Whole records as JSON of the specification, nested as its compiled schemas have it; what is empty is left out.

A confidential place goes out with its town and nothing else that tells where it is. The log of changes
(`metadata`) stays in: it holds former values, of addresses too, and names of staff.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from directory_client.feeds.hsds_names import CHILDREN
from directory_client.hsds import needs
from directory_client.hsds.fields import moment, plain
from directory_client.hsds.ids import is_uuid, public_id
from directory_client.hsds.reading import Row, Shelf
from directory_client.models import Service

Json = dict[str, Any]

SAMPLE = "Sample record, not a real service."
BATCH = 200
"""Records that are read together."""
_TEXTS_OF_HOURS = frozenset({"description", "description_fr", "notes"})
"""Hours in words alone: what could be read from them goes out as schedules beside them, and who takes the records in
must not read them again (`hours_read`)."""
_TOLD_OF_SECRET_PLACE = frozenset(
    ["id", "location_type", "organization_id", "timezone", "confidential", "sample", "external_identifier_type"]
)
_TOLD_OF_SECRET_ADDRESS = frozenset(["id", "location_id", "city", "state_province", "country", "address_type"])
_KEPT_WITH_SECRET_PLACE = frozenset({"languages", "addresses", "phones", "schedules"})


def services(connection: Connection, ids: Sequence[str], *, full: bool, whole: bool = False) -> list[Json]:
    """Services by their own ids, in that order; `full` with all that belongs to them, else with one-to-one fields.

    Only with `whole` do their organizations have all their places and programs in them: a page of services of one
    large organization would repeat them a hundred times.
    """
    shelf = Shelf(connection)
    if full:
        shelf.read_services(ids, whole=whole)
    else:
        _read_listed(shelf, ids)
    return [_service(shelf, row, full=full, whole=whole) for row in _in_order(shelf, "service", ids)]


def minimal(connection: Connection, ids: Sequence[str]) -> list[Json]:
    """What a copy of the directory needs to know whether it is up to date."""
    own = Service
    rows = connection.execute(
        select(own.id, own.name, own.status, own.last_modified, own.sample).where(own.id.in_(ids))
    )
    found = {row.id: _minimal(*row) for row in rows}
    return [found[id_] for id_ in ids if id_ in found]


def organizations(connection: Connection, ids: Sequence[str], *, full: bool, full_service: bool = False) -> list[Json]:
    """Organizations by their own ids, in that order.

    `full` with all that belongs to them and the one-to-one fields of their services; `full_service` with whole
    services in their place. Only services that are active.
    """
    shelf = Shelf(connection)
    if not full and not full_service:
        shelf.read("organization", id=ids)
        return [said("organization", row) for row in _in_order(shelf, "organization", ids)]
    shelf.read_organizations(ids, services=full_service)
    if not full_service:
        shelf.read("service", organization_id=ids)
    found = []
    for row in _in_order(shelf, "organization", ids):
        record = _nested(shelf, "organization", row)
        active = [one for one in shelf.owned("service", "organization", row["id"]) if one["status"] == "active"]
        if active:
            record["services"] = [
                _service(shelf, one, full=True, organization=False) if full_service else said("service", one)
                for one in active
            ]
        found.append(record)
    return found


def service_at_locations(connection: Connection, ids: Sequence[str], *, full: bool, whole: bool = False) -> list[Json]:
    """Services at places by the ids of their link, in that order."""
    shelf = Shelf(connection)
    shelf.read("service_at_location", id=ids)
    links = _in_order(shelf, "service_at_location", ids)
    wanted = {row["service_id"]: None for row in links}
    if full:
        shelf.read_services(list(wanted), whole=whole)
    else:
        _read_listed(shelf, list(wanted))
        shelf.read("location", id={row["location_id"] for row in links})
    found = []
    for link in links:
        place, service = shelf.row("location", link["location_id"]), shelf.row("service", link["service_id"])
        if place is None or service is None:
            continue
        record = _nested(shelf, "service_at_location", link) if full else _link(link, place)
        if not full:
            record["location"] = said("location", place)
        record["service"] = _service(shelf, service, full=full, places=False, whole=whole)
        found.append(record)
    return found


def taxonomies(connection: Connection, ids: Sequence[str]) -> list[Json]:
    """Taxonomies of the tables by their own ids, in that order."""
    shelf = Shelf(connection)
    shelf.read("taxonomy", id=ids)
    return [plain("taxonomy", row) for row in _in_order(shelf, "taxonomy", ids)]


def taxonomy_terms(connection: Connection, ids: Sequence[str]) -> list[Json]:
    """Terms of the tables by their own ids, in that order, with their taxonomies."""
    shelf = Shelf(connection)
    shelf.read_terms(ids)
    return [_term(shelf, row) for row in _in_order(shelf, "taxonomy_term", ids)]


def said(table: str, row: Row, *, references: bool = False) -> Json:
    """The plain fields of a record as they may be told to anybody."""
    record = plain(table, row, references=references)
    if table in ("organization", "service") and "external_id" not in record and not is_uuid(row["id"]):
        record["external_id"] = row["id"]
    if table == "location" and row["confidential"]:
        record = {name: value for name, value in record.items() if name in _TOLD_OF_SECRET_PLACE}
    if table == "service" and row["sample"]:
        alert = str(record.get("alert") or "")
        record["alert"] = alert if alert.startswith(SAMPLE) else f"{SAMPLE} {alert}".strip()
    if table == "schedule" and not record.keys() & {"opens_at", "byday"} and record.keys() & _TEXTS_OF_HOURS:
        record["hours_read"] = True
    return record


def secret_address(record: Mapping[str, Any]) -> Json:
    """What of the address of a confidential place may be told; the specification asks for a street and a code."""
    told = {name: value for name, value in record.items() if name in _TOLD_OF_SECRET_ADDRESS}
    return told | {"address_1": "Confidential", "postal_code": ""}


def _in_order(shelf: Shelf, table: str, ids: Iterable[str]) -> list[Row]:
    return [row for id_ in dict.fromkeys(ids) if (row := shelf.row(table, id_))]


def _read_listed(shelf: Shelf, ids: Sequence[str]) -> None:
    shelf.read("service", id=ids)
    rows = _in_order(shelf, "service", ids)
    shelf.read("organization", id={row["organization_id"] for row in rows})
    shelf.read("program", id={row["program_id"] for row in rows})


def _minimal(id_: str, name: str, status: str, modified: datetime | None, sample: bool) -> Json:
    """`modified_date` as the description of the API calls it, the rest as the schema of the list asks for."""
    record: Json = {"id": public_id("service", id_), "name": name, "status": status}
    if modified is not None:
        record |= dict.fromkeys(("last_modified", "modified_date"), moment(modified))
    return record | ({"sample": True} if sample else {})


def _service(
    shelf: Shelf, row: Row, *, full: bool, organization: bool = True, places: bool = True, whole: bool = False
) -> Json:
    if full:
        record = _nested(shelf, "service", row, without=() if places else ("service_at_locations",))
    else:
        record = said("service", row)
    owner, program = shelf.row("organization", row["organization_id"]), shelf.row("program", row["program_id"])
    if owner and organization:
        left_out = () if whole else ("locations", "programs")
        record["organization"] = (
            _nested(shelf, "organization", owner, left_out) if full else said("organization", owner)
        )
    if program:
        record["program"] = _nested(shelf, "program", program) if full else said("program", program)
    return record


def _link(row: Row, place: Row | None) -> Json:
    record = said("service_at_location", row)
    if place is not None and place["confidential"]:
        record.pop("description", None)
    return record


def _nested(shelf: Shelf, table: str, row: Row, without: Sequence[str] = ()) -> Json:
    """A record with the records that belong to it; services in organizations are left to the caller."""
    secret = table == "location" and row["confidential"]
    place = shelf.row("location", row["location_id"]) if table == "service_at_location" else None
    record = _link(row, place) if table == "service_at_location" else said(table, row)
    if table == "phone":
        _number(record)
    for name, child in CHILDREN.get(table, {}).items():
        if name in without or child == "service" or (secret and name not in _KEPT_WITH_SECRET_PLACE):
            continue
        found = [_nested(shelf, child, one) for one in shelf.owned(child, table, row["id"])]
        found = [one for one in found if child != "service_capacity" or {"unit", "updated"} <= one.keys()]
        if found:
            record[name] = [secret_address(one) for one in found] if secret and child == "address" else found
    if place is not None:
        record["location"] = _nested(shelf, "location", place)
    if table == "service_capacity" and (unit := shelf.row("unit", row["unit_id"])):
        record["unit"] = _nested(shelf, "unit", unit)
    if not secret and (attributes := _attributes(shelf, table, row)):
        record["attributes"] = attributes
    return record


def _attributes(shelf: Shelf, table: str, row: Row) -> list[Json]:
    found = []
    for one in shelf.attributes(table, row["id"]):
        attribute = {name: value for name, value in plain("attribute", one).items() if name != "link_id"}
        if term := shelf.row("taxonomy_term", one["taxonomy_term_id"]):
            attribute["taxonomy_term"] = _term(shelf, term)
        found.append(attribute)
    if table == "service":
        own = sorted(shelf.owned("service_need", "service", row["id"]), key=lambda need: need["position"])
        found += needs.attributes(public_id("service", row["id"]), own)
    return found


def _term(shelf: Shelf, row: Row) -> Json:
    record = said("taxonomy_term", row)
    if detail := shelf.row("taxonomy", row["taxonomy_id"]):
        record["taxonomy_detail"] = said("taxonomy", detail)
    return record


def _number(record: Json) -> None:
    """An extension is a number in the specification, and 0340 is not 340: such a one has a name of its own."""
    text = str(record.pop("extension", "")).strip()
    if text.isascii() and text.isdigit() and str(int(text)) == text:
        record["extension"] = int(text)
    elif text:
        record["extension_text"] = text
