"""Taking a feed in: what is written, changed, closed, refused, and what stays when something goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session

from directory_client.feeds.feed import FeedError, Item, Row, Rows
from directory_client.imports import take_in
from directory_client.imports.report import Report
from directory_client.models import (
    Base,
    FeedRun,
    Location,
    Metadata,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceNeed,
)
from directory_client.search import Query, Results, search
from tests.directory_client.conftest import DATABASES, engine_for

NOW = datetime(2026, 11, 19, 15, tzinfo=UTC)  # a Thursday, 10 in the morning in Toronto
AJAX = (43.8501, -79.0329)


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with engine_for(request) as made:
        yield made


def bank(number: int = 1, **fields: Any) -> list[Item]:
    """A food bank with everything that a listing has."""
    service = {
        "id": f"s{number}", "organization_id": f"o{number}", "name": f"Ajax Food Bank {number}", "status": "active",
        "description": "Groceries for people who live in Ajax.", "assured_date": "2026-10-01", **fields,
    }  # fmt: skip
    place = {"id": f"l{number}", "location_type": "physical", "latitude": "43.8501", "longitude": "-79.0329"}
    return [
        Row("service", service, "services.csv", number + 1),
        Row("organization", {"id": f"o{number}", "name": f"Organization {number}", "description": ""}, "o.csv", 2),
        Row("location", place, "locations.csv", 2),
        Row(
            "address", {"id": f"a{number}", "location_id": f"l{number}", "address_1": f"{number} Main", "city": "Ajax"}
        ),
        Row("service_at_location", {"id": f"sl{number}", "service_id": f"s{number}", "location_id": f"l{number}"}),
        Row("phone", {"id": f"p{number}", "service_id": f"s{number}", "number": f"905-555-01{number:02}"}),
        Row("schedule", {"id": f"h{number}", "service_id": f"s{number}", "description": "Mon-Fri 9 am-5 pm"}),
    ]


def take(engine: Engine, *groups: list[Item], source: str = "centre", complete: bool = False, **more: Any) -> Report:
    rows = [row for group in groups for row in group]
    return take_in(engine, Rows(source, rows, complete), now=NOW, **more)


def found(engine: Engine, **query: Any) -> Results:
    with Session(engine) as session:
        return search(session, Query(**({"need": "food.pantry", "lat": AJAX[0], "lon": AJAX[1]} | query)), now=NOW)


def names(results: Results) -> list[str]:
    return [one.name for one in results.listings]


def test_a_service_is_found_by_its_need_with_number_hours_and_place(engine: Engine) -> None:
    take(engine, bank())
    (one,) = found(engine).listings
    assert (one.id, one.phones[0].display, one.hours.open_now, one.city, one.distance_km) == (
        "s1", "905-555-0101", True, "Ajax", 0.0,
    )  # fmt: skip
    assert one.hours.text == "Mon-Fri 9 am-5 pm"


def test_parents_may_come_after_children(engine: Engine) -> None:
    assert take(engine, list(reversed(bank()))).refused == 0
    assert names(found(engine)) == ["Ajax Food Bank 1"]


def test_the_same_feed_again_changes_nothing(engine: Engine) -> None:
    first = take(engine, bank(), complete=True)
    again = take(engine, bank(), complete=True)
    assert first.total("added") == 8  # the schedule was read into a second row
    assert (again.total("unchanged"), again.total("added"), again.total("changed")) == (8, 0, 0)
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Metadata)) == 0
        assert session.scalar(select(func.count()).select_from(FeedRun)) == 2


def test_a_change_is_written_and_logged_field_by_field(engine: Engine) -> None:
    take(engine, bank())
    report = take(engine, bank(name="Ajax Food Pantry", fees_description="Free"))
    assert report.as_json()["service"] == {"changed": 1}
    with Session(engine) as session:
        logged = {
            row.field_name: (row.previous_value, row.replacement_value) for row in session.scalars(select(Metadata))
        }
        assert logged == {
            "name": ("Ajax Food Bank 1", "Ajax Food Pantry"),
            "fees_description": ("", "Free"),
            "free": ("", "True"),
        }
    assert names(found(engine, words="pantry")) == ["Ajax Food Pantry"]


def test_what_a_full_feed_lacks_is_closed_not_deleted_and_opens_again(engine: Engine) -> None:
    take(engine, bank(1), bank(2), complete=True)
    report = take(engine, bank(2), complete=True)
    assert report.counts["service"]["closed"] == 1
    assert names(found(engine)) == ["Ajax Food Bank 2"]
    with Session(engine) as session:
        gone = session.get(Service, "s1")
        assert gone is not None and gone.status == "inactive"
    take(engine, bank(1), bank(2), complete=True)
    assert sorted(names(found(engine))) == ["Ajax Food Bank 1", "Ajax Food Bank 2"]


def test_what_a_part_of_a_feed_lacks_stays(engine: Engine) -> None:
    take(engine, bank(1), bank(2))
    assert take(engine, bank(2)).total("closed") == 0
    assert len(found(engine).listings) == 2


def test_a_number_that_a_service_no_longer_has_is_removed(engine: Engine) -> None:
    second = Row("phone", {"id": "other", "service_id": "s1", "number": "905-555-0188"})
    take(engine, [*bank(), second])
    take(engine, bank())
    assert [phone.display for phone in found(engine).listings[0].phones] == ["905-555-0101"]


def test_a_list_without_numbers_does_not_take_the_numbers_away(engine: Engine) -> None:
    take(engine, bank())
    take(engine, bank()[:2])
    assert found(engine).listings[0].phones


def test_another_source_with_the_same_ids_touches_nothing(engine: Engine) -> None:
    take(engine, bank(), complete=True)
    take(engine, bank(name="Elsewhere Food Bank"), source="other", complete=True)
    with Session(engine) as session:
        assert sorted(session.scalars(select(Service.name))) == ["Ajax Food Bank 1", "Elsewhere Food Bank"]
        ids = set(session.scalars(select(Service.id)))
        assert "s1" in ids and len(ids) == 2
        assert set(session.scalars(select(Service.external_id))) == {"s1"}


def test_one_door_in_two_feeds_is_shown_once(engine: Engine) -> None:
    take(engine, bank())
    take(engine, bank(name="Ajax Food Bank (site)"), source="other")
    assert len(found(engine).listings) == 1


def test_a_bad_row_is_refused_with_its_place_and_the_rest_goes_in(engine: Engine) -> None:
    nameless = Row("service", {"id": "bad", "organization_id": "o1", "name": " "}, "services.csv", 17)
    orphan = Row("phone", {"id": "lost", "number": ""}, "phones.csv", 5)
    stray = Row("service", {"id": "stray", "organization_id": "nobody", "name": "Stray"}, "services.csv", 18)
    report = take(engine, [*bank(), nameless, orphan, stray])
    told = {(one.file, one.line): one.reason for one in report.refusals}
    assert told.keys() == {("services.csv", 17), ("phones.csv", 5), ("services.csv", 18)}
    assert "has no name" in told["services.csv", 17] and "nobody, which is not there" in told["services.csv", 18]
    assert names(found(engine)) == ["Ajax Food Bank 1"]


def test_a_bad_field_is_told_and_the_row_kept(engine: Engine) -> None:
    report = take(engine, bank(minimum_age="old", assured_date="last spring", status="Open"))
    assert sorted(one.field or "" for one in report.refusals) == ["assured_date", "minimum_age", "status"]
    assert names(found(engine)) == ["Ajax Food Bank 1"]


def test_html_in_a_description_is_text(engine: Engine) -> None:
    take(engine, bank(description="<p>Groceries &amp; <b>bread</b></p><script>alert(1)</script>"))
    assert found(engine).listings[0].description == "Groceries & bread"


def test_a_point_on_the_wrong_side_of_the_world_is_not_believed(engine: Engine) -> None:
    rows = bank()
    rows[2] = Row("location", {"id": "l1", "location_type": "physical", "latitude": 43.85, "longitude": 79.03})
    take(engine, rows)
    (one,) = found(engine).listings
    assert one.approximate and one.distance_km is not None and one.distance_km < 10
    with Session(engine) as session:
        assert session.scalar(select(Location.longitude)) == 79.03  # the record itself stays as it came


def test_an_address_without_a_point_is_placed_by_its_town(engine: Engine) -> None:
    rows = bank()
    rows[2] = Row("location", {"id": "l1", "location_type": "physical"})
    take(engine, rows)
    assert found(engine).listings[0].approximate


def test_needs_in_our_own_codes_are_believed(engine: Engine) -> None:
    term = Row("taxonomy_term", {"id": "t", "code": "legal.aid", "name": "Legal aid", "taxonomy": "porchlight-needs"})
    link = Row("attribute", {"id": "x", "link_id": "s1", "link_entity": "service", "taxonomy_term_id": "t"})
    take(engine, [*bank(), term, link])
    with Session(engine) as session:
        assert list(session.scalars(select(ServiceNeed.need))) == ["legal.aid"]


def test_a_circle_of_parents_is_cut(engine: Engine) -> None:
    ring = [
        Row("organization", {"id": f"ring{n}", "name": "R", "description": "", "parent_organization_id": f"ring{m}"})
        for n, m in ((1, 2), (2, 3), (3, 1))
    ]
    report = take(engine, [*bank(), *ring])
    assert any("ancestor" in one.reason for one in report.refusals)
    with Session(engine) as session:
        parents = dict(session.execute(select(Organization.id, Organization.parent_organization_id)).tuples().all())
        assert sum(1 for id_ in ("ring1", "ring2", "ring3") if parents[id_]) == 2


def test_a_trial_run_reports_and_changes_nothing(engine: Engine) -> None:
    report = take(engine, bank(), dry_run=True)
    assert report.total("added") == 8 and not report.written
    with Session(engine) as session:
        for table in (Service, Phone, Schedule, FeedRun):
            assert session.scalar(select(func.count()).select_from(table)) == 0


def test_a_feed_that_breaks_off_changes_nothing(engine: Engine) -> None:
    class Broken(Rows):
        def items(self) -> Iterator[Item]:
            yield from self.rows
            raise FeedError("the line went dead")

    take(engine, bank(1))
    with pytest.raises(FeedError, match="dead"):
        take_in(engine, Broken("centre", bank(2), complete=True), now=NOW)
    assert names(found(engine)) == ["Ajax Food Bank 1"]


def test_an_empty_feed_closes_nothing(engine: Engine) -> None:
    take(engine, bank(), complete=True)
    with pytest.raises(FeedError, match="no record"):
        take(engine, [], complete=True)
    assert names(found(engine)) == ["Ajax Food Bank 1"]


def test_the_same_id_twice_keeps_the_first_and_says_so(engine: Engine) -> None:
    report = take(engine, bank(), bank(name="Another"))
    assert [one.reason for one in report.refusals] == [
        "the id stands twice with different contents (name); line 2 was kept"
    ]
    assert names(found(engine)) == ["Ajax Food Bank 1"]


def test_a_full_disk_leaves_the_old_data_served(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'directory.db'}")
    Base.metadata.create_all(engine)
    take(engine, bank())
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    engine.dispose()
    full = create_engine(f"sqlite:///{tmp_path / 'directory.db'}")

    from sqlalchemy import event

    @event.listens_for(full, "connect")
    def _limit(connection: Any, _: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages + 4}")

    with pytest.raises(FeedError, match="disk is full"):
        take(full, *(bank(number, description="word " * 2000) for number in range(2, 40)), complete=True)
    assert names(found(full)) == ["Ajax Food Bank 1"]
    full.dispose()


def test_a_new_number_counts_as_a_change_of_the_service(engine: Engine) -> None:
    take(engine, bank())
    later = NOW.replace(day=25)
    other = bank()
    other[5] = Row("phone", {"id": "p1", "service_id": "s1", "number": "905-555-0199"})
    take_in(engine, Rows("centre", other), now=later)
    with Session(engine) as session:
        changed = session.scalar(select(Service.last_modified))
        assert changed is not None and changed.day == 25


def test_a_feed_says_when_its_services_changed_also_where_another_has_the_same_ids(engine: Engine) -> None:
    for source in ("centre", "other centre"):
        take(engine, bank(last_modified="2026-03-04T10:00:00Z"), source=source)
    other = bank(last_modified="2026-03-04T10:00:00Z")
    other[5] = Row("phone", {"id": "p1", "service_id": "s1", "number": "905-555-0199"})
    take(engine, other, source="other centre")
    with Session(engine) as session:
        assert {(one.month, one.day) for one in session.scalars(select(Service.last_modified)) if one} == {(3, 4)}


def test_a_feed_cannot_fill_the_tables_that_search_reads(engine: Engine) -> None:
    report = take(engine, [*bank(), Row("search_need", {"id": "x", "need": "legal.aid", "site_id": "s1"})])
    assert [one.reason for one in report.refusals] == ["there is no table 'search_need'"]


def test_a_full_feed_that_lacks_most_of_its_source_is_doubted(engine: Engine) -> None:
    many = [bank(number) for number in range(1, 41)]
    take(engine, *many, complete=True)
    with pytest.raises(FeedError, match=r"lacks 30 of the 40 .* --close-many"):
        take(engine, *many[:10], complete=True)
    with Session(engine) as session:
        assert session.scalar(select(func.count()).where(Service.status == "active")) == 40
    assert take(engine, *many[:10], complete=True, dry_run=True).counts["service"]["closed"] == 30
    assert take(engine, *many[:10], complete=True, close_many=True).counts["service"]["closed"] == 30


@pytest.mark.parametrize("owner", ["service_id", "service_at_location_id", "location_id"])
def test_hours_that_change_are_those_that_search_goes_by_whatever_they_belong_to(engine: Engine, owner: str) -> None:
    """NOW is a morning on which the door was open."""
    ids = {"service_id": "s1", "service_at_location_id": "sl1", "location_id": "l1"}
    rows = [row for row in bank() if not (isinstance(row, Row) and row.table == "schedule")]

    def hours(text: str) -> list[Item]:
        return [*rows, Row("schedule", {"id": "h1", owner: ids[owner], "description": text})]

    take(engine, hours("24/7"))
    assert names(found(engine, open_at=NOW)) == ["Ajax Food Bank 1"]
    take(engine, hours("Sun 3 am-4 am"))
    assert found(engine, open_at=NOW).fallback == "open_later"
    assert found(engine).listings[0].hours.text == "Sun 3 am-4 am"


@pytest.mark.parametrize("owner", ["service_id", "service_at_location_id", "location_id", "organization_id"])
def test_a_number_that_changes_is_given_at_once_whatever_it_belongs_to(engine: Engine, owner: str) -> None:
    ids = {"service_id": "s1", "service_at_location_id": "sl1", "location_id": "l1", "organization_id": "o1"}
    rows = [row for row in bank() if not (isinstance(row, Row) and row.table == "phone")]
    for number in ("905-555-0141", "905-555-0142"):
        take(engine, [*rows, Row("phone", {"id": "p1", owner: ids[owner], "number": number})])
        assert found(engine).listings[0].phones[0].display == number


def test_a_term_that_gets_another_name_finds_its_services_by_that(engine: Engine) -> None:
    label = {"id": "t1", "link_id": "s1", "link_entity": "service", "taxonomy_term_id": "term"}
    for name in ("Zebrafinch", "Quokka"):
        term = Row("taxonomy_term", {"id": "term", "code": "X-1", "name": name, "description": ""})
        take(engine, bank(), [term, Row("attribute", label)])
        assert names(found(engine, need=None, words=name)) == ["Ajax Food Bank 1"]
        assert found(engine, need=None, words=name).fallback is None


def second_at_the_same_place() -> list[Item]:
    """Another service of another organization, in the rooms of the first."""
    return [
        Row("service", {"id": "s2", "organization_id": "o2", "name": "Ajax Food Bank 2", "status": "active",
                        "description": "Groceries for people who live in Ajax."}),
        Row("organization", {"id": "o2", "name": "Organization 2", "description": ""}),
        Row("location", {"id": "l1", "location_type": "physical", "latitude": "43.8501", "longitude": "-79.0329"}),
        Row("service_at_location", {"id": "sl2", "service_id": "s2", "location_id": "l1"}),
        Row("phone", {"id": "p2", "service_id": "s2", "number": "905-555-0102"}),
        Row("schedule", {"id": "h2", "service_id": "s2", "description": "24/7"}),
        Row("address", {"id": "a9", "location_id": "l9", "address_1": "9 Main", "city": "Ajax"}),
        Row("location", {"id": "l9", "location_type": "physical", "latitude": "43.8", "longitude": "-79.0"}),
    ]  # fmt: skip


def test_a_part_of_a_feed_takes_nothing_from_other_services_at_the_same_place(engine: Engine) -> None:
    own = [
        Row("phone", {"id": "p3", "service_id": "s1", "location_id": "l1", "number": "905-555-0103"}),
        Row("phone", {"id": "p4", "location_id": "l1", "number": "905-555-0104"}),
        Row("accessibility", {"id": "x1", "location_id": "l1", "description": "Ramp at the back"}),
    ]
    take(engine, bank(), own, second_at_the_same_place())
    before = {one.id: one for one in found(engine, limit=9).listings}
    take(engine, second_at_the_same_place())
    after = {one.id: one for one in found(engine, limit=9).listings}
    assert after == before
    assert (after["s1"].address, after["s1"].accessibility) == ("1 Main", ("Ramp at the back",))
    assert [phone.display for phone in after["s1"].phones] == ["905-555-0101", "905-555-0103"]


@pytest.mark.parametrize("complete", [True, False])
def test_a_number_that_goes_to_another_service_is_no_longer_given_for_the_first(engine: Engine, complete: bool) -> None:
    take(engine, bank(), bank(2), complete=complete)
    assert [one.phones[0].display for one in found(engine).listings] == ["905-555-0101", "905-555-0102"]
    rest = [row for row in [*bank(), *bank(2)] if not (isinstance(row, Row) and row.table == "phone")]
    moved = Row("phone", {"id": "p1", "service_id": "s2", "number": "905-555-0101"})
    take(engine, rest, [moved], complete=complete)
    given = {one.id: [phone.display for phone in one.phones] for one in found(engine).listings}
    assert given == {"s1": [], "s2": ["905-555-0101"]}


def test_the_street_of_a_place_that_became_confidential_is_told_by_no_service_that_was_there(engine: Engine) -> None:
    take(engine, bank(), bank(2), complete=True)
    assert found(engine).listings[0].address == "1 Main"
    for at_place, hidden in (("s2", False), ("s2", True)):
        rows = [row for row in [*bank(), *bank(2)]
                if isinstance(row, Row) and row.values["id"] not in ("l1", "sl1")]  # fmt: skip
        place = {"id": "l1", "location_type": "physical", "latitude": "43.8501", "longitude": "-79.0329"}
        rows += [
            Row("location", place | ({"confidential": "true"} if hidden else {})),
            Row("service_at_location", {"id": "sl1", "service_id": at_place, "location_id": "l1"}),
        ]
        take(engine, list(rows), complete=True)
        shown = found(engine, limit=9).listings
    assert "1 Main" not in [one.address for one in shown]


def test_a_service_in_all_the_languages_of_the_world_comes_in(engine: Engine) -> None:
    codes = [f"{first}{second}{third}" for first in "abcdefghij" for second in "klmnopqrs" for third in "tuvwxyzab"]
    spoken = [Row("language", {"id": f"g{code}", "service_id": "s1", "code": code}) for code in codes]
    assert take(engine, bank(), spoken).refused == 0
    assert names(found(engine, language="fr")) == ["Ajax Food Bank 1"]
