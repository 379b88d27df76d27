"""Which columns of a table go out, as what, and how a value becomes fit for the specification.

HSDS allows further properties, so the columns that are ours (`name_fr`, `free`, ...) go out under their names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from urllib.parse import quote, urlsplit

from dateutil import parser
from sqlalchemy import Boolean, Column, Date, DateTime, Float, Integer

from directory_client.hsds.ids import public_id
from directory_client.models import Base

_OURS = {
    "organization": "name_fr description_fr website_fr source external_id sample",
    "program": "name_fr",
    "service": "name_fr alternate_name_fr description_fr url_fr application_process_fr fees_description_fr"
    " eligibility_description_fr interpretation_services_fr alert_fr free source grade external_id sample",
    "required_document": "document_fr",
    "service_area": "name_fr reach",
    "location": "name_fr timezone confidential sample",
    "address": "address_1_fr",
    "accessibility": "description_fr",
    "phone": "description_fr position",
    "schedule": "description_fr on_holidays",
}
OURS: Mapping[str, frozenset[str]] = {table: frozenset(names.split()) for table, names in _OURS.items()}
"""Columns that the specification does not know."""
_ENUMS: Mapping[str, tuple[str, ...]] = {
    "status": ("active", "inactive", "defunct", "temporarily closed"),
    "wkst": ("MO", "TU", "WE", "TH", "FR", "SA", "SU"),
    "freq": ("WEEKLY", "MONTHLY"),
    "location_type": ("physical", "postal", "virtual"),
    "address_type": ("physical", "postal", "virtual"),
}
_URIS = frozenset(["url", "website", "uri", "term_uri", "schedule_link", "url_fr", "website_fr"])
_EMAILS = frozenset({"email", "assurer_email"})
_LINKS = {"parent_organization_id": "organization", "parent_id": "taxonomy_term"}
"""References without a foreign key."""
_QUIET = frozenset({"sample", "confidential", "position"})
"""Told only where they say something."""
_EMAIL = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+")
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+([/?#].*)?", re.DOTALL)

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A column that goes out. `refers_to` names the table whose id it holds; `schema` is its JSON Schema."""

    name: str
    convert: Convert
    schema: Mapping[str, Any]
    kind: str
    """Of the value in a table of CSV: "string", "number", "integer", "boolean", "date", "time" or "datetime"."""
    refers_to: str | None = None
    required: bool = False


@cache
def fields(table: str) -> tuple[Field, ...]:
    """The columns of a table: `id` first, the specification's next, ours last; none of it is private."""
    columns = [column for column in Base.metadata.tables[table].columns if column.name != "resource_id"]
    ours = OURS.get(table, frozenset())
    return tuple(_field(table, column) for column in sorted(columns, key=lambda c: (c.name != "id", c.name in ours)))


def plain(table: str, row: Mapping[str, Any], *, references: bool = False) -> dict[str, Any]:
    """The values of a row that say something. References only where asked for: in nested JSON the nesting says it."""
    out: dict[str, Any] = {}
    for field in fields(table):
        raw = row[field.name]
        if raw is None or (field.refers_to and not references and field.name not in _LINKS):
            continue
        # An attribute may hang on a record of any table.
        value = public_id(row["link_entity"], raw) if field.name == "link_id" else field.convert(raw)
        if value is None or (value == "" and not field.required) or (field.name in _QUIET and not value):
            continue
        out[field.name] = value
    return out


def moment(value: datetime | str) -> str | None:
    """A time as RFC 3339 in UTC; SQLite gives times back without their zone, and they were kept in UTC."""
    if isinstance(value, str):
        try:
            value = parser.isoparse(value.strip())
        except (ValueError, OverflowError):
            return None
    value = value if value.tzinfo else value.replace(tzinfo=UTC)
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def uri(text: str) -> str | None:
    """An address of the web that is one: "www.example.org/ä b" becomes "http://www.example.org/%C3%A4%20b"."""
    text = text.strip()
    if _HOST.fullmatch(text):
        text = f"http://{text}"
    text = quote(text, safe="%/:=&?~#+!$,;'@()*-._")
    text = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", text)
    head, mark, tail = text.partition("#")
    text = head + mark + tail.replace("#", "%23")
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    if parts.scheme in ("http", "https"):
        return text if parts.hostname and re.fullmatch(r"[^:@]+(:\d*)?", parts.netloc) else None
    return text if re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s]+", text) and not parts.netloc else None


def email(text: str) -> str | None:
    """The first address in a text."""
    found = _EMAIL.search(text)
    return found[0] if found else None


def number(value: float) -> float | int:
    """12 and not 12.0."""
    return int(value) if value == int(value) else value


def _field(table: str, column: Column[Any]) -> Field:
    required = not column.nullable
    target = _LINKS.get(column.name)
    if column.name == "link_id":
        return Field("link_id", str, {"type": "string", "format": "uuid"}, "string", "any", required)
    if column.foreign_keys:
        target = next(iter(column.foreign_keys)).column.table.name
    if column.name == "id" or target:
        owner = target or table
        schema = {"type": "string", "format": "uuid"}
        return Field(column.name, lambda raw: public_id(owner, raw), schema, "string", target, required)
    convert, schema, kind = _conversion(table, column)
    return Field(column.name, convert, schema, kind, None, required)


def _conversion(table: str, column: Column[Any]) -> tuple[Convert, dict[str, Any], str]:
    name, kind = column.name, column.type
    if isinstance(kind, Boolean):
        return bool, {"type": "boolean"}, "boolean"
    if isinstance(kind, Integer):
        return int, {"type": "integer"}, "integer"
    if isinstance(kind, Float):
        return number, {"type": "number"}, "number"
    if isinstance(kind, DateTime) or (table, name) == ("service_capacity", "updated"):
        return moment, {"type": "string", "format": "date-time"}, "datetime"
    if isinstance(kind, Date):
        return date.isoformat, {"type": "string", "format": "date"}, "date"
    if name in _ENUMS:
        return _one_of(name), {"type": "string", "enum": list(_ENUMS[name])}, "string"
    if name in _URIS:
        return uri, {"type": "string", "format": "uri"}, "string"
    if name in _EMAILS:
        return email, {"type": "string", "format": "email"}, "string"
    return str, {"type": "string"}, "string"


def _one_of(name: str) -> Convert:
    allowed = _ENUMS[name]
    # What must be given: an address of a kind that nobody knows is one to go to, a status that is none is no promise.
    instead = {"location_type": "physical", "address_type": "physical", "status": "inactive"}.get(name)

    def convert(raw: Any) -> Any:
        for known in (str(raw).strip(), str(raw).strip().lower(), str(raw).strip().upper()):
            if known in allowed:
                return known
        return instead

    return convert
