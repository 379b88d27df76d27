"""The order in which people are taken."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.handoff import claims
from bot.handoff.queue import CONCERN_START, Waiting, in_order, waiting
from tests.bot.handoff.world import MONDAY, World


def one(
    name: str, level: int = 0, minutes: float = 0, fits: bool = False, before: bool = False, callback: bool = False
) -> Waiting:
    since = MONDAY - timedelta(minutes=minutes)
    return Waiting(
        name, name, "211", "web", "en", level, None, (), "asked", None, since, int(minutes * 60), "", 0, "en", fits,
        None, before, callback,
    )  # fmt: skip


ANYBODY = st.builds(
    one,
    st.uuids().map(str),
    st.integers(0, 3),
    st.floats(0, 10_000),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)


@given(st.lists(ANYBODY, max_size=30))
def test_a_danger_never_sinks(line: list[Waiting]) -> None:
    levels = [max(found.risk_level, 1) for found in in_order(line)]
    assert levels == sorted(levels, reverse=True)


@given(st.lists(ANYBODY, max_size=30), st.randoms())
def test_the_order_does_not_depend_on_how_the_database_gives_the_rows(line: list[Waiting], random: object) -> None:
    mixed = list(line)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert in_order(mixed) == in_order(line)


@given(ANYBODY, ANYBODY)
def test_nobody_waits_for_ever_behind_those_who_came_later(early: Waiting, late: Waiting) -> None:
    apart = (late.since - early.since).total_seconds()
    if early.risk_level < 2 and late.risk_level < 2 and apart > 25 * 60:
        assert in_order([late, early])[0] == early


def test_risk_then_waiting_time_then_fit() -> None:
    line = [
        one("long", minutes=30),
        one("fits", minutes=27, fits=True),
        one("concern", 1, minutes=25),
        one("short"),
        one("high", 2),
        one("emergency", 3),
        one("high for long", 2, minutes=9),
    ]
    assert [found.conversation for found in in_order(line)] == [
        "emergency", "high for long", "high", "concern", "fits", "long", "short",
    ]  # fmt: skip
    assert timedelta(minutes=10) == CONCERN_START


def test_the_queue_says_who_waits_where_and_why(world: World) -> None:
    conversation = world.conversation(door="good2talk", language="fr")
    world.say(conversation, "danger   for \n me")
    world.later(seconds=95)
    (found,) = world.read(lambda session: waiting(session, world.now, languages=("fr",)))
    assert (found.conversation, found.door, found.channel, found.language) == (conversation, "good2talk", "web", "fr")
    assert (found.risk_level, found.risk_kind, found.reasons) == (2, "suicide", ("test:danger",))
    assert (found.why, found.waited_s, found.alert) == ("risk:high", 95, "ring")
    assert (found.last_words, found.skill_fits) == ("danger for me", True)


def test_a_door_shows_only_its_own_people(world: World) -> None:
    here, there = world.waits(), world.waits(door="good2talk")
    look = [conversation.conversation for conversation in world.read(lambda s: waiting(s, world.now, ("211",)))]
    assert look == [here]
    assert there not in look


def test_somebody_who_was_held_before_comes_before_those_who_came_at_the_same_time(world: World) -> None:
    first, second = world.waits(), world.waits()
    dana = world.member("Dana")
    later = max(first, second)
    claims.claim(world.service, later, dana)
    claims.release(world.service, later, dana)
    line = world.read(lambda session: waiting(session, world.now))
    assert [found.conversation for found in line] == [later, min(first, second)]


def test_a_skill_that_is_asked_for_fits_only_those_who_have_it(world: World) -> None:
    conversation, dana = world.waits(), world.member("Dana")
    claims.claim(world.service, conversation, dana)
    claims.transfer(world.service, conversation, dana, claims.To(skill="legal"))

    def fits(languages: tuple[str, ...], skills: tuple[str, ...]) -> bool:
        (found,) = world.read(lambda session: waiting(session, world.now, languages=languages, skills=skills))
        return found.skill_fits

    assert [fits(("en",), ()), fits(("en",), ("legal",)), fits(("fr",), ("legal",))] == [False, True, False]
