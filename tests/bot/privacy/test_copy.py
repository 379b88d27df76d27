"""A copy of one's own data: by button in the chat, with or without a script; by text the way to it is told."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette

from bot.service import Service
from bot.sharing.models import Exclusion
from tests.bot.conftest import MONDAY, Resident
from tests.bot.console.conftest import conversation_of

pytestmark = pytest.mark.anyio


async def test_the_copy_has_what_was_said_and_nothing_of_anybody_else(gateway: Starlette, resident: Resident) -> None:
    service: Service = gateway.state.service
    await resident.enter("211", "en")
    await resident.say("I need a food bank in Ajax")
    with service.ledger.writing() as session:
        mine = conversation_of(service, resident)
        session.add(Exclusion(conversation_id=mine, kind="health", by="x", created_at=MONDAY))
    other = Resident(gateway, resident.client)
    await other.enter("211", "en")
    await other.say("Somebody else's words")
    response = await resident.client.get("/api/my-data", headers=resident.headers)
    assert response.status_code == 200 and response.headers["cache-control"] == "no-store"
    copy = response.json()
    assert any(one["from"] == "person" and "food bank" in one["text"] for one in copy["messages"])
    assert copy["must_not_know"] == ["health"] and copy["conversation"]["door"] == "211"
    assert "Somebody else" not in response.text


async def test_the_page_reads_without_a_script_and_gives_the_file(gateway: Starlette, resident: Resident) -> None:
    await resident.enter("211", "fr")
    await resident.say("Bonjour <b>moi</b>")
    page = await resident.client.post("/my-data", data={"token": resident.token})
    assert page.status_code == 200 and "Mes données" in page.text and "&lt;b&gt;moi" in page.text
    file = await resident.client.post("/my-data", data={"token": resident.token, "format": "json"})
    assert file.json()["conversation"]["language"] == "fr"
    assert "attachment" in file.headers["content-disposition"]


async def test_without_the_token_there_is_nothing(gateway: Starlette, resident: Resident) -> None:
    await resident.enter("211", "en")
    fresh = httpx.AsyncClient(transport=httpx.ASGITransport(app=gateway), base_url="http://test")
    async with fresh as client:
        for token in ("", "guessed", resident.token[:-1]):
            assert (await client.post("/my-data", data={"token": token})).status_code == 404
            assert (await client.get("/api/my-data", headers={"authorization": f"Bearer {token}"})).status_code >= 400


@pytest.mark.parametrize(("language", "words"), [("en", "My data"), ("fr", "mes donnees"), ("es", "mis datos")])
async def test_who_writes_my_data_is_told_how_to_get_it(
    gateway: Starlette, resident: Resident, language: str, words: str
) -> None:
    await resident.enter("211", language)
    said = await resident.say(words)
    told = gateway.state.service.catalogue.say("my_data_text", language)
    assert told[:40] in "\n".join(message["text"] for message in said)
