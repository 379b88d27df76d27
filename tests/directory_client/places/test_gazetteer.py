"""Where a person is, told in many ways; the cases are lines of places.tsv."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from directory_client.places import Gazetteer

_LINES = (Path(__file__).parent / "places.tsv").read_text(encoding="utf-8").splitlines()
CASES = [(line.split("\t") + ["", ""])[:3] for line in _LINES if line and not line.startswith("#")]


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.load()


@pytest.mark.parametrize(("text", "name", "kind"), CASES, ids=[case[0] for case in CASES])
def test_the_place_where_the_person_is(gazetteer: Gazetteer, text: str, name: str, kind: str) -> None:
    found = gazetteer.find(text)
    assert (found.place.name if found else "") == name
    if found and kind:
        assert found.place.kind == kind
    if found:
        assert found.place.in_ontario == (found.place.kind != "outside")
