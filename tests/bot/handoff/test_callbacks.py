"""The worklist of calls to make."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.clock import TORONTO
from bot.conversations.carrier_models import Callback
from bot.handoff import callbacks
from bot.handoff.book import open_handoff
from bot.handoff.callbacks import HOURS, safe_from
from bot.staff.models import StaffAudit
from tests.bot.handoff.world import MONDAY, World

NIGHT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
"""Three in the morning in Toronto."""


def left(world: World, hours: str | None = "any", level: int = 0) -> tuple[str, str]:
    """Somebody who waits and has left a number."""
    conversation = world.waits(level=level, reason="risk:high" if level else "asked")
    with world.service.ledger.writing() as session:
        row = Callback(
            conversation_id=conversation, kind="callback", number=world.service.keys.sealed("+14165550111"),
            language="en", safe_hours=hours, created_at=world.now,
        )  # fmt: skip
        session.add(row)
        session.flush()
        handoff = open_handoff(session, conversation)
        assert handoff is not None
        handoff.callback_id = row.id
        return conversation, row.id


def test_danger_comes_first_then_what_is_due_then_the_oldest(world: World) -> None:
    world.now = NIGHT
    _, asleep = left(world, "morning")
    _, first = left(world)
    world.later(minutes=1)
    _, second = left(world)
    _, danger = left(world, "afternoon", level=2)
    found = world.read(lambda session: callbacks.worklist(session, world.now))
    assert [one.id for one in found] == [danger, first, second, asleep]
    assert [one.due for one in found] == [False, True, True, False]
    assert found[3].next_at == datetime(2026, 11, 23, 8, 0, tzinfo=TORONTO)


@given(st.sampled_from([*HOURS, None]), st.integers(0, 60 * 24 * 400))
def test_nobody_is_called_outside_the_hours_that_are_safe(hours: str | None, minutes: int) -> None:
    now = MONDAY + timedelta(minutes=minutes)
    at = safe_from(hours, now)
    opens, closes = HOURS.get(hours or "", callbacks.POLITE)
    assert now <= at <= now + timedelta(hours=25)
    assert opens <= at.astimezone(TORONTO).time() < closes


def test_a_number_is_opened_for_whoever_calls_and_that_is_recorded(world: World) -> None:
    conversation, call = left(world)
    dana, other = world.member("Dana"), world.member("Robin", doors=("good2talk",))
    with world.service.ledger.writing() as session:
        assert callbacks.number_for(session, world.service.keys, call, other, world.now) is None
        assert callbacks.number_for(session, world.service.keys, call, dana, world.now) == "+14165550111"
    rows = world.read(lambda s: s.scalars(select(StaffAudit).where(StaffAudit.action == "number_opened")).all())
    assert [(row.actor, row.conversation_id) for row in rows] == [(dana.id, conversation)]
    assert "5550111" not in str([row.codes for row in rows])


def test_a_call_without_an_answer_is_due_again_later(world: World) -> None:
    conversation, call = left(world)
    dana = world.member("Dana")
    with world.service.ledger.writing() as session:
        assert callbacks.finish(session, call, dana, "no_answer", world.now)
    (found,) = world.read(lambda session: callbacks.worklist(session, world.now))
    assert (found.tries, found.due, found.next_at) == (1, False, world.now + callbacks.AGAIN)
    assert world.row(conversation).owner == "waiting"


@pytest.mark.parametrize("result", ["reached", "wrong_number", "not_wanted"])
def test_a_call_that_is_done_ends_the_wait_and_is_done_once(world: World, result: callbacks.Result) -> None:
    conversation, call = left(world)
    dana = world.member("Dana")
    with world.service.ledger.writing() as session:
        assert callbacks.finish(session, call, dana, result, world.now)
        assert not callbacks.finish(session, call, dana, result, world.now)
    assert world.read(lambda session: callbacks.worklist(session, world.now)) == []
    assert world.row(conversation).owner == "bot"
    row = world.read(lambda session: session.get_one(Callback, call))
    assert (row.state, row.outcome, row.done_by, row.done_at) == ("done", result, dana.id, world.now)


def test_an_unknown_result_is_refused(world: World) -> None:
    _, call = left(world)
    dana = world.member("Dana")
    with world.service.ledger.writing() as session, pytest.raises(ValueError, match="reached"):
        callbacks.finish(session, call, dana, "shouted at", world.now)  # type: ignore[arg-type]


def test_a_voicemail_is_in_the_worklist_of_its_door_alone(world: World) -> None:
    conversation = world.waits(reason="voicemail")
    with world.service.ledger.writing() as session:
        session.add(
            Callback(
                conversation_id=conversation, kind="voicemail", recording="RE" + "0" * 32, language="en",
                created_at=world.now,
            )
        )  # fmt: skip
    (found,) = world.read(lambda session: callbacks.worklist(session, world.now, ("211",)))
    assert (found.has_number, found.has_recording, found.kind) == (False, True, "voicemail")
    assert world.read(lambda session: callbacks.worklist(session, world.now, ("good2talk",))) == []
