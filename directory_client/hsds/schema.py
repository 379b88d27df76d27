"""JSON Schemas of what goes out, for the description of the interface; made from the same tables as the records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from directory_client.feeds.hsds_names import CHILDREN, FILES, PARENTS
from directory_client.hsds.fields import fields
from directory_client.models import Base

TABLES = tuple(table.name for table in Base.metadata.sorted_tables if table.name in FILES)
"""Those of the specification, parents first."""
_WITHOUT = {"metadata", "meta_table_description"}


def name_of(table: str) -> str:
    """The name of the schema of a table: "service_at_location" is ServiceAtLocation."""
    return "".join(part.capitalize() for part in table.split("_"))


def reference(table: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name_of(table)}"}


def schemas() -> dict[str, Any]:
    """By name: every record that goes out, with those that may stand in it."""
    return {name_of(table): _schema(table) for table in TABLES if table not in _WITHOUT}


def _schema(table: str) -> Mapping[str, Any]:
    known = [
        one for one in fields(table) if one.refers_to is None or one.name in ("parent_organization_id", "parent_id")
    ]
    properties: dict[str, Any] = {one.name: dict(one.schema) for one in known}
    required = [one.name for one in known if one.required and one.name not in _quiet(table)]
    for name, child in CHILDREN.get(table, {}).items():
        properties[name] = {"type": "array", "items": reference(child)}
    for name, parent in PARENTS.get(table, {}).items():
        properties[name] = reference(parent)
    if table not in ("taxonomy", "taxonomy_term", "attribute"):
        properties["attributes"] = {"type": "array", "items": reference("attribute")}
    if table == "service":
        properties["modified_date"] = {"type": "string", "format": "date-time"}
    if table == "schedule":
        properties["hours_read"] = {"type": "boolean"}
    if table == "phone":
        properties |= {"extension": {"type": "integer"}, "extension_text": {"type": "string"}}
    if table == "taxonomy_term":
        properties["name_fr"] = {"type": "string"}
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _quiet(table: str) -> set[str]:
    """What is left out where it says nothing, though the column always has a value."""
    return {"sample", "confidential", "position"} | ({"link_id"} if table == "attribute" else set())
