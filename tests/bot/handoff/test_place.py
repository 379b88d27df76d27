"""The place in line, and an honest time."""

from __future__ import annotations

from datetime import timedelta

from bot.handoff import claims, presence
from bot.handoff.book import open_handoff
from bot.handoff.models import Handoff
from bot.handoff.place import PlaceInLine, place_of
from tests.bot.handoff.world import World


def place(world: World, conversation: str) -> PlaceInLine | None:
    return world.read(lambda session: place_of(session, conversation, world.now))


def taken(world: World, claims_an_hour: int) -> None:
    """So many were taken in the last hour."""
    with world.service.ledger.writing() as session:
        for number in range(claims_an_hour):
            at = world.now - timedelta(minutes=59 * number / claims_an_hour)
            session.add(
                Handoff(
                    door="211", channel="web", language="en", reason="asked", asked_at=at, claimed_at=at, ended_at=at,
                    outcome="closed",
                )
            )  # fmt: skip


def test_those_who_came_earlier_are_ahead(world: World) -> None:
    world.member("Dana")
    first = world.waits()
    world.later(minutes=1)
    second = world.waits()
    assert place(world, first) == PlaceInLine(0, None, 1)
    assert place(world, second) == PlaceInLine(1, None, 1)


def test_a_danger_that_comes_later_is_ahead_and_that_is_said(world: World) -> None:
    world.member("Dana")
    first = world.waits()
    world.waits(level=2, reason="risk:high")
    found = place(world, first)
    assert found is not None and found.ahead == 1


def test_whoever_is_called_back_anyway_stands_in_nobodys_way(world: World) -> None:
    world.waits(reason="voicemail")
    world.later(minutes=1)
    found = place(world, world.waits())
    assert found is not None and found.ahead == 0


def test_a_time_is_given_only_when_the_last_hour_bears_it_out(world: World) -> None:
    world.member("Dana")
    conversation = world.waits()
    taken(world, 3)
    assert place(world, conversation) == PlaceInLine(0, None, 1)
    taken(world, 3)
    assert place(world, conversation) == PlaceInLine(0, 10, 1)
    world.later(hours=2)
    world.seen(world.member("Robin"))
    found = place(world, conversation)
    assert found is not None and found.minutes is None


def test_no_time_is_given_in_danger_or_when_nobody_is_on_duty(world: World) -> None:
    taken(world, 12)
    conversation, danger = world.waits(), world.waits(level=2, reason="risk:high")
    assert place(world, conversation) == PlaceInLine(1, None, 0)
    world.member("Dana")
    assert place(world, danger) == PlaceInLine(0, None, 1)
    assert place(world, conversation) == PlaceInLine(1, 10, 1)


def test_only_those_count_who_are_on_duty_at_the_door_and_take_people(world: World) -> None:
    conversation = world.waits()
    world.member("Elsewhere", doors=("good2talk",))
    world.member("Gone", on=False)
    away = world.member("Away")
    with world.service.ledger.writing() as session:
        presence.set_status(session, away.id, "away", world.now)
    assert place(world, conversation) == PlaceInLine(0, None, 0)


def test_nobody_has_a_place_in_a_conversation_that_is_gone(world: World) -> None:
    assert place(world, "gone") is None


def test_whoever_does_not_wait_yet_is_told_the_end_of_the_line(world: World) -> None:
    world.waits()
    found = place(world, world.conversation())
    assert found is not None and found.ahead == 1


def test_a_claim_moves_the_line_up(world: World) -> None:
    first = world.waits()
    world.later(minutes=1)
    second = world.waits()
    claims.claim(world.service, first, world.member("Dana"))
    assert world.read(lambda session: open_handoff(session, first)) is not None
    found = place(world, second)
    assert found is not None and found.ahead == 0
