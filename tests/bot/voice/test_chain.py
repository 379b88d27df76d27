"""Which lines a call goes to, and that every chain of them comes to an end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.doors.door import Door
from bot.doors.loading import load
from bot.language.names import CORE
from bot.safety.levels import KINDS, NO_RISK, Level, Risk
from bot.voice.chain import CALLBACK, QUEUE, Chain, Kind, Outcome, Stop, chain_for, may_ring, opens
from directory_client.lines import Line, lines

MORNING = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""A Monday, ten in the morning in Toronto."""
DOORS = load()
DANGERS = [Risk(level, kind, ()) for level in (Level.HIGH, Level.EMERGENCY) for kind in (*KINDS, None)]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


def names(chain: Chain) -> list[str]:
    return [stop.line or stop.kind for stop in chain.stops]


def line(name: str, **fields: object) -> Line:
    return replace(lines()["good2talk"], id=name, **fields)  # type: ignore[arg-type]


def test_a_student_comes_to_the_door_s_line_then_to_the_information_line_then_to_988() -> None:
    chain = chain_for(DOORS["good2talk"], "en", MORNING)
    assert names(chain) == ["good2talk", "connexontario", "suicide-988", "queue", "callback"]


def test_the_line_that_was_chosen_comes_first() -> None:
    chain = chain_for(DOORS["good2talk"], "fr", MORNING, line="connexontario")
    assert names(chain)[:2] == ["connexontario", "good2talk"]


def test_at_the_general_door_our_own_people_come_first_and_nobody_rings_ourselves() -> None:
    assert names(chain_for(DOORS["211"], "en", MORNING)) == ["queue", "callback"]


def test_nobody_is_kept_waiting_where_no_specialist_works() -> None:
    assert names(chain_for(DOORS["211"], "en", MORNING, staffed=False)) == ["callback"]


def test_who_needs_our_people_comes_to_them_before_other_lines() -> None:
    assert names(chain_for(DOORS["good2talk"], "en", MORNING, person=True))[0] == "queue"


def test_lines_that_do_not_speak_the_language_come_after_our_people_and_none_is_left_out() -> None:
    chain = chain_for(DOORS["good2talk"], "pa", MORNING)
    assert names(chain) == ["connexontario", "queue", "good2talk", "suicide-988", "callback"]


@pytest.mark.parametrize("risk", DANGERS, ids=str)
@pytest.mark.parametrize("door", DOORS.values(), ids=list(DOORS))
def test_in_danger_every_chain_has_988_and_only_lines_for_a_crisis(door: Door, risk: Risk) -> None:
    for language in CORE:
        chain = chain_for(door, language, MORNING, risk=risk)
        assert "suicide-988" in names(chain)
        assert all(lines()[stop.line].crisis_ok for stop in chain.stops if stop.line)
        assert chain.stops[-1] == CALLBACK


def test_in_danger_a_student_comes_to_the_door_s_counsellors_at_once() -> None:
    risk = Risk(Level.HIGH, "suicide", ())
    assert names(chain_for(DOORS["good2talk"], "en", MORNING, risk=risk))[0] == "good2talk"
    assert names(chain_for(DOORS["211"], "en", MORNING, risk=risk))[0] == "suicide-988"


def test_violence_in_french_comes_to_the_french_line_and_poisoning_to_the_poison_centre() -> None:
    violence, poison = Risk(Level.HIGH, "partner_violence", ()), Risk(Level.EMERGENCY, "overdose", ())
    assert names(chain_for(DOORS["211"], "fr", MORNING, risk=violence))[0] == "femaide"
    assert "femaide" not in names(chain_for(DOORS["211"], "en", MORNING, risk=violence))
    assert names(chain_for(DOORS["211"], "en", MORNING, risk=poison))[0] == "poison-centre"


def test_in_danger_in_a_language_that_no_line_speaks_our_people_come_first_and_988_still_comes() -> None:
    chain = chain_for(DOORS["211"], "so", MORNING, risk=Risk(Level.HIGH, "suicide", ()))
    assert names(chain) == ["queue", "suicide-988", "callback"]


def test_a_line_with_one_of_our_own_numbers_is_not_dialled() -> None:
    ours = [lines()["good2talk"].dial or ""]
    assert "good2talk" not in names(chain_for(DOORS["good2talk"], "en", MORNING, ours=ours))


def test_a_partner_who_agreed_to_it_is_told_first() -> None:
    chain = chain_for(DOORS["good2talk"], "en", MORNING, warm=["connexontario"])
    assert Stop("warm", "connexontario") in chain.stops


@pytest.mark.parametrize(
    ("hours", "at", "answers"),
    [
        ("24/7", MORNING, True),
        ("MO-FR 09:00-17:00", MORNING, True),
        ("MO-FR 16:00-21:30", MORNING, False),
        ("SA 09:00-17:00", MORNING, False),
        ("MO-FR 20:00-04:00", datetime(2026, 11, 24, 8, 0, tzinfo=UTC), True),
        (None, MORNING, True),
        ("by appointment", MORNING, True),
    ],
)
def test_a_closed_line_is_not_rung_and_unknown_hours_are_worth_a_try(
    hours: str | None, at: datetime, answers: bool
) -> None:
    assert opens(line("sample", hours=hours), at) is answers


@pytest.mark.parametrize("hours", [None, "by appointment", "MO-FR 16:00-21:30"])
def test_in_danger_only_a_line_that_is_known_to_be_open_is_rung(hours: str | None) -> None:
    assert not opens(line("sample", hours=hours), MORNING, danger=True)


