"""The description of the open interface in OpenAPI 3.1, made from what it serves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.hsds.parameters import LISTS, PARAMETERS, SINGLE
from directory_client.hsds.resources import RESOURCES
from directory_client.hsds.schema import reference, schemas

VERSION = "3.1"
"""Of the specification."""
PROFILE = "https://docs.openreferral.org/en/latest/hsds/"
_ENVELOPE = {
    "total_items": "integer",
    "total_pages": "integer",
    "page_number": "integer",
    "size": "integer",
    "first_page": "boolean",
    "last_page": "boolean",
    "empty": "boolean",
}
_ABOUT = (
    "The services directory of this helpline in the Human Services Data Specification. Open to everybody, without a "
    "key. Only services that are active are listed; a service that is asked for by its id is given with its status. "
    "Sample records, which are not real services, have `sample: true` and say so in `alert`."
)


def description(base: str) -> dict[str, Any]:
    """The description of the interface that is found under the address `base`."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Porchlight services directory", "version": "1.0", "description": _ABOUT},
        "servers": [{"url": base}],
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "paths": {"/": _about(), **dict(_paths())},
        "components": {"schemas": {**schemas(), "Error": _error(), "Page": _page()}},
    }


def _paths() -> Iterable[tuple[str, Any]]:
    for name, resource in RESOURCES.items():
        words = name.replace("_", " ")
        listed: dict[str, Any] = {
            "summary": f"A page of {words}.",
            "parameters": [_parameter(one) for one in LISTS[name]],
            "responses": _responses(_contents(resource.table), 400, 422),
        }
        listed["responses"]["200"]["content"]["application/x-ndjson"] = {"schema": {"type": "string"}}
        get = {**listed, "operationId": f"list_{name}"}
        yield f"/{name}", {"get": get, "post": {**listed, "operationId": f"list_{name}_by_post"}}
        single = {
            "summary": f"One of the {words} by its id, with all that belongs to it.",
            "operationId": f"get_{resource.table}",
            "parameters": [
                {
                    "name": "id",
                    "in": "path",
                    "required": True,
                    "description": "The id as the lists give it, or the one that the record came with.",
                    "schema": {"type": "string", "minLength": 1},
                },
                *(_parameter(one) for one in SINGLE.get(name, ())),
            ],
            "responses": _responses(reference(resource.table), 400, 404, 422),
        }
        yield f"/{name}/{{id}}", {"get": single}


def _about() -> Mapping[str, Any]:
    text, address = {"type": "string"}, {"type": "string", "format": "uri"}
    schema = {
        "type": "object",
        "properties": {"name": text, "version": text, "profile": address, "openapi_url": address},
        "required": ["name", "version", "profile", "openapi_url"],
    }
    return {
        "get": {"summary": "What this is.", "operationId": "about", "responses": _responses(schema)},
    }


def _responses(schema: Mapping[str, Any], *errors: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "200": {"description": "Found.", "content": {"application/json": {"schema": schema}}},
        "304": {"description": "The reader has it already (If-None-Match)."},
    }
    said = {400: "A parameter cannot be used.", 404: "There is none.", 422: "Parameters do not go together."}
    for status in errors:
        content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
        found[str(status)] = {"description": said[status], "content": content}
    return found


def _contents(table: str) -> dict[str, Any]:
    contents = {"type": "array", "items": reference(table)}
    return {
        "allOf": [{"$ref": "#/components/schemas/Page"}],
        "type": "object",
        "properties": {"contents": contents},
        "required": ["contents"],
    }


def _page() -> dict[str, Any]:
    properties = {name: {"type": kind} for name, kind in _ENVELOPE.items()}
    return {"type": "object", "properties": properties, "required": list(_ENVELOPE)}


def _error() -> dict[str, Any]:
    return {"type": "object", "properties": {"error": {"type": "string"}}, "required": ["error"]}


def _parameter(name: str) -> dict[str, Any]:
    one = PARAMETERS[name]
    return {"name": name, "in": "query", "required": False, "description": one.description, "schema": dict(one.schema)}
