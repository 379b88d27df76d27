"""Status callbacks: late, twice, in any order, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.conversations.carrier_models import DeliveryEvent, OptOut
from bot.conversations.models import Audit
from bot.sms import queue, status
from bot.sms.dead_letters import dead_letters
from tests.bot.sms.outbox import KEYS, LINE, NOW, NUMBERS, Book, book, database

SID = "SM" + "a" * 32
__all__ = ["book", "database"]


@pytest.fixture
def sent(book: Book) -> str:
    """A text that the carrier has taken."""
    row = book.said(book.conversation(), "one")
    book.set(row, state="sent", sid=SID, status="queued", attempts=1, sent_at=NOW)
    return row


def told(book: Book, name: str, code: int | None = None, sid: str = SID, out: str | None = None) -> str:
    with book.writing() as session:
        (taken,) = status.take_all(session, [report(name, code, sid, out)])
    return taken


def report(name: str, code: int | None = None, sid: str = SID, out: str | None = None) -> status.Report:
    return status.Report(sid, out, name, code, NOW + timedelta(seconds=1))


def events(book: Book) -> int:
    with book.writing() as session:
        return session.scalar(select(func.count()).select_from(DeliveryEvent)) or 0


@pytest.mark.parametrize("ways", list(itertools.permutations(["sending", "sent", "delivered"])))
def test_the_order_in_which_callbacks_come_does_not_matter(book: Book, sent: str, ways: tuple[str, ...]) -> None:
    for name in ways:
        told(book, name, out=sent)
    assert (book.row(sent).state, book.row(sent).status) == ("delivered", "delivered")
    assert events(book) == 3


def test_a_callback_that_comes_twice_changes_nothing_twice(book: Book, sent: str) -> None:
    assert told(book, "undelivered", 30003, out=sent) == "again"
    before = book.row(sent).next_at
    assert told(book, "undelivered", 30003, out=sent) == "known"
    assert (book.row(sent).next_at, book.row(sent).state, events(book)) == (before, "ready", 1)


def test_the_same_callback_from_many_at_once_is_taken_once(book: Book, sent: str) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: told(book, "undelivered", 30005, out=sent), range(12)))
    assert sorted(answers) == ["changed"] + ["known"] * 11
    with book.writing() as session:
        assert session.scalar(select(func.count()).select_from(Audit)) == 1


def test_a_phone_that_was_off_is_tried_again_three_times_and_then_staff_see_it(book: Book, sent: str) -> None:
    waits = []
    for attempt in range(1, 5):
        book.set(sent, state="sent", sid=f"SM{attempt}", status="queued", attempts=attempt)
        told(book, "undelivered", 30003, sid=f"SM{attempt}", out=sent)
        row = book.row(sent)
        if row.state == "ready":
            assert row.next_at is not None
            waits.append((row.next_at - NOW).total_seconds() // 60)
    assert waits == [1, 5, 30]
    with book.writing() as session:
        (letter,) = dead_letters(session)
    assert letter.outbox_id == sent and letter.code == 30003 and "phone was off" in letter.why


@pytest.mark.parametrize(
    ("code", "call"), [(30005, False), (30006, True), (30007, False), (30032, False), (99999, False)]
)
def test_what_will_not_arrive_is_shown_with_its_reason(book: Book, sent: str, code: int, call: bool) -> None:
    assert told(book, "undelivered", code, out=sent) == "changed"
    with book.writing() as session:
        (letter,) = dead_letters(session)
        audit = session.scalars(select(Audit)).one()
        assert (audit.action, audit.detail["code"]) == ("text failed", code)
    assert (letter.state, letter.code, letter.offer_call) == ("failed", code, call)


def test_an_opt_out_at_the_carrier_is_kept_here(book: Book, sent: str) -> None:
    told(book, "failed", 21610, out=sent)
    assert book.row(sent).state == "held"
    with book.writing() as session:
        kept = session.scalars(select(OptOut)).one()
        assert (kept.line, kept.pseudonym, kept.told_by) == (LINE, KEYS.pseudonym("sms", "+14165550142"), "carrier")


def test_a_delivery_is_believed_after_a_failure(book: Book, sent: str) -> None:
    told(book, "undelivered", 30003, out=sent)
    assert told(book, "delivered", out=sent) == "changed"
    assert (book.row(sent).state, book.row(sent).error_code) == ("delivered", None)
    assert told(book, "failed", 30005, out=sent) == "noted"
    assert book.row(sent).state == "delivered"


def test_a_callback_tells_of_a_text_whose_sender_died(book: Book) -> None:
    row = book.said(book.conversation(), "one")
    book.set(row, state="sending", attempts=1)
    assert told(book, "sent", out=row) == "changed"
    assert (book.row(row).state, book.row(row).sid) == ("sent", SID)
    with book.writing() as session:
        assert queue.claim(session, NUMBERS, NOW + timedelta(hours=1), 32).parcels == ()


def test_a_late_word_of_an_attempt_that_failed_is_not_taken_for_the_next_one(book: Book, sent: str) -> None:
    told(book, "undelivered", 30003, out=sent)
    book.set(sent, state="sending", attempts=2)
    assert told(book, "sent", out=sent) == "noted"
    assert book.row(sent).state == "sending"
    told(book, "sent", sid="SM2", out=sent)
    assert (book.row(sent).state, book.row(sent).sid) == ("sent", "SM2")
    assert told(book, "sending", out=sent) == "noted"
    assert book.row(sent).sid == "SM2"


def test_a_text_is_found_by_the_carriers_id_alone(book: Book, sent: str) -> None:
    assert told(book, "delivered") == "changed"
    assert book.row(sent).state == "delivered"


@pytest.mark.parametrize("out", [None, "", "no such", "x" * 500])
def test_a_callback_of_no_text_of_ours_is_not_kept(book: Book, out: str | None) -> None:
    assert told(book, "delivered", out=out) == "unknown"
    assert events(book) == 0


def test_a_status_that_nobody_knows_is_kept_and_changes_nothing(book: Book, sent: str) -> None:
    assert told(book, "teleported", out=sent) == "noted"
    assert (book.row(sent).state, events(book)) == ("sent", 1)


def test_an_id_that_stands_in_one_text_is_never_given_to_another(book: Book, sent: str) -> None:
    """Two replies with the same words: a search may have found the other's, which is looked for by itself then."""
    other = book.said(book.conversation(), "one")
    book.set(other, state="sending", attempts=1)
    assert told(book, "delivered", out=other) == "changed"
    assert (book.row(sent).state, book.row(other).state, book.row(other).sid) == ("delivered", "sending", None)


