"""The page for when nothing of ours answers."""

from __future__ import annotations

from dataclasses import replace
from xml.etree.ElementTree import fromstring

import pytest

from bot.carrier.fallback import page, said
from bot.commands.__main__ import main
from bot.language.catalogue import Catalogue
from directory_client.lines import lines
from tests.peers.twiml import MESSAGING, VOICE, valid

CATALOGUE = Catalogue.load()


def test_the_page_for_calls_says_the_numbers_in_english_and_french_more_than_once() -> None:
    root = fromstring(page())
    assert valid(page(), VOICE) == []
    for language in ("en", "fr"):
        spoken = " ".join(one.text or "" for one in root.iter("Say") if one.attrib["language"].startswith(language))
        assert spoken.count("9 1 1") >= 2
        assert spoken.count("9 8 8") >= 2
    assert [node.tag for node in root][-1] == "Hangup"


def test_the_page_asks_nothing_of_this_server_and_dials_nobody() -> None:
    tags = {node.tag for node in fromstring(page()).iter()}
    assert tags <= {"Response", "Say", "Pause", "Hangup"}
    assert "http" not in page().replace("http://www.w3.org", "")


def test_the_page_for_texts_has_the_numbers_in_both_languages_in_one_message() -> None:
    root = fromstring(page("sms"))
    assert valid(page("sms"), MESSAGING) == []
    (message,) = root.iter("Message")
    assert (message.text or "").count("9-1-1") == 2
    assert (message.text or "").count("9-8-8") == 2


@pytest.mark.parametrize("kind", ["voice", "sms"])
def test_a_language_without_the_sentence_says_what_it_has(kind: str) -> None:
    for language in ("en", "fr"):
        for message in said(CATALOGUE, kind, language):  # type: ignore[arg-type]
            assert CATALOGUE.has(message, language)


def test_there_is_no_page_without_the_crisis_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    known = dict(lines())
    known["suicide-988"] = replace(known["suicide-988"], voice=None)
    monkeypatch.setattr("bot.carrier.fallback.lines", lambda: known)
    with pytest.raises(ValueError, match="9-8-8"):
        page()


@pytest.mark.parametrize(("options", "root"), [([], "Say"), (["--sms"], "Message")])
def test_the_command_prints_the_page_and_nothing_else(
    options: list[str], root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["twilio", "fallback", *options]) == 0
    printed = capsys.readouterr().out
    assert valid(printed) == []
    assert fromstring(printed).find(root) is not None
