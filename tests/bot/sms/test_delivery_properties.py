"""Whatever happens in whatever order: no text goes out twice, none is lost, each conversation keeps its order,
danger comes first, and nobody is passed over.

A machine lets people be answered, processes claim and die at every point, the carrier take texts and stay silent,
callbacks come twice and in any order, and people say STOP. It holds what the carrier has taken against its own account
of what may happen, which shares no code with delivery. In the end everything heals, and every text has its end.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.carrier.rest import Away, Carrier, Outgoing, Refused, Sent
from bot.conversations import people
from bot.conversations.models import Message, Outbox
from bot.sms import order, queue, status
from bot.sms.delivery import Delivery, Result
from bot.sms.queue import Parcel
from tests.bot.sms.outbox import KEYS, LINE, NOW, NUMBERS, SLOW, Book, Hands, database

__all__ = ["database"]
FATES = (
    "taken", "taken, then death", "death", "death", "taken in silence", "silence", "unreached", "busy", "refused",
    "blind",
)  # fmt: skip
SAME = "I did not understand."
COUNTS = st.integers(1, 3)
TIMES = st.sampled_from([0.0, 0.5, 1.0, 4.0, order.LEASE.total_seconds() + 1, 70.0])
ROOMS = st.sampled_from([1, queue.RESERVED + 1, queue.RESERVED + 3, 32, 32])
EVENTS = ["delivery"] * 6 + ["report"] * 3 + ["answer"] * 2 + ["writing", "stop"]
HISTORIES: dict[str, list[tuple[str, int | None]]] = {
    "delivered": [("sending", None), ("sent", None), ("delivered", None)],
    "off": [("sent", None), ("undelivered", 30003)],
    "dead": [("sent", None), ("undelivered", 30005)],
}


@dataclass
class Taken:
    """A text as the carrier has it."""

    sid: str
    outbox_id: str
    to: str
    from_: str
    body: str
    history: list[tuple[str, int | None]]
    reported: set[str] = field(default_factory=set)

    @property
    def failed(self) -> bool:
        """Whether we were told that it did not arrive."""
        return "undelivered" in self.reported


class Pretence(Carrier):
    """The carrier's side: what it has taken, and how it answers this time."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.fate = "taken"
        self.history = "delivered"
        self.asked: list[str] = []

    async def send(self, outgoing: Outgoing) -> Sent:
        outbox_id = outgoing.status_callback.rpartition("=")[2]
        self.asked.append(outbox_id)
        match self.fate:
            case "silence":
                raise Away("nothing came", perhaps=True)
            case "unreached":
                raise Away("nobody there", perhaps=False)
            case "busy":
                raise Refused(20429, 429)
            case "refused":
                raise Refused(21211, 400)
        found = Taken(
            f"SM{len(self.taken)}", outbox_id, outgoing.to, outgoing.from_, outgoing.body, HISTORIES[self.history]
        )
        self.taken.append(found)
        if self.fate == "taken in silence":
            raise Away("the answer was lost", perhaps=True)
        return Sent(found.sid, "queued")

    async def recent(self, to: str, from_: str, since: datetime) -> list[Sent]:
        if self.fate == "blind":
            raise Away("no list", perhaps=False)
        mine = [one for one in self.taken if (one.to, one.from_) == (to, from_)]
        return [Sent(one.sid, "queued", None, one.body) for one in reversed(mine)]

    async def close(self) -> None:
        pass


