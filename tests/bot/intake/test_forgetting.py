"""Anonymous doors keep no number of a person who has texted."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session
from starlette.applications import Starlette

from bot.conversations import people
from bot.conversations.models import Conversation, Person
from bot.doors.loading import load
from bot.intake.forgetting import REST, forget_numbers
from tests.bot.conftest import MONDAY


def test_a_number_is_forgotten_after_an_hour_of_silence_and_only_at_an_anonymous_door(gateway: Starlette) -> None:
    service = gateway.state.service
    doors = {**load(), "good2talk": load()["good2talk"].model_copy(update={"anonymous": True})}
    made = {}
    with service.ledger.writing() as session:
        for door, number in (("good2talk", "+14165550101"), ("211", "+14165550102")):
            person = people.person_for(session, service.keys, "sms", number, MONDAY)
            made[door] = people.new_conversation(
                session, door=door, channel="sms", person_id=person.id, line="+15550100000", language="en", now=MONDAY
            ).id
    assert forget_numbers(service.ledger, doors, MONDAY + REST) == 0
    assert forget_numbers(service.ledger, doors, MONDAY + REST + timedelta(seconds=1)) == 1
    with Session(service.ledger.reader) as session:
        assert session.get_one(Conversation, made["good2talk"]).person_id is None
        assert session.get_one(Conversation, made["211"]).person_id is not None
        assert session.query(Person).count() == 1
