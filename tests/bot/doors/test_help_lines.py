"""The help line against trafficking, ReportON and racism reports: what a dialogue file alone cannot show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from bot.conversations.models import Base, Conversation, Message, RiskFinding
from bot.doors.loading import load
from bot.doors.routes import entrance
from bot.doors.world import situation, world_of
from bot.handoff.models import Handoff
from bot.intake.course import Told, course
from bot.intake.machine import started
from bot.intake.models import DoorEvent, Report
from bot.intake.state import State
from tests.bot.conftest import MONDAY, Resident

pytestmark = pytest.mark.anyio
PATTERNS = Path(__file__).resolve().parents[3] / "bot" / "safety" / "patterns"
HOTLINE = "1-833-900-1010"


def signs_of_trafficking() -> list[Any]:
    """One sentence of every core language, as people write it."""
    found = []
    for path in sorted(PATTERNS.glob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        levels = (content.get("patterns") or {}).get("trafficking") or {}
        examples = [text for one in levels.get("high", {}).values() for text in one.get("examples", ())]
        if examples and "_" not in path.stem:
            found.append(pytest.param(path.stem, examples[0], id=path.stem))
    return found


@pytest.mark.parametrize(("language", "said"), signs_of_trafficking())
async def test_signs_of_trafficking_bring_crisis_words_and_a_person_first(
    app: Starlette, client: httpx.AsyncClient, language: str, said: str
) -> None:
    resident = Resident(app, client)
    await resident.enter("trafficking", language)
    answer = await resident.say(said)
    assert answer[0]["kind"] == "crisis"
    assert HOTLINE in "\n".join(one["text"] for one in answer).replace("\u2066", "").replace("\u2069", "")
    assert (await resident.state())["owner"] == "waiting"


def test_every_core_language_has_a_sign_of_trafficking() -> None:
    assert len(signs_of_trafficking()) >= 23


async def test_deleting_leaves_a_count_and_nothing_of_the_person(app: Starlette, client: httpx.AsyncClient) -> None:
    resident = Resident(app, client)
    await resident.enter("trafficking", "en")
    await resident.say("they took my passport and won't let me leave Qxyplanted")
    response = await client.delete("/api/conversation", headers=resident.headers)
    assert response.status_code in (200, 204), response.text
    with Session(app.state.service.ledger.reader) as session:
        for table in (Conversation, Message, RiskFinding):
            assert session.scalar(select(func.count()).select_from(table)) == 0, table
        entered = session.scalars(select(DoorEvent).where(DoorEvent.door == "trafficking")).all()
        assert "entered" in {one.event for one in entered}
        for table in Base.metadata.tables.values():
            assert "Qxyplanted" not in repr(session.execute(select(table)).all()), table.name


def test_nothing_at_the_line_against_trafficking_is_asked_about_the_person() -> None:
    door = load()["trafficking"]
    assert door.intake == () and door.consents == ()
    found = entrance(door, situation(None, door, MONDAY, language="en", channel="web", memory={}), MONDAY)
    first = found.pieces[0]
    assert first["say"] == "trafficking/first_danger" and "line_911" in first["facts"]


@pytest.mark.parametrize("door", ["trafficking", "racism-report", "reporton"])
def test_no_number_is_kept_at_these_doors(door: str) -> None:
    assert load()[door].anonymous


async def test_a_yes_to_danger_rings_at_the_desk_like_danger_that_was_written(
    app: Starlette, client: httpx.AsyncClient
) -> None:
    resident = Resident(app, client)
    await resident.enter("reporton", "en")
    answer = await resident.say("1")
    assert answer[0]["kind"] == "crisis"
    with Session(app.state.service.ledger.reader) as session:
        handoff = session.scalars(select(Handoff)).one()
        assert (handoff.risk_level, handoff.kind, handoff.reason) == (3, "attack", "risk:emergency")
        assert session.scalars(select(Conversation.risk_level)).one() == 3
        assert session.scalars(select(RiskFinding.reasons)).one() == ["door:reporton:danger"]
    after = await resident.say("ok")
    assert "Who is it about" not in "\n".join(one["text"] for one in after)


def test_the_last_answer_sent_again_makes_no_second_report() -> None:
    door = load()["racism-report"]
    around = situation(None, door, MONDAY, language="en", channel="web", memory={})
    state = started(door, world_of(door, around, MONDAY))
    done: list[str] = []
    for value in ("words", "business", "week", "few", "few"):
        sent = {"door": door.id, "state": state.as_json(), "situation": around}
        answer = course(Told.of(sent, MONDAY, {"do": "answer", "value": value}))
        done += [piece["do"] for piece in answer.pieces if piece.get("do") == "report"]
        state = answer.state
    assert done == ["report"]


async def test_the_same_message_delivered_twice_makes_one_report(app: Starlette, client: httpx.AsyncClient) -> None:
    resident = Resident(app, client)
    await resident.enter("racism-report", "en")
    for number, text in enumerate(("1", "1", "1", "1")):
        await resident.say(text, f"r{number}")
        await resident.say(text, f"r{number}")
    with Session(app.state.service.ledger.reader) as session:
        kept = session.scalars(select(Report)).one()
        assert (kept.kind, kept.source, kept.day) == ("words", "web", MONDAY.date())
        memory = session.scalars(select(Conversation.memory)).one()
        state = State.of(memory["intake"])
        assert state is not None and not state.answers
