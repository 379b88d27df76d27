"""Texts of feeds as plain text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory_client.feeds.plain import plain_line, plain_text


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("<p>Food bank.</p><p>Bring ID.</p>", "Food bank.\n\nBring ID."),
        ("One<br>two<BR />three", "One\ntwo\nthree"),
        ("<ul><li>Milk</li><li>Bread</li></ul>", "- Milk\n\n- Bread"),
        ("Soins &agrave; domicile &amp; repas&nbsp;chauds", "Soins à domicile & repas chauds"),
        ("&lt;p&gt;Escaped &lt;b&gt;twice&lt;/b&gt;&lt;/p&gt;", "Escaped twice"),
        ('<span style="x: y">plain</span><o:p></o:p>', "plain"),
        ("<script>alert('x')</script>Open", "Open"),
        ("a<!-- hidden -->b", "a b"),
        ("  many \t  blanks\r\n\r\n\r\n\r\nhere ", "many blanks\n\nhere"),
        ("zero\0width\u200b and \u202eturned", "zerowidth and turned"),
    ],
)
def test_html_becomes_text(given_text: str, expected: str) -> None:
    assert plain_text(given_text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Income < 20,000 and age > 65",
        "Write to <info@example.org>",
        "Families with income <LICO only",
        "https://example.org/?a=1&copy=2&lt=3",
        "R&D, AT&T, 5 & 6",
        "می‌خواهم",
    ],
)
def test_what_only_looks_like_html_stays(text: str) -> None:
    assert plain_text(text) == text


def test_a_link_keeps_its_address() -> None:
    assert plain_text('See <a href="https://example.org/a?b=1&amp;c=2">our site</a>.') == (
        "See our site (https://example.org/a?b=1&c=2)."
    )
    assert plain_text('<a href="mailto:help@example.org">help@example.org</a>') == "help@example.org"


def test_halves_of_pairs_cannot_reach_the_database() -> None:
    assert plain_text("a\ud800b").encode("utf-8") == "a\ufffdb".encode()


def test_a_name_stands_on_one_line() -> None:
    assert plain_line("Food<br>Bank\n of  Nowhere ") == "Food Bank of Nowhere"


@pytest.mark.parametrize(
    "piece",
    ["<", "<a ", '<a "', "<a '\"", "<!--", "&", "&#", "<script>", "<a href=", "</", '<a href="http://x', "&amp;"],
)
def test_a_megabyte_of_broken_html_takes_no_time(piece: str) -> None:
    started = time.monotonic()
    plain_text(piece * (300_000 // len(piece)))
    assert time.monotonic() - started < 5


@given(st.text(alphabet=st.sampled_from(list("<>/&;#\"'=ab pxliscr!-[]\n\0\ud800")), max_size=200))
def test_any_text_comes_out_as_something_that_can_be_stored(text: str) -> None:
    plain_text(text).encode("utf-8")
