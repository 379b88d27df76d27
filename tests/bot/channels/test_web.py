"""The web chat's interface: tokens, repeats, limits, headers, pages and the form without JavaScript."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.app import create_app
from bot.channels.web import LONGEST, news, preferred
from bot.settings import Settings
from bot.understanding import Ears
from tests.bot.conftest import FakeEngine, Resident, words

pytestmark = pytest.mark.anyio


async def test_a_token_that_nobody_has_opens_nothing(resident: Resident) -> None:
    for headers in ({}, {"authorization": "Bearer nonsense"}, {"authorization": "Basic x"}):
        response = await resident.client.get("/api/messages", headers=headers)
        assert response.status_code in (401, 404)


async def test_one_resident_cannot_send_under_the_id_of_another(resident: Resident, gateway: Starlette) -> None:
    await resident.enter(language="en")
    first = await resident.say("hello", message_id="same")
    other = Resident(gateway, resident.client)
    await other.enter(language="en")
    assert first and await other.say("hello", message_id="same")


async def test_a_message_that_is_too_long_is_refused_in_clear_words(resident: Resident) -> None:
    await resident.enter()
    body = {"id": "long", "text": "x" * (LONGEST + 1)}
    response = await resident.client.post("/api/messages", json=body, headers=resident.headers)
    assert response.status_code == 413
    assert str(LONGEST) in response.json()["error"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'"x"', b'{"id": 1, "text": "x"}', b'{"id": "", "text": "x"}', b'{"id": "a"}', b"\xff\xfe"],
)
async def test_a_broken_body_is_a_clear_refusal_and_no_error_of_ours(resident: Resident, body: bytes) -> None:
    await resident.enter()
    response = await resident.client.post("/api/messages", content=body, headers=resident.headers)
    assert response.status_code == 400
    assert response.json()["error"]


@pytest.mark.parametrize("text", ["", "   ", "\x00", "💔", "﷽" * 50, "\u202e\u2066 abc", "a" * 4000, "x̷" * 900])
async def test_strange_text_gets_a_sensible_reply(resident: Resident, text: str) -> None:
    await resident.enter(language="en")
    assert await resident.say(text)


async def test_a_lone_surrogate_does_no_harm(resident: Resident) -> None:
    await resident.enter(language="en")
    raw = json.dumps({"id": "s", "text": "food \ud800"}).encode()
    response = await resident.client.post("/api/messages", content=raw, headers=resident.headers)
    assert response.status_code == 202


async def test_a_body_over_the_limit_is_refused(resident: Resident) -> None:
    response = await resident.client.post("/api/messages", content=b"x" * 70_000)
    assert response.status_code == 413


@pytest.fixture
def narrow(settings: Settings, engine: FakeEngine, ears: Ears) -> Iterator[Starlette]:
    tight = settings.model_copy(update={"rate_messages": "2/minute", "rate_conversations": "3/minute"})
    app = create_app(tight, engine=engine, ears=ears)  # type: ignore[arg-type]
    yield app
    app.state.service.ledger.engine.dispose()


async def test_a_flood_is_slowed_down_but_danger_gets_through(narrow: Starlette) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=narrow), base_url="http://test") as client:
        resident = Resident(narrow, client)
        await resident.enter(language="en")
        codes = []
        for number, text in enumerate(["a", "b", "c", "I want to die"]):
            body = {"id": str(number), "text": text}
            response = await client.post("/api/messages", json=body, headers=resident.headers)
            codes.append(response.status_code)
            if response.status_code == 429:
                assert int(response.headers["retry-after"]) > 0
        assert codes == [202, 202, 429, 202]
        await narrow.state.service.turns.settle()
        assert "9-8-8" in words(await resident.news())


async def test_starting_too_many_conversations_is_refused(narrow: Starlette) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=narrow), base_url="http://test") as client:
        codes = [(await client.post("/api/conversations", json={})).status_code for _ in range(4)]
    assert codes == [201, 201, 201, 429]


async def test_every_answer_has_the_security_headers(resident: Resident) -> None:
    for path in ("/", "/good2talk", "/nowhere", "/api/messages", "/widget.js", "/health/live"):
        response = await resident.client.get(path)
        policy = response.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy, path
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"


async def test_pages_of_conversations_are_never_stored(resident: Resident) -> None:
    assert (await resident.client.get("/")).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/good2talk", "/211"])
async def test_every_door_has_its_page_without_inline_code(resident: Resident, path: str) -> None:
    response = await resident.client.get(path, headers={"accept-language": "fr-CA"})
    assert response.status_code == 200
    assert '<html lang="fr"' in response.text
    assert not re.search(r"<script(?![^>]*(?:src=|application/json))", response.text)
    assert " style=" not in response.text and " onclick=" not in response.text


async def test_an_unknown_page_says_what_to_do_with_the_crisis_numbers(resident: Resident) -> None:
    response = await resident.client.get("/no-such-door")
    assert response.status_code == 404
    assert "9-1-1" in response.text and "9-8-8" in response.text


async def test_the_form_works_without_javascript(resident: Resident) -> None:
    client = resident.client
    sent = await client.post("/chat/211", data={"text": "I want to die"})
    assert sent.status_code == 303 and sent.headers["location"] == "/"
    cookie = sent.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie
    page = await client.get("/")
    assert "I want to die" in page.text and "9-8-8" in page.text
    erased = await client.post("/chat/211", data={"action": "delete"})
    assert erased.status_code == 200
    assert "I want to die" not in (await client.get("/")).text


async def test_words_of_people_are_escaped_in_the_page(resident: Resident) -> None:
    await resident.client.post("/chat/211", data={"text": "<script>alert(1)</script><b>x</b>"})
    page = await resident.client.get("/")
    assert "<script>alert(1)" not in page.text and "&lt;script&gt;" in page.text


async def test_the_language_can_be_chosen_and_is_kept(resident: Resident) -> None:
    await resident.enter(language="en")
    response = await resident.client.post("/api/language", json={"language": "ar"}, headers=resident.headers)
    assert response.json() == {"language": "ar", "rtl": True}
    assert (await resident.say("hello"))[0]["rtl"] is True
    refused = await resident.client.post("/api/language", json={"language": "xx"}, headers=resident.headers)
    assert refused.status_code == 400


async def test_listings_go_to_a_phone_as_a_code_without_a_number(resident: Resident, engine: FakeEngine) -> None:
    await resident.enter(language="en")
    empty = await resident.client.post("/api/phone-code", headers=resident.headers)
    assert empty.json() == {"svg": "", "text": "", "sms_href": "", "carry": []}
    engine.away = False
    engine.pieces = [{"listings": ["211-ontario"], "near": None, "need": None, "detail": False}]
    await resident.say("211")
    code = (await resident.client.post("/api/phone-code", headers=resident.headers)).json()
    assert code["svg"].startswith("<svg") and "211" in code["text"] and code["sms_href"].startswith("sms:")


async def test_the_event_stream_gives_each_message_once_and_resumes(resident: Resident) -> None:
    await resident.enter(language="en")
    await resident.say("hello")
    service = resident.app.state.service

    class Request:
        app = resident.app

        async def is_disconnected(self) -> bool:
            return False

    async def gathered(after: int) -> list[int]:
        seen = service.ledger.seen(resident.token, after)
        found: list[int] = []
        stream: Any = news(Request(), resident.token, seen, after)  # type: ignore[arg-type]
        try:
            async with asyncio.timeout(0.5):
                async for event in stream:
                    if event.event == "message":
                        found.append(int(event.id))
        except TimeoutError:
            pass
        return found

    everything = await gathered(0)
    assert everything == sorted(set(everything)) and len(everything) > 2
    assert await gathered(everything[1]) == everything[2:]


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("de;q=0.9, es;q=0.8", "es"),
        ("zh-HK", "zh"),
        ("", "en"),
        ("xx,;q=,*;q=0", "en"),
        ("pa-IN;q=oops,ar;q=0.1", "ar"),
    ],
)
def test_the_browsers_preference_is_read(accept: str, language: str) -> None:
    assert preferred(accept, ["en", "fr", "es", "zh", "pa", "ar"], "en") == language
