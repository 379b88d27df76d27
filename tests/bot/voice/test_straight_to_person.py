"""A call that 911 sends over: no menu, a person at once, and the mark on the card."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations.carrier_models import Call
from bot.conversations.models import Conversation
from bot.handoff.models import Handoff
from bot.intake.by_phone import straight_to_person
from bot.service import Service
from tests.bot.voice.conftest import SENT_OVER_LINE, Calls, Handed

pytestmark = pytest.mark.anyio


async def test_whoever_is_sent_over_is_handed_on_without_a_menu(
    helpline: Service, calls: Calls, handed: Handed
) -> None:
    caller = calls(line=SENT_OVER_LINE)
    await caller.dial()
    assert handed.reasons == ["asked"]
    with Session(helpline.ledger.reader) as session:
        call = session.scalars(select(Call).where(Call.sid == caller.call.sid)).one()
        conversation = session.get_one(Conversation, call.conversation_id)
        handoff = session.scalars(select(Handoff).where(Handoff.conversation_id == conversation.id)).one()
    assert (conversation.owner, conversation.risk_level, handoff.mark) == ("waiting", 0, "from_911")


def test_only_that_door_hands_on_every_caller(helpline: Service) -> None:
    assert [door.id for door in helpline.doors.values() if straight_to_person(door)] == ["calgary-911"]
