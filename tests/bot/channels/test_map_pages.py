"""The map page on the server: the form without a script, the script's interface, headers, and what is not logged."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import AsyncIterator

import httpx
import pytest
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from bot.app import create_app
from bot.conversations.models import Conversation
from bot.handoff.models import Handoff
from bot.settings import Settings
from bot.understanding import Ears
from directory_client.models import Address, SearchSite
from tests.bot.conftest import FakeEngine, Resident

pytestmark = pytest.mark.anyio
FOOD = {"need": "food.pantry", "near": "Toronto"}


@pytest.fixture
async def client(resident: Resident) -> httpx.AsyncClient:
    return resident.client


def names(html: str) -> list[str]:
    return re.findall(r'<h3 id="name-\d+">.*?<bdi>(.*?)</bdi>', html)


async def test_the_page_offers_every_need_by_its_area(client: httpx.AsyncClient) -> None:
    html = (await client.get("/map?lang=fr")).text
    assert '<html lang="fr"' in html
    assert html.count("<optgroup") == 27 and html.count("<option value=") > 52
    assert "<style" not in html and " style=" not in html and "onclick" not in html


async def test_a_link_may_choose_the_need(client: httpx.AsyncClient) -> None:
    assert '<option value="food.pantry" selected>' in (await client.get("/map?need=food.pantry")).text
    assert " selected" not in (await client.get("/map?need=no.such")).text


async def test_officers_find_shelter_and_mental_health_first(client: httpx.AsyncClient) -> None:
    usual, officers = [(await client.get(f"/map{query}")).text for query in ("", "?for=officer")]
    needs = re.findall(r'<option value="([a-z]+\.[a-z_]+)"', officers)
    assert needs[0] == "housing.shelter" and needs.index("mental.crisis") < needs.index("food.pantry")
    assert sorted(needs) == sorted(re.findall(r'<option value="([a-z]+\.[a-z_]+)"', usual))
    assert "officer" not in usual


async def test_one_tap_asks_a_specialist_for_an_officer_on_scene(resident: Resident) -> None:
    client = resident.client
    found = (await client.post("/map", data={**FOOD, "for": "officer"})).text
    assert found.count('name="from" value="officer"') == 2 and 'name="for" value="officer"' in found
    answer = await client.post("/api/map", json={**FOOD, "for": "officer"})
    assert 'name="from" value="officer"' in answer.json()["list"]
    went = await client.post("/chat/211", data={"language": "en", "from": "officer"})
    assert went.status_code == 303
    with Session(resident.app.state.service.ledger.reader) as session:
        (conversation,) = session.scalars(select(Conversation))
        (handoff,) = session.scalars(select(Handoff))
    assert conversation.owner == "waiting" and conversation.memory["mark"] == "officer"
    assert (handoff.mark, handoff.door) == ("officer", "211")
    page = (await client.get("/")).text
    assert "You come as an officer on scene" in page and "Do not write the name" in page


async def test_an_officer_is_shown_no_confidential_address(client: httpx.AsyncClient) -> None:
    body = {"need": "violence.partner", "near": "Toronto", "for": "officer"}
    answer = (await client.post("/api/map", json=body)).json()
    assert names(answer["list"]) and answer["count"]
    cards = answer["list"].split('<li class="card"')[1:]
    hidden = [card for card in cards if "SAMPLE" in card and "km away" not in card]
    assert cards and all("Street" not in card and 'class="show"' not in card for card in hidden)
    assert len(answer["drawing"]["dots"]) <= len(cards) - len(hidden)


async def test_an_officer_types_an_address_and_is_shown_what_is_near_it(resident: Resident) -> None:
    with Session(resident.app.state.service.directory.engine) as session:
        line, city, lat, lon = session.execute(
            select(Address.address_1, Address.city, SearchSite.latitude, SearchSite.longitude)
            .join(SearchSite, SearchSite.location_id == Address.location_id)
            .where(SearchSite.street.is_not(None), Address.city == "Toronto")
            .order_by(Address.id)
        ).first()
    body = {"need": "food.pantry", "near": f"{line}, {city}", "for": "officer"}
    answer = (await resident.client.post("/api/map", json=body)).json()
    assert line in answer["heading"]
    assert answer["drawing"]["spot"][:2] == pytest.approx([lat, lon], abs=0.01)


async def test_the_form_gives_a_list_without_a_script(client: httpx.AsyncClient) -> None:
    response = await client.post("/map", data={**FOOD, "lang": "en"})
    html = response.text
    assert response.status_code == 200
    assert "Food bank, groceries, near Toronto" in html
    assert len(names(html)) >= 3
    assert 'href="tel:+1' in html and "km away" in html and "SAMPLE, not a real service" in html
    assert "Checked on" in html and 'action="/chat/211"' in html
    assert 'value="Toronto"' in html  # the form keeps what was asked


async def test_the_pages_of_a_list_hold_every_service_once(client: httpx.AsyncClient) -> None:
    seen: list[str] = []
    page: str | None = "1"
    while page:
        html = (await client.post("/map", data={"need": "food.pantry", "near": "Jane and Finch", "page": page})).text
        seen += re.findall(r'id="service-(\d+)"', html)
        found = re.search(r'name="page" value="(\d+)">More', html)
        page = found[1] if found else None
    assert len(seen) > 10
    assert seen == [str(number) for number in range(1, len(seen) + 1)]


async def test_filters_leave_out_what_does_not_fit(client: httpx.AsyncClient) -> None:
    everything = names((await client.post("/map", data=FOOD)).text)
    now = (await client.post("/map", data={**FOOD, "open_now": "1"})).text
    assert 0 < len(names(now)) < len(everything)
    assert 'class="hours closed"' not in now


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"near": "Toronto"}, "Choisissez le besoin"),
        ({"need": "food.pantry", "near": "Qwrtzpl"}, "lieu"),
        ({"need": "food.pantry", "near": "Montréal"}, "Montréal"),
    ],
)
async def test_a_mistake_is_told_in_the_language_of_the_page(
    client: httpx.AsyncClient, fields: dict[str, str], words: str
) -> None:
    page = await client.post("/map", data={**fields, "lang": "fr"})
    problem = re.search(r'id="problem"[^>]*>(.*?)</p>', page.text)
    assert page.status_code == 422 and problem and words in problem[1]
    answer = await client.post("/api/map", json={**fields, "lang": "fr"})
    assert answer.status_code == 422 and words in answer.json()["error"]


async def test_another_language_keeps_the_search(client: httpx.AsyncClient) -> None:
    html = (await client.post("/map", data={**FOOD, "lang": "en", "speak": "ar"})).text
    assert '<html lang="ar" dir="rtl"' in html and names(html)
    empty = await client.post("/map", data={"lang": "en", "speak": "ar"})
    assert empty.status_code == 200 and '<html lang="ar"' in empty.text


async def test_the_script_gets_the_list_and_what_to_draw(client: httpx.AsyncClient) -> None:
    answer = (await client.post("/api/map", json={**FOOD, "lang": "en"})).json()
    assert answer["drawing"]["spot"][2] > 1
    numbers = [int(number) for number in re.findall(r'id="service-(\d+)"', answer["list"])]
    assert answer["drawing"]["dots"] and {dot[0] for dot in answer["drawing"]["dots"]} <= set(numbers)
    for number, name, lat, lon in answer["drawing"]["dots"]:
        assert names(answer["list"])[number - 1].replace("&#39;", "'") == name
        assert 41 < lat < 57 and -96 < lon < -74


async def test_a_position_finds_what_a_name_finds(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/map", json={"need": "food.pantry", "lat": 43.7064, "lon": -79.3986, "lang": "en"})
    assert "near My location" in answer.json()["heading"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"need": 7}', b'{"need": "food.pantry", "lat": NaN, "lon": 1e999}']
)
async def test_a_broken_request_is_a_clear_refusal_and_no_error_of_ours(client: httpx.AsyncClient, body: bytes) -> None:
    response = await client.post("/api/map", content=body)
    assert response.status_code in (200, 400, 422)
    assert response.status_code == 200 or response.json()["error"]


@pytest.mark.parametrize(
    "near", ["<script>alert(1)</script>", "\x00", "'; --", "é" * 5000, "\u202eToronto", '% \\ " &']
)
async def test_strange_words_for_a_place_are_escaped_and_answered(client: httpx.AsyncClient, near: str) -> None:
    response = await client.post("/map", data={"need": "food.pantry", "near": near})
    assert response.status_code in (200, 422)
    assert "<script>alert" not in response.text


async def test_files_in_place_of_fields_do_no_harm(client: httpx.AsyncClient) -> None:
    response = await client.post("/map", files={"near": ("a.txt", b"Toronto")}, data={"need": "food.pantry"})
    assert response.status_code == 200


async def test_only_the_map_may_ask_for_a_position_and_nothing_is_stored(client: httpx.AsyncClient) -> None:
    there, chat = await client.get("/map"), await client.get("/")
    assert "geolocation=(self)" in there.headers["permissions-policy"]
    assert "geolocation=()" in chat.headers["permissions-policy"]
    assert there.headers["cache-control"] == "no-store" and "set-cookie" not in there.headers
    assert "img-src 'self' data:;" in there.headers["content-security-policy"]


async def test_neither_the_log_nor_an_address_holds_where_somebody_is(
    capfd: pytest.CaptureFixture[str], gateway: Starlette, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "17 Quiet Crescent, Toronto"
    page = await client.post("/map", data={"need": "food.pantry", "near": secret})
    assert secret in page.text and not re.search(r'(href|action)="[^"]*Quiet', page.text)
    assert 'method="get"' not in page.text.lower()

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(secret)

    monkeypatch.setattr("bot.channels.map_pages.found", broken)
    transport = httpx.ASGITransport(app=gateway, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as other:
        failed = await other.post("/api/map", json={"need": "food.pantry", "near": secret})
    assert failed.status_code == 500 and failed.json()["error"]
    logged = "".join(capfd.readouterr())
    assert "request failed" in logged and "Quiet" not in logged and "43." not in logged


async def test_towns_are_named_for_the_drawing_with_their_source(client: httpx.AsyncClient) -> None:
    response = await client.get("/map/places.json", headers={"accept-encoding": "gzip"})
    assert response.json()["places"][0][0] == "Toronto"
    assert "GeoNames" in response.json()["source"]
    assert "public" in response.headers["cache-control"]


async def test_the_page_is_light_enough_for_a_bad_network(client: httpx.AsyncClient) -> None:
    page = (await client.post("/map", data={"need": "food.pantry", "near": "Jane and Finch"})).text
    parts = [page, *[(await client.get(path)).text for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', page)]]
    parts += [(await client.get("/map/places.json")).text]
    packed = sum(len(gzip.compress(part.encode())) for part in parts)
    assert packed < 45_000
    first = next(path for path in re.findall(r'href="(/static/[^"]+css)"', page))
    assert (await client.get(first)).headers["content-encoding"] == "gzip"


@pytest.fixture
async def tiled(settings: Settings, engine: FakeEngine, ears: Ears) -> AsyncIterator[httpx.AsyncClient]:
    fields = {"map_tiles": "https://tiles.example.org:8443/a/{z}/{x}/{y}.png", "map_attribution": "© Example <maps>"}
    app = create_app(settings.model_copy(update=fields), engine=engine, ears=ears)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client:
        yield client
    app.state.service.ledger.engine.dispose()
    app.state.service.directory.engine.dispose()


async def test_map_pictures_may_come_from_the_host_of_the_setting_and_on_the_map_only(tiled: httpx.AsyncClient) -> None:
    page, chat = await tiled.get("/map"), await tiled.get("/")
    assert "img-src 'self' https://tiles.example.org:8443 data:;" in page.headers["content-security-policy"]
    assert "example.org" not in chat.headers["content-security-policy"]
    assert 'data-attribution="© Example &lt;maps&gt;"' in page.text
    assert "{z}/{x}/{y}" in page.text


@pytest.mark.parametrize(
    ("address", "origin"),
    [("", ""), ("/tiles/{z}/{x}/{y}.png", ""), ("http://10.0.0.1:80/{z}/{x}/{y}", "http://10.0.0.1:80")],
)
def test_map_pictures_may_come_from_the_own_server(address: str, origin: str) -> None:
    assert Settings(map_tiles=address).map_origin == origin


@pytest.mark.parametrize(
    "address",
    ["https://tiles.example.org/", "https://{s}.example.org/{z}/{x}/{y}", "//tiles.example.org/{z}/{x}/{y}",
     "https://a.example.org; script-src *//{z}/{x}/{y}", "javascript:{z}/{x}/{y}"],
)  # fmt: skip
def test_an_address_of_map_pictures_that_cannot_work_is_refused_in_words(address: str) -> None:
    with pytest.raises(ValidationError, match="PORCHLIGHT_MAP_TILES is an address such as"):
        Settings(map_tiles=address)


async def test_too_many_searches_are_slowed_down_in_words(settings: Settings, engine: FakeEngine, ears: Ears) -> None:
    app = create_app(settings.model_copy(update={"rate_client": "2/minute"}), engine=engine, ears=ears)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client:
        answers = [await client.post("/api/map", json=FOOD) for _ in range(3)]
    app.state.service.ledger.engine.dispose()
    app.state.service.directory.engine.dispose()
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert json.loads(answers[2].content)["error"]
