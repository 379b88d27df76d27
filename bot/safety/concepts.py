"""Words for ideas that matter to safety ("hit", "partner", "pills", "now"), the same ideas in every language.

They are no findings by themselves: the classifier counts them and their order, so that what it learns from
one language helps in another. Lists in concepts/*.yml.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from bot.kept import kept
from bot.safety import normalise, phrases
from bot.safety.normalise import HARD, SOFT, fold
from bot.safety.pattern_files import LOADER
from bot.safety.phrases import All, Dialect, Node, PhraseError, Word

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
type _ByEar[T] = tuple[dict[str, T], dict[str, T]]
_TABLES = ("_dialects", "_words", "_stems", "_phrases", "_open_phrases", "_unspaced", "_prefixes")
"""What there is to know of all lists, as plain data."""


# The words after the first, each with whether it may have any ending, and what the phrase means.
_Phrase = tuple[tuple[tuple[str, bool], ...], _Meaning]


class Concepts:
    """All lists, ready to be looked for. Entries are words and phrases, nothing more of the language of patterns: there
    are tens of thousands, and a table answers sooner than as many regular expressions."""

    def __init__(self, files: Iterable[tuple[_File, Mapping[str, list[str]]]] = ()) -> None:
        self._dialects: list[tuple[bool, bool]] = []
        """Of each file: whether words are apart, and whether it is read as it sounds (see `Dialect`)."""
        # Each twice: as it is written, and as it sounds.
        self._words: _ByEar[tuple[_Meaning, ...]] = ({}, {})
        self._stems: _ByEar[tuple[_Meaning, ...]] = ({}, {})
        self._phrases: _ByEar[list[_Phrase]] = ({}, {})
        self._open_phrases: _ByEar[list[_Phrase]] = ({}, {})
        """Those whose first word may have any ending."""
        self._unspaced: dict[str, list[tuple[str, _Meaning]]] = {}
        """Of languages without spaces, by the first two characters."""
        self._prefixes: tuple[str, ...] = ()
        for number, (file, by_concept) in enumerate(files):
            self._dialects.append((file.dialect.spaced, file.dialect.by_ear))
            self._prefixes += file.dialect.prefixes
            for concept, texts in by_concept.items():
                meaning = (number, concept)
                for text in texts:
                    self._add(text, file.dialect, meaning)
        self._measure()

    def _measure(self) -> None:
        self._stem_lengths = [
            sorted({len(stem) for stem in (*stems, *opened)})
            for stems, opened in zip(self._stems, self._open_phrases, strict=True)
        ]

    @classmethod
    def load(cls, folder: Path = FOLDER, cache: Path | None = None) -> Concepts:
        """All files of the folder. Raises PhraseError or yaml.YAMLError for one that cannot be read.

        cache: a folder where what was read is kept for the next start.
        """
        files = sorted(folder.glob("*.yml"))
        code = [Path(module.__file__ or "") for module in (sys.modules[__name__], phrases, normalise)]
        return kept(cache, "concepts", [*files, *code], lambda: cls(map(_read, files))._as_data(), cls._of_data)

    def _as_data(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _TABLES}

    @classmethod
    def _of_data(cls, data: Mapping[str, Any]) -> Concepts:
        made = cls()
        for name in _TABLES:
            setattr(made, name, data[name])
        made._measure()
        return made

    def _add(self, text: str, dialect: Dialect, meaning: _Meaning) -> None:
        """Raises PhraseError for an entry that is more than words."""
        ear = int(dialect.by_ear)
        for first, *rest in _written(phrases.parse(text, dialect), text):
            if not dialect.spaced:
                for joint in ("", " ") if rest else ("",):
                    whole = joint.join(word.text for word in (first, *rest))
                    self._unspaced.setdefault(whole[:2], []).append((whole, meaning))
            elif rest:
                table = (self._open_phrases if first.open_end else self._phrases)[ear]
                after = tuple((word.text, word.open_end) for word in rest)
                table.setdefault(first.text, []).append((after, meaning))
            else:
                words = (self._stems if first.open_end else self._words)[ear]
                words[first.text] = (*words.get(first.text, ()), meaning)

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
            ear = self._dialects[number][1]
            here = _covered(found) / max(1, len((heard or view) if ear else view)) * (_BY_EAR_SHARE if ear else 1)
            if here > share:
                best, share = number, here
        if best < 0:
            return _row(view, set(), spaced=True)
        spaced, by_ear = self._dialects[best]
        return _row((heard or view) if by_ear else view, by_file[best], spaced=spaced)

    def _find(self, view: str, ear: int, by_file: defaultdict[int, set[tuple[int, int, str]]]) -> None:
        row = [(bit.start(), bit.group()) for bit in re.finditer(r"[^ ]+", view) if bit.group() not in (SOFT, HARD)]
        for number, (place, word) in enumerate(row):
            forms = self._forms(word)
            for meaning in self._begun(forms, self._words[ear], self._stems[ear], ear):
                by_file[meaning[0]].add((place, place + len(word), meaning[1]))
            for rest, (file, name) in self._begun(forms, self._phrases[ear], self._open_phrases[ear], ear):
                last = number + len(rest)
                if last < len(row) and self._goes_on(rest, row[number + 1 : last + 1]):
                    end, word_there = row[last]
                    # With the space before it: a phrase says more about the language than a word of its length.
                    by_file[file].add((place - 1, end + len(word_there), name))
        if not ear:
            self._find_unspaced(view, by_file)

    def _begun[Entry](
        self, forms: list[str], whole: Mapping[str, Sequence[Entry]], stems: Mapping[str, Sequence[Entry]], ear: int
    ) -> Iterable[Entry]:
        """Entries that begin with a word in one of its forms, or with a beginning of it."""
        for form in forms:
            yield from whole.get(form, ())
            for length in self._stem_lengths[ear]:
                if length > len(form):
                    break
                yield from stems.get(form[:length], ())

    def _goes_on(self, rest: tuple[tuple[str, bool], ...], row: list[tuple[int, str]]) -> bool:
        for (begins, open_end), (_, word) in zip(rest, row, strict=True):
            if not any(form.startswith(begins) if open_end else form == begins for form in self._forms(word)):
                return False
        return True

    def _find_unspaced(self, view: str, by_file: defaultdict[int, set[tuple[int, int, str]]]) -> None:
        for place in range(len(view)):
            for length in (1, 2):
                for whole, (file, name) in self._unspaced.get(view[place : place + length], ()):
                    if len(whole) >= length and view.startswith(whole, place) and _apart(view, place, len(whole)):
                        by_file[file].add((place, place + len(whole), name))

    def _forms(self, word: str) -> list[str]:
        """The word, and what is left of it without what may be written onto its front."""
        return [word, *(word[len(p) :] for p in self._prefixes if len(word) > len(p) + 1 and word.startswith(p))]


def _written(node: Node, text: str) -> list[tuple[Word, ...]]:
    """Every way to write an entry (an apostrophe may be left out, or be a space), as rows of words."""
    match node:
        case Word(open_start=False):
            return [(node,)]
        case All(parts):
            ways = [_written(part, text) for part in parts]
            return [tuple(word for part in chosen for word in part) for chosen in product(*ways)]
        case phrases.Any(choices):
            return [way for choice in choices for way in _written(choice, text)]
    raise PhraseError(f"{text!r} is more than words; ideas are words and phrases")


def _apart(view: str, place: int, length: int) -> bool:
    """Whether Latin letters, in a language without spaces, do not stand inside a longer word."""
    end = place + length
    before, first, last, after = view[place - 1 : place], view[place], view[end - 1], view[end : end + 1]
    return not (_latin(before) and _latin(first)) and not (_latin(last) and _latin(after))


def _latin(letter: str) -> bool:
    return "a" <= letter <= "z"


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
