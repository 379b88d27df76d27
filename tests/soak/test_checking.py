"""What judges a soak finds what it is there to find: a lost, a doubled and a swapped answer, and every other fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.soak.checking import overtaking, verdicts
from tests.soak.evidence import Accepted, Evidence, Heard, Said
from tests.soak.sending import Texted

PERSON, OTHER, LINE = "+16475550100", "+16475550101", "+15550100000"
TEXTS = 3


class Soak:
    """A small soak in which nothing went wrong: each text answered by two replies. Tests break it."""

    def __init__(self) -> None:
        self.texted: list[Texted] = []
        self.heard: list[Heard] = []
        self.said: list[Said] = []
        self.accepted: list[Accepted] = []
        for person in (PERSON, OTHER):
            for number in range(TEXTS):
                self._exchange(person, number)

    def _exchange(self, person: str, number: int) -> None:
        home, sid, at = f"talk{person[-1]}", f"SM{person[-1]}{number}", 100.0 + number
        crisis = number == TEXTS - 1
        self.texted.append(Texted(sid, person, LINE, crisis, at=at, acked_at=at + 0.1, ack=0.1, tries=1))
        self.heard.append(Heard(f"in{sid}", sid, home, person, LINE, number * 3 + 1, True))
        for part in (0, 1):
            out = f"out{sid}{part}"
            self.said.append(
                Said(
                    f"m{out}", f"in{sid}", home, person, LINE, number * 3 + 2 + part, at + 0.2,
                    "crisis" if crisis else "text", f"reply {out}", out, "delivered", f"c{out}", 100 * crisis,
                )
            )  # fmt: skip
            self.accepted.append(Accepted(f"c{out}", out, person, LINE, f"reply {out}", at + 0.3))

    @property
    def evidence(self) -> Evidence:
        return Evidence(self.texted, self.heard, self.said, self.accepted)


def broken(soak: Soak) -> dict[str, int]:
    return {one.promise: len(one.broken) for one in verdicts(soak.evidence) if one.broken}


def test_a_soak_without_faults_keeps_every_promise() -> None:
    assert broken(Soak()) == {}
    assert len(verdicts(Soak().evidence)) == 11


def test_an_empty_soak_breaks_nothing() -> None:
    assert all(not one.broken for one in verdicts(Evidence([], [], [], [])))


def lost_answer(soak: Soak) -> None:
    del soak.accepted[2]


def doubled_answer(soak: Soak) -> None:
    soak.accepted.append(replace(soak.accepted[2], sid="another"))


def swapped_answers(soak: Soak) -> None:
    soak.accepted[0], soak.accepted[1] = soak.accepted[1], soak.accepted[0]


def answer_to_somebody_else(soak: Soak) -> None:
    soak.accepted[0] = replace(soak.accepted[0], to=OTHER)


def words_of_another(soak: Soak) -> None:
    soak.accepted[0] = replace(soak.accepted[0], body=soak.accepted[1].body)


def id_of_another(soak: Soak) -> None:
    soak.said[0], soak.said[1] = (
        replace(soak.said[0], sid=soak.said[1].sid),
        replace(soak.said[1], sid=soak.said[0].sid),
    )


def stray(soak: Soak) -> None:
    soak.accepted.append(replace(soak.accepted[0], sid="stray", out=""))


def without_an_outbox(soak: Soak) -> None:
    soak.said[0] = replace(soak.said[0], out=None, state=None, sid=None)
    del soak.accepted[0]


def given_up(soak: Soak) -> None:
    soak.said[0] = replace(soak.said[0], state="failed")


def no_turn(soak: Soak) -> None:
    soak.heard[0] = replace(soak.heard[0], done=False)


def silence(soak: Soak) -> None:
    del soak.said[:2], soak.accepted[:2]


def two_turns(soak: Soak) -> None:
    soak.said[1] = replace(soak.said[1], turn=soak.said[1].turn + 1)


def two_turns_at_one_moment(soak: Soak) -> None:
    soak.said[1] = replace(soak.said[1], seq=99)


def danger_not_heard(soak: Soak) -> None:
    soak.said[4:6] = [replace(one, kind="text", priority=0) for one in soak.said[4:6]]


def text_lost(soak: Soak) -> None:
    del soak.heard[0], soak.said[:2], soak.accepted[:2]


def text_stored_twice(soak: Soak) -> None:
    soak.heard.append(replace(soak.heard[0], id="twin", seq=90))
    twin = replace(soak.said[0], id="mtwin", answers="twin", seq=91, out="twin", sid="ctwin")
    soak.said.append(twin)
    soak.accepted.append(Accepted("ctwin", "twin", PERSON, LINE, twin.body, 200.0))


def text_of_somebody_else(soak: Soak) -> None:
    soak.heard[0] = replace(soak.heard[0], person=OTHER, conversation="elsewhere")


def never_acknowledged(soak: Soak) -> None:
    soak.texted[0].acked_at, soak.texted[0].problem = None, "ConnectError"


def kept_in_another_order(soak: Soak) -> None:
    first, second = soak.heard[0], soak.heard[1]
    soak.heard[0], soak.heard[1] = replace(first, seq=second.seq), replace(second, seq=first.seq)


def answered_in_another_order(soak: Soak) -> None:
    soak.said[:4] = [replace(one, seq=seq) for one, seq in zip(soak.said[:4], (5, 6, 2, 3), strict=True)]


@pytest.mark.parametrize(
    ("fault", "promise"),
    [
        (lost_answer, "every reply reached the carrier exactly once"),
        (doubled_answer, "every reply reached the carrier exactly once"),
        (answer_to_somebody_else, "every reply reached the carrier exactly once"),
        (words_of_another, "every reply reached the carrier exactly once"),
        (id_of_another, "every reply reached the carrier exactly once"),
        (swapped_answers, "each person got the replies in order"),
        (stray, "the carrier got nothing else"),
        (without_an_outbox, "every reply is in the outbox and went out"),
        (given_up, "every reply is in the outbox and went out"),
        (no_turn, "every text is answered by one turn"),
        (silence, "every text is answered by one turn"),
        (two_turns, "every text is answered by one turn"),
        (two_turns_at_one_moment, "every text is answered by one turn"),
        (danger_not_heard, "danger is answered as danger"),
        (text_lost, "every text is stored once, whatever came twice"),
        (text_stored_twice, "every text is stored once, whatever came twice"),
        (text_of_somebody_else, "every text is stored once, whatever came twice"),
        (text_of_somebody_else, "every person has one conversation"),
        (never_acknowledged, "every text was acknowledged"),
        (kept_in_another_order, "texts are kept in the order in which they were taken"),
        (answered_in_another_order, "answers follow the order of the texts, danger first"),
    ],
)
def test_a_fault_is_found(fault: Callable[[Soak], None], promise: str) -> None:
    soak = Soak()
    fault(soak)
    assert promise in broken(soak)


def test_a_webhook_that_came_after_the_next_one_may_be_kept_after_it() -> None:
    soak = Soak()
    kept_in_another_order(soak)
    soak.texted[0].acked_at = soak.texted[1].at + 0.5  # it was not taken yet when the next one was tried
    assert "texts are kept in the order in which they were taken" not in broken(soak)


def test_of_two_replies_with_the_same_words_each_may_hold_the_id_of_the_other_but_not_both_the_same() -> None:
    soak = Soak()
    for place in (0, 1):
        soak.said[place] = replace(soak.said[place], body="the same")
        soak.accepted[place] = replace(soak.accepted[place], body="the same")
    id_of_another(soak)
    assert broken(soak) == {}
    soak.said[0] = replace(soak.said[0], sid=soak.said[1].sid)
    assert broken(soak) == {"every reply reached the carrier exactly once": 2}


def test_danger_may_pass_what_has_to_be_tried_again_and_is_counted() -> None:
    soak = Soak()
    mine = soak.accepted[: 2 * TEXTS]
    crisis = [one for one in mine if one.out.startswith(f"outSM0{TEXTS - 1}")]
    soak.accepted[: 2 * TEXTS] = crisis + [one for one in mine if one not in crisis]
    assert broken(soak) == {}
    assert overtaking(soak.evidence) == 2 * (TEXTS - 1)
