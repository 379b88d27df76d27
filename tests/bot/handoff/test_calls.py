"""A caller who waits on the telephone is taken at the specialist's own telephone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

import pytest
from anyio import to_thread

from bot.conversations.carrier_models import Call
from bot.handoff.calls import claim_call, ring_the_holders
from bot.handoff.claims import Claimed, Refused, claim
from bot.voice import legs
from bot.voice.chain import CALLBACK, QUEUE, Chain
from bot.voice.placing import NotPlaced, Placing
from bot.voice.stops import Transfer
from bot.voice.telephones import Telephones
from tests.bot.handoff.world import World

pytestmark = pytest.mark.anyio
MINE = "+14165550177"


@dataclass
class FakePlacing:
    rung: list[str] = field(default_factory=list)
    works: bool = True

    async def place(self, *, to: str, our_number: str, url: str, status_url: str) -> str:
        if not self.works:
            raise NotPlaced("busy")
        self.rung.append(to)
        return f"CAleg{len(self.rung)}"


@pytest.fixture
def placing() -> FakePlacing:
    return FakePlacing()


@pytest.fixture
def telephones(world: World, placing: FakePlacing) -> Telephones:
    return Telephones(world.service, cast(Placing, placing))


def caller(world: World, *, queued: bool = True) -> str:
    """Somebody who waits for a person, on the line."""
    conversation = world.waits("voice")
    transfer = Transfer(Chain((QUEUE, CALLBACK)), n=1) if queued else None
    with world.service.ledger.writing() as session:
        state = {"transfer": transfer.as_json()} if transfer else {}
        session.add(
            Call(sid="CA1", conversation_id=conversation, line="+14165550100", state=state, created_at=world.now)
        )
    return conversation


async def test_the_specialist_is_rung_after_the_claim(
    world: World, placing: FakePlacing, telephones: Telephones
) -> None:
    conversation, dana = caller(world), world.member("Dana", phone=MINE)
    assert await claim_call(world.service, conversation, dana, telephones=telephones) == Claimed(conversation)
    assert placing.rung == [MINE]
    assert world.row(conversation).holder == dana.id
    assert [leg.who for leg in world.read(lambda s: legs.legs(s, conversation, "CA1"))] == [dana.id]


@pytest.mark.parametrize(("phone", "works"), [(None, True), (MINE, False)])
async def test_nobody_is_held_by_somebody_who_cannot_hear_them(
    world: World, placing: FakePlacing, telephones: Telephones, phone: str | None, works: bool
) -> None:
    conversation, dana = caller(world), world.member("Dana", phone=phone)
    placing.works = works
    assert await claim_call(world.service, conversation, dana, telephones=telephones) == Refused("no_phone")
    assert world.row(conversation).owner == "waiting"


async def test_the_second_who_presses_is_told_who_has_it_and_is_not_rung(
    world: World, placing: FakePlacing, telephones: Telephones
) -> None:
    conversation = caller(world)
    dana, robin = world.member("Dana", phone=MINE), world.member("Robin", phone="+14165550178")
    await claim_call(world.service, conversation, dana, telephones=telephones)
    refused = await claim_call(world.service, conversation, robin, telephones=telephones)
    assert refused == Refused("taken", "Dana", dana.id)
    assert placing.rung == [MINE]


async def test_a_chat_needs_no_telephone(world: World, placing: FakePlacing, telephones: Telephones) -> None:
    conversation, dana = world.waits(), world.member("Dana")
    assert isinstance(await claim_call(world.service, conversation, dana, telephones=telephones), Claimed)
    assert placing.rung == []


async def test_whoever_comes_to_the_queue_after_the_claim_is_connected_too(
    world: World, placing: FakePlacing, telephones: Telephones
) -> None:
    conversation, dana = caller(world), world.member("Dana", phone=MINE)
    await to_thread.run_sync(claim, world.service, conversation, dana)
    assert await ring_the_holders(world.service, telephones) == 1
    assert await ring_the_holders(world.service, telephones) == 0  # it rings already
    for _ in range(5):  # they do not answer
        with world.service.ledger.writing() as session:
            for leg in legs.legs(session, conversation, "CA1"):
                legs.ended(session, leg.sid, "no_answer", world.now)
        await ring_the_holders(world.service, telephones)
    assert placing.rung == [MINE] * 3


async def test_a_specialist_who_has_left_a_caller_with_a_partner_is_not_rung_again(
    world: World, placing: FakePlacing, telephones: Telephones
) -> None:
    conversation, dana = caller(world), world.member("Dana", phone=MINE)
    assert await claim_call(world.service, conversation, dana, telephones=telephones) == Claimed(conversation)
    with world.service.ledger.writing() as session:
        (mine,) = legs.legs(session, conversation, "CA1")
        legs.begun(
            session, "CA1", conversation, sid="CApartner", role="partner", who="connexontario", line="+14165550100",
            language="en", now=world.now, handed="t1",
        )  # fmt: skip
        session.get_one(Call, mine.sid).status = session.get_one(Call, "CApartner").status = "joined"
        session.flush()
        legs.ended(session, mine.sid, "completed", world.now)
    assert await ring_the_holders(world.service, telephones) == 0
    with world.service.ledger.writing() as session:
        legs.ended(session, "CApartner", "completed", world.now)
    assert await ring_the_holders(world.service, telephones) == 1, "the caller waits for a person again"
