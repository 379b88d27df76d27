"""The tables follow the specification."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from directory_client.models import Base

SCHEMAS = Path(__file__).parents[3] / "shared" / "data" / "hsds-3.1" / "schema"
_NAMES = """
    organization program service location service_at_location address contact phone schedule language
    service_area cost_option required_document accessibility taxonomy taxonomy_term attribute metadata
    organization_identifier funding unit service_capacity url meta_table_description
"""
TABLES = _NAMES.split()
# Kept elsewhere in the record, or deprecated by the specification itself.
LEFT_OUT = {
    "taxonomy_term": {"taxonomy_detail"},
}


@pytest.mark.skipif(not SCHEMAS.exists(), reason="the schemas in ../shared/data/hsds-3.1 are not here")
@pytest.mark.parametrize("table", TABLES)
def test_every_plain_field_of_the_specification_has_its_column(table: str) -> None:
    schema = json.loads((SCHEMAS / f"{table}.json").read_text(encoding="utf-8"))
    plain = {name for name, field in schema["properties"].items() if field.get("type") not in (None, "array")}
    columns = set(Base.metadata.tables[table].columns.keys())
    assert plain - columns == LEFT_OUT.get(table, set()) & plain


def test_every_table_is_made_in_the_database(directory_session: Session) -> None:
    made = set(inspect(directory_session.connection()).get_table_names())
    assert set(TABLES) | {"service_need", "search_site", "service_text", "search_word"} <= made
