"""Whole records of sites, with all that belongs to them, on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import date, time

import pytest
from sqlalchemy.orm import Session

from directory_client.models import Accessibility, Address, Contact, CostOption, Phone, ServiceNeed
from directory_client.records import FEW, MANY, records
from tests.directory_client.build import AJAX, add_service, north_of


@pytest.mark.parametrize("count", [1, FEW, FEW + 1, MANY, MANY + 1, 2 * MANY + 3])
def test_records_come_in_the_order_asked_for_each_once_and_unknown_ones_not_at_all(
    directory_session: Session, count: int
) -> None:
    for number in range(count):
        add_service(directory_session, f"s{number}")
    ids = [f"s{number}" for number in reversed(range(count))]
    found = records(directory_session, ["nobody", *ids, ids[0]])
    assert [record.site.id for record in found] == ids


def test_nothing_asked_for_is_nothing(directory_session: Session) -> None:
    assert records(directory_session, []) == []
    assert records(directory_session, ["nobody"]) == []


def test_all_that_belongs_to_a_record_comes_in_its_order(directory_session: Session) -> None:
    add_service(directory_session, "s", needs=(), at=AJAX, phone=None)
    directory_session.add_all(
        [
            ServiceNeed(service_id="s", need="food.pantry", position=1, score=1.0),
            ServiceNeed(service_id="s", need="legal.aid", position=0, score=1.0),
            CostOption(id="c2", service_id="s", option="or what you can"),
            CostOption(id="c1", service_id="s", amount=1234.5, amount_description="a year"),
            CostOption(id="c3", service_id="s"),
            Accessibility(id="a2", location_id="s-place-0", description="Lift", description_fr="Ascenseur"),
            Accessibility(id="a1", location_id="s-place-0", description="Ramp"),
            Accessibility(id="a3", location_id="s-place-0", details="Nothing that is told"),
            Phone(id="p1", service_id="s", number="905-555-0102", position=1),
            Phone(id="p2", service_id="s", number="905-555-0101", position=0, type="voice", extension="0340"),
        ]
    )
    directory_session.flush()
    (record,) = records(directory_session, ["s"])
    assert record.needs == ("legal.aid", "food.pantry")
    assert record.prices == "$1,234.50 a year; or what you can"
    assert record.accessibility == (("Ramp", None), ("Lift", "Ascenseur"))
    assert [(one.number, one.extension) for one in record.phones] == [("905-555-0101", "0340"), ("905-555-0102", None)]


def test_a_record_with_nothing_belonging_to_it_is_a_record(directory_session: Session) -> None:
    add_service(directory_session, "s", needs=())
    (record,) = records(directory_session, ["s"])
    assert (record.needs, record.prices, record.accessibility) == ((), None, ())
    assert (list(record.phones), record.timetable.rules, record.place) == ([], (), None)


def test_a_place_with_two_addresses_is_one_place(directory_session: Session) -> None:
    add_service(directory_session, "s", at=AJAX)
    directory_session.add_all(
        Address(
            id=f"zz{number}", location_id="s-place-0", address_1=f"{number} Other Street", city="Ajax",
            state_province="ON", country="CA", address_type=kind,
        )
        for number, kind in enumerate(("physical", "postal"))
    )  # fmt: skip
    directory_session.flush()
    (record,) = records(directory_session, ["s"])
    assert record.place is not None and record.place.street != "0 Other Street"


def test_hours_keep_their_dates(directory_session: Session) -> None:
    hours = {
        "freq": "WEEKLY", "byday": "MO,TH", "opens_at": "09:00", "closes_at": "17:00", "interval": 2,
        "dtstart": date(2026, 1, 5), "until": date(2026, 12, 31),
        "valid_from": date(2026, 2, 1), "valid_to": date(2026, 6, 30),
    }  # fmt: skip
    add_service(directory_session, "s", schedules=[hours, {"opens_at": "10:00", "closes_at": "11:00", "byday": "SA"}])
    (record,) = records(directory_session, ["s"])
    rule, other = sorted(record.timetable.rules, key=lambda one: one.opens)
    assert (rule.opens, rule.closes, rule.interval) == (time(9), time(17), 2)
    assert (rule.dtstart, rule.until) == (date(2026, 1, 5), date(2026, 12, 31))
    assert (rule.valid_from, rule.valid_to) == (date(2026, 2, 1), date(2026, 6, 30))
    assert (other.dtstart, other.valid_to) == (None, None)


@pytest.mark.parametrize("said", ['a "quoted" one', "back\\slash", "[1, 2]", '{"a": null}', "é 😀", "null", " "])
def test_words_are_what_they_were_whatever_is_in_them(directory_session: Session, said: str) -> None:
    add_service(directory_session, "s")
    directory_session.add(Phone(id="p", service_id="s", number="905-555-0101", description=said))
    directory_session.flush()
    (record,) = records(directory_session, ["s"])
    assert record.phones[0].description == said


def test_each_place_has_what_is_its_own(directory_session: Session) -> None:
    add_service(directory_session, "s", at=[AJAX, north_of(AJAX, 5)])
    directory_session.add_all(
        [
            Phone(id="p0", location_id="s-place-0", number="905-555-0100"),
            Phone(id="p1", location_id="s-place-1", number="905-555-0101"),
            Accessibility(id="a1", location_id="s-place-1", description="Ramp"),
        ]
    )
    directory_session.flush()
    first, second = records(directory_session, ["s@s-place-0", "s@s-place-1"])
    assert [one.number for one in first.phones] == ["905-555-0100"]
    assert [one.number for one in second.phones] == ["905-555-0101"]
    assert (first.accessibility, second.accessibility) == ((), (("Ramp", None),))


def test_a_number_of_somebody_at_the_service_is_not_told(directory_session: Session) -> None:
    add_service(directory_session, "s")
    directory_session.add(Contact(id="c", service_id="s", name="A person"))
    directory_session.flush()
    directory_session.add(Phone(id="p", service_id="s", contact_id="c", number="905-555-0101"))
    directory_session.flush()
    (record,) = records(directory_session, ["s"])
    assert list(record.phones) == []
