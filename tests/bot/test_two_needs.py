"""Messages with two needs, as the model learns them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.quality.test_apart import NEEDS
from understanding.text import PLACE
from understanding.two_needs import FOLDER, two_needs


def test_every_line_has_two_needs_of_the_vocabulary() -> None:
    found = two_needs()
    assert len(found) > 1_000
    assert {need.removeprefix("need/") for one in found for need in (one.main, one.further)} <= NEEDS
    assert len({one.text for one in found}) == len(found)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yml")), ids=lambda path: path.stem)
def test_a_language_pairs_its_needs_in_many_ways(path: Path, tmp_path: Path) -> None:
    (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    found = two_needs(tmp_path)
    assert len({frozenset((one.main, one.further)) for one in found}) > 0.8 * len(found)


def test_the_name_of_a_place_is_not_learned(tmp_path: Path) -> None:
    (tmp_path / "en.yml").write_text(
        "- text: soup and a bed in [Moosonee](place) today\n  needs: [food.meals, housing.shelter]\n", encoding="utf-8"
    )
    (one,) = two_needs(tmp_path)
    assert PLACE in one.text and "Moosonee" not in one.text
    assert (one.main, one.further) == ("need/food.meals", "need/housing.shelter")


@pytest.mark.parametrize("needs", ["[food.meals]", "[food.meals, food.meals]", "[a, b, c]"])
def test_a_line_without_exactly_two_needs_is_refused(tmp_path: Path, needs: str) -> None:
    (tmp_path / "en.yml").write_text(f"- text: soup\n  needs: {needs}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"en\.yml"):
        two_needs(tmp_path)
