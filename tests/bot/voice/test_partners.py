"""A line that has agreed with us: what it is told before it takes a caller, and what stands on record of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from bot.conversations.models import Conversation
from bot.intake.models import ConsentGiven
from bot.service import Service
from bot.sharing.agreements import agree, end
from bot.sharing.deciding import CONNECT
from bot.sharing.models import Agreement, Disclosure, Exclusion
from bot.voice.calls import Calling
from bot.voice.calls import Calls as VoiceCalls
from bot.voice.chain import CALLBACK, QUEUE, Chain, Stop
from bot.voice.leg_routes import LegRoutes
from bot.voice.placing import Placing
from bot.voice.stops import Transfer
from bot.voice.telephones import Telephones
from directory_client.lines import Line, lines
from tests.bot.voice.conftest import YOUTH_LINE
from tests.bot.voice.test_transfer import carrier, person, telephone, waiting
from tests.peers.caller import Caller
from tests.peers.carrier import Carrier
from tests.peers.rest import serving

Calls = Callable[..., Caller]
__all__ = ["carrier", "person", "telephone"]


async def partner_story(
    telephone: Starlette, carrier: Carrier, call: Caller, keys: str, line: str = "connexontario"
) -> tuple[Caller, str]:
    """The caller waits for a partner who is told first; gives the partner's telephone and what it heard."""
    service: Service = telephone.state.service
    with serving(carrier) as url:
        placing = Placing(carrier.account, carrier.token, url)
        mine = LegRoutes(service, Telephones(service, placing))
        calling = VoiceCalls(service.ledger).load(call.call.sid)
        assert calling is not None
        await mine._ring(calling, lines()[line])
        await placing.close()
    (record,) = [one for one in carrier.calls.values() if one.direction == "outbound-api"]
    other = Caller.of(carrier, record)
    await other.answer()
    heard = other.words
    await other.press(keys)
    return other, heard


def test_a_partner_is_not_told_what_a_caller_did_not_agree_to_share(
    telephone: Starlette, carrier: Carrier, calls: Calls, person: str
) -> None:
    call = calls(person)

    async def story() -> tuple[Caller, str]:
        await waiting(call)
        return await partner_story(telephone, carrier, call, "1")

    other, heard = asyncio.run(story())
    assert "did not agree to share" in heard
    assert other.wants == "conference"


@pytest.fixture
def agreement(telephone: Starlette) -> Iterator[Agreement]:
    """A partner line has agreed to be told languages and needs before it takes a call."""
    service: Service = telephone.state.service
    now = service.clock()
    row = Agreement(
        recipient="good2talk", purpose=CONNECT, kind="health", fields=["language", "needs"], grounds=["consent"],
        keep_days=7, since=now, until=now + timedelta(days=100), reference="Binder 1", created_at=now,
    )  # fmt: skip
    with service.ledger.writing() as session:
        agree(session, row, author="supervisor", now=now)
    with Session(service.ledger.reader) as session:
        kept = session.scalars(select(Agreement).order_by(Agreement.created_at.desc()).limit(1)).one()
    yield kept
    with service.ledger.writing() as session:
        end(session, kept.id, author="supervisor", now=service.clock())


async def rings(routes: LegRoutes, calling: Calling, line: Line) -> bool:
    return True


