"""Whatever stands in a column, what goes out is valid."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from sqlalchemy import Boolean, Date, DateTime, Float, Integer

from directory_client.hsds import fields
from directory_client.hsds.ids import is_uuid, public_id
from directory_client.hsds.schema import TABLES
from directory_client.models import Base

CHECKER = FormatChecker()
NASTY = st.one_of(
    st.text(max_size=40),
    st.sampled_from([
        "http://example.org:port/", "https://", "http://[::1", "//example.org", "www.example.org", "example.org/a b",
        "mailto:a@example.org", "http://exa mple.org", "http://a@b@c/", "http://é.example/ü?ö#ä#b", "100%", "http:///x",
        "javascript:alert(1)", "tel:+1 905", "http://example.org/%zz", "N/A", "see website", "a@b", "@", "",
    ]),
)  # fmt: skip


@given(NASTY)
def test_an_address_that_goes_out_is_one(text: str) -> None:
    found = fields.uri(text)
    assert found is None or CHECKER.conforms(found, "uri"), found
    mail = fields.email(text)
    assert mail is None or CHECKER.conforms(mail, "email")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("www.example.org", "http://www.example.org"),
        ("example.org/a b", "http://example.org/a%20b"),
        ("see website", None),
        ("https://", None),
        ("", None),
    ],
)
def test_addresses_stay_as_they_are_or_are_mended(text: str, expected: str | None) -> None:
    assert fields.uri(text) == expected


def test_times_go_out_in_utc() -> None:
    eastern = timezone(timedelta(hours=-5))
    assert fields.moment(datetime(2026, 1, 2, 3, tzinfo=eastern)) == "2026-01-02T08:00:00Z"
    assert fields.moment(datetime(2026, 1, 2, 3)) == "2026-01-02T03:00:00Z"
    assert fields.moment("2024-09-25T14:23:06.5+01:00") == "2024-09-25T13:23:06.500000Z"
    assert fields.moment("yesterday") is None


@given(st.text(min_size=1, max_size=60))
def test_every_id_that_goes_out_is_a_uuid_and_stays_the_same(id_: str) -> None:
    made = public_id("service", id_)
    assert is_uuid(made)
    assert public_id("service", id_) == made
    assert public_id("service", made) == made
    assert is_uuid(id_) or public_id("organization", id_) != made


def _row(table: str, draw: Any) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column in Base.metadata.tables[table].columns:
        kind = column.type
        if column.nullable and draw(st.booleans()):
            row[column.name] = None
        elif isinstance(kind, Boolean):
            row[column.name] = draw(st.booleans())
        elif isinstance(kind, Integer):
            row[column.name] = draw(st.integers(-5, 5))
        elif isinstance(kind, Float):
            row[column.name] = draw(st.floats(-90, 90))
        elif isinstance(kind, DateTime):
            row[column.name] = draw(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
        elif isinstance(kind, Date):
            row[column.name] = draw(st.dates(date(1990, 1, 1)))
        else:
            row[column.name] = draw(NASTY)
    return row


@pytest.mark.parametrize("table", [name for name in TABLES if name != "metadata"])
@given(data=st.data())
def test_a_row_with_anything_in_it_goes_out_valid(table: str, data: st.DataObject) -> None:
    record = fields.plain(table, _row(table, data.draw), references=True)
    schema = {
        "type": "object",
        "properties": {field.name: dict(field.schema) for field in fields.fields(table)},
        "additionalProperties": False,
    }
    errors = list(Draft202012Validator(schema, format_checker=CHECKER).iter_errors(json.loads(json.dumps(record))))
    assert not errors, errors
