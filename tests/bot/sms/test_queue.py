"""Claiming texts, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import event

from bot.carrier import rest
from bot.conversations import people
from bot.sms import delivery, order, outcome, queue
from bot.sms.dead_letters import dead_letters
from bot.sms.queue import Claimed
from bot.words import FAREWELL
from tests.bot.sms.outbox import DEAF, KEYS, LINE, NOW, NUMBERS, SLOW, WHATSAPP, Book, book, database

__all__ = ["book", "database"]


def claimed(book: Book, seconds: float = 0, room: int = 32, probe: bool = False) -> Claimed:
    with book.writing() as session:
        return queue.claim(session, NUMBERS, NOW + timedelta(seconds=seconds), room, probe)


def ids(found: Claimed) -> list[str]:
    return [parcel.id for parcel in found.parcels]


def taken(book: Book, outbox_id: str, sid: str | None = None) -> None:
    book.set(outbox_id, state="sent", sid=sid or f"SM{outbox_id}")


def test_a_claim_is_of_one_and_says_what_to_send(book: Book) -> None:
    row = book.said(book.conversation(), "the words")
    (parcel,) = claimed(book).parcels
    assert (parcel.id, parcel.line, parcel.body, parcel.lookup) == (row, LINE, "the words", False)
    assert KEYS.opened(parcel.sealed) == "+14165550142"
    assert book.row(row).state == "sending"
    assert ids(claimed(book, 1)) == []


def test_of_many_who_claim_at_once_one_gets_a_text(book: Book) -> None:
    rows = [book.said(book.conversation(f"+1416555{n:04}"), str(n)) for n in range(12)]
    with ThreadPoolExecutor(4) as pool:
        found = [one for claim in pool.map(lambda _: claimed(book), range(8)) for one in ids(claim)]
    assert sorted(found) == sorted(rows)


def test_the_next_of_a_conversation_waits_until_the_carrier_has_the_one_before(book: Book) -> None:
    conversation = book.conversation()
    first, second, third = (book.said(conversation, text) for text in ("one", "two", "three"))
    assert ids(claimed(book)) == [first]
    assert ids(claimed(book, 1)) == []
    taken(book, first)
    assert ids(claimed(book, 2)) == [second]
    book.set(second, state="failed")
    assert ids(claimed(book, 3)) == [third]


def test_crisis_goes_first_and_takes_along_what_stands_before_it(book: Book) -> None:
    other = book.said(book.conversation("+14165550143"), "waits longest")
    conversation = book.conversation()
    before = book.said(conversation, "a menu", NOW + timedelta(seconds=1))
    crisis = book.said(conversation, "call 9-8-8", NOW + timedelta(seconds=2), crisis=True)
    assert ids(claimed(book, 3, room=queue.RESERVED + 2)) == [before, other]
    taken(book, before)
    assert ids(claimed(book, 3)) == [crisis]


def test_crisis_passes_a_text_of_its_conversation_that_is_tried_again_later(book: Book) -> None:
    conversation = book.conversation()
    stuck = book.said(conversation, "stuck")
    crisis = book.said(conversation, "call 9-8-8", crisis=True)
    after = book.said(conversation, "after")
    book.set(stuck, attempts=1, next_at=NOW + timedelta(minutes=1))
    assert ids(claimed(book, 1)) == [crisis]
    taken(book, crisis)
    assert ids(claimed(book, 2)) == []
    assert ids(claimed(book, 61)) == [stuck]
    taken(book, stuck)
    assert ids(claimed(book, 62)) == [after]


def test_a_text_that_was_taken_and_failed_holds_up_nobody_when_it_is_tried_again(book: Book) -> None:
    conversation = book.conversation()
    unreachable, following = book.said(conversation, "one"), book.said(conversation, "two")
    book.set(unreachable, attempts=1, sid="SM1", next_at=NOW + timedelta(minutes=1))
    assert ids(claimed(book)) == [following]


def test_places_are_kept_free_for_people_in_danger(book: Book) -> None:
    book.said(book.conversation("+14165550143"), "food")
    assert ids(claimed(book, room=queue.RESERVED)) == []
    crisis = book.said(book.conversation(), "call 9-8-8", crisis=True)
    assert ids(claimed(book, room=queue.RESERVED)) == [crisis]


def test_whoever_has_much_to_say_waits_for_those_who_have_little(book: Book) -> None:
    talker = book.conversation("+14165550143", line=SLOW)
    long = [book.said(talker, str(n)) for n in range(3)]
    late = [
        book.said(book.conversation(f"+1416555015{n}", line=SLOW), "hi", NOW + timedelta(seconds=0.5)) for n in (1, 2)
    ]
    order_of_sending = []
    for second in range(1, 6):
        (parcel,) = claimed(book, second).parcels
        taken(book, parcel.id)
        order_of_sending.append(parcel.id)
    assert order_of_sending == [long[0], *late, long[1], long[2]]


def test_a_conversation_gets_one_turn_in_a_round(book: Book) -> None:
    conversation = book.conversation()
    again, new = book.said(conversation, "one"), book.said(conversation, "two")
    book.set(again, attempts=1, sid="SM1")
    assert ids(claimed(book)) == [again]
    assert ids(claimed(book, 1)) == [new]


def test_a_number_sends_at_its_pace_in_all_processes_together_and_another_is_not_held_up(book: Book) -> None:
    for n in range(3):
        book.said(book.conversation(f"+1416555014{n}", line=SLOW), "slow")
        book.said(book.conversation(f"+1416555014{n}", line=LINE), "fast")
    first = claimed(book)
    assert sorted(parcel.line for parcel in first.parcels) == sorted([SLOW, LINE, LINE, LINE])
    pausing = claimed(book, 0.5)
    assert pausing.parcels == () and pausing.wait == 1.0
    assert [parcel.line for parcel in claimed(book, 1.0).parcels] == [SLOW]
    assert claimed(book, 1.9).parcels == ()


def test_a_slow_sender_may_send_less_than_one_a_second(book: Book) -> None:
    ours = NUMBERS.by_address[SLOW].model_copy(update={"rate": 0.25})
    book.set(book.said(book.conversation(line=SLOW), "x"), state="sent", next_at=NOW + order.LEASE)
    with book.writing() as session:
        assert order.allowance(session, ours, NOW + timedelta(seconds=3.9)) == 0
        assert order.allowance(session, ours, NOW + timedelta(seconds=4.1)) == 1


def test_a_claim_that_ran_out_is_to_be_looked_for(book: Book) -> None:
    row = book.said(book.conversation(), "the words")
    claimed(book)
    lease = order.LEASE.total_seconds()
    assert claimed(book, lease - 1).parcels == ()
    (parcel,) = claimed(book, lease).parcels
    assert (parcel.id, parcel.lookup, parcel.attempt) == (row, True, 2)
    assert claimed(book, lease + 1).parcels == ()


def test_a_claim_holds_longer_than_a_request_can_last() -> None:
    assert order.LEASE.total_seconds() > delivery.START + rest.TIMEOUT + 5


def test_nothing_is_sent_to_somebody_who_has_opted_out(book: Book) -> None:
    conversation = book.conversation()
    row = book.said(conversation, "one", crisis=True)
    with book.writing() as session:
        mine = KEYS.pseudonym("sms", "+14165550142")
        people.opt_out(session, LINE, mine, word="STOP", told_by="person", now=NOW)
    elsewhere = book.said(book.conversation(line=SLOW), "another line")
    assert ids(claimed(book)) == [elsewhere]
    assert book.row(row).state == "held"
    with book.writing() as session:
        (letter,) = dead_letters(session)
    assert (letter.state, letter.crisis) == ("held", True) and "START" in letter.why


def test_the_one_text_that_says_that_there_will_be_no_more_is_sent(book: Book) -> None:
    conversation = book.conversation()
    waiting = book.said(conversation, "an answer to something earlier")
    with book.writing() as session:
        mine = KEYS.pseudonym("sms", "+14165550142")
        people.opt_out(session, LINE, mine, word="STOP", told_by="person", now=NOW)
    farewell = book.said(conversation, "You will get no more texts.", kind=FAREWELL)
    assert ids(claimed(book)) + ids(claimed(book)) == [farewell]
    assert book.row(waiting).state == "held"


def test_an_opt_out_while_nobody_knew_lets_the_text_be_looked_for_only(book: Book) -> None:
    book.said(book.conversation(), "one")
    claimed(book)
    with book.writing() as session:
        mine = KEYS.pseudonym("sms", "+14165550142")
        people.opt_out(session, LINE, mine, word="STOP", told_by="person", now=NOW)
    (parcel,) = claimed(book, 20).parcels
    assert parcel.lookup and parcel.held


@pytest.mark.parametrize("line", [DEAF, "+14165550199"])
def test_nothing_is_sent_from_a_number_without_texts(book: Book, line: str) -> None:
    row = book.said(book.conversation(line=line), "one")
    assert claimed(book).parcels == ()
    assert (book.row(row).state, book.row(row).status) == ("failed", "no-number")
    with book.writing() as session:
        assert "numbers.yml" in dead_letters(session)[0].why


def test_somebody_whose_address_is_gone_gets_nothing(book: Book) -> None:
    row = book.said(book.conversation(), "one")
    book.set(row, person_id=None)
    assert claimed(book).parcels == ()
    assert (book.row(row).state, book.row(row).status) == ("failed", "no-address")


@pytest.mark.parametrize(("hours", "open_"), [(0, True), (23.9, True), (24, False), (50, False), (None, False)])
def test_a_messenger_is_answered_within_a_day_of_the_persons_last_word(
    book: Book, hours: float | None, open_: bool
) -> None:
    conversation = book.conversation("whatsapp:+14165550142", WHATSAPP, "whatsapp")
    if hours is not None:
        book.heard(conversation, "hello", NOW - timedelta(hours=hours))
    row = book.said(conversation, "an answer")
    assert bool(claimed(book).parcels) == open_
    if not open_:
        assert (book.row(row).state, book.row(row).error_code) == ("failed", 63016)
        with book.writing() as session:
            assert "24 hours" in dead_letters(session)[0].why


def test_sms_knows_no_window(book: Book) -> None:
    conversation = book.conversation()
    book.heard(conversation, "hello", NOW - timedelta(days=9))
    book.said(conversation, "an answer")
    assert len(claimed(book).parcels) == 1


def test_an_empty_text_is_not_sent(book: Book) -> None:
    row = book.said(book.conversation(), "  \n")
    assert claimed(book).parcels == ()
    assert book.row(row).status == "no-words"


def test_a_text_without_line_and_time_gets_those_of_its_conversation(book: Book) -> None:
    conversation = book.conversation()
    row = book.said(conversation, "call 9-8-8", crisis=True, bare=True)
    web = book.said(book.conversation("x", channel="web"), "hello", bare=True)
    with book.writing() as session:
        found = queue.strangers(session)
        assert list(found) == [row]
        queue.adopt(session, found)
    adopted = book.row(row)
    assert (adopted.line, adopted.seq, adopted.priority, adopted.next_at) == (LINE, 1, 100, NOW)
    assert adopted.person_id is not None
    assert book.row(web).next_at is None
    assert ids(claimed(book)) == [row]


def test_what_was_put_aside_does_not_end_the_round(book: Book) -> None:
    conversation = book.conversation()
    book.said(conversation, " ")
    following = book.said(conversation, "words")
    assert claimed(book).wait == 0.0
    assert ids(claimed(book)) == [following]


@pytest.mark.parametrize("lines", [(LINE, LINE), (LINE, SLOW), (SLOW, LINE)])
def test_when_the_carrier_is_in_trouble_one_text_goes_to_see_and_it_is_the_most_urgent(
    book: Book, lines: tuple[str, str]
) -> None:
    for n in range(3):
        book.said(book.conversation(f"+1416555014{n}", lines[0]), "food")
    crisis = book.said(book.conversation("+14165550149", lines[1]), "call 9-8-8", crisis=True)
    assert ids(claimed(book, probe=True)) == [crisis]


def test_an_idle_worker_knows_when_to_look_again(book: Book) -> None:
    with book.writing() as session:
        assert order.due_in(session, NOW) is None
    row = book.said(book.conversation(), "one")
    with book.writing() as session:
        assert order.due_in(session, NOW) == 0.0
    book.set(row, next_at=NOW + timedelta(seconds=40))
    with book.writing() as session:
        assert order.due_in(session, NOW) == 40.0


def test_a_long_queue_costs_a_claim_a_bounded_number_of_statements(book: Book) -> None:
    for n in range(40):
        conversation = book.conversation(f"+141655501{n:02}", line=SLOW)
        for _ in range(2):
            book.said(conversation, "x")
    statements: list[str] = []
    listen = event.listens_for(book.engine, "before_cursor_execute")
    listen(lambda *args: statements.append(args[2]))
    assert len(claimed(book, 1).parcels) == 1
    assert len(statements) < 20


def test_giving_up_is_written_once(book: Book) -> None:
    row = book.row(book.said(book.conversation(), "one"))
    with book.writing() as session:
        outcome.give_up(session, row, "away", NOW)
        outcome.give_up(session, row, "no-number", NOW)
    assert book.row(row.id).status == "away"
