"""Patterns of danger, read from patterns/*.yml and looked for in every view of a text.

A file holds one language (or one way of writing it). All files are scanned for every text, whatever its
language: people mix languages, and identification may be wrong. patterns/README.md describes the files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.kept import again, kept
from bot.safety import compiled
from bot.safety.frozen import Data, frozen, thawed
from bot.safety.index import Index, grams
from bot.safety.levels import Level
from bot.safety.normalise import HARD, Views, fold
from bot.safety.pattern import WINDOW, Pattern, Phrase
from bot.safety.pattern_files import PatternFile
from bot.safety.phrases import Expression

FOLDER = Path(__file__).parent / "patterns"
_COMPILED = "expressions"
_PAUSE = 0.004
"""Seconds between two expressions that are compiled ahead: whoever writes meanwhile wants the interpreter too."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One finding in one view. `guard` names what lowered it, if something did."""

    code: str
    level: Level
    kind: str
    third_person: bool
    guard: str | None = None

    @property
    def reason(self) -> str:
        return f"pattern:{self.code}" + (f":{self.guard}" if self.guard else "")


class Patterns:
    """Every pattern of every file. Expressions are compiled when a text first needs them."""

    def __init__(self, files: Iterable[PatternFile]) -> None:
        self._ready = False
        self._cache: Path | None = None
        self._read_from: tuple[Path, ...] = ()
        self._thaw(_frozen(files))

    def _thaw(self, data: Data) -> None:
        indexes, self.all, self._expressions = thawed(data)
        self._spaced, self._sounds, self._pieces = indexes["spaced"], indexes["sounds"], indexes["pieces"]
        self.keywords = set(data["keywords"])
        self._denials: list[str] = data["denials"]
        self._minor = re.compile("|".join(data["minors"])) if data["minors"] else None

    @classmethod
    def load(cls, folder: Path = FOLDER, cache: Path | None = None) -> Patterns:
        """All files of the folder. Raises PatternError for the first one that cannot be used.

        Args:
            cache: a folder where what was read is kept for the next start.
        """
        files = sorted(folder.glob("*.yml"))
        sources = (*files, *Path(__file__).parent.glob("*.py"))
        patterns = kept(cache, "patterns", sources, lambda: _frozen(map(PatternFile, files)), cls._from)
        patterns._cache, patterns._read_from = cache, sources
        patterns._ready = again(cache, _COMPILED, sources, patterns._adopt) or False
        return patterns

    @classmethod
    def _from(cls, data: Data) -> Patterns:
        patterns = cls(())
        patterns._thaw(data)
        return patterns

    def warm(self) -> None:
        """Compiles every expression, which first use would do otherwise, and keeps them for the next start.

        Takes a minute, at a fifth of a core; nothing when an earlier start has kept them.
        """
        if self._ready:
            return
        with suppress(compiled.NotKeepable):  # then each is compiled when a text first needs it
            self._ready = kept(self._cache, _COMPILED, self._read_from, self._packed, self._adopt)

    def _packed(self) -> bytes:
        return compiled.packed((one.source for one in self._expressions), _PAUSE)

    def _adopt(self, data: bytes) -> bool:
        found = compiled.unpacked([one.source for one in self._expressions], data)
        for expression, pattern in zip(self._expressions, found, strict=True):
            expression.adopt(pattern)
        return True

    def hits(self, views: Views) -> list[Hit]:
        """Findings in all views, weakened ones included; a pattern counts once for each view."""
        found: list[Hit] = []
        for view in views.spaced:
            found += self._scan(self._spaced, view)
        for view in views.sounds:
            found += self._scan(self._sounds, view)
        for piece in views.pieces:
            found += self._scan_piece(piece)
        return found

    def minor(self, views: Views) -> bool:
        """Whether a child or teenager seems to be writing."""
        return self._minor is not None and any(self._minor.search(view) for view in views.spaced)

    def _scan(self, index: Index[Phrase], view: str) -> list[Hit]:
        idioms: list[tuple[int, int]] = []
        candidates: list[Phrase] = []
        for phrase in index.candidates(view, grams(view)):
            if phrase.pattern is None:
                idioms += [match.span() for match in phrase.expression.finditer(view)]
            else:
                candidates.append(phrase)
        hits = []
        for phrase in candidates:
            if (hit := _strongest(phrase, view, idioms)) is not None:
                hits.append(hit)
        return hits

    def _scan_piece(self, piece: str) -> list[Hit]:
        hits = []
        folded = fold(piece)
        for phrase in self._pieces.candidates(folded, grams(folded)):
            match = phrase.expression.search(piece)
            if match is None or phrase.pattern is None:
                continue
            before = fold(piece[: match.start()] or ",")
            if not any(before.endswith(denial) for denial in self._denials):
                pattern = phrase.pattern
                hits.append(Hit(pattern.code, pattern.level, pattern.kind, pattern.who == "third", "run_together"))
        return hits


def _frozen(files: Iterable[PatternFile]) -> Data:
    """All files, read and put in order, as plain data."""
    spaced, sounds, pieces = Index[Phrase](), Index[Phrase](), Index[Phrase]()
    patterns: list[Pattern] = []
    keywords: set[str] = set()
    denials: list[str] = []
    minors: list[str] = []
    for file in files:
        index = sounds if file.dialect.by_ear else spaced
        for phrase in file.phrases():
            index.add(phrase, phrase.needs)
        for phrase in file.pieces():
            pieces.add(phrase, phrase.needs)
        patterns += file.patterns
        keywords |= file.keywords
        denials += file.denials
        minors += file.minors
    indexes = {"spaced": spaced, "sounds": sounds, "pieces": pieces}
    return frozen(indexes, patterns, keywords=sorted(keywords), denials=denials, minors=minors)


def _strongest(phrase: Phrase, view: str, idioms: list[tuple[int, int]]) -> Hit | None:
    pattern = phrase.pattern
    assert pattern is not None
    best: Hit | None = None
    for match in phrase.expression.finditer(view):
        start, end = match.span()
        if any(start < stop and first < end for first, stop in idioms):
            continue
        if pattern.also and not pattern.also.search(view):
            return None
        hit = _judged(pattern, phrase.subjects, view, start, end)
        if best is None or hit.level > best.level:
            best = hit
        if hit.guard is None:
            break
    return best


def _judged(pattern: Pattern, subjects: Expression | None, view: str, start: int, end: int) -> Hit:
    third = pattern.who == "third" or (pattern.who == "any" and _about_another(subjects, view, start, end))
    level, name = pattern.level, None
    for guard in pattern.guards:
        if guard.holds(view, start, end):
            lowered = guard.lowered(pattern.level, pattern.kind)
            if lowered < level:
                level, name = lowered, guard.name
    return Hit(pattern.code, level, pattern.kind, third, name)


def _about_another(subjects: Expression | None, view: str, start: int, end: int) -> bool:
    """Whether the last subject named up to the end of the hit is somebody other than the writer."""
    if subjects is None:
        return False
    last = None
    for match in subjects.finditer(view, max(view.rfind(HARD, 0, start), start - WINDOW, 0), end + 1):
        last = match
    return last is not None and last.lastgroup == "third"