class Machine(RuleBasedStateMachine):
    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.book = Book(engine)
        self.book.clear()
        self.clock = Hands(NOW)
        self.carrier = Pretence()
        self.processes = [
            Delivery(engine, self.carrier, KEYS, NUMBERS, self.clock, public_url="https://help.example.org")
            for _ in range(2)
        ]
        self.conversations: list[str] = []
        self.silent: set[str] = set()
        """People who said STOP, by conversation."""
        self.passed: dict[tuple[str, str], int] = {}
        """How often the second conversation was served while the first waited."""
        self.words = itertools.count()
        self.texts: dict[str, str] = {}
        self.people: dict[str, str] = {}

    # -- what happens

    @initialize(slow=st.lists(st.booleans(), min_size=4, max_size=4), counts=st.lists(COUNTS, min_size=4, max_size=4))
    def people_have_written_and_were_answered(self, slow: list[bool], counts: list[int]) -> None:
        for own, count in zip(slow, counts, strict=True):
            self.somebody_writes(own)
            for _ in range(count):
                self.book.said(self.conversations[-1], SAME, self._moment())

    # One rule and not several: Hypothesis leaves out some rules in each run, and without delivering nothing happens.
    @rule(what=st.sampled_from(EVENTS), data=st.data())
    def something_happens(self, what: str, data: st.DataObject) -> None:
        draw = data.draw
        match what:
            case "delivery":
                self.clock.turn(draw(TIMES))
                process, fates = (
                    draw(st.sampled_from(self.processes)),
                    draw(st.lists(st.sampled_from(FATES), min_size=4)),
                )
                self._deliver(process, itertools.cycle(fates), draw(st.sampled_from(list(HISTORIES))), draw(ROOMS))
            case "report" if self.carrier.taken:
                of = draw(st.sampled_from(self.carrier.taken))
                self._report(of, *draw(st.sampled_from(of.history)))
            case "answer":
                conversation, crisis = draw(st.sampled_from(self.conversations)), draw(st.integers(0, 3)) == 0
                text = draw(st.sampled_from([SAME, f"reply {next(self.words)}"]))
                self.book.said(conversation, text, self._moment(), crisis=crisis)
            case "writing":
                self.somebody_writes(draw(st.booleans()))
            case "stop":
                self.somebody_says_stop(draw(st.integers(0, 2)))

    def somebody_writes(self, slow: bool) -> None:
        if len(self.conversations) < 6:
            position = len(self.conversations) % 3  # some have two conversations
            conversation = self.book.conversation(f"+1416555014{position}", SLOW if slow else LINE)
            if self.silent & set(self.conversations[position::3]):
                self.silent.add(conversation)
            self.conversations.append(conversation)

    def somebody_says_stop(self, who: int) -> None:
        if not self.silent:
            self.silent = set(self.conversations[who::3])
            with self.book.writing() as session:
                pseudonym = KEYS.pseudonym("sms", f"+1416555014{who}")
                for line in (LINE, SLOW):
                    people.opt_out(session, line, pseudonym, word="STOP", told_by="person", now=self._moment())

    # -- what must hold

    @invariant()
    def no_text_is_out_twice(self) -> None:
        replies = Counter(self._alike(row) for row in self._rows())
        for alike, count in self._out().items():
            assert count <= replies[alike], f"{count} went out for {replies[alike]} replies"

    def teardown(self) -> None:
        """Everything heals: what is left goes out, and every text has its end."""
        for _ in range(400):
            with self.book.writing() as session:
                due = order.due_in(session, self.clock())
            if due is None:
                break
            self.clock.turn(max(due, 0.3))
            self._deliver(self.processes[0], itertools.repeat("taken"), "delivered", 32)
        rows = self._rows()
        for row in rows:
            assert row.state in ("sent", "delivered", "failed", "held"), row.state
            assert row.state not in ("failed", "held") or row.error_code or row.status, "no reason is given"
        arrived = [row for row in rows if row.state in ("sent", "delivered")]
        assert self._out() == Counter(self._alike(row) for row in arrived)
        assert {row.sid for row in arrived} == {one.sid for one in self.carrier.taken if not one.failed}

    # -- how

    def _deliver(self, process: Delivery, fates: Any, history: str, room: int) -> None:
        before, now = self._rows(), self._moment()
        claimed = process.claim(room).parcels
        self._claims_are_just(before, claimed, now)
        results: list[Result] = []
        for parcel, fate in zip(claimed, fates, strict=False):
            if fate == "death":
                continue
            self.carrier.fate, self.carrier.history, self.carrier.asked = fate, history, []
            result = asyncio.run(process.deliver(parcel, time.monotonic()))
            if self.carrier.asked:
                self._sending_was_right(parcel)
            if fate != "taken, then death":
                results.append(result)
        self._moment()
        process.write(results)

    def _sending_was_right(self, parcel: Parcel) -> None:
        assert parcel.conversation_id not in self.silent, "sent after STOP"
        rows = {row.id: row for row in self._rows()}
        this = rows[parcel.id]
        if this.sid is not None:
            return  # once more, after it had failed
        gone = {row.id for row in rows.values() if row.sid} | {one.outbox_id for one in self.carrier.taken}
        for other in rows.values():
            if other.conversation_id != this.conversation_id or other.seq >= this.seq or other.id in gone:
                continue
            passed_in_danger = this.priority > other.priority and other.attempts > 0
            assert other.state in ("failed", "held") or passed_in_danger, "sent before what was said before it"

    def _claims_are_just(self, before: list[Outbox], claimed: tuple[Parcel, ...], now: datetime) -> None:
        """Danger first, and nobody is passed over twice by the same other."""
        waiting = heads(before, now)
        fresh = {parcel.conversation_id: parcel for parcel in claimed if not parcel.lookup}
        left = {c: (line, urgent) for c, (line, urgent) in waiting.items() if c not in fresh and c not in self.silent}
        for parcel in fresh.values():
            line, urgent = waiting[parcel.conversation_id]
            others = [there for there in left.values() if there[0] == line]
            if not urgent:
                assert not any(danger for _, danger in others), "somebody in danger was passed over"
            for c, there in left.items():
                if there == (line, urgent):
                    self.passed[c, parcel.conversation_id] = self.passed.get((c, parcel.conversation_id), 0) + 1
                    assert self.passed[c, parcel.conversation_id] <= 1, "passed over twice"
        self.passed = {(c, by): n for (c, by), n in self.passed.items() if c in left}

    def _report(self, of: Taken, name: str, code: int | None) -> None:
        of.reported.add(name)
        with self.book.writing() as session:
            status.take_all(session, [status.Report(of.sid, of.outbox_id, name, code, self._moment())])

    def _out(self) -> Counter[tuple[str, str]]:
        """What is out and not known to have failed. Replies with the same words to the same person are alike: only the
        carrier could tell which is which, and to the person it is the same."""
        return Counter((self._person(one.outbox_id), one.body) for one in self.carrier.taken if not one.failed)

    def _alike(self, row: Outbox) -> tuple[str, str]:
        if row.id not in self.texts:
            with Session(self.book.engine) as session:
                self.texts[row.id] = session.get_one(Message, row.message_id).text
        return self._person(row.id), self.texts[row.id]

    def _person(self, outbox_id: str) -> str:
        if outbox_id not in self.people:
            row = self.book.row(outbox_id)
            self.people[outbox_id] = f"{row.person_id} {row.line}"
        return self.people[outbox_id]

    def _rows(self) -> list[Outbox]:
        return self.book.rows()

    def _moment(self) -> datetime:
        """No two things happen at the same moment."""
        self.clock.turn(0.001)
        return self.clock()


