"""The page, its files and the command: everybody sees counts of their own doors, and each file is on record."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session
from starlette.datastructures import QueryParams

from bot.commands.report import reports
from bot.reports import rows
from bot.reports.areas import points
from bot.reports.counts import Span
from bot.reports.map import drawn
from bot.reports.pages import wanted
from bot.reports.tables import Row
from bot.settings import Settings
from bot.staff.rights import ROLES, Right
from tests.bot.console.floor.conftest import House, house
from tests.bot.reports.month import month

__all__ = ["house"]
pytestmark = pytest.mark.anyio
OCTOBER = "from=2026-10-01&to=2026-10-31"
HOME = "/console/reports"


def with_month(house: House, many: int = 300) -> None:
    house.write(lambda session: month(session, 7, many))


async def test_the_page_has_tables_charts_definitions_and_a_map_equal_to_its_table(house: House) -> None:
    with_month(house)
    page = await house.enter("reporter").get(f"{HOME}?{OCTOBER}&unit=week")
    for expected in ("Contacts", "Language gaps", "Unmet need by area", "What is counted", "By week", "data:image/svg"):
        assert expected in page, expected
    assert "planted" not in page and "Durham" in page
    french = await house.enter("reporter", interface="fr").get(f"{HOME}?{OCTOBER}")
    assert "Besoins non comblés par région" in french


async def test_roles_without_the_right_are_refused_and_planners_see_reports_alone(house: House) -> None:
    for role in ("specialist", "administrator", "caseworker"):
        await house.enter(role).get(HOME, expect=403)
        await house.enter(role).get(f"{HOME}/report.csv", expect=403)
    assert {Right.REPORTS, Right.EXPORT} <= ROLES["planner"]
    assert not ROLES["planner"] & {Right.DESK, Right.HISTORY, Right.READ_ALONG, Right.CASE_FILES}
    planner = house.enter("planner", doors=("good2talk",))
    await planner.get(HOME)
    for path in ("/console/figures", "/console/floor", "/console/cases", "/console/api/desk"):
        await planner.get(path, expect=403)
    await house.enter("supervisor").get(HOME)
    await house.enter("supervisor").get(f"{HOME}/report.json", expect=403), "a supervisor reads and takes nothing out"


async def test_a_member_of_one_door_gets_the_counts_of_that_door_alone(house: House) -> None:
    with_month(house)
    guest = house.enter("reporter", doors=("good2talk",))
    for path in (f"{HOME}/report.json?{OCTOBER}", f"{HOME}/report.json?{OCTOBER}&door=211"):
        made = json.loads(await guest.get(path))
        assert set(made["measures"]["contacts"]["by"]["door"]) == {"good2talk"}, "another door is not asked for either"
        assert not re.search(r"dso-toronto:|211:", json.dumps(made))
    page = await guest.get(f"{HOME}?{OCTOBER}")
    assert "Developmental Services" not in page


async def test_files_hold_what_the_page_shows_and_are_on_record(house: House) -> None:
    with_month(house)
    ana = house.enter("reporter")
    made = json.loads(await ana.get(f"{HOME}/report.json?{OCTOBER}&door=211"))
    lines = list(csv.DictReader(io.StringIO(await ana.get(f"{HOME}/report.csv?{OCTOBER}&door=211"))))
    for line in lines:
        if line["measure"] in made["measures"] and line["by"] != "total":
            count = made["measures"][line["measure"]]["by"][line["by"]][line["key"]]
            assert line["count"] == ("x" if count is None else str(count))
    assert any(line["count"] == "x" for line in lines) and not any(
        line["count"] in ("1", "2", "3", "4") for line in lines
    )
    noted = house.audit("exported")
    assert [(row.actor, row.door, row.codes["kind"], row.codes["first"]) for row in noted] == [
        (ana.id, "211", "json", "2026-10-01"), (ana.id, "211", "csv", "2026-10-01"),
    ]  # fmt: skip
    await ana.get(f"{HOME}?{OCTOBER}")
    assert house.audit("report_viewed")


async def test_nothing_that_was_written_and_no_id_comes_into_a_file(house: House) -> None:
    with_month(house, 60)
    text = await house.enter("reporter").get(f"{HOME}/report.csv?{OCTOBER}")
    assert "planted" not in text
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", text)


async def test_times_are_shown_where_five_were_answered_and_nowhere_else(house: House) -> None:
    with_month(house)
    made = json.loads(await house.enter("reporter").get(f"{HOME}/report.json?{OCTOBER}"))
    whole = next(one for one in made["times"] if one["by"] == "total")
    assert (whole["wait_median_seconds"], whole["first_words_median_seconds"]) == (40, 60)
    house.write(lambda session: None)
    empty = json.loads(await house.enter("reporter").get(f"{HOME}/report.json?from=2026-01-01&to=2026-01-05"))
    assert empty["times"] == [] and empty["measures"]["contacts"]["total"] == 0


@pytest.mark.parametrize(
    "query", ["from=x", "from=2026-11-02&to=2026-11-01", "from=1999-01-01&to=2026-01-01", "to=9999-12-31", "from=-"]
)
def test_days_that_cannot_be_used_are_said_and_replaced(query: str) -> None:
    chosen = wanted(QueryParams(query), date(2026, 11, 23), ["211"])
    assert chosen.problem and chosen.span == Span(date(2026, 10, 27), date(2026, 11, 23))


def test_a_year_is_counted_by_month_alone_and_a_door_of_others_is_not_chosen() -> None:
    chosen = wanted(QueryParams("from=2026-01-01&to=2026-12-31&unit=day&door=other"), date(2026, 11, 23), ["211"])
    assert (chosen.unit, chosen.door, chosen.problem) == ("month", None, None)


def test_the_map_has_a_dot_for_each_area_shown_and_no_number_that_is_hidden() -> None:
    rows_ = [Row("Toronto", 40), Row("Durham", None), Row("none", 9), Row("Ottawa", 0)]
    picture = drawn(rows_, points(), few="x", title="Unmet <need>").decode()
    assert "Toronto: 40" in picture and "Durham: x" in picture and "Unmet &lt;need&gt;" in picture
    assert picture.count('class="dot"') == 1 and picture.count('class="few"') == 1
    assert "http" not in picture.replace("http://www.w3.org/2000/svg", "") and "<script" not in picture
    assert len(points()) >= 40


async def test_the_command_writes_the_same_file_and_is_on_record(
    settings: Settings, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_month(house, 80)
    monkeypatch.setattr("bot.commands.report.Settings", lambda: settings)
    target = tmp_path / "report.json"
    asked = ["--from", "2026-10-01", "--to", "2026-10-31", "--door", "211", "--format", "json", "-o", str(target)]
    done = CliRunner().invoke(reports, asked)
    assert done.exit_code == 0, done.output
    made = json.loads(target.read_text())
    assert made["door"] == "211" and made["measures"]["contacts"]["total"]
    assert [row.actor for row in house.audit("exported")] == ["command"]
    refused = CliRunner().invoke(reports, ["--door", "nowhere"])
    assert refused.exit_code == 1 and "there is no door 'nowhere'" in str(refused.exception)
    backwards = CliRunner().invoke(reports, ["--from", "2026-10-02", "--to", "2026-10-01"])
    assert backwards.exit_code == 1


async def test_a_text_that_a_specialist_wrote_into_a_field_is_never_counted(house: House) -> None:
    from bot.console.models import DeskOutcome

    now = house.clock.now
    fields = {"next_step": "booked", "note": "planted", "invented": True}
    house.write(
        lambda s: s.add(
            DeskOutcome(
                door="dso-toronto", channel="web", language="en", met=[], unmet=[], fields=fields, created_at=now
            )
        )
    )
    span = Span(now.date() - timedelta(days=1), now.date() + timedelta(days=1))
    with Session(house.service.ledger.reader) as session:
        found = rows.counts(session, span, None, lambda name: "none", house.service.doors)
    assert [one.keys["field"] for one in found if one.measure == "closing"] == ["dso-toronto:next_step:booked"]
