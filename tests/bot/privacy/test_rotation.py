"""A new secret key: nothing is lost, the same people are known again, and a rotation that was cut off goes on."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import InvalidToken
from sqlalchemy import LargeBinary, inspect, select
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from bot.conversations import people
from bot.conversations.identity import BadKey, Keys, load_keys
from bot.conversations.models import Base, Conversation, Person
from bot.privacy import rotation
from bot.service import Service
from bot.staff.models import Staff
from tests.bot.conftest import MONDAY
from tests.support.staff import signed_in

NUMBER, GONE, LINE = "+14165550142", "+14165550143", "+14165550100"


class Cut(Exception):
    """The process ends here."""


@pytest.fixture
def service(gateway: Starlette) -> Iterator[Service]:
    found: Service = gateway.state.service
    with found.ledger.writing() as session:
        person = people.person_for(session, found.keys, "sms", NUMBER, MONDAY)
        people.new_conversation(
            session, door="211", channel="sms", person_id=person.id, line=LINE, language="en", now=MONDAY
        )
        for number in (NUMBER, GONE):  # of the second there is no person any more
            name = found.keys.pseudonym("sms", number)
            people.opt_out(session, LINE, name, word="STOP", told_by="person", now=MONDAY)
    member, _ = signed_in(found)
    with found.ledger.writing() as session:
        staff = session.get_one(Staff, member.id)
        staff.totp_secret = found.keys.sealed("SECRET")
        staff.recovery = [found.keys.pseudonym(f"recovery {member.id}", "code")]
    yield found


def known_with(service: Service, keys: Keys) -> bool:
    """Whether these keys find the person, the number, both opt-outs and the second factor."""
    with Session(service.ledger.reader) as session:
        person = people.known(session, keys, "sms", NUMBER)
        if person is None or person.address is None:
            return False
        staff = session.scalars(select(Staff)).one()
        assert staff.totp_secret and keys.opened(staff.totp_secret) == "SECRET"
        assert staff.recovery == [keys.pseudonym(f"recovery {staff.id}", "code")]
        return keys.opened(person.address) == NUMBER and all(
            people.opted_out(session, LINE, keys.pseudonym("sms", number)) for number in (NUMBER, GONE)
        )


def test_the_same_people_and_opt_outs_are_known_after_two_rotations_and_the_old_key_finds_nobody(
    service: Service, tmp_path: Path
) -> None:
    keys = service.keys
    for _ in range(2):
        new = Keys.from_text(rotation.next_text(keys))
        counts = rotation.rotate(service.ledger.engine, keys, new, MONDAY)
        assert counts and counts["person.pseudonym"] == 1 and counts["opt_out.pseudonym"] == 2
        assert known_with(service, new)
        with Session(service.ledger.reader) as session:
            assert people.known(session, keys, "sms", NUMBER) is None
            sealed = session.scalars(select(Person.address)).one()
        assert sealed is not None
        with pytest.raises(InvalidToken):
            keys.opened(sealed)
        keys = new


@pytest.mark.parametrize("step", ["person.address", "named"])
def test_a_rotation_that_is_cut_off_has_changed_nothing_and_goes_on_with_the_same_key(
    service: Service, tmp_path: Path, step: str
) -> None:
    waiting = tmp_path / "secret.key.new"
    text = rotation.kept_text(waiting, service.keys)

    def at(reached: str) -> None:
        if reached == step:
            raise Cut

    with pytest.raises(Cut):
        rotation.rotate(service.ledger.engine, service.keys, Keys.from_text(text), MONDAY, at)
    assert known_with(service, service.keys)
    assert rotation.kept_text(waiting, service.keys) == text
    assert oct(waiting.stat().st_mode)[-3:] == "600"
    assert rotation.rotate(service.ledger.engine, service.keys, Keys.from_text(text), MONDAY)
    # cut off between the commit and the file: the database is not touched twice
    assert rotation.rotate(service.ledger.engine, service.keys, Keys.from_text(text), MONDAY) is None
    rotation.put_in_place(tmp_path)
    assert known_with(service, load_keys(None, tmp_path)) and not waiting.exists()


def test_what_the_old_key_cannot_open_stays_and_is_counted(service: Service) -> None:
    with service.ledger.writing() as session:
        lost = Person(pseudonym="f" * 64, channel="sms", address=b"sealed with a key that is lost", created_at=MONDAY)
        session.add(lost)
    new = Keys.from_text(rotation.next_text(service.keys))
    counts = rotation.rotate(service.ledger.engine, service.keys, new, MONDAY)
    assert counts and counts["person.address unreadable"] == 1
    assert known_with(service, new)


def test_every_binary_column_is_sealed_anew_and_every_pseudonym_is_in_the_list(service: Service) -> None:
    with service.ledger.engine.connect() as connection:
        found = {(table, column) for table, column, _ in rotation._sealed(connection)}
        there = inspect(connection).get_table_names()
    known = {
        (table.name, column.name)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary) and table.name in there
    }
    assert known and known <= found
    names = {
        (table.name, column.name)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if ("pseudonym" in column.name or column.name.endswith("_key")) and table.name in there
    }
    assert names <= set(rotation.PSEUDONYMS), "a pseudonym that a rotation would forget"


def test_a_key_of_one_part_names_people_as_it_always_did_and_a_broken_one_says_so(tmp_path: Path) -> None:
    secret = base64.b64encode(b"k" * 32).decode()
    assert Keys.from_text(secret).pseudonym("sms", NUMBER) == Keys.from_secret(b"k" * 32).pseudonym("sms", NUMBER)
    (tmp_path / "secret.key").write_text("not base64 at all!", encoding="ascii")
    for configured in (None, "short", "####"):
        with pytest.raises(BadKey):
            load_keys(configured, tmp_path)


def test_a_conversation_outlives_its_person_but_not_the_other_way_round(service: Service) -> None:
    from datetime import timedelta

    from bot.privacy.people import forget_people

    later = MONDAY + timedelta(hours=1)
    assert forget_people(service.ledger, later) == 0
    with service.ledger.writing() as session:
        conversation = session.scalars(select(Conversation.id)).one()
    service.ledger.erase(conversation, MONDAY)
    assert forget_people(service.ledger, MONDAY) == 0, "nobody is taken away in the moment of arriving"
    assert forget_people(service.ledger, later) == 1
    with Session(service.ledger.reader) as session:
        assert not session.scalars(select(Person)).all()
        assert people.opted_out(session, LINE, service.keys.pseudonym("sms", NUMBER)), "STOP outlives them"
