"""The file of the operator's own numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.carrier.numbers import BrokenNumbers, Numbers

DOORS = ("211", "good2talk")
GOOD = """
- {number: "+15550100000", door: "211", voice: true}
- {number: "+15550100001", door: good2talk, sms: true}
- {number: "21100", kind: short, rate: 30}
- {number: "whatsapp:+15550100000", kind: whatsapp}
"""


def numbers(tmp_path: Path, text: str) -> Numbers:
    path = tmp_path / "numbers.yml"
    path.write_text(text)
    return Numbers.load(path, DOORS)


def test_without_a_file_there_are_no_numbers(tmp_path: Path) -> None:
    assert not Numbers.load(tmp_path / "none.yml", DOORS).by_address


def test_a_door_is_reached_by_its_own_number_else_by_the_general_one(tmp_path: Path) -> None:
    found = numbers(tmp_path, GOOD)
    assert [found.find("sms", door).number for door in DOORS] == ["+15550100000", "+15550100001"]  # type: ignore[union-attr]
    assert found.find("voice", "good2talk") == found.of("+15550100000")
    assert found.of("+15550199999") is None


def test_a_number_sends_as_fast_as_its_kind_or_its_entry_says(tmp_path: Path) -> None:
    found = numbers(tmp_path, GOOD)
    assert [one.per_second for one in found.by_address.values()] == [1, 1, 30, 80]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("- {number: '416-555-0123'}", "entry 1: number"),
        ("- {number: '+15550100000'}\n- {number: '+15550100000'}", "entry 2: the number stands there twice"),
        ("- {number: '+15550100000', door: nowhere}", "no door 'nowhere'"),
        ("- {number: '+15550100000', colour: red}", "entry 1: colour"),
        ("- {number: '+15550100000', rate: 0}", "entry 1: rate"),
        ("number: '+15550100000'", "file"),
        ("- {number: '+1", "not readable as YAML"),
    ],
)
def test_a_broken_file_is_refused_with_entry_and_reason(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(BrokenNumbers, match=r"numbers\.yml") as caught:
        numbers(tmp_path, text)
    assert reason in str(caught.value)
