"""Words for ideas that matter to safety ("hit", "partner", "pills", "now"), the same ideas in every language.

They are no findings by themselves: the classifier counts them and their order, so that what it learns from
one language helps in another. Lists in concepts/*.yml.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.safety import phrases
from bot.safety.index import Index, grams
from bot.safety.normalise import HARD, SOFT, fold
from bot.safety.pattern_files import LOADER
from bot.safety.phrases import Dialect, Expression, Word

FOLDER = Path(__file__).parent / "concepts"
# A word heard in Latin letters is an uncertain reading: real English or French words win.
_BY_EAR_SHARE = 0.9
_UNSPACED_STRETCH = 3  # one Han character says about as much as three letters


@dataclass(frozen=True, slots=True)
class Mention:
    """One idea, or one word that stands for none, in a view.

    place: in letters from the start (Han characters count as three). name: of the idea, or the word itself.
    """

    place: int
    name: str
    idea: bool


@dataclass(frozen=True, slots=True)
class _File:
    language: str
    dialect: Dialect


# Which file an entry comes from (its number) and which idea it means.
_Meaning = tuple[int, str]


class Concepts:
    """All lists, ready to be looked for."""

    def __init__(self, files: Iterable[tuple[_File, Mapping[str, list[str]]]]) -> None:
        self._files: list[_File] = []
        self._words: tuple[defaultdict[str, list[_Meaning]], ...] = (defaultdict(list), defaultdict(list))
        self._stems: tuple[defaultdict[str, list[_Meaning]], ...] = (defaultdict(list), defaultdict(list))
        self._phrases: tuple[Index[tuple[Expression, _Meaning]], ...] = (Index(), Index())
        self._prefixes: tuple[str, ...] = ()
        for file, by_concept in files:
            self._files.append(file)
            self._prefixes += file.dialect.prefixes
            for concept, texts in by_concept.items():
                for text in texts:
                    self._add(text, file.dialect, (len(self._files) - 1, concept))
        self._stem_lengths = [sorted({len(stem) for stem in stems}) for stems in self._stems]

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Concepts:
        """All files of the folder. Raises PhraseError or yaml.YAMLError for one that cannot be read."""
        return cls(_read(path) for path in sorted(folder.glob("*.yml")))

    def _add(self, text: str, dialect: Dialect, meaning: _Meaning) -> None:
        ear = int(dialect.by_ear)
        node = phrases.parse(text, dialect)
        if isinstance(node, Word) and dialect.spaced and not node.open_start:
            (self._stems if node.open_end else self._words)[ear][node.text].append(meaning)
        else:
            entry = (phrases.expression(node, dialect), meaning)
            self._phrases[ear].add(entry, phrases.needs(node, dialect))

    def mentions(self, view: str, heard: str | None) -> list[Mention]:
        """The ideas and the other words of a view in order.

        Ideas are read in the language whose words cover most of the view.
        heard: the same view as `normalise.sound` gives it, or None when it has no Latin letters.
        """
        by_file: defaultdict[int, set[tuple[int, int, str]]] = defaultdict(set)
        for ear, text in enumerate((view, heard)):
            if text is not None:
                self._find(text, ear, by_file)
        best, share = -1, 0.0
        for number, found in by_file.items():
            ear = self._files[number].dialect.by_ear
            here = _covered(found) / max(1, len((heard or view) if ear else view)) * (_BY_EAR_SHARE if ear else 1)
            if here > share:
                best, share = number, here
        if best < 0:
            return _row(view, set(), spaced=True)
        dialect = self._files[best].dialect
        return _row((heard or view) if dialect.by_ear else view, by_file[best], spaced=dialect.spaced)

    def _find(self, view: str, ear: int, by_file: defaultdict[int, set[tuple[int, int, str]]]) -> None:
        place = 0
        for word in view.split(" "):
            if word and word not in (SOFT, HARD):
                for meaning in self._meanings(word, ear):
                    by_file[meaning[0]].add((place, place + len(word), meaning[1]))
            place += len(word) + 1
        for expression, (number, concept) in self._phrases[ear].candidates(view, grams(view)):
            for match in expression.finditer(view):
                by_file[number].add((*match.span(), concept))

    def _meanings(self, word: str, ear: int) -> Iterable[_Meaning]:
        forms = [word, *(word[len(p) :] for p in self._prefixes if len(word) > len(p) + 1 and word.startswith(p))]
        for form in forms:
            yield from self._words[ear].get(form, ())
            for length in self._stem_lengths[ear]:
                if length > len(form):
                    break
                yield from self._stems[ear].get(form[:length], ())


def _row(view: str, found: set[tuple[int, int, str]], *, spaced: bool) -> list[Mention]:
    """Ideas where they stand and, between them, the words (or Han characters) that belong to none."""
    stretch = 1 if spaced else _UNSPACED_STRETCH
    row = [Mention(start * stretch, concept, True) for start, _, concept in found]
    taken = {place for start, stop, _ in found for place in range(start, stop)}
    bits = re.finditer(r"[^ ]+" if spaced else r"[^ ]", view)
    row += [
        Mention(bit.start() * stretch, bit.group(), False)
        for bit in bits
        if bit.start() not in taken and bit.group() not in (SOFT, HARD)
    ]
    return sorted(row, key=lambda one: (one.place, one.name))


def _covered(found: Iterable[tuple[int, int, str]]) -> int:
    """How many characters stand in at least one of these stretches."""
    total = end = 0
    for start, stop, _ in sorted(found):
        total += max(0, stop - max(start, end))
        end = max(end, stop)
    return total


def _read(path: Path) -> tuple[_File, Mapping[str, list[str]]]:
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)
    dialect = Dialect(
        spaced=data.get("spaced", "yes") == "yes",
        by_ear=data.get("by_ear", "no") == "yes",
        prefixes=tuple(fold(prefix) for prefix in data.get("prefixes", ())),
    )
    return _File(data["language"], dialect), data["concepts"]
