"""A full run by chat, text and phone at every door, with planted names, numbers and sentences; then everything that is
stored, logged and exported is searched for them."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from bot.app import create_app
from bot.conversations.models import Conversation
from bot.intake.forgetting import forget_numbers
from bot.service import Service
from bot.settings import Settings
from bot.sharing.models import Agreement
from bot.understanding import Ears
from tests.bot.conftest import MONDAY, FakeEngine, Resident
from tests.bot.console.conftest import Colleague, conversation_of, waits
from tests.bot.privacy.planted import columns_with, in_text
from tests.bot.sms.conftest import PUBLIC, TOKEN, Texter
from tests.peers.caller import Caller
from tests.peers.carrier import Carrier
from tests.peers.posting import Webhooks
from tests.peers.transcript import Clock
from tests.support.staff import signed_in

pytestmark = pytest.mark.anyio
LINE = "+15550100000"
TEXTER, CALLER, BACK = "+14165550188", "+14165550177", "+16475550166"
PLANTED = {
    "name": ["Zebulon", "Quackenbush"],
    "sentence": ["kettle sings purple", "kettle-sings-purple"],
    "written number": ["647-555-0199", "6475550199", "647 555 0199"],
    "texter": [TEXTER, TEXTER[2:], "416-555-0188", "416 555 0188"],
    "caller": [CALLER, CALLER[2:], "416-555-0177"],
    "call back": [BACK, BACK[2:], "647-555-0166"],
    "note": ["otter keeps the umbrella"],
    "reason": ["walrus stopped whistling"],
}
SAID = "I am Zebulon Quackenbush, 647-555-0199, and the kettle sings purple in my kitchen."
NOTE = "The otter keeps the umbrella."
WORDS = {"message.text", "message.translation", "message.payload"}
"""Where people's words may stand in the clear. Sealed columns cannot be read, so nothing is found in them."""


@pytest.fixture
def settings(tmp_path: Path, settings: Settings) -> Settings:
    (tmp_path / "numbers.yml").write_text(f'- {{number: "{LINE}", door: "211", voice: true, sms: true}}\n')
    fields = {
        "public_url": PUBLIC, "twilio_auth_token": SecretStr(TOKEN), "twilio_account_sid": "AC0", "sms_join": 0.1,
        "log_level": "DEBUG",
    }  # fmt: skip
    return settings.model_copy(update=fields)


@pytest.fixture
async def app(settings: Settings, ears: Ears) -> AsyncIterator[Starlette]:
    ticks = itertools.count()
    engine: Any = FakeEngine()
    made = create_app(settings, engine=engine, clock=lambda: MONDAY + timedelta(milliseconds=next(ticks)), ears=ears)
    yield made
    made.state.service.ledger.engine.dispose()
    made.state.service.directory.engine.dispose()


def hired(app: Starlette, *roles: str) -> Colleague:
    member, headers = signed_in(app, roles=roles)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test", headers=headers)
    return Colleague(member, client)


async def chats_at_every_door(app: Starlette, client: httpx.AsyncClient) -> None:
    for door in app.state.service.doors:
        resident = Resident(app, client)
        await resident.enter(door, "en")
        for text in (SAID, "1", SAID):
            await resident.say(text)


async def texts(app: Starlette, client: httpx.AsyncClient) -> None:
    phone = Texter(app, client, number=TEXTER)
    for text in ("hi", SAID, "STOP", "START"):
        await phone.text(text, to=LINE)
    for door in app.state.service.doors.values():
        if door.anonymous and door.entry.words:
            await phone.text(str(door.entry.words[0]), to=LINE)
            await phone.text(SAID, to=LINE)


async def phones(app: Starlette) -> None:
    carrier = Carrier(product=Webhooks(TOKEN, app=app), clock=Clock())
    carrier.owns(
        LINE, voice_url=f"{PUBLIC}/voice/inbound", status_callback=f"{PUBLIC}/voice/status", voice_method="POST"
    )
    call = Caller(carrier, CALLER, LINE)
    await call.dial()
    with suppress(AssertionError):  # whatever it wants to hear, it hears the planted words
        await call.press("1")
        await call.say(SAID)
        await call.say(SAID)
    await call.hang_up()
    await app.state.service.turns.settle()


