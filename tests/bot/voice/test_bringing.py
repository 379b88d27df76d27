"""A specialist rings a partner line into the call: who hears what, who may leave, and what stands on record."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from bot.console.models import PartnerTransfer
from bot.service import Service
from bot.sharing.deciding import CONNECT
from bot.sharing.handed import settle
from bot.sharing.models import Disclosure
from bot.voice import bringing
from bot.voice.bringing import Bringing, held
from bot.voice.calls import Calls as VoiceCalls
from bot.voice.leg_routes import LegRoutes
from bot.voice.placing import Placing
from bot.voice.telephones import Telephones
from directory_client.lines import lines
from tests.bot.voice.test_transfer import carrier, person, telephone, waiting
from tests.peers.caller import Caller
from tests.peers.carrier import Carrier
from tests.peers.rest import serving

Calls = Callable[..., Caller]
__all__ = ["carrier", "person", "telephone"]
SPECIALIST, LINE = "ana", "connexontario"


@dataclass
class Scene:
    """A caller and a specialist in a call, and the carrier that both are on."""

    service: Service
    carrier: Carrier
    caller: Caller
    specialist: Caller
    telephones: Telephones
    conversation: str

    def hand_on(self, *shared: str) -> str:
        """What the desk writes when the person has agreed that a line is told these things."""
        now = self.service.clock()
        with self.service.ledger.writing() as session:
            row = PartnerTransfer(
                conversation_id=self.conversation, door="good2talk", line=LINE, shared=list(shared),
                consent_version="desk-1", by=SPECIALIST, created_at=now,
            )  # fmt: skip
            session.add(row)
            session.flush()
            if shared:
                session.add(
                    Disclosure(
                        id=row.id, conversation_id=self.conversation, door="good2talk", recipient=LINE, purpose=CONNECT,
                        fields=list(shared), ground="consent", ends_at=now + timedelta(days=7), by=SPECIALIST,
                        rule_version="1", created_at=now,
                    )
                )  # fmt: skip
            return row.id

    async def ring(self, transfer: str) -> Caller:
        """The partner's telephone, which rings."""
        caller = held(self.service, self.conversation, SPECIALIST)
        assert caller == self.caller.call.sid
        assert await Bringing(self.service, self.telephones).ring(caller, lines()[LINE], transfer)
        return Caller.of(self.carrier, _placed(self.carrier)[-1])

    def state(self, transfer: str) -> str:
        with Session(self.service.ledger.reader) as session:
            return session.get_one(PartnerTransfer, transfer).state

    def stands(self, transfer: str) -> bool:
        """Whether the disclosure is on record and was not taken back."""
        with Session(self.service.ledger.reader) as session:
            return session.get_one(Disclosure, transfer).withdrawn_at is None

    @property
    def there(self) -> int:
        """How many are in the conference."""
        rooms = [room for room in self.carrier.conferences.values() if room.status == "in-progress"]
        return sum(len(room.participants) for room in rooms)


def _placed(carrier: Carrier) -> list[Any]:
    return [one for one in carrier.calls.values() if one.direction == "outbound-api"]


@asynccontextmanager
async def in_a_call(
    telephone: Starlette, carrier: Carrier, call: Caller, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Scene]:
    service: Service = telephone.state.service
    await waiting(call)
    with serving(carrier) as url:
        placing = Placing(carrier.account, carrier.token, url)
        telephones = Telephones(service, placing)
        # The gateway's own routes reach this carrier as well.
        for route in telephone.routes:
            owner = _owner(route)
            if owner is not None:
                monkeypatch.setattr(owner, "telephones", telephones)
                monkeypatch.setattr(owner, "bringing", Bringing(service, telephones))
        calling = VoiceCalls(service.ledger).load(call.call.sid)
        assert calling is not None
        assert await telephones.take(calling.conversation_id, SPECIALIST, "+14165550190")
        taker = Caller.of(carrier, _placed(carrier)[-1])
        await taker.answer()
        await taker.press("1")
        await call.until(lambda one: one.wants == "conference")
        scene = Scene(service, carrier, call, taker, telephones, calling.conversation_id)
        assert scene.there == 2
        yield scene
        await placing.close()


def _owner(route: Any) -> LegRoutes | None:
    """The object that answers a route."""
    seen, found = set(), [getattr(route, "endpoint", None)]
    while found:
        one = found.pop()
        if id(one) in seen or one is None:
            continue
        seen.add(id(one))
        mine = getattr(one, "__self__", None)
        if isinstance(mine, LegRoutes):
            return mine
        found += [cell.cell_contents for cell in getattr(one, "__closure__", None) or ()]
        found += [getattr(one, "func", None), *getattr(one, "args", ())]
    return None


def played(
    telephone: Starlette,
    carrier: Carrier,
    call: Caller,
    patch: pytest.MonkeyPatch,
    story: Callable[[Scene], Awaitable[None]],
) -> None:
    async def all_of_it() -> None:
        async with in_a_call(telephone, carrier, call, patch) as scene:
            await story(scene)

    asyncio.run(all_of_it())


