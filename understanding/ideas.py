"""The ideas that a request is made of ("rent", "cut off", "mother"), the same in every language.

Lists in data/ideas/<language>.yml. What the classifier learns from the many English or French examples about
"owe" and "rent" then holds for Somali, of which it has fewer. Ideas are read in the language whose words cover
most of the text; what is left over is read in English, because people borrow from it.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Sequence, Tuple

import yaml

from understanding.text import normalised

FOLDER = Path(__file__).resolve().parents[1] / "data" / "ideas"
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
BORROWED = "en"
_MARKS = str.maketrans(dict.fromkeys('.,!?;:"()[]/…“”«»。，？！、；：؟،؛।', " "))
NEAR = 6
"""Ideas so many places apart or fewer make a pair."""


Meaning = Tuple[str, str]
"""Language and name of an idea."""
Phrases = Dict[str, List[Tuple[str, Meaning]]]


class Found(NamedTuple):
    """An idea in a text: offsets in the normalised text, and its name."""

    start: int
    end: int
    name: str


class Ideas:
    """Lists by language: words, beginnings of words, and phrases."""

    def __init__(self, lists: Dict[str, Dict[str, List[str]]]) -> None:
        self.languages = sorted(lists)
        self._words: Dict[str, Tuple[Meaning, ...]] = {}
        self._stems: Dict[str, Tuple[Meaning, ...]] = {}
        self._phrases: Phrases = defaultdict(list)
        for language, by_name in lists.items():
            for name, entries in by_name.items():
                meaning = (language, name)  # one object for all entries: there are a hundred thousand
                for entry in entries:
                    self._add(meaning, entry)
        self._lengths = sorted({len(stem) for stem in self._stems})

    @classmethod
    def load(cls, folder: Path = FOLDER) -> "Ideas":
        return cls(
            {path.stem: yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER) for path in folder.glob("*.yml")}
        )

    def frozen(self) -> Tuple[List[str], Dict[str, Tuple[Meaning, ...]], Dict[str, Tuple[Meaning, ...]], Phrases]:
        """All of it as plain data: putting a hundred thousand entries in order takes seconds."""
        return self.languages, self._words, self._stems, dict(self._phrases)

    @classmethod
    def thawed(cls, data: Sequence[Any]) -> "Ideas":
        """The lists from the data of `frozen`."""
        ideas = cls({})
        ideas.languages, ideas._words, ideas._stems = data[0], data[1], data[2]
        ideas._phrases.update(data[3])
        ideas._lengths = sorted({len(stem) for stem in ideas._stems})
        return ideas

    def _add(self, meaning: Meaning, entry: str) -> None:
        text = " ".join(normalised(entry.rstrip("*")).translate(_MARKS).split())
        if not any(letter.isalpha() for letter in text):
            return  # numbers are all alike in normalised text
        if " " in text:
            # A phrase is found by its first word; it stands between spaces unless its end is open.
            whole = text if entry.endswith("*") else text + " "
            self._phrases[text.split(" ")[0]].append((whole, meaning))
        elif entry.endswith("*"):
            self._stems[text] = (*self._stems.get(text, ()), meaning)
        else:
            self._words[text] = (*self._words.get(text, ()), meaning)

    def of(self, text: str) -> List[str]:
        """Names of the ideas in a normalised text, in order."""
        by_language: Dict[str, List[Found]] = defaultdict(list)
        for language, found in self._all(text + " "):
            by_language[language].append(found)
        if not by_language:
            return []
        best = max(by_language, key=lambda one: (_covered(by_language[one]), one == BORROWED))
        row = list(by_language[best])
        if best != BORROWED:
            taken = [(one.start, one.end) for one in row]
            row += [
                one
                for one in by_language.get(BORROWED, ())
                if not any(one.start < end and start < one.end for start, end in taken)
            ]
        return [one.name for one in _once(sorted(row))]

    def _all(self, text: str) -> Iterator[Tuple[str, Found]]:
        text = text.translate(_MARKS)  # as many letters as before; a phrase does not go on over a comma
        place = 0
        for word in text.split(" "):
            bare = word.strip("'")
            if bare:
                start = place + word.find(bare)
                yield from self._at(text, bare, start)
                elided = bare.rfind("'") + 1  # "l'hiver", "dell'acqua": the noun is what is looked for
                if elided:
                    yield from self._at(text, bare[elided:], start + elided)
            place += len(word) + 1

    def _at(self, text: str, word: str, start: int) -> Iterator[Tuple[str, Found]]:
        """What begins with this word, which stands at `start`."""
        for language, name in self._words.get(word, ()):
            yield language, Found(start, start + len(word), name)
        for length in self._lengths:
            if length > len(word):
                break
            for language, name in self._stems.get(word[:length], ()):
                yield language, Found(start, start + len(word), name)
        for phrase, (language, name) in self._phrases.get(word, ()):
            if text.startswith(phrase, start):
                yield language, Found(start, start + len(phrase), name)


def _once(found: Sequence[Found]) -> Iterator[Found]:
    """Leaves out what an entry says again of the same words: "hot" and "hot meal" are one meal."""
    ends: Dict[str, int] = {}
    for one in found:
        if one.start >= ends.get(one.name, 0):
            yield one
        ends[one.name] = max(one.end, ends.get(one.name, 0))


def _covered(found: Sequence[Found]) -> int:
    total = end = 0
    for one in sorted(found):
        total += max(0, one.end - max(one.start, end))
        end = max(end, one.end)
    return total


def terms(names: Sequence[str]) -> List[str]:
    """What counts of a row of ideas: each, and each pair that stands near, in either order."""
    made = list(dict.fromkeys(names))
    pairs: Dict[str, None] = {}
    for at, one in enumerate(names):
        for other in names[at + 1 : at + 1 + NEAR]:
            if one != other:
                pairs["+".join(sorted((one, other)))] = None
    return [*made, *pairs]
