"""What the translation gate refuses, measured on outputs that real engines made and on sentences broken on purpose."""

from __future__ import annotations

import pytest

from bot.quality import gate

JUDGED = gate.judgements(gate.rows())


def test_nearly_everything_that_is_refused_is_bad_and_nearly_everything_good_passes() -> None:
    _, precision, _, passed = gate.shares(JUDGED)
    assert precision >= 0.97
    assert passed >= 0.97


@pytest.mark.parametrize(("engine", "recall"), [("written", 1.0), ("fixture", 0.98), ("apertium", 0.3)])
def test_bad_outputs_are_refused(engine: str, recall: float) -> None:
    """Apertium's floor is low on purpose: without probabilities a fluent wrong word cannot be seen."""
    assert gate.shares(one for one in JUDGED if one.row["engine"] == engine)[2] >= recall


def test_no_changed_fact_ever_passes() -> None:
    facts = {"digit", "plus", "clock", "address", "money", "dropped_number", "added_number"}
    passed = [one.row["translation"] for one in JUDGED if one.row["kind"] in facts and one.reason is None]
    assert passed == []
