"""The official schemas, as validators."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from tests.directory_client.hsds.conftest import SHARED

FOLDER = SHARED / "schema"


@cache
def validator(name: str) -> Draft202012Validator:
    """By the path below `schema/`, without its ending. References lead to files beside it."""
    schema = _inlined(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")))
    return Draft202012Validator(schema, format_checker=FormatChecker())


def assert_valid(name: str, record: Any) -> None:
    errors = [f"{error.json_path}: {error.message[:200]}" for error in validator(name).iter_errors(record)]
    assert not errors, errors


def _inlined(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_inlined(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if reference := schema.get("$ref"):
        return _inlined(json.loads((FOLDER / reference).read_text(encoding="utf-8")))
    return {name: _inlined(value) for name, value in schema.items()}
