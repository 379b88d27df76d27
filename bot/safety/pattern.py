"""One pattern of danger, the guards that weaken it, and the stretch of text that a guard looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.safety.levels import Level
from bot.safety.normalise import HARD, SOFT
from bot.safety.phrases import Expression, Needs

WINDOW = 160  # how many characters around a hit a guard or a subject is looked for


@dataclass(frozen=True, slots=True)
class Guard:
    """What makes a hit weaker: see patterns/README.md. `to` is the level left, by kind or "*"."""

    name: str
    before: Expression | None
    after: Expression | None
    sentence: Expression | None
    unless: Expression | None
    to: Mapping[str, Level]

    def holds(self, view: str, start: int, end: int) -> bool:
        if self.unless and self.unless.search(sentence(view, start, end)):
            return False
        if self.before and self.before.search(view[clause_start(view, start) : start + (view[start] == " ")]):
            return True
        if self.after and self.after.match(view, end):
            return True
        return bool(self.sentence and self.sentence.search(sentence(view, start, end)))

    def lowered(self, level: Level, kind: str) -> Level:
        left = self.to.get(kind, self.to.get("*", Level.NONE))
        return left if left < level else Level.NONE


@dataclass(frozen=True, slots=True)
class Pattern:
    code: str
    level: Level
    kind: str
    who: str  # "first": the writer is in danger; "third": somebody else; "any": the nearest subject says
    guards: tuple[Guard, ...]
    also: Expression | None
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way to write a pattern, with what must be in the text for it to match."""

    pattern: Pattern | None  # None: an idiom
    subjects: Expression | None
    expression: Expression
    needs: Needs


def clause_start(view: str, at: int) -> int:
    return max(view.rfind(SOFT, 0, at), view.rfind(HARD, 0, at), at - WINDOW, -1) + 1


def sentence(view: str, start: int, end: int) -> str:
    first = max(view.rfind(HARD, 0, start), start - WINDOW, -1) + 1
    stop = view.find(HARD, end)
    return view[first : min(stop if stop >= 0 else len(view), end + WINDOW)]
