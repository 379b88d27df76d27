"""Records put aside on disk."""

from __future__ import annotations

import time

from directory_client.feeds.shelf import Kept, Shelf


def _kept(number: int, *, language: str = "en", level: str = "program", **more: str) -> Kept:
    return Kept(
        str(number), language, number, "f.csv", level, more.get("parent", ""), more.get("program", ""), "", {"a": "é"}
    )


def test_a_number_is_kept_once_in_each_language() -> None:
    shelf = Shelf()
    assert shelf.put(_kept(1))
    assert not shelf.put(_kept(1, level="site"))
    assert shelf.put(_kept(1, language="fr"))
    found = shelf.get("1", "en")
    assert found is not None
    assert (found.level, found.fields) == ("program", {"a": "é"})


def test_records_of_one_language_only_can_be_told() -> None:
    shelf = Shelf()
    for number, language in ((1, "en"), (1, "fr"), (2, "fr")):
        shelf.put(_kept(number, language=language))
    assert [kept.number for kept in shelf.of_level("program", "fr", besides="en")] == ["2"]


def test_looking_up_stays_quick_when_there_are_many() -> None:
    # Without an index that fits, 3,000 look-ups among 3,000 records take minutes.
    shelf = Shelf()
    for number in range(3_000):
        shelf.put(_kept(number, level="at_site", parent="1", program=str(number)))
    started = time.monotonic()
    for number in range(3_000):
        assert [kept.number for kept in shelf.at_sites(str(number), "en")] == [str(number)]
        assert not shelf.has_children(str(number + 2), "en")
    assert time.monotonic() - started < 5
