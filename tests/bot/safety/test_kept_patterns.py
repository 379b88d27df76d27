"""The screen that starts from what was kept finds the same as the one that has read the files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.safety import Level, Screen, compiled, patterns
from bot.safety.pattern_files import PatternFile
from bot.safety.patterns import FOLDER, Patterns
from tests.bot.safety.test_promises import FIRM, TABLE

FEW = ("en.yml", "fr.yml", "pa_latin.yml", "zh.yml")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few of the files: the way is the same for all."""
    copied = tmp_path_factory.mktemp("patterns")
    for name in FEW:
        (copied / name).write_bytes((FOLDER / name).read_bytes())
    return copied


@pytest.fixture(scope="module")
def both(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Screen, Screen]:
    """One that has read the files and one that has not, from the same place."""
    cache = tmp_path_factory.mktemp("cache")
    read = Patterns.load(folder, cache)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(patterns, "_PAUSE", 0.0)
        read.warm()

    def must_not(path: Path) -> PatternFile:
        raise AssertionError(f"{path.name} was read again")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(patterns, "PatternFile", must_not)
        kept = Patterns.load(folder, cache)
    assert all(one._compiled for one in kept._expressions)
    return Screen(read), Screen(kept)


@pytest.mark.parametrize("text", [*FIRM, *(text for texts in TABLE.values() for text in texts)])
def test_the_same_is_found(both: tuple[Screen, Screen], text: str) -> None:
    read, kept = both
    assert kept.assess(text) == read.assess(text)


def test_every_example_is_found_alike(both: tuple[Screen, Screen]) -> None:
    read, kept = both
    examples = [example for pattern in read._patterns.all for example in pattern.examples]
    assert len(examples) > 100
    assert [kept.assess(text) for text in examples] == [read.assess(text) for text in examples]


def test_the_first_message_after_a_start_is_screened_in_full(folder: Path, tmp_path: Path) -> None:
    Patterns.load(folder, tmp_path)
    assert Screen(Patterns.load(folder, tmp_path)).assess("I want to kill myself").level >= Level.HIGH


def test_a_changed_pattern_counts_from_the_next_start_on(tmp_path: Path) -> None:
    files, cache = tmp_path / "patterns", tmp_path / "cache"
    files.mkdir()
    text = (FOLDER / "en.yml").read_text(encoding="utf-8")
    (files / "en.yml").write_text(text, encoding="utf-8")
    before = Patterns.load(files, cache)
    (files / "en.yml").write_text(text.replace("\n      kill_self:", "\n      kill_oneself:", 1), encoding="utf-8")
    after = Patterns.load(files, cache)
    assert {one.code for one in before.all} ^ {one.code for one in after.all} == {
        "en.suicide.kill_self", "en.suicide.kill_oneself",
    }  # fmt: skip


def test_a_torn_cache_is_no_danger(folder: Path, tmp_path: Path) -> None:
    Patterns.load(folder, tmp_path)
    (kept,) = tmp_path.glob("*.kept")
    kept.write_bytes(kept.read_bytes()[:-10])
    assert Screen(Patterns.load(folder, tmp_path)).assess("I want to kill myself").level >= Level.HIGH


def test_what_was_compiled_for_other_expressions_is_not_used(folder: Path) -> None:
    data = compiled.packed(["a", "b"], pause=0.0)
    with pytest.raises(compiled.NotKeepable):
        compiled.unpacked(["a", "b", "c"], data)


@pytest.mark.parametrize("source", ["a|b", r"(?P<word>\w+) (?P=word)", "(?<!no )help", "(?i)stra(ß|ss)e", "[а-я]{2,5}"])
@pytest.mark.parametrize("text", ["b", "help help", "no help", "HELP Strasse", "на помощь", ""])
def test_a_kept_expression_finds_what_its_source_finds(source: str, text: str) -> None:
    (kept,) = compiled.unpacked([source], compiled.packed([source], pause=0.0))
    own = re.compile(source)
    assert (kept.pattern, kept.flags, kept.groups, kept.groupindex) == (source, own.flags, own.groups, own.groupindex)
    assert [found.groupdict() for found in kept.finditer(text)] == [found.groupdict() for found in own.finditer(text)]
    assert [found.span() for found in kept.finditer(text)] == [found.span() for found in own.finditer(text)]


def test_a_python_that_compiles_otherwise_compiles_as_ever(folder: Path, tmp_path: Path) -> None:
    def otherwise(*given: object) -> bytes:
        raise compiled.NotKeepable("another Python")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "packed", otherwise)
        found = Patterns.load(folder, tmp_path)
        found.warm()
    assert Screen(found).assess("I want to kill myself").level >= Level.HIGH
