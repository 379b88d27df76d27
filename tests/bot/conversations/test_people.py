"""Persons on a carrier's channels: one person, one row; one conversation with each of our numbers."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.conversations import people
from bot.conversations.identity import Keys
from bot.conversations.ledger import Ledger
from bot.conversations.models import Conversation, Person

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
KEYS = Keys.from_secret(secrets.token_bytes(32))
CALLER, LINE = "+14165550123", "+15550100000"


def test_many_first_texts_at_once_make_one_person_and_one_conversation(ledger: Ledger) -> None:
    def arrive(_: int) -> str:
        with ledger.writing() as session:
            person = people.person_for(session, KEYS, "sms", CALLER, NOW)
            known = people.last_conversation(session, person.id, LINE)
            return known.id if known else _begun(session, person).id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(arrive, range(16)))) == 1
    with Session(ledger.reader) as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 1
        assert session.scalar(select(func.count()).select_from(Conversation)) == 1


def test_the_same_number_on_another_channel_is_another_person(ledger: Ledger) -> None:
    with ledger.writing() as session:
        by_text = people.person_for(session, KEYS, "sms", CALLER, NOW)
        by_phone = people.person_for(session, KEYS, "voice", CALLER, NOW)
        assert by_text.id != by_phone.id
        assert CALLER.encode() not in (by_text.address or b"")
        assert CALLER not in by_text.pseudonym and by_text.pseudonym != by_phone.pseudonym


def test_a_conversation_of_long_ago_is_not_gone_on_with(ledger: Ledger) -> None:
    with ledger.writing() as session:
        person = people.person_for(session, KEYS, "sms", CALLER, NOW)
        _begun(session, person)
        assert people.last_conversation(session, person.id, LINE, NOW - timedelta(days=30))
        assert people.last_conversation(session, person.id, LINE, NOW + timedelta(days=1)) is None
        assert people.last_conversation(session, person.id, "+15550100001") is None


def test_an_opt_out_is_kept_by_number_and_outlives_the_conversation(ledger: Ledger) -> None:
    with ledger.writing() as session:
        person = people.person_for(session, KEYS, "sms", CALLER, NOW)
        for _ in range(2):
            people.opt_out(session, LINE, person.pseudonym, word="STOP", told_by="person", now=NOW)
        pseudonym = person.pseudonym
        session.delete(person)
    with ledger.writing() as session:
        assert people.opted_out(session, LINE, pseudonym)
        assert not people.opted_out(session, "+15550100001", pseudonym)
        people.opt_in(session, LINE, pseudonym)
        people.opt_in(session, LINE, pseudonym)
        assert not people.opted_out(session, LINE, pseudonym)


def _begun(session: Session, person: Person) -> Conversation:
    return people.new_conversation(
        session, door="211", channel="sms", person_id=person.id, line=LINE, language="en", now=NOW
    )
