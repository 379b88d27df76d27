"""Charts: pictures without scripts or addresses, whatever they show."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from bot.console.floor import charts

MADE = {
    "bars": charts.bars(["a", "<b>&"], [("One", [1, None]), ("Two", [2, 3])], nothing="Nothing", stacked=True),
    "across": charts.bars(["a", "b"], [("One", [1, None])], nothing="Nothing", across=True),
    "lines": charts.lines(["a", "b", "c"], [("One", [1.0, None, 2.0])], nothing="Nothing"),
    "empty": charts.lines([], [("One", [])], nothing="Nothing at all"),
}


@pytest.mark.parametrize("name", MADE)
def test_a_picture_runs_nothing_and_fetches_nothing(name: str) -> None:
    root = ElementTree.fromstring(MADE[name])
    tags = {element.tag.rpartition("}")[2] for element in root.iter() if isinstance(element.tag, str)}
    assert "script" not in tags
    assert b"@import" not in MADE[name] and b"xml-stylesheet" not in MADE[name]
    assert not [value for element in root.iter() for key, value in element.attrib.items() if "href" in key]


def test_an_empty_picture_says_so() -> None:
    assert b"Nothing at all" in MADE["empty"]


def test_a_picture_has_a_dark_side() -> None:
    assert b"prefers-color-scheme" in MADE["bars"]