def heads(rows: list[Outbox], now: datetime) -> dict[str, tuple[str | None, bool]]:
    """Conversations with a text that may go now, by the rules of docs/twilio.md: their line, and whether in danger."""
    found: dict[str, tuple[str | None, bool]] = {}
    for conversation in {row.conversation_id for row in rows}:
        mine = sorted((row for row in rows if row.conversation_id == conversation), key=lambda row: row.seq)
        due = [row for row in mine if row.state == "ready" and row.next_at is not None and row.next_at <= now]
        untaken = [row for row in mine if row.sid is None and row.state in ("ready", "sending")]
        for row in due:
            ahead = [one for one in untaken if one.seq < row.seq]
            if row.priority:  # may pass what is tried again later
                ahead = [
                    one for one in ahead
                    if one.priority or one.state == "sending" or one.attempts == 0 or one in due
                ]  # fmt: skip
            if not ahead:
                found[conversation] = (row.line, any(one.priority for one in due))
                break
    return found


@pytest.mark.timeout(600)
def test_no_order_of_events_loses_doubles_or_disorders_a_text(database: Engine) -> None:
    examples = 40 if database.dialect.name == "sqlite" else 15
    run_state_machine_as_test(
        lambda: Machine(database),
        settings=settings(
            max_examples=examples, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
