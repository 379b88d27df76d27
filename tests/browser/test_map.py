"""The map page in a browser: what an officer or outreach worker does on a phone, with and without a script."""

from __future__ import annotations

import contextlib
import re
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Page, Request, Route, expect
from sqlalchemy.orm import Session

from bot.app import create_app
from bot.settings import Settings
from directory_client.sample import load_lines, load_sample
from tests.bot.conftest import MONDAY, FakeEngine
from tests.browser.chat.chat_page import RULES

pytestmark = pytest.mark.browser
LANGUAGES = ("en", "fr", "ar")
PHONE = {"viewport": {"width": 360, "height": 740}}
Visit = Callable[..., Page]
TILES = "/no-such-tiles/{z}/{x}/{y}.png"


@contextlib.contextmanager
def _serving(**settings: Any) -> Iterator[str]:
    """A gateway with sample data on a free port; nobody chats here, so nothing has to be understood."""
    with tempfile.TemporaryDirectory() as var:
        chosen = Settings(var=Path(var), log_level="ERROR", database_url=None, directory_url=None, **settings)
        app = create_app(chosen, engine=FakeEngine(), clock=lambda: MONDAY, ears=SimpleNamespace())  # type: ignore[arg-type]
        service = app.state.service
        with Session(service.directory.engine) as session:
            load_lines(session)
            load_sample(session)
            session.commit()
        config = uvicorn.Config(app, port=0, lifespan="off", log_level="warning", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        for _ in range(1000):
            if server.started:
                break
            threading.Event().wait(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        server.should_exit = True
        thread.join(5)
        service.ledger.engine.dispose()
        service.directory.engine.dispose()


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with _serving() as url:
        yield url


@pytest.fixture
def visit(chromium: Browser, site: str) -> Iterator[Visit]:
    """Opens the page: visit(language="fr", viewport={…}, java_script_enabled=False, …)."""
    contexts, problems = [], []

    def opened(language: str = "en", *, url: str = site, **options: Any) -> Page:
        context = chromium.new_context(**options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if "Content Security" in said.text else None)
        page.goto(f"{url}/map?lang={language}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []


def search(page: Page, need: str = "food.pantry", near: str = "Jane and Finch") -> None:
    page.select_option("#need", need)
    page.fill("#near", near)
    page.locator("#ask .call").click()


def found(page: Page, **asked: str) -> Page:
    search(page, **asked)
    page.locator(".card").first.wait_for()
    page.locator(".map-dot").first.wait_for()
    return page


def violations(page: Page) -> list[str]:
    page.evaluate("scrollTo(0, 0)")  # else something is always half under the strip that stays at the top
    rules = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]
    return [
        f"{rule['id']}: {node['target']} {re.sub(r'\\s+', ' ', node['failureSummary'])}"
        for rule in rules
        for node in rule["nodes"]
    ]


def until(page: Page, condition: str) -> None:
    """Waits for a JavaScript expression to be true; the page's policy forbids Playwright's own way."""
    for _ in range(200):
        with contextlib.suppress(Error):
            if page.evaluate(condition) is True:
                return
        page.wait_for_timeout(25)
    raise AssertionError(f"never came true: {condition}")


# ------------------------------------------------------------ axe in every state


def _empty(page: Page) -> None:
    expect(page.locator("#results")).not_to_be_visible()


def _results(page: Page) -> None:
    found(page)


def _details(page: Page) -> None:
    found(page)
    page.locator(".card summary").first.click()
    page.locator(".card .show").first.click()


def _nothing_near(page: Page) -> None:
    search(page, need="mental.counselling", near="Wawa")
    page.locator(".card").first.wait_for()


def _nothing(page: Page) -> None:
    search(page, need="disaster.relief", near="Moosonee")
    page.locator(".card").first.wait_for()


def _unknown_place(page: Page) -> None:
    search(page, near="Qwrtzpl")
    expect(page.locator("#problem")).not_to_be_empty()


def _offline(page: Page) -> None:
    found(page)
    page.route("**/api/map", lambda route: route.abort())
    search(page, near="Ajax")
    expect(page.locator("#problem")).not_to_be_empty()


def _filtered(page: Page) -> None:
    for name in ("open_now", "free", "accessible"):
        page.locator(f"[name={name}]").check()
    page.select_option("#language", "ta")
    page.fill("#age", "30")
    search(page, near="Toronto")
    page.locator(".card").first.wait_for()


def _languages(page: Page) -> None:
    page.locator("#languages summary").click()


STATES = {
    "empty": _empty,
    "results": _results,
    "details": _details,
    "nothing near": _nothing_near,
    "nothing": _nothing,
    "unknown place": _unknown_place,
    "offline": _offline,
    "filters": _filtered,
    "languages": _languages,
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_in_any_state(visit: Visit, state: str, language: str) -> None:
    page = visit(language, **PHONE)
    STATES[state](page)
    assert violations(page) == []


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_in_the_dark_on_a_wide_screen(visit: Visit, state: str) -> None:
    page = visit(color_scheme="dark", viewport={"width": 1280, "height": 900})
    STATES[state](page)
    assert violations(page) == []


# ------------------------------------------------------------ the list


def test_a_list_can_be_called_from_and_read_page_by_page(visit: Visit) -> None:
    page = found(visit(**PHONE))
    first = page.locator(".card").first
    assert re.fullmatch(r"tel:\+1\d{10}(,\d+)?", first.locator("a.call").get_attribute("href") or "")
    expect(page.locator("#count")).to_have_text(re.compile("1 to 10 of"))
    expect(page.locator("#results-title")).to_be_in_viewport()
    page.get_by_role("button", name="More services").click()
    expect(page.locator(".card").first).to_have_attribute("data-number", "11")
    expect(page.locator("#results-title")).to_be_focused()  # the button that was pressed is gone
    page.get_by_role("button", name="Back").click()
    expect(page.locator(".card").first).to_have_attribute("data-number", "1")


@pytest.mark.parametrize("language", ("ta", "fr"))
def test_what_was_found_is_never_under_the_strip_at_the_top(visit: Visit, language: str) -> None:
    page = found(visit(language, viewport={"width": 320, "height": 568}))
    title, strip = page.locator("#results-title").bounding_box(), page.locator(".top").bounding_box()
    assert title and strip and title["y"] >= strip["y"] + strip["height"]
    page.locator(".map-dot").first.click()
    name = page.locator(".card[aria-current] h3").bounding_box()
    assert name and name["y"] >= strip["y"] + strip["height"]


def test_enter_in_a_field_searches_and_changes_no_language(visit: Visit) -> None:
    page = visit("fr")
    page.select_option("#need", "food.pantry")
    page.fill("#near", "Ajax")
    page.press("#near", "Enter")
    page.locator(".card").first.wait_for()
    expect(page.locator("html")).to_have_attribute("lang", "fr")


def test_the_count_is_said_and_stays_a_live_region(visit: Visit) -> None:
    page = visit()
    page.locator("#count").evaluate("e => { window.counted = e }")
    found(page)
    assert page.evaluate("window.counted === document.getElementById('count') && window.counted.role === 'status'")
    expect(page.locator("#count")).to_have_text(re.compile(r"^Services: 1 to "))


def test_a_failing_network_keeps_the_last_list_and_says_so(visit: Visit) -> None:
    page = found(visit(**PHONE))
    before = page.locator("#list").inner_text()
    page.route("**/api/map", lambda route: route.abort())
    search(page, near="Ajax")
    expect(page.locator("#problem")).to_contain_text("still the list from before")
    assert page.locator("#list").inner_text() == before
    expect(page.locator("#count")).to_have_text(re.compile("Services: 1 to"))
    page.unroute("**/api/map")
    search(page, near="Ajax")
    expect(page.locator("#results-title")).to_contain_text("Ajax")
    expect(page.locator("#problem")).to_be_empty()


def test_the_answer_to_an_older_search_never_replaces_that_of_a_newer_one(visit: Visit) -> None:
    page = visit()
    held: list[Route] = []

    def hold(route: Route) -> None:
        if "Ajax" in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    page.route("**/api/map", hold)
    search(page, near="Ajax")
    found(page, near="Toronto")
    for route in held:
        with contextlib.suppress(Error):
            route.continue_()
    page.wait_for_timeout(300)
    expect(page.locator("#results-title")).to_contain_text("Toronto")


def test_another_language_keeps_what_was_asked(visit: Visit) -> None:
    page = found(visit())
    page.locator("#languages summary").click()
    page.locator("#languages [value=ar]").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("#near")).to_have_value("Jane and Finch")
    page.locator(".map-dot").first.wait_for()


def test_the_chat_is_asked_about_the_same_need(visit: Visit) -> None:
    page = found(visit())
    posted: list[str] = []

    def chat(route: Route) -> None:
        posted.append(route.request.post_data or "")
        route.fulfill(body="ok")

    page.route("**/chat/211", chat)
    page.get_by_role("button", name="Ask 211").click()
    until(page, "document.body.innerText === 'ok'")
    assert "Food+bank" in posted[0] and "Jane" not in posted[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_but_the_map_works_without_a_script(visit: Visit, language: str) -> None:
    page = visit(language, java_script_enabled=False, **PHONE)
    expect(page.locator("#here")).not_to_be_visible()
    search(page)
    expect(page.locator(".card")).to_have_count(10)
    expect(page.locator("#map-part")).not_to_be_visible()
    assert page.locator(".card .show:visible").count() == 0
    page.locator("#list > .ways button").first.click()
    expect(page.locator(".card").first).to_have_attribute("data-number", "11")
    expect(page.locator("html")).to_have_attribute("lang", language)
    search(page, near="Qwrtzpl")
    expect(page.locator("#problem")).not_to_be_empty()
    expect(page.locator("#near")).to_have_value("Qwrtzpl")


# ------------------------------------------------------------ the map


def test_every_dot_leads_to_its_entry_and_back(visit: Visit) -> None:
    page = found(visit(**PHONE))
    dots = page.locator(".map-dot")
    assert dots.count() == page.locator(".card .show").count() >= 5
    for at in range(dots.count()):
        dot = dots.nth(at)
        number = (dot.text_content() or "").split()[0]
        entry = page.locator(f"#service-{number}")
        assert (entry.locator("h3 bdi").text_content() or "") in (dot.text_content() or "")
        dot.focus()
        page.keyboard.press("Enter")
        expect(entry).to_be_focused()
        expect(entry).to_have_attribute("aria-current", "true")
        expect(entry.locator("h3")).to_be_in_viewport()
        entry.locator(".show").focus()
        page.keyboard.press("Enter")
        expect(dot).to_be_focused()
        expect(dot).to_be_in_viewport()
    assert page.locator(".card[aria-current], .map-dot[aria-current]").count() == 2


def _places(page: Page) -> list[list[float]]:
    boxes = (
        "all => all.map(e => { const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2] })"
    )
    places: list[list[float]] = page.locator(".map-dot").evaluate_all(boxes)
    return places


def _settled(page: Page) -> list[list[float]]:
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return _places(page)


@pytest.mark.parametrize("screen", [PHONE, {"viewport": {"width": 1280, "height": 900}}], ids=["phone", "wide"])
def test_no_dot_covers_another_and_all_are_seen_at_first(visit: Visit, screen: dict[str, Any]) -> None:
    page = found(visit(**screen))
    places = _settled(page)
    for at, one in enumerate(places):
        for other in places[at + 1 :]:
            assert abs(one[0] - other[0]) + abs(one[1] - other[1]) > 30
    box = page.locator("#map").bounding_box()
    assert box
    for x, y in places:
        assert box["x"] <= x <= box["x"] + box["width"] and box["y"] <= y <= box["y"] + box["height"]


def test_the_map_is_moved_and_zoomed_with_the_keyboard(visit: Visit) -> None:
    page = found(visit())
    page.locator("#map").focus()
    before = _settled(page)
    page.keyboard.press("ArrowRight")
    right = _settled(page)
    assert right[0][0] < before[0][0] and abs(right[0][1] - before[0][1]) < 1
    page.keyboard.press("+")
    wider = _settled(page)
    spread = [max(p[0] for p in places) - min(p[0] for p in places) for places in (right, wider)]
    assert spread[1] > spread[0] * 1.5
    page.keyboard.press("0")
    assert _settled(page) == before


def test_the_map_is_moved_with_the_mouse_by_dragging_or_by_a_tap(visit: Visit) -> None:
    page = found(visit(viewport={"width": 1280, "height": 900}))
    page.locator("#map").scroll_into_view_if_needed()
    box = page.locator("#map").bounding_box()
    assert box
    before = _settled(page)
    corner = (box["x"] + 8, box["y"] + 8)
    page.mouse.move(*corner)
    page.mouse.down()
    page.mouse.move(corner[0] + 50, corner[1] + 30, steps=4)
    page.mouse.up()
    dragged = _settled(page)
    assert dragged[0][0] - before[0][0] == pytest.approx(50, abs=8)
    page.mouse.click(*corner)  # what lies there comes to the middle: nobody needs to drag
    tapped = _settled(page)
    assert tapped[0][0] - dragged[0][0] == pytest.approx(box["width"] / 2 - 8, abs=20)


def test_a_finger_that_scrolls_the_page_is_not_caught_by_the_map(visit: Visit) -> None:
    page = found(visit(**PHONE))
    assert page.locator("#map").evaluate("e => getComputedStyle(e).touchAction") == "pan-y"
    height = page.locator("#map").evaluate("e => e.clientHeight")
    assert height < 740 * 0.6
    top = page.evaluate("scrollY")
    page.locator("#map").hover(position={"x": 5, "y": 5})
    page.mouse.wheel(0, 200)
    until(page, f"scrollY > {top}")


def test_the_scale_is_true(visit: Visit) -> None:
    page = found(visit())
    scale = page.locator(".map-scale")
    text = scale.inner_text()
    metres = float(text.split()[0]) * (1000 if "km" in text else 1)
    width = scale.evaluate("e => parseFloat(e.style.width)")
    zoom = page.evaluate(
        """async () => {
          const source = document.querySelector('script[src$="map.js"]').src.replace('map.js', 'map_view.js');
          const { project } = await import(source);
          const [a, b] = [project(43.7, -79.5), project(43.7, -79.4)];
          return b[0] - a[0];
        }"""
    )
    assert zoom == pytest.approx(0.1 / 360)
    dots = page.evaluate("fetch('/api/map', {method: 'POST', body: JSON.stringify({need: 'food.pantry', "
                         "near: 'Jane and Finch'})}).then(r => r.json()).then(d => d.drawing.dots)")  # fmt: skip
    west, east = min(dots, key=lambda d: d[3]), max(dots, key=lambda d: d[3])
    names = [int((text or "").split()[0]) for text in page.locator(".map-dot").all_text_contents()]
    places = dict(zip(names, _settled(page), strict=True))
    pixels = places[east[0]][0] - places[west[0]][0]
    assert pixels / width * metres == pytest.approx((east[3] - west[3]) * 80_400, rel=0.25)  # dots give way a little


def test_nothing_on_the_page_moves_by_itself(visit: Visit) -> None:
    page = found(visit(reduced_motion="reduce"))
    moving = """[...document.querySelectorAll('*')].filter(e => {
      const style = getComputedStyle(e);
      return style.animationName !== 'none' || style.transitionDuration !== '0s' || style.scrollBehavior !== 'auto';
    }).length"""
    assert page.evaluate(moving) == 0


def test_by_default_nothing_is_fetched_from_anybody_else(visit: Visit, site: str) -> None:
    page = visit()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    found(page)
    page.wait_for_timeout(300)
    assert asked and all(url.startswith(site) for url in asked)
    assert page.locator("#map img").count() == 0
    expect(page.locator(".map-credit")).to_contain_text("GeoNames")
    expect(
        page.locator("#map text", has_text="Mississauga").or_(page.locator("#map text").first).first
    ).to_be_attached()


def test_pictures_of_the_operator_are_shown_with_their_maker(visit: Visit) -> None:
    with _serving(map_tiles=TILES, map_attribution="© Example maps") as url:
        page = visit(url=url)
        tiles: list[str] = []
        page.route("**/no-such-tiles/**", lambda route: (tiles.append(route.request.url), route.abort())[1])
        found(page)
        expect(page.locator(".map-credit")).to_have_text("© Example maps")
        until(page, "document.querySelectorAll('#map img.missing').length > 1")
        assert all(re.search(r"/no-such-tiles/\d+/\d+/\d+\.png$", tile) for tile in tiles)
        assert page.locator("#map text").count() == 0  # pictures have names of their own
        assert violations(page) == []


# ------------------------------------------------------------ where the phone is


def test_the_position_is_asked_for_by_a_tap_and_sent_rounded_in_a_body(visit: Visit) -> None:
    place = {"latitude": 43.70641234, "longitude": -79.39861234}
    page = visit(geolocation=place, permissions=["geolocation"], **PHONE)
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request))
    page.select_option("#need", "food.pantry")
    page.wait_for_timeout(200)
    assert not [request for request in sent if request.method == "POST"]
    page.locator("#here").click()
    page.locator(".card").first.wait_for()
    request = next(request for request in sent if request.url.endswith("/api/map"))
    body = request.post_data_json
    assert (body["lat"], body["lon"], body["near"]) == (43.706, -79.399, "")
    assert not [one.url for one in sent if "43.7" in one.url or "79.3" in one.url]
    assert "43.7" not in page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    expect(page.locator("#results-title")).to_contain_text("My location")
    page.fill("#near", "Ajax")
    page.locator("#ask .call").click()
    expect(page.locator("#results-title")).to_contain_text("Ajax")


def test_a_phone_that_does_not_tell_where_it_is_gets_a_way_on(visit: Visit) -> None:
    page = visit(permissions=[], **PHONE)
    page.evaluate("() => { navigator.geolocation.getCurrentPosition = (_, failed) => failed({ code: 1 }) }")
    page.locator("#here").click()
    expect(page.locator("#problem")).to_contain_text("postal code")
    expect(page.locator("#near")).to_be_focused()


# ------------------------------------------------------------ small screens, large letters


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "screen",
    [
        {"viewport": {"width": 320, "height": 568}},
        {"viewport": {"width": 640, "height": 360}, "device_scale_factor": 2},
        {"viewport": {"width": 320, "height": 180}, "device_scale_factor": 4},
    ],
    ids=["320 px", "200 % zoom", "400 % zoom"],
)
def test_nothing_needs_sideways_scrolling(visit: Visit, screen: dict[str, Any], language: str) -> None:
    page = visit(language, **screen)
    sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(sideways) == 0
    found(page)
    page.locator(".card summary").first.click()
    assert page.evaluate(sideways) == 0
    page.locator("#languages summary").click()
    assert page.evaluate(sideways) == 0