def test_a_late_word_of_the_attempt_before_the_last_is_not_taken_for_a_new_one(book: Book, sent: str) -> None:
    told(book, "undelivered", 30003, out=sent)
    book.set(sent, state="sent", sid="SM2", status="queued", attempts=2)
    told(book, "undelivered", 30003, sid="SM2", out=sent)
    assert told(book, "sent", sid=SID, out=sent) == "noted"
    assert (book.row(sent).state, book.row(sent).sid) == ("ready", "SM2")


def test_callbacks_that_are_taken_together_change_what_they_would_one_after_the_other(book: Book, sent: str) -> None:
    other = book.said(book.conversation(), "two")
    book.set(other, state="sending", attempts=1)  # taken, and its process died before it could write the id down
    theirs = "SM" + "b" * 32
    with book.writing() as session:
        taken = status.take_all(
            session,
            [
                report("delivered", out=sent), report("sent", out=sent), report("delivered", out=sent),
                report("sent", sid=theirs, out=other), report("undelivered", 30003, sid=theirs, out=other),
                report("delivered", sid="SM" + "c" * 32, out="nothing of ours"),
            ],
        )  # fmt: skip
    assert taken[:3] == ["changed", "noted", "known"] and taken[4:] == ["again", "unknown"]
    assert (book.row(sent).state, book.row(sent).status) == ("delivered", "delivered")
    assert (book.row(other).state, book.row(other).sid, book.row(other).error_code) == ("ready", theirs, 30003)
    assert events(book) == 4