def test_three_are_on_the_line_and_the_caller_keeps_the_partner_when_the_specialist_leaves(
    telephone: Starlette, carrier: Carrier, calls: Calls, person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(scene: Scene) -> None:
        transfer = scene.hand_on("language")
        partner = await scene.ring(transfer)
        await partner.answer()
        assert "The caller speaks English" in partner.words and scene.state(transfer) == "offered"
        await partner.press("1")
        assert (scene.there, scene.state(transfer)) == (3, "connected")
        await scene.specialist.hang_up()
        assert scene.there == 2 and scene.caller.wants == "conference" and partner.wants == "conference"
        await partner.hang_up()
        assert scene.there == 0 and not scene.caller.over, "the assistant takes the call on"

    played(telephone, carrier, calls(person), monkeypatch, story)


def test_when_the_partner_leaves_the_specialist_still_has_the_caller(
    telephone: Starlette, carrier: Carrier, calls: Calls, person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(scene: Scene) -> None:
        partner = await scene.ring(scene.hand_on())
        await partner.answer()
        assert "did not agree to share" in partner.words and "speaks" not in partner.words
        await partner.press("1")
        await partner.hang_up()
        assert scene.there == 2 and scene.specialist.wants == "conference"
        await scene.specialist.hang_up()
        assert scene.there == 0 and not scene.caller.over

    played(telephone, carrier, calls(person), monkeypatch, story)


@pytest.mark.parametrize(("key", "went"), [("2", "refused"), ("", "no_answer")])
def test_a_partner_who_does_not_take_it_changes_nothing_for_the_two_who_talk(
    telephone: Starlette,
    carrier: Carrier,
    calls: Calls,
    person: str,
    monkeypatch: pytest.MonkeyPatch,
    key: str,
    went: str,
) -> None:
    async def story(scene: Scene) -> None:
        transfer = scene.hand_on("language", "needs", "place")
        partner = await scene.ring(transfer)
        await partner.answer()
        await (partner.press(key) if key else partner.wait())
        assert partner.over and (scene.there, scene.state(transfer)) == (2, went)
        # The specialist confirms at the desk what the telephones have said: what was heard stays on record.
        with scene.service.ledger.writing() as session:
            settle(session, session.get_one(PartnerTransfer, transfer), went, by=SPECIALIST, now=scene.service.clock())
            settle(
                session, session.get_one(PartnerTransfer, transfer), "busy", by=SPECIALIST, now=scene.service.clock()
            )
        assert scene.stands(transfer)

    played(telephone, carrier, calls(person), monkeypatch, story)


def test_what_nobody_heard_is_taken_back_and_not_spoken_afterwards(
    telephone: Starlette, carrier: Carrier, calls: Calls, person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(scene: Scene) -> None:
        transfer = scene.hand_on("language")
        partner = await scene.ring(transfer)
        with scene.service.ledger.writing() as session:  # the specialist has given up before anybody answered
            settle(
                session, session.get_one(PartnerTransfer, transfer), "no_answer", by="ana", now=scene.service.clock()
            )
        assert not scene.stands(transfer)
        await partner.answer()
        assert "speaks" not in partner.words and "did not agree to share" in partner.words

    played(telephone, carrier, calls(person), monkeypatch, story)


def test_a_partner_who_answers_after_the_specialist_has_left_is_told_that_it_is_over(
    telephone: Starlette, carrier: Carrier, calls: Calls, person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(scene: Scene) -> None:
        transfer = scene.hand_on("language")
        partner = await scene.ring(transfer)
        await scene.specialist.hang_up()
        await partner.answer()
        await partner.press("1")
        assert partner.over and scene.there == 0 and scene.state(transfer) == "no_answer"

    played(telephone, carrier, calls(person), monkeypatch, story)


def test_where_the_carrier_does_not_change_the_conference_nobody_is_left_alone_in_it(
    telephone: Starlette, carrier: Carrier, calls: Calls, person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(scene: Scene) -> None:
        partner = await scene.ring(scene.hand_on())
        await partner.answer()
        await partner.press("1")
        assert scene.there == 3

        async def refused(*_: object) -> None:
            raise bringing.NotPlaced("away")

        monkeypatch.setattr(scene.telephones.placing, "ending", refused)
        await scene.specialist.hang_up()
        await partner.hang_up()
        await scene.caller.wait()
        assert scene.caller.wants != "conference" and not scene.caller.over

    played(telephone, carrier, calls(person), monkeypatch, story)


def test_only_a_specialist_who_is_in_the_call_can_ring_somebody_into_it(
    telephone: Starlette, carrier: Carrier, calls: Calls, person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(scene: Scene) -> None:
        assert held(scene.service, scene.conversation, "ben") is None
        await scene.specialist.hang_up()
        assert held(scene.service, scene.conversation, SPECIALIST) is None

    played(telephone, carrier, calls(person), monkeypatch, story)
