"""An outcome that says that a line was reached is there only after that line has answered."""

from __future__ import annotations

import pytest

from bot.service import Service
from tests.bot.conftest import Resident
from tests.bot.console.conftest import Hire, held

pytestmark = pytest.mark.anyio
PASSED = {"outcome": "passed"}


@pytest.mark.parametrize("went", ["no_answer", "busy", "refused", "offered"])
async def test_a_report_is_not_passed_to_reporton_until_they_have_answered(
    service: Service, resident: Resident, hire: Hire, went: str
) -> None:
    one = hire(doors=("reporton",))
    conversation = await held(service, resident, one, door="reporton")
    refused = await one.to(conversation, "close", fields=PASSED)
    assert refused.status_code == 422 and refused.json()["code"] == "closing_not_reached"
    assert "ReportON" in refused.json()["error"]
    made = await one.to(conversation, "partner", line="reporton", share=[])
    assert made.status_code == 201, made.text
    if went != "offered":
        await one.to(conversation, "partner/ended", transfer=made.json()["transfer"], state=went)
    still = await one.to(conversation, "close", fields=PASSED)
    assert still.status_code == 422 and still.json()["field"] == "outcome"
    assert (await one.to(conversation, "close", fields={"outcome": "not_passed"})).status_code == 200


async def test_a_report_that_reporton_took_is_passed(service: Service, resident: Resident, hire: Hire) -> None:
    one = hire(doors=("reporton",))
    conversation = await held(service, resident, one, door="reporton")
    made = await one.to(conversation, "partner", line="reporton", share=[])
    await one.to(conversation, "partner/ended", transfer=made.json()["transfer"], state="connected")
    assert (await one.to(conversation, "close", fields=PASSED)).status_code == 200


async def test_another_line_that_answered_is_not_reporton(service: Service, resident: Resident, hire: Hire) -> None:
    one = hire(doors=("reporton",))
    conversation = await held(service, resident, one, door="reporton")
    made = await one.to(conversation, "partner", line="victim-support", share=[])
    await one.to(conversation, "partner/ended", transfer=made.json()["transfer"], state="connected")
    assert (await one.to(conversation, "close", fields=PASSED)).status_code == 422
