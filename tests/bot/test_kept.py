"""What is kept for the next start is used only when it is whole, ours, and of the very same sources."""

from __future__ import annotations

import marshal
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.kept import GENERATIONS, kept


class Work:
    """Counts how often data are made anew."""

    def __init__(self, folder: Path, *contents: str) -> None:
        self.folder, self.made = folder / "cache", 0
        self.sources = [folder / f"source-{number}" for number in range(len(contents))]
        for source, content in zip(self.sources, contents, strict=True):
            source.write_text(content)

    def make(self) -> list[str]:
        self.made += 1
        return [source.read_text() for source in self.sources]

    def have(self) -> list[str]:
        return kept(self.folder, "words", self.sources, self.make, list)

    @property
    def files(self) -> list[Path]:
        return sorted(self.folder.glob("*"))


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return Work(tmp_path, "one", "two")


def test_it_is_made_once(work: Work) -> None:
    assert [work.have() for _ in range(3)] == [["one", "two"]] * 3
    assert work.made == 1


def test_a_changed_source_makes_it_anew(work: Work) -> None:
    work.have()
    work.sources[0].write_text("other")
    assert work.have() == ["other", "two"]


@pytest.mark.parametrize("damage", [b"", b"x", b"\0" * 5_000])
def test_a_torn_file_is_made_anew_and_mended(work: Work, damage: bytes) -> None:
    work.have()
    work.files[0].write_bytes(damage)
    assert work.have() == work.have() == ["one", "two"]
    assert work.made == 2


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 200), bit=st.integers(0, 7))
def test_one_flipped_bit_is_found_out(work: Work, place: int, bit: int) -> None:
    work.have()
    content = bytearray(work.files[0].read_bytes())
    content[place % len(content)] ^= 1 << bit
    work.files[0].write_bytes(content)
    assert work.have() == ["one", "two"]


def test_data_that_cannot_be_used_are_made_anew(work: Work) -> None:
    work.have()
    seen: list[object] = []

    def use(data: list[str]) -> list[str]:
        seen.append(data)
        if len(seen) == 1:
            raise KeyError("of another form")
        return data

    assert kept(work.folder, "words", work.sources, work.make, use) == ["one", "two"]
    assert work.made == 2


def test_what_others_could_have_written_is_not_trusted(work: Work) -> None:
    work.have()
    os.chmod(work.files[0], 0o666)
    assert work.have() == ["one", "two"]
    assert work.made == 2


def test_only_this_user_may_read_it(work: Work) -> None:
    work.have()
    assert work.files[0].stat().st_mode & 0o077 == 0


def test_without_a_place_to_write_it_works_all_the_same(work: Work) -> None:
    work.folder.write_text("a file where the folder should be")
    assert work.have() == ["one", "two"]
    assert kept(None, "words", work.sources, work.make, list) == ["one", "two"]


def test_old_generations_go(work: Work) -> None:
    for number in range(GENERATIONS + 3):
        work.sources[0].write_text(str(number))
        work.have()
    assert len(work.files) == GENERATIONS


def test_data_of_values_that_cannot_be_kept_are_used_all_the_same(work: Work) -> None:
    assert kept(work.folder, "words", work.sources, lambda: [object()], len) == 1
    with pytest.raises(ValueError):
        marshal.dumps([object()])