async def at_the_desk(app: Starlette, client: httpx.AsyncClient) -> str:
    """Somebody waits, asks to be called back, is taken, shared about, excluded, overridden and closed."""
    service: Service = app.state.service
    resident = Resident(app, client)
    await resident.enter("211", "en")
    await resident.say(SAID)
    conversation = conversation_of(service, resident)
    waits(service, conversation)
    called = {"number": BACK, "hours": "evening", "language": "en", "message": False}
    response = await client.post("/api/callback", json=called, headers=resident.headers)
    assert response.status_code < 300, response.text
    with service.ledger.writing() as session:
        found = session.get_one(Conversation, conversation)
        if found.owner != "waiting":
            found.owner = "bot"
    waits(service, conversation)
    one, second = hired(app, "specialist"), hired(app, "supervisor")
    claimed = await one.to(conversation, "claim")
    assert claimed.status_code == 200, claimed.text
    with service.ledger.writing() as session:
        session.add(
            Agreement(
                recipient="kids-help-phone", purpose="connect", kind="health", fields=["language", "place"],
                grounds=["consent", "risk_to_life"], keep_days=1, since=MONDAY, until=MONDAY + timedelta(days=1),
                author="test", created_at=MONDAY,
            )
        )  # fmt: skip
    assert (await one.to(conversation, "notes", id="n1", text=NOTE)).status_code < 300
    await one.to(conversation, "messages", id="m1", text=SAID, confirmed=True)
    line = "kids-help-phone"
    shared = await one.to(conversation, "partner", line=line, share=["language"], consent=True)
    assert shared.status_code == 201, shared.text
    await one.to(conversation, "exclusions", kind="health")
    wish = {"line": line, "share": ["language"], "ground": "risk_to_life"}
    asked = await one.to(
        conversation, "override", **wish, reason="life_in_danger", words="The walrus stopped whistling."
    )
    assert asked.status_code == 202, asked.text
    form = {"override": asked.json()["override"], "answer": "approve", "csrf": second.client.headers["x-csrf-token"]}
    await second.client.post("/console/overrides", data=form)
    assert (await one.to(conversation, "partner", **wish)).status_code == 201
    await resident.say(SAID)
    fields = {"outcome": "referred", "contact_kind": "person"}
    closed = await one.to(conversation, "close", fields=fields, risk_end=1, unmet=[], met=["food.pantry"])
    assert closed.status_code == 200, closed.text
    return conversation


async def exported(app: Starlette) -> str:
    """Every page and file of counts and records that no word may stand on."""
    everybody = hired(app, "administrator", "reporter", "planner", "city", "evaluator")
    paths = (
        "/console/reports", "/console/reports/report.csv", "/console/reports/report.json", "/console/figures",
        "/console/agreements/disclosures", "/console/agreements/disclosures?format=csv", "/console/audit",
        "/console/incidents", "/console/evaluation", "/console/literacy",
    )  # fmt: skip
    pages = [await everybody.client.get(path, follow_redirects=True) for path in paths]
    assert [page.status_code for page in pages[:7]] == [200] * 7
    return "\n".join(page.text for page in pages if page.status_code == 200)


@pytest.mark.timeout(300)
async def test_planted_names_numbers_and_sentences_stand_where_they_may_and_nowhere_else(
    app: Starlette, capfd: pytest.CaptureFixture[str]
) -> None:
    service: Service = app.state.service
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client:
        await chats_at_every_door(app, client)
        await texts(app, client)
        await phones(app)
        held = await at_the_desk(app, client)
    await service.turns.settle()
    assert service.ledger.engine.dialect.name
    found = columns_with(service.ledger.engine, PLANTED)

    assert found["sentence"] >= {"message.text"}, "the run said what was planted"
    assert "note.text" in found["note"]
    assert found["name"] | found["sentence"] | found["written number"] <= WORDS
    assert found["note"] == {"note.text"}
    assert found["reason"] == set()
    for who in ("texter", "caller", "call back"):
        assert found[who] == set(), f"the number of the {who} is only sealed"

    logged = capfd.readouterr()
    assert not in_text(logged.out + logged.err, PLANTED)
    assert not in_text(await exported(app), PLANTED)

    service.ledger.erase(held, service.clock())
    assert columns_with(service.ledger.engine, PLANTED)["note"] == set(), "with the conversation goes the note"


async def test_an_anonymous_door_keeps_no_number_once_nothing_is_left_to_send(app: Starlette) -> None:
    service: Service = app.state.service
    anonymous = {
        door.id: str(door.entry.words[0]) for door in service.doors.values() if door.anonymous and door.entry.words
    }
    assert anonymous
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client:
        for number, word in enumerate(anonymous.values()):
            phone = Texter(app, client, number=f"+1416555{number:04}")
            await phone.text(word, to=LINE)
            await phone.text(SAID, to=LINE)
    from sqlalchemy import update

    from bot.conversations.models import Outbox, Person

    with service.ledger.writing() as session:
        session.execute(update(Outbox).values(state="delivered"))
        session.execute(update(Conversation).values(owner="closed"))
    forget_numbers(service.ledger, service.doors, service.clock() + timedelta(hours=2))
    with Session(service.ledger.reader) as session:
        here = session.scalars(select(Conversation).where(Conversation.door.in_(anonymous))).all()
        assert here and all(one.person_id is None and one.line is None for one in here)
        kept = {one.id for one in session.scalars(select(Person))}
        mine = set(session.scalars(select(Conversation.person_id).where(Conversation.person_id.is_not(None))))
        assert kept <= mine, "nobody is left whom no conversation names"


def test_the_search_finds_what_is_planted_however_it_is_stored(tmp_path: Path) -> None:
    from sqlalchemy import JSON, Column, LargeBinary, MetaData, String, Table, create_engine, insert

    engine = create_engine(f"sqlite:///{tmp_path / 'x.db'}")
    metadata = MetaData()
    table = Table("t", metadata, Column("a", String), Column("b", JSON), Column("c", LargeBinary), Column("d", String))
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(
            insert(table), {"a": "x ZEBULON y", "b": {"k": ["Zebulon"]}, "c": b"..Zebulon..", "d": "nothing"}
        )
    assert columns_with(engine, {"name": ["Zebulon"]}) == {"name": {"t.a", "t.b", "t.c"}}
