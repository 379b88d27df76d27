"""What time alone brings about."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from bot.console.interface import Interface
from bot.conversations.carrier_models import Call, Callback
from bot.conversations.models import Audit
from bot.handoff import claims, due, presence
from bot.handoff.alarms import alarms, rings_for
from bot.handoff.models import Taking
from bot.handoff.watch import Watch
from tests.bot.handoff.world import World


def kinds(world: World) -> list[str]:
    return [kind for topic, kind, _ in world.rung if topic == "desk"]


def test_what_somebody_held_who_is_gone_for_two_minutes_waits_again_and_the_person_is_told(either: World) -> None:
    conversation, dana = either.waits(level=2, reason="risk:high"), either.member("Dana")
    claims.claim(either.service, conversation, dana)
    either.later(seconds=119)
    assert due.release_the_gone(either.service) == 0
    either.later(seconds=2)
    with ThreadPoolExecutor(4) as pool:  # several gateways look at the same time
        assert sum(pool.map(lambda _: due.release_the_gone(either.service), range(4))) == 1
    row = either.row(conversation)
    assert (row.owner, row.holder, row.priority) == ("waiting", None, 100)
    assert either.said(conversation).count("had to stop") == 1
    assert either.read(lambda session: session.scalars(select(Taking.ended_how)).all()) == ["disconnected"]


def test_a_console_that_is_connected_keeps_what_it_holds(world: World) -> None:
    conversation, dana = world.waits(), world.member("Dana")
    claims.claim(world.service, conversation, dana)
    for _ in range(10):
        world.later(seconds=60)
        world.seen(dana)
        assert due.release_the_gone(world.service) == 0
    assert world.row(conversation).holder == dana.id


def test_a_specialist_who_is_on_the_phone_with_the_caller_is_not_gone(world: World) -> None:
    conversation, dana = world.waits("voice"), world.member("Dana")
    claims.claim(world.service, conversation, dana)
    with world.service.ledger.writing() as session:
        state = {"role": "specialist", "who": dana.id, "caller": "CA1", "language": "en"}
        session.add(
            Call(
                sid="CA2", conversation_id=conversation, line="+14165550100", status="joined", state=state,
                created_at=world.now,
            )
        )  # fmt: skip
    world.later(minutes=10)
    assert due.release_the_gone(world.service) == 0


def test_a_danger_rings_again_until_somebody_claims_it(world: World) -> None:
    conversation, dana = world.waits(level=2, reason="risk:high"), world.member("Dana")
    rung = []
    for _ in range(7):
        rung.append(due.ring(world.service))
        world.later(seconds=10)
    assert rung == [1, 0, 1, 0, 1, 0, 1]
    claims.claim(world.service, conversation, dana)
    world.later(minutes=5)
    assert due.ring(world.service) == 0
    assert world.read(alarms) == []


def test_nobody_rings_for_somebody_without_danger(world: World) -> None:
    world.waits()
    world.later(hours=1)
    assert (due.ring(world.service), due.escalate(world.service)) == (0, 0)


def test_an_unclaimed_danger_goes_to_the_supervisors_once_after_the_limit(either: World) -> None:
    conversation = either.waits(level=3, reason="risk:emergency")
    either.later(seconds=119)
    assert due.escalate(either.service) == 0
    either.later(seconds=1)
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: due.escalate(either.service), range(4))) == 1
    assert kinds(either).count("escalated") == 1
    rows = either.read(lambda s: s.scalars(select(Audit).where(Audit.action == "escalated")).all())
    assert [(row.conversation_id, row.detail["after_s"]) for row in rows] == [(conversation, 120)]


def test_danger_that_rises_while_held_alarms_the_holder_and_the_supervisors_until_it_is_seen(world: World) -> None:
    conversation, dana, robin = world.waits(), world.member("Dana"), world.member("Robin")
    claims.claim(world.service, conversation, dana)
    world.say(conversation, "hello")
    assert world.read(alarms) == []
    world.say(conversation, "danger")
    (alarm,) = world.read(alarms)
    assert (alarm.why, alarm.risk_level, alarm.holder) == ("risen", 2, dana.id)
    assert rings_for(alarm, dana.id, supervisor=False)
    assert rings_for(alarm, robin.id, supervisor=True)
    assert not rings_for(alarm, robin.id, supervisor=False)
    assert claims.danger_seen(world.service, conversation, dana)
    assert world.read(alarms) == []
    world.say(conversation, "danger")  # the same again: they are reading
    assert world.read(alarms) == []
    world.later(seconds=30)
    world.say(conversation, "dying")
    assert [one.risk_level for one in world.read(alarms)] == [3]
    with world.service.ledger.writing() as session:
        claims.answered(session, conversation, world.now)
    assert world.read(alarms) == []


def test_a_wait_that_nobody_answers_ends_with_lines_and_the_offer_of_a_call_back(either: World) -> None:
    conversation = either.waits()
    either.later(minutes=19)
    assert due.end_the_unanswered(either.service) == 0
    either.later(minutes=1)
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: due.end_the_unanswered(either.service), range(4))) == 1
    said = either.said(conversation)
    assert said.count("No person could answer") == 1
    assert "211 Ontario answers now: 2-1-1" in said
    assert "1. Ask to be called back" in said
    assert either.row(conversation).owner == "bot"
    assert either.row(conversation).options[0]["given"]["intent"] == "wait_callback"
    assert [one.outcome for one in either.handoffs(conversation)] == ["unanswered"]


def test_the_lines_fit_age_and_language(world: World) -> None:
    student, french = world.waits(door="good2talk"), world.waits(language="fr")
    punjabi = world.waits(door="good2talk", language="pa")
    world.later(minutes=21)
    assert due.end_the_unanswered(world.service) == 3
    assert "Good2Talk" in world.said(student)
    assert "Good2Talk" not in world.said(french) + world.said(punjabi)
    assert "211 Ontario répond maintenant" in world.said(french)
    assert "2-1-1" in world.said(punjabi)


def test_somebody_in_danger_is_told_the_lines_and_goes_on_waiting(world: World) -> None:
    conversation = world.waits(level=2, reason="risk:high")
    world.later(minutes=21)
    assert due.end_the_unanswered(world.service) == 1
    said = world.said(conversation)
    assert "9-1-1" in said and "9-8-8" in said
    assert "called back" not in said
    assert world.row(conversation).owner == "waiting"
    world.later(minutes=60)
    assert due.end_the_unanswered(world.service) == 0
    assert len(world.read(alarms)) == 1


def test_somebody_who_was_released_gets_the_whole_time_anew(world: World) -> None:
    conversation, dana = world.waits(), world.member("Dana")
    claims.claim(world.service, conversation, dana)
    world.later(minutes=40)
    claims.release(world.service, conversation, dana)
    assert due.end_the_unanswered(world.service) == 0
    world.later(minutes=20)
    assert due.end_the_unanswered(world.service) == 1


def test_whoever_asked_to_be_called_back_is_not_left(world: World) -> None:
    conversation = world.waits()
    with world.service.ledger.writing() as session:
        session.add(
            Callback(id="call-1", conversation_id=conversation, kind="callback", language="en", created_at=world.now)
        )
        session.flush()
        world_handoff = claims.book.open_handoff(session, conversation)
        assert world_handoff is not None
        world_handoff.callback_id = "call-1"
    world.later(minutes=21)
    due.end_the_unanswered(world.service)
    assert [one.outcome for one in world.handoffs(conversation)] == ["callback"]
    assert world.read(lambda session: session.get_one(Callback, "call-1")).state == "open"


def test_statuses_and_who_is_on_duty(world: World) -> None:
    dana, robin = world.member("Dana"), world.member("Robin", on=False)

    def statuses() -> list[str]:
        found = world.read(lambda session: presence.statuses(session, [dana.id, robin.id], world.now))
        return [found[dana.id], found[robin.id]]

    assert statuses() == ["available", "offline"]
    with world.service.ledger.writing() as session:
        presence.set_status(session, dana.id, "away", world.now)
        with pytest.raises(ValueError):
            presence.set_status(session, dana.id, "asleep", world.now)
    assert statuses() == ["away", "offline"]
    world.later(minutes=3)
    assert statuses() == ["offline", "offline"]
    world.seen(dana, robin)
    assert statuses() == ["away", "available"]


@pytest.mark.anyio
async def test_a_step_that_fails_does_not_keep_the_others_from_being_done(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.waits(level=2, reason="risk:high")

    def broken(service: object) -> int:
        raise RuntimeError("the database is away")

    monkeypatch.setattr(due, "release_the_gone", broken)
    done = await Watch(world.service, Interface.load()).tick()
    assert "release" not in done
    assert done["ring"] == 1
