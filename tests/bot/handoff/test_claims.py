"""Taking, holding and letting go."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations.models import Audit, Conversation
from bot.handoff import claims, presence
from bot.handoff.claims import Claimed, Done, Refused, To
from bot.handoff.models import Taking
from bot.staff.models import StaffAudit
from tests.bot.handoff.world import World


def test_of_many_who_press_at_once_one_gets_it_and_the_others_are_told_who(either: World) -> None:
    conversation = either.waits()
    staff = [either.member(f"Specialist{n}") for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(lambda one: claims.claim(either.service, conversation, one), staff))
    (winner,) = [one for one, result in zip(staff, results, strict=True) if isinstance(result, Claimed)]
    refused = [result for result in results if isinstance(result, Refused)]
    assert {(one.reason, one.by, one.by_id) for one in refused} == {("taken", winner.name, winner.id)}
    assert either.row(conversation).holder == winner.id
    assert either.said(conversation).count("is here now") == 1
    rows = either.read(lambda session: session.scalars(select(Audit.action)).all())
    assert rows.count("claimed") == 1


def test_one_who_presses_twice_has_it_once(world: World) -> None:
    conversation, dana = world.waits(), world.member("Dana")
    assert claims.claim(world.service, conversation, dana) == Claimed(conversation)
    assert claims.claim(world.service, conversation, dana) == Claimed(conversation, fresh=False)
    assert world.said(conversation).count("is here now") == 1


def test_nobody_takes_more_than_they_can_hold_not_even_in_two_windows_at_once(either: World) -> None:
    dana = either.member("Dana", capacity=2)
    waiting = [either.waits() for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(lambda one: claims.claim(either.service, one, dana), waiting))
    assert sum(isinstance(one, Claimed) for one in results) == 2
    assert {one.reason for one in results if isinstance(one, Refused)} == {"full"}


def test_a_full_desk_may_take_one_more_who_is_in_danger(world: World) -> None:
    dana = world.member("Dana", capacity=1)
    claims.claim(world.service, world.waits(), dana)
    assert claims.claim(world.service, world.waits(), dana) == Refused("full")
    assert isinstance(claims.claim(world.service, world.waits(level=2, reason="risk:high"), dana), Claimed)
    assert claims.claim(world.service, world.waits(level=3, reason="risk:emergency"), dana) == Refused("full")


def test_who_does_not_work_at_a_door_cannot_claim_there(world: World) -> None:
    conversation = world.waits(door="good2talk")
    assert claims.claim(world.service, conversation, world.member("Dana", doors=("211",))) == Refused("not_your_door")
    assert world.row(conversation).owner == "waiting"


def test_what_the_bot_has_is_not_there_to_be_claimed(world: World) -> None:
    dana = world.member("Dana")
    assert claims.claim(world.service, world.conversation(), dana) == Refused("not_waiting")
    assert claims.claim(world.service, "no-such-conversation", dana) == Refused("not_waiting")


def test_a_release_keeps_the_time_and_the_priority_and_the_person_is_told(world: World) -> None:
    conversation, dana = world.waits(level=2, reason="risk:high"), world.member("Dana")
    world.later(minutes=3)
    claims.claim(world.service, conversation, dana)
    world.later(minutes=5)
    assert claims.release(world.service, conversation, dana) == Done(conversation)
    row, (handoff,) = world.row(conversation), world.handoffs(conversation)
    assert (row.owner, row.holder, row.priority, row.risk_level) == ("waiting", None, 100, 2)
    assert (handoff.asked_at, handoff.claimed_by, handoff.ended_at) == (row.waiting_since, None, None)
    assert handoff.claimed_at is not None
    assert "You keep your place" in world.said(conversation)


def test_only_the_holder_lets_go(world: World) -> None:
    conversation, dana, robin = world.waits(), world.member("Dana"), world.member("Robin")
    claims.claim(world.service, conversation, dana)
    for refused in (
        claims.release(world.service, conversation, robin),
        claims.give_back(world.service, conversation, robin),
        claims.close(world.service, conversation, robin),
        claims.transfer(world.service, conversation, robin, To(skill="legal")),
        claims.partner(world.service, conversation, robin, "good2talk"),
    ):
        assert refused == Refused("not_yours", "Dana", dana.id)
    assert world.row(conversation).holder == dana.id


@pytest.mark.parametrize("let_go", [claims.give_back, claims.close])
def test_nobody_is_closed_while_they_have_just_written_something_unread(world: World, let_go: object) -> None:
    conversation, dana = world.waits(), world.member("Dana")
    claims.claim(world.service, conversation, dana)
    world.say(conversation, "one more thing")
    last = max(one.seq for one in world.messages(conversation) if one.direction == "in")
    assert let_go(world.service, conversation, dana, seen=last - 1) == Refused("unseen")  # type: ignore[operator]
    assert world.row(conversation).owner == "held"
    assert let_go(world.service, conversation, dana, seen=last) == Done(conversation)  # type: ignore[operator]


def test_a_closed_conversation_opens_again_with_the_bot(world: World) -> None:
    conversation, dana = world.waits(), world.member("Dana")
    claims.claim(world.service, conversation, dana)
    claims.close(world.service, conversation, dana)
    assert world.row(conversation).owner == "closed"
    (handoff,) = world.handoffs(conversation)
    assert (handoff.outcome, handoff.ended_at) == ("closed", world.now)
    world.say(conversation, "hello again")
    assert world.row(conversation).owner == "bot"
    assert world.said(conversation, "bot")


def test_an_outcome_is_written_with_the_close_or_not_at_all(world: World) -> None:
    conversation, dana = world.waits(), world.member("Dana")
    claims.claim(world.service, conversation, dana)

    def broken(session: Session) -> None:
        raise RuntimeError("the outcome cannot be written")

    with pytest.raises(RuntimeError):
        claims.close(world.service, conversation, dana, also=broken)
    assert world.row(conversation).owner == "held"
    assert "has ended" not in world.said(conversation)


def test_a_close_without_farewell_says_nothing(world: World) -> None:
    conversation, dana = world.waits(), world.member("Dana")
    claims.claim(world.service, conversation, dana)
    before = len(world.messages(conversation))
    claims.close(world.service, conversation, dana, farewell=False)
    assert len(world.messages(conversation)) == before


def test_a_colleague_with_room_has_a_transferred_conversation_at_once(either: World) -> None:
    conversation, dana, robin = either.waits(), either.member("Dana"), either.member("Robin")
    claims.claim(either.service, conversation, dana)
    assert claims.transfer(either.service, conversation, dana, To(staff=robin.id)) == Done(conversation, "Robin")
    assert either.row(conversation).holder == robin.id
    takings = either.read(lambda session: session.scalars(select(Taking).order_by(Taking.started_at)).all())
    assert {(one.staff_id, one.how, one.ended_how) for one in takings} == {
        (dana.id, "claim", "transfer"),
        (robin.id, "transfer", None),
    }


def test_a_colleague_who_is_away_full_or_at_another_door_gets_nothing(world: World) -> None:
    conversation, dana = world.waits(), world.member("Dana")
    claims.claim(world.service, conversation, dana)
    away, full = world.member("Away"), world.member("Full", capacity=1)
    other, gone = world.member("Other", doors=("good2talk",)), world.member("Gone", on=False)
    with world.service.ledger.writing() as session:
        presence.set_status(session, away.id, "away", world.now)
    claims.claim(world.service, world.waits(), full)
    reasons = [
        claims.transfer(world.service, conversation, dana, To(staff=one.id)) for one in (away, full, other, gone)
    ]
    assert [one.reason for one in reasons if isinstance(one, Refused)] == ["away", "full", "not_your_door", "away"]
    assert world.row(conversation).holder == dana.id


def test_a_transfer_to_a_skill_waits_with_its_old_place(world: World) -> None:
    conversation, dana = world.waits(), world.member("Dana")
    world.later(minutes=1)
    claims.claim(world.service, conversation, dana)
    assert claims.transfer(world.service, conversation, dana, To(language="pa")) == Done(conversation)
    (handoff,) = world.handoffs(conversation)
    assert (handoff.skill, handoff.claimed_by, handoff.ended_at) == ("language:pa", None, None)
    assert world.row(conversation).owner == "waiting"
    assert "passed on" in world.said(conversation)


def test_a_supervisor_joins_writes_beside_and_takes_over(world: World) -> None:
    conversation, dana, sam = world.waits(), world.member("Dana"), world.member("Sam", capacity=1)

    def may_write(staff_id: str) -> bool:
        with world.service.ledger.writing() as session:
            return claims.writer(session, conversation, staff_id) is not None

    claims.claim(world.service, conversation, dana)
    claims.claim(world.service, world.waits(), sam)  # a full desk does not keep a supervisor from helping
    assert (may_write(dana.id), may_write(sam.id)) == (True, False)
    assert claims.join(world.service, conversation, sam) == Done(conversation)
    assert (may_write(dana.id), may_write(sam.id)) == (True, True)
    assert world.row(conversation).holder == dana.id
    assert claims.take_over(world.service, conversation, sam) == Done(conversation, "Sam")
    assert (may_write(dana.id), may_write(sam.id)) == (False, True)
    assert claims.release(world.service, conversation, dana) == Refused("not_yours", "Sam", sam.id)


def test_a_supervisor_gives_somebody_who_waits_to_a_colleague(world: World) -> None:
    conversation, robin, sam = world.waits(), world.member("Robin", capacity=1), world.member("Sam")
    claims.claim(world.service, world.waits(), robin)
    assert claims.reassign(world.service, conversation, sam, To(staff=robin.id)) == Done(conversation, "Robin")
    assert world.row(conversation).holder == robin.id


def test_a_partner_line_is_named_with_the_number_of_its_record(world: World) -> None:
    conversation, dana = world.waits(), world.member("Dana")
    claims.claim(world.service, conversation, dana)
    assert claims.partner(world.service, conversation, dana, "good2talk") == Done(conversation)
    assert "1-866-925-5454" in world.said(conversation)
    with pytest.raises(KeyError):
        claims.partner(world.service, conversation, dana, "a-line-that-was-made-up")


def test_who_leaves_the_line_is_with_the_bot_again(world: World) -> None:
    conversation = world.waits()
    assert claims.leave(world.service, conversation)
    assert not claims.leave(world.service, conversation)
    assert world.row(conversation).owner == "bot"
    assert [one.outcome for one in world.handoffs(conversation)] == ["left"]
    assert "not waiting any more" in world.said(conversation)


def test_erasing_a_held_conversation_ends_its_handoff_and_keeps_the_count(world: World) -> None:
    conversation, dana = world.waits(), world.member("Dana")
    claims.claim(world.service, conversation, dana)
    world.service.ledger.erase(conversation, world.now)
    outcomes = world.read(lambda session: session.execute(select(Taking.ended_how)).all())
    assert [tuple(one) for one in outcomes] == [("erased",)]
    assert world.read(lambda session: session.get(Conversation, conversation)) is None


def test_every_change_of_staff_stands_in_the_record(world: World) -> None:
    conversation, dana = world.waits(), world.member("Dana")
    claims.claim(world.service, conversation, dana)
    claims.give_back(world.service, conversation, dana)
    rows = world.read(
        lambda session: session.execute(
            select(StaffAudit.actor, StaffAudit.action).where(StaffAudit.conversation_id == conversation)
        ).all()
    )
    assert [tuple(row) for row in rows] == [(dana.id, "claimed"), (dana.id, "returned")]


def test_the_desks_are_told_of_each_change(world: World) -> None:
    conversation, dana = world.waits(), world.member("Dana")
    claims.claim(world.service, conversation, dana)
    assert ("desk", "handoff", {"conversation": conversation, "how": "claimed", "by": dana.id}) in world.rung
