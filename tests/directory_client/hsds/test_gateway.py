"""The open interface behind the gateway's guard."""

from __future__ import annotations

from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from bot.guard import Guard, Limits
from bot.hsds import routes
from bot.settings import Settings


def behind_guard(engine: Engine, rate: str) -> TestClient:
    guard = Middleware(Guard, limits=Limits.from_settings(Settings(rate_client=rate)))
    return TestClient(Starlette(routes=routes(engine, "http://testserver/"), middleware=[guard]))


def test_answers_may_be_kept_and_read_by_pages_of_other_origins(engine: Engine) -> None:
    answer = behind_guard(engine, "100/minute").get("/hsds/services")
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_stream_passes(engine: Engine) -> None:
    text = behind_guard(engine, "100/minute").get("/hsds/services?format=ndjson").text
    assert len(text.splitlines()) > 20


def test_who_asks_too_fast_is_told_in_json(engine: Engine) -> None:
    client = behind_guard(engine, "2/minute")
    answers = [client.get("/hsds/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["error"]
    assert int(answers[2].headers["retry-after"]) > 0
    assert answers[2].headers["access-control-allow-origin"] == "*"


def test_the_address_without_a_slash_leads_there(engine: Engine) -> None:
    client = behind_guard(engine, "100/minute")
    assert client.get("/hsds?x=1", follow_redirects=False).headers["location"] == "http://testserver/hsds/?x=1"
    assert client.get("/hsds").json()["openapi_url"] == "http://testserver/hsds/openapi.json"