def test_letters_twice_as_large_still_fit(visit: Visit) -> None:
    page = found(visit(viewport={"width": 640, "height": 800}))
    page.evaluate("document.documentElement.style.fontSize = '36px'")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


@pytest.mark.parametrize("language", ("en", "ar"))
def test_everything_to_press_is_large_enough_for_a_finger(visit: Visit, language: str) -> None:
    page = found(visit(language, **PHONE))
    sizes: list[list[Any]] = page.evaluate(
        """[...document.querySelectorAll('main a, main button, main summary, main input, main select')]
           .filter(e => e.checkVisibility() && !e.closest('.summary, .field, .helpline'))
           .map(e => [e.innerText || e.id, e.closest('label') ?? e])
           .map(([name, e]) => [name, e.getBoundingClientRect()])
           .map(([name, box]) => [name, Math.round(box.width), Math.round(box.height)])
           .filter(([, width]) => width > 1)"""
    )
    assert len(sizes) > 30
    assert [size for size in sizes if min(size[1:]) < 35] == []


def test_the_whole_way_by_keyboard_is_seen(visit: Visit) -> None:
    page = found(visit(**PHONE))
    page.evaluate("scrollTo(0, 0)")
    page.locator("#need").focus()
    passed = set()
    for _ in range(45):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => {
              const e = document.activeElement, box = e.getBoundingClientRect();
              if (e === document.body) return ['body', ''];
              const at = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(12, box.height / 2));
              const fine = at !== null && (e.contains(at) || at.contains(e)) && e.matches(':focus-visible');
              const kind = e.className || e.id || e.name || e.tagName;
              return [kind, fine ? '' : `${kind} ${at?.outerHTML.slice(0, 80)}`];
            }"""
        )
        passed.add(seen[0])
        assert not seen[1], seen
    assert {"near", "here", "open_now", "language", "age", "map", "map-dot"} <= passed
