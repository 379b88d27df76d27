"""What ideas say about needs, and how the table of them is made."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from directory_client import idea_needs
from directory_client.idea_needs import FILE, ideas_of, needs_of_ideas, read
from directory_client.learn_ideas import counted, examples, written
from directory_client.needs import NEEDS
from understanding.ideas import Ideas


def test_the_table_knows_every_need() -> None:
    assert set(read(FILE)) == set(NEEDS)


def test_shares_are_probabilities_best_first() -> None:
    shares = [share for _, share in needs_of_ideas("rent and food and a lawyer")]
    assert shares == sorted(shares, reverse=True)
    assert 0 < sum(shares) <= 1


def test_a_text_without_ideas_has_no_needs() -> None:
    assert ideas_of("qwrt") == []
    assert needs_of_ideas("qwrt") == ()


def test_searches_at_the_same_time_read_the_lists_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idea_needs, "_given", [])
    begun = []

    def slowly() -> Ideas:
        begun.append(1)
        time.sleep(0.2)
        return Ideas({})

    with ThreadPoolExecutor(4) as searches:
        for one in [searches.submit(idea_needs.use, slowly) for _ in range(4)]:
            one.result()
    assert len(begun) == 1


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    table = tmp_path / "table.tsv"
    table.write_text("# head\nrent\thousing.rent\tmany\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"table\.tsv:2"):
        read(table)


def test_the_table_counts_examples_not_mentions(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text(
        "nlu:\n- intent: need/housing.rent\n  examples: |\n    - rent rent in [Ajax](place)\n    - my rent\n"
        "- intent: greet\n  examples: |\n    - hello rent\n",
        encoding="utf-8",
    )
    found = list(examples(tmp_path))
    assert found == [("rent rent in Ajax", "housing.rent"), ("my rent", "housing.rent")]
    assert "rent\thousing.rent\t2\n" in written(counted(found))
