"""What the templates and the scripts must have in common, and how heavy they may be."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable

import pytest

from bot.web import pages
from bot.web.text import dial, rich, safe_link, visible_text
from tests.browser.chat import canned
from tests.browser.chat.chat_page import Chat
from tests.browser.chat.fake_server import DOORS, Fake
from tests.browser.chat.fake_talk import Talk

Visit = Callable[..., Chat]
LIMIT = 40_000  # bytes, compressed


def _talk(language: str) -> Talk:
    """Every kind of message that there is."""
    talk = Talk("211", language)
    said = [
        *canned.greeting(language),
        canned.message("<b>1-800-668-6868</b> & 9-8-8\n555 555 555", language, author="person"),
        *canned.answers("listing", "", language),
        canned.message("again", language, author="person"),
        *canned.answers("listing", "", language),
        *canned.answers("crisis", "", language),
        *canned.answers("waiting", "", language),
        canned.translated(language),
        canned.message("See https://example.org/a?b=c&d, or (705) 555-0101. On 2026-11-21, 9-5, 1-2-3-4.", language),
    ]
    for message in said:
        talk.add(message)
    return talk


@pytest.mark.browser
@pytest.mark.parametrize("language", ("en", "fr", "ar"))
def test_script_and_template_draw_the_same_messages(visit: Visit, fake: Fake, language: str) -> None:
    chat = visit(ready=False)
    talk = _talk(language)
    page = fake.pages.chat(pages.Door("211", DOORS["211"]), language, messages=talk.messages)
    chat.page.goto(f"{chat.url}/no-such-page")
    differing = chat.page.evaluate(
        """async ([html, messages, version]) => {
          const { render, retire } = await import(`/static/${version}/messages.js`);
          const { offers } = await import(`/static/${version}/text.js`);
          const served = new DOMParser().parseFromString(html, 'text/html');
          const words = JSON.parse(served.getElementById('words').textContent);
          const list = document.createElement('ol');
          for (const message of messages) {
            const item = document.importNode(render(message, words, '/chat/211'), true);
            list.append(item);
            if (offers(message)) retire(item);
          }
          const theirs = [...served.querySelectorAll('#messages > li')];
          theirs.forEach(item => item.normalize());
          [...list.children].forEach(item => item.normalize());
          return [...list.children].map((item, at) => [item, theirs[at]])
            .filter(([mine, other]) => !mine.isEqualNode(other))
            .map(([mine, other]) => [mine.outerHTML, other.outerHTML]);
        }""",
        [page, talk.messages, fake.pages.version],
    )
    assert differing == []


def test_the_page_with_all_its_scripts_and_styles_is_light() -> None:
    talk = _talk("ar")
    page = Fake().pages.chat(pages.Door("211", DOORS["211"]), "ar", messages=talk.messages)
    files = [path.read_bytes() for path in pages.STATIC.iterdir()]
    weight = sum(len(gzip.compress(content, 6)) for content in [page.encode(), *files])
    assert weight < LIMIT, f"{weight} bytes"


def test_the_widget_is_light() -> None:
    assert len(gzip.compress(Fake().pages.widget().encode(), 6)) < 5_000


def test_scripts_hold_no_words_of_their_own() -> None:
    for path in pages.STATIC.glob("*.js"):
        for line in path.read_text(encoding="utf-8").splitlines():
            code = line.split("//")[0]
            assert '.textContent = "' not in code or '.textContent = ""' in code, f"{path.name}: {line}"


def test_every_word_of_the_pages_is_in_the_catalogue() -> None:
    page = Fake().pages
    door = pages.Door("211", "211")
    for language in ("en", "fr", "ar"):
        page.chat(door, language, messages=_talk(language).messages)
        page.deleted(door, language)
        for status in (400, 404, 413, 429, 500, 503):
            page.error(status, language)


def test_data_for_the_script_cannot_end_its_block() -> None:
    page = Fake(exit_url="https://x.test/</script><script>alert(1)</script>").pages
    html = page.chat(pages.Door("211", "</script>"), "en")
    assert html.count("<script") == html.count("</script>") == 4
    block = html.split('id="setup">')[1].split("</script>")[0]
    assert json.loads(block)["exit"].endswith("</script>")


def test_text_is_escaped_before_anything_else() -> None:
    assert rich("<script>&\"'") == "&lt;script&gt;&amp;&#34;&#39;"
    assert "<b>" not in rich("https://x.test/<b>")


@pytest.mark.parametrize(
    ("number", "link"),
    [("9-8-8", "tel:988"), ("1-800-668-6868", "tel:+18006686868"), ("(705) 555-0101", "tel:+17055550101")],
)
def test_a_number_in_an_answer_can_be_dialled(number: str, link: str) -> None:
    assert dial(number) == link
    assert f'<a href="{link}"><bdi dir="ltr">{number}</bdi></a>' in rich(f"Call {number}.")
    assert "<a " not in rich(f"Call {number}.", links=False)


@pytest.mark.parametrize("text", ["2026-11-21", "9-5", "1-2-3-4", "12-555", "1-8-8"])
def test_dates_and_hours_are_not_taken_for_telephone_numbers(text: str) -> None:
    assert "<a " not in rich(f"on {text}.")


@pytest.mark.parametrize("href", [None, "", "javascript:alert(1)", " javascript:x", "data:text/html,x", "//x.test"])
def test_only_calls_texts_letters_and_pages_are_linked(href: str | None) -> None:
    assert safe_link(href) is None


def test_a_sentence_that_names_a_listing_later_is_kept() -> None:
    message = {"text": "This may help:\n\n1. Sample Bank\nopen", "cards": [{"name": "Sample Bank"}]}
    assert visible_text(message) == "This may help:"
    message["text"] = "You asked about Sample Bank.\n1. Yes"
    assert visible_text(message) == message["text"]
    assert visible_text(message | {"choices": [{"number": 1, "label": "Yes"}]}) == "You asked about Sample Bank."
