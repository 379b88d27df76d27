"""A paramedic writes a slip; whoever comes with its code has referrer and reasons on record, and no name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from bot.conversations.models import Conversation
from bot.intake.models import DoorEvent, IntakeAnswer
from bot.slips.models import ReferralSlip
from bot.slips.read import codes_in
from bot.slips.signs import SIGNS
from bot.slips.writing import new_code
from tests.bot.conftest import Resident, words
from tests.bot.sms.conftest import Texter
from tests.support.staff import signed_in

pytestmark = pytest.mark.anyio
DOOR = "niagara-ems"


def rows(app: Starlette, table: Any) -> list[Any]:
    with Session(app.state.service.ledger.reader) as session:
        return list(session.scalars(select(table)))


async def written(app: Starlette, client: httpx.AsyncClient, *reasons: str) -> ReferralSlip:
    return (await printed(app, client, *reasons))[0]


async def printed(
    app: Starlette, client: httpx.AsyncClient, *reasons: str, language: str = "en"
) -> tuple[ReferralSlip, str]:
    """A slip that a paramedic has written, and its page."""
    _, headers = signed_in(app, roles=("referrer",), doors=(DOOR,))
    form = [("language", language), *(("reason", one) for one in reasons)]
    body = "&".join(f"{name}={value}" for name, value in form)
    kind = {"content-type": "application/x-www-form-urlencoded"}
    answer = await client.post("/console/slips", content=body, headers={**headers, **kind})
    assert answer.status_code == 303, answer.text
    slip: ReferralSlip = rows(app, ReferralSlip)[-1]
    assert answer.headers["location"] == f"/console/slips/{slip.id}"
    page = await client.get(answer.headers["location"], headers=headers)
    assert page.status_code == 200
    return slip, page.text


def test_a_code_has_a_digit_a_letter_and_nothing_that_is_mistaken() -> None:
    for code in (new_code() for _ in range(500)):
        assert len(code) == 4 and set(code) <= set(SIGNS)
        assert any(c.isdigit() for c in code) and any(c.isalpha() for c in code)


async def test_a_slip_is_printed_in_the_persons_language_with_code_and_square(
    app: Starlette, client: httpx.AsyncClient
) -> None:
    slip, page = await printed(app, client, "reasons.food", "health.home_care", language="fr")
    assert (slip.social, slip.health) == (["food"], ["home_care"])
    assert "Un ambulancier vous propose" in page and slip.code in page
    assert "data:image/svg+xml" in page and f"/niagara-ems?slip={slip.code}" in page
    assert "De la nourriture" in page


async def test_a_slip_takes_no_word_of_anybodys(app: Starlette, client: httpx.AsyncClient) -> None:
    _, headers = signed_in(app, roles=("referrer",), doors=(DOOR,))
    page = (await client.get("/console/slips", headers=headers)).text
    assert 'type="text"' not in page and "<textarea" not in page
    await written(app, client, "reasons.food", "reasons.Sam+Example", "diagnosis")
    (slip,) = rows(app, ReferralSlip)
    assert "Sam" not in repr((slip.social, slip.health)) and slip.social == ["food"]


async def test_whoever_comes_by_the_address_has_reasons_and_referrer_on_record(
    app: Starlette, client: httpx.AsyncClient
) -> None:
    slip = await written(app, client, "reasons.food", "reasons.rides", "health.home_care")
    resident = Resident(app, client)
    opened = await client.post("/api/conversations", json={"door": DOOR, "language": "en", "slip": slip.code.lower()})
    resident.token = opened.json()["token"]
    assert "that the paramedic noted on it?" in words(await resident.news())
    said = words(await resident.say("yes"))
    assert "a nurse answers" in said and "I can look for these" in said
    (conversation,) = rows(app, Conversation)
    assert conversation.memory["mark"] == "paramedic" and conversation.memory["sign"] == slip.code
    kept = {one.question: one.code for one in rows(app, IntakeAnswer)}
    assert kept["reasons"] == "food,rides" and kept["health"] == "home_care", "health apart from social needs"
    assert rows(app, ReferralSlip)[0].uses == 1
    assert [one.code for one in rows(app, DoorEvent) if one.event == "outcome"] == ["health"]


async def test_whoever_wants_something_else_than_what_is_noted_says_it_in_own_words(
    app: Starlette, client: httpx.AsyncClient
) -> None:
    slip = await written(app, client, "reasons.food")
    resident = Resident(app, client)
    opened = await client.post("/api/conversations", json={"door": DOOR, "language": "fr", "slip": slip.code})
    resident.token = opened.json()["token"]
    await resident.news()
    assert "dans vos mots" in words(await resident.say("non"))


async def test_a_report_counts_made_used_and_reasons_and_hides_small_counts(
    app: Starlette, client: httpx.AsyncClient
) -> None:
    slips = [await written(app, client, "reasons.food") for _ in range(6)]
    await written(app, client, "health.home_care")
    await client.post("/api/conversations", json={"door": DOOR, "language": "en", "slip": slips[0].code})
    await client.post("/api/conversations", json={"door": DOOR, "language": "en"})
    _, headers = signed_in(app, roles=("referrer",), doors=(DOOR,))
    page = (await client.get("/console/slips/report", headers=headers)).text
    numbers = [part.partition("<")[0] for part in page.split('class="figure-number">')[1:]]
    assert numbers == ["7", "1", "1", "1"]
    assert "&lt;5" in page and slips[0].code not in page


async def test_a_referrer_sees_nothing_else(app: Starlette, client: httpx.AsyncClient) -> None:
    _, headers = signed_in(app, roles=("referrer",), doors=(DOOR,))
    for path in ("/console/api/desk", "/console/registers", "/console/floor", "/console/audit"):
        assert (await client.get(path, headers=headers)).status_code == 403
    slip = await written(app, client, "reasons.food")
    assert (await client.get(f"/console/slips/{slip.id}", headers=headers)).status_code == 404, "another one's"


async def test_a_text_with_the_code_brings_the_slip_along(app: Starlette, client: httpx.AsyncClient) -> None:
    slip = await written(app, client, "reasons.food", "health.doctor")
    phone = Texter(app, client)
    said = "\n".join(await phone.text(f"EMS {slip.code}"))
    assert "that the paramedic noted on it?" in said
    said = "\n".join(await phone.text("yes"))
    assert "a nurse answers" in said
    conversation = rows(app, Conversation)[-1]
    assert (conversation.door, conversation.memory["sign"]) == (DOOR, slip.code)
    assert rows(app, ReferralSlip)[0].uses == 1


async def test_a_code_that_has_run_out_is_asked_like_everybody(app: Starlette, client: httpx.AsyncClient) -> None:
    slip = await written(app, client, "reasons.food")
    with app.state.service.ledger.writing() as session:
        session.get_one(ReferralSlip, slip.id).expires_at = app.state.service.clock() - timedelta(days=1)
    said = "\n".join(await Texter(app, client).text(f"EMS {slip.code}"))
    assert "What did the paramedic think could help you?" in said
    assert rows(app, ReferralSlip)[0].uses == 0


@pytest.mark.parametrize(
    "text", ["4F7K", "4f7k", "code 4F7K.", "the paramedic gave me this paper, it says 4F7K", "我的代码是 4F7K"]
)
def test_a_code_is_seen_in_a_message_that_names_it(text: str) -> None:
    assert codes_in(text) == ("4F7K",)


@pytest.mark.parametrize("text", ["hello", "L4N 5T6", "2468", "call 705-555-0100", "it is BCDF", "a4F7Kb", "24/7"])
def test_other_words_are_no_codes(text: str) -> None:
    assert codes_in(text) == ()


async def test_a_code_typed_in_the_chat_of_its_door_brings_the_slip_along(
    app: Starlette, client: httpx.AsyncClient
) -> None:
    slip = await written(app, client, "reasons.food", "health.doctor")
    resident = Resident(app, client)
    await resident.enter(door=DOOR)
    said = words(await resident.say(f"my code is {slip.code.lower()}"))
    assert "that the paramedic noted on it?" in said and "automated" not in said, "greeted once"
    assert "a nurse answers" in words(await resident.say("yes"))
    kept = {one.question: one.code for one in rows(app, IntakeAnswer)}
    assert kept["reasons"] == "food" and kept["health"] == "doctor"
    assert rows(app, ReferralSlip)[0].uses == 1
    assert len([one for one in rows(app, DoorEvent) if one.event == "entered"]) == 1


async def test_a_code_typed_at_another_door_leads_to_its_own(app: Starlette, client: httpx.AsyncClient) -> None:
    slip = await written(app, client, "reasons.food")
    resident = Resident(app, client)
    await resident.enter()
    assert "that the paramedic noted on it?" in words(await resident.say(slip.code))
    (conversation,) = rows(app, Conversation)
    assert (conversation.door, conversation.memory["sign"], conversation.memory["mark"]) == (
        DOOR,
        slip.code,
        "paramedic",
    )
    assert rows(app, ReferralSlip)[0].uses == 1
    assert [one.door for one in rows(app, DoorEvent) if one.event == "entered"][-1] == DOOR


@pytest.mark.parametrize("code", ["3RKM", "7HBB", "2KFR", "GH7T", "K7BK", "3NDK"])
@pytest.mark.parametrize("said", ["{}.", "my code is {}", "{} is what the paramedic gave me"])
async def test_a_code_is_in_no_language(app: Starlette, client: httpx.AsyncClient, code: str, said: str) -> None:
    slip = await written(app, client, "reasons.food")
    with app.state.service.ledger.writing() as session:
        session.get_one(ReferralSlip, slip.id).code = code
    resident = Resident(app, client)
    await resident.enter()
    assert "that the paramedic noted on it?" in words(await resident.say(said.format(code.lower())))
    assert rows(app, Conversation)[0].language == "en"


async def test_a_code_of_no_slip_is_a_word_like_others(app: Starlette, client: httpx.AsyncClient) -> None:
    resident = Resident(app, client)
    await resident.enter()
    assert "paramedic" not in words(await resident.say("4F7K"))
    assert rows(app, Conversation)[0].door == "211"
