"""Every pattern of every file is fired by its own examples, at its own level, and every language has ideas."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.language.names import CORE
from bot.safety.concepts import FOLDER as CONCEPTS
from bot.safety.normalise import views
from bot.safety.pattern_files import PatternFile
from bot.safety.patterns import FOLDER, Patterns

FILES = sorted(FOLDER.glob("*.yml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_examples_fire_their_pattern(path: Path) -> None:
    file = PatternFile(path)
    patterns = Patterns([file])
    silent = [
        f"{pattern.code}: {example}"
        for pattern in file.patterns
        for example in pattern.examples
        if not any(hit.code == pattern.code and hit.level >= pattern.level for hit in patterns.hits(views(example)))
    ]
    assert silent == []
    assert all(pattern.examples for pattern in file.patterns)


@pytest.mark.parametrize("language", CORE)
def test_every_core_language_has_patterns_and_ideas(language: str) -> None:
    assert (FOLDER / f"{language}.yml").exists()
    assert (CONCEPTS / f"{language}.yml").exists()
