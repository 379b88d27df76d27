"""What the screen found, in the words of each interface."""

from __future__ import annotations

import pytest

from bot.console.api.labels import Labels
from bot.console.interface import Interface
from bot.language.catalogue import Catalogue

CODES = ("pattern:es.suicide.with_means", "pattern:es.suicide.want_to_die")


@pytest.fixture(scope="module")
def interface() -> Interface:
    return Interface.load()


def labels(interface: Interface, language: str) -> Labels:
    return Labels(interface, Catalogue.load(), {}, language)


def test_in_english_each_pattern_is_named(interface: Interface) -> None:
    said = [one["label"] for one in labels(interface, "en").reasons(CODES)]
    assert said == ["Words about suicide in Spanish: with means", "Words about suicide in Spanish: want to die"]


def test_in_french_no_english_is_shown_and_nothing_twice(interface: Interface) -> None:
    assert [one["label"] for one in labels(interface, "fr").reasons(CODES)] == ["Mots en espagnol : suicide"]