NEVER = ["911", "9-1-1", "9 1 1", "+911", "+1911", "+1-911-555-0101", "905-911-0101", "112", "999", "211", "811",
         "*911", "911,", "９１１", "٩١١", "1-911", "0911", "tel:911", "911#", "sip:911@example.org"]  # fmt: skip


@pytest.mark.parametrize("number", NEVER)
def test_no_spelling_of_an_emergency_number_may_ring(number: str) -> None:
    assert not may_ring(line("sample", voice=number))


def test_every_line_of_the_records_may_ring_except_those_of_three_digits() -> None:
    shut = {one.id for one in lines().values() if one.voice and not may_ring(one)}
    assert shut == {"emergency", "211-ontario", "health811"}


# -- how a chain goes on


@st.composite
def any_chain(draw: st.DrawFn) -> Chain:
    door, language = draw(st.sampled_from(list(DOORS.values()))), draw(st.sampled_from(CORE))
    return chain_for(
        door,
        language,
        MORNING,
        risk=draw(st.sampled_from([NO_RISK, *DANGERS])),
        line=draw(st.none() | st.sampled_from(list(lines()))),
        person=draw(st.booleans()),
        staffed=draw(st.booleans()),
        warm=draw(st.sets(st.sampled_from(list(lines())), max_size=3)),
    )


RESULTS = st.lists(st.tuples(st.integers(-2, 9), st.sampled_from(OUTCOMES)), max_size=40)


@given(any_chain(), RESULTS)
def test_whatever_comes_in_whatever_order_a_chain_only_goes_forward_and_is_never_nowhere(
    chain: Chain, results: list[tuple[int, Outcome]]
) -> None:
    for leg, outcome in results:
        after = chain.after(leg, outcome)
        assert after.at >= chain.at
        assert after.stop.kind in get_args(Kind)
        assert after.ended or after.stop.kind == "callback" or after.stop.kind == "queue" or after.line is not None
        if chain.ended:
            assert after == chain
        chain = Chain.from_json(after.as_json())
        assert chain == after


@given(any_chain(), st.lists(st.sampled_from(OUTCOMES), min_size=12, max_size=12))
def test_every_chain_ends_with_a_person_a_line_or_an_answer_to_the_offer_of_a_callback(
    chain: Chain, outcomes: list[Outcome]
) -> None:
    for outcome in outcomes:
        chain = chain.after(chain.at, outcome)
    assert chain.ended
    assert chain.ended in ("connected", "left") or chain.stop == CALLBACK


@given(any_chain(), st.sampled_from(OUTCOMES), st.sampled_from(OUTCOMES))
def test_a_result_that_comes_twice_counts_once(chain: Chain, outcome: Outcome, other: Outcome) -> None:
    once = chain.after(0, outcome)
    assert once.after(0, outcome) == once
    assert once.after(0, other) == once or (once.at == 0 and once.ended is None)


@pytest.mark.parametrize("outcome", ["short", "busy", "no_answer", "failed"])
def test_busy_no_answer_failed_and_too_short_go_on_to_the_next_stop(outcome: Outcome) -> None:
    chain = chain_for(DOORS["good2talk"], "en", MORNING)
    assert names(replace(chain, stops=(chain.after(0, outcome).stop,))) == ["connexontario"]


def test_only_a_line_or_a_person_can_be_connected() -> None:
    assert Chain((CALLBACK,)).after(0, "connected").ended == "nobody"
    assert Chain((QUEUE, CALLBACK)).after(0, "connected").ended == "connected"


def test_who_comes_back_from_a_line_gets_the_next_one_and_never_one_before() -> None:
    chain = chain_for(DOORS["good2talk"], "en", MORNING)
    seen = [chain.stop]
    for _ in range(20):
        chain = chain.after(chain.at, "connected").onward()
        seen.append(chain.stop)
    stops = chain_for(DOORS["good2talk"], "en", MORNING).stops
    assert seen[:4] == list(stops[:4]) and stops[3] == QUEUE
    assert set(seen[4:]) == {QUEUE}, "our own people are asked again, not passed over"


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.text(max_size=12)
        | st.sampled_from(["emergency", "211-ontario"]),
        lambda inside: (
            st.lists(inside, max_size=3)
            | st.dictionaries(st.sampled_from(["stops", "at", "ended", "x"]), inside, max_size=4)
        ),
    )
)
def test_whatever_is_stored_a_chain_is_read_that_dials_no_emergency_and_ends_in_a_callback(stored: object) -> None:
    chain = Chain.from_json(stored)
    assert chain.stops[-1] == CALLBACK
    assert 0 <= chain.at < len(chain.stops)
    assert all(may_ring(lines()[stop.line]) for stop in chain.stops if stop.line)


def test_a_stored_stop_at_an_emergency_number_becomes_the_callback() -> None:
    stored = {"stops": [["line", "emergency"], ["line", "gone-since"], ["callback", None]], "at": 0, "ended": None}
    assert [stop.kind for stop in Chain.from_json(stored).stops] == ["callback"] * 3


def test_no_chain_of_any_door_language_danger_and_choice_holds_an_emergency_number() -> None:
    dangers = [NO_RISK, *DANGERS]
    for door, language, risk, chosen in product(DOORS.values(), CORE, dangers, lines()):
        for stop in chain_for(door, language, MORNING, risk=risk, line=chosen).stops:
            assert stop.line is None or may_ring(lines()[stop.line])