def to_partner(
    telephone: Starlette, carrier: Carrier, call: Caller, answer: str, *, excluded: bool = False
) -> tuple[Caller, str]:
    """A student asks for a person; gives the partner's telephone and what it heard."""
    service: Service = telephone.state.service

    async def story() -> tuple[Caller, str]:
        await call.dial()
        await call.press("1")
        calling = VoiceCalls(service.ledger).load(call.call.sid)
        assert calling is not None
        with service.ledger.writing() as session:
            conversation = session.get_one(Conversation, calling.conversation_id)
            conversation.memory = {
                **conversation.memory, "need": ["food.pantry"], "place": {"name": "Ajax"},
            }  # fmt: skip
            if excluded:
                session.add(
                    Exclusion(
                        conversation_id=conversation.id, recipient="good2talk", by="person",
                        created_at=service.clock(),
                    )
                )  # fmt: skip
        await call.press("0")
        assert "May I tell them in a few words what you need" in call.words
        with pytest.MonkeyPatch.context() as patch:  # the telephone rings below, through a carrier that can be reached
            patch.setattr(LegRoutes, "_ring", rings)
            await call.press(answer)
        now = VoiceCalls(service.ledger).load(call.call.sid)
        transfer = Transfer.of(now.state) if now else None
        assert transfer is not None and transfer.chain.stop == Stop("warm", "good2talk")
        return await partner_story(telephone, carrier, call, "1", line="good2talk")

    return asyncio.run(story())


def disclosed(service: Service, conversation: str) -> list[Disclosure]:
    with Session(service.ledger.reader) as session:
        return list(session.scalars(select(Disclosure).where(Disclosure.conversation_id == conversation)))


def conversation_of(telephone: Starlette, call: Caller) -> str:
    calling = VoiceCalls(telephone.state.service.ledger).load(call.call.sid)
    assert calling is not None
    return calling.conversation_id


@pytest.mark.usefixtures("agreement")
def test_a_partner_with_an_agreement_hears_what_was_agreed_after_the_callers_yes_and_it_is_on_record(
    telephone: Starlette, carrier: Carrier, calls: Calls, person: str
) -> None:
    call = calls(person, line=YOUTH_LINE)
    other, heard = to_partner(telephone, carrier, call, "1")
    assert "What they need: Food bank" in heard and "Ajax" not in heard, "places are not in the agreement"
    assert other.wants == "conference"
    (row,) = disclosed(telephone.state.service, conversation_of(telephone, call))
    assert (row.recipient, row.fields, row.ground) == ("good2talk", ["language", "needs"], "consent")
    with Session(telephone.state.service.ledger.reader) as session:
        consent = session.get_one(ConsentGiven, row.consent_id)
        assert (consent.given, consent.version, consent.receiver) == (True, "phone-1", "good2talk")


@pytest.mark.usefixtures("agreement")
@pytest.mark.parametrize(("answer", "excluded"), [("2", False), ("1", True)])
def test_after_a_no_and_where_the_person_has_excluded_it_a_partner_hears_nothing(
    telephone: Starlette, carrier: Carrier, calls: Calls, person: str, answer: str, excluded: bool
) -> None:
    call = calls(person, line=YOUTH_LINE)
    _, heard = to_partner(telephone, carrier, call, answer, excluded=excluded)
    assert "Food bank" not in heard and "did not agree to share" in heard
    assert disclosed(telephone.state.service, conversation_of(telephone, call)) == []


def test_a_yes_to_telling_one_partner_is_none_to_telling_the_next() -> None:
    stops = (Stop("warm", "good2talk"), Stop("warm", "connexontario"), QUEUE, CALLBACK)
    agreed = Transfer(Chain(stops), asks="summary").agreed(True)
    assert agreed.shared
    again = agreed.onward(0, "no_answer")
    assert (again.chain.stop, again.shared, again.asks) == (stops[1], False, "summary")
    assert agreed.onward(3, "no_answer") == agreed, "late news change nothing"
    queued = again.agreed(True).onward(1, "busy")
    assert (queued.chain.stop, queued.asks) == (QUEUE, None)


def test_without_an_agreement_the_line_is_dialled_and_nobody_is_told_anything(
    telephone: Starlette, calls: Calls, person: str
) -> None:
    call = calls(person, line=YOUTH_LINE)

    async def story() -> None:
        await call.dial()
        await call.press("1")
        await call.press("0")

    asyncio.run(story())
    assert "May I tell them in a few words" not in call.words
