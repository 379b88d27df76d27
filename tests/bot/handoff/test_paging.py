"""The telephone of whoever is on call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

import pytest
from anyio import to_thread
from pydantic import SecretStr, ValidationError

from bot.carrier.rest import Away, Carrier, Outgoing, Refused, Sent
from bot.console.interface import Interface
from bot.handoff import claims, due
from bot.handoff.paging import Paging
from bot.settings import Settings
from tests.bot.handoff.world import World

pytestmark = pytest.mark.anyio
PHONE = "+14165550123"


@dataclass
class FakeCarrier:
    sent: list[Outgoing] = field(default_factory=list)
    fails: Exception | None = None

    async def send(self, outgoing: Outgoing) -> Sent:
        if self.fails:
            raise self.fails
        self.sent.append(outgoing)
        return Sent("SM1", "queued")

    async def close(self) -> None: ...


@pytest.fixture
def carrier() -> FakeCarrier:
    return FakeCarrier()


@pytest.fixture
def paging(world: World, carrier: FakeCarrier) -> Paging:
    world.service.settings.oncall_phone = SecretStr(PHONE)
    return Paging(world.service, cast(Carrier, carrier), Interface.load())


async def escalated(world: World, text: str = "danger, my name is Ada and I live on Elm Street") -> str:
    conversation = world.conversation()
    await to_thread.run_sync(world.say, conversation, text)
    world.later(minutes=3)
    due.escalate(world.service)
    return conversation


async def test_a_danger_that_nobody_claims_is_texted_without_a_word_of_the_person(
    world: World, paging: Paging, carrier: FakeCarrier
) -> None:
    await escalated(world)
    assert await paging.page() == 1
    (sent,) = carrier.sent
    assert (sent.to, sent.from_) == (PHONE, "+14165550100")
    assert sent.body == (
        "Porchlight: somebody in danger has waited 3 min at 211 Ontario and nobody has claimed it. "
        "Open the desk: https://chat.example.org/console"
    )


async def test_it_is_texted_again_after_five_minutes_three_times_at_most(
    world: World, paging: Paging, carrier: FakeCarrier
) -> None:
    await escalated(world)
    for _ in range(60):
        await paging.page()
        world.later(minutes=1)
    assert len(carrier.sent) == 3


async def test_nobody_is_texted_before_the_limit_or_after_a_claim(
    world: World, paging: Paging, carrier: FakeCarrier
) -> None:
    early = world.waits(level=2, reason="risk:high")
    assert await paging.page() == 0
    world.later(minutes=3)
    due.escalate(world.service)
    claims.claim(world.service, early, world.member("Dana"))
    assert await paging.page() == 0
    assert carrier.sent == []


@pytest.mark.parametrize("problem", [Refused(21610, 400), Away("no route", perhaps=False)])
async def test_a_text_that_the_carrier_did_not_take_is_tried_again_soon(
    world: World, paging: Paging, carrier: FakeCarrier, problem: Exception
) -> None:
    await escalated(world)
    carrier.fails = problem
    assert await paging.page() == 0
    carrier.fails = None
    assert await paging.page() == 0
    world.later(seconds=31)
    assert await paging.page() == 1


async def test_a_text_that_the_carrier_may_have_taken_is_not_sent_twice(
    world: World, paging: Paging, carrier: FakeCarrier
) -> None:
    await escalated(world)
    carrier.fails = Away("no answer", perhaps=True)
    await paging.page()
    carrier.fails = None
    world.later(seconds=31)
    assert await paging.page() == 0


async def test_a_second_gateway_does_not_text_the_same(world: World, paging: Paging, carrier: FakeCarrier) -> None:
    await escalated(world)
    other = Paging(world.service, cast(Carrier, carrier), Interface.load())
    assert await paging.page() + await other.page() == 1


async def test_without_a_phone_nobody_is_texted(world: World, paging: Paging, carrier: FakeCarrier) -> None:
    world.service.settings.oncall_phone = None
    await escalated(world)
    assert await paging.page() == 0


def test_a_phone_that_cannot_be_dialled_is_refused_at_start() -> None:
    with pytest.raises(ValidationError, match="PORCHLIGHT_ONCALL_PHONE"):
        Settings(oncall_phone=SecretStr("911"))
