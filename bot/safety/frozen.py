"""All patterns as plain data and back, so that a start need not read the pattern files again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.safety.index import Index
from bot.safety.levels import Level
from bot.safety.pattern import Guard, Pattern, Phrase
from bot.safety.phrases import Expression

Data = dict[str, Any]


@dataclass
class _Numbers:
    """Gives each thing a number, the same for the same thing, and keeps what it stands for in order."""

    of: dict[Any, int] = field(default_factory=dict)
    things: list[Any] = field(default_factory=list)

    def add(self, key: Any, thing: Any) -> int:
        if key not in self.of:
            self.of[key] = len(self.things)
            self.things.append(thing)
        return self.of[key]


class _Freezer:
    def __init__(self) -> None:
        self.sources, self.guards, self.patterns = _Numbers(), _Numbers(), _Numbers()

    def expression(self, one: Expression | None) -> int:
        return -1 if one is None else self.sources.add(one.source, one.source)

    def guard(self, one: Guard) -> int:
        if id(one) in self.guards.of:
            return self.guards.of[id(one)]
        looks = tuple(map(self.expression, (one.before, one.after, one.sentence, one.unless)))
        return self.guards.add(id(one), (one.name, *looks, {kind: int(level) for kind, level in one.to.items()}))

    def pattern(self, one: Pattern | None) -> int:
        if one is None:
            return -1
        if id(one) in self.patterns.of:
            return self.patterns.of[id(one)]
        guards, also = tuple(map(self.guard, one.guards)), self.expression(one.also)
        frozen = (one.code, int(one.level), one.kind, one.who, guards, also, one.examples)
        return self.patterns.add(id(one), frozen)

    def index(self, index: Index[Phrase]) -> Data:
        phrases = [
            (self.pattern(one.pattern), self.expression(one.subjects), self.expression(one.expression))
            for one in index.items()
        ]
        return {"phrases": phrases, **index.frozen()}


def frozen(indexes: Mapping[str, Index[Phrase]], patterns: list[Pattern], **further: Any) -> Data:
    """Indexes and patterns as plain data; `further` is data already."""
    freezer = _Freezer()
    all_of_them = [freezer.pattern(one) for one in patterns]
    by_name = {name: freezer.index(index) for name, index in indexes.items()}
    return {
        "all": all_of_them, "indexes": by_name, "patterns": freezer.patterns.things, "guards": freezer.guards.things,
        "sources": freezer.sources.things, **further,
    }  # fmt: skip


def thawed(data: Data) -> tuple[dict[str, Index[Phrase]], list[Pattern], list[Expression]]:
    """Indexes, patterns and all expressions of both from the data of `frozen`."""
    sources = [Expression.of(source) for source in data["sources"]]

    def expression(number: int) -> Expression | None:
        return None if number < 0 else sources[number]

    guards = [
        Guard(
            name,
            expression(before),
            expression(after),
            expression(within),
            expression(unless),
            {kind: Level(level) for kind, level in to.items()},
        )
        for name, before, after, within, unless, to in data["guards"]
    ]
    patterns = [
        Pattern(code, Level(level), kind, who, tuple(guards[one] for one in which), expression(also), tuple(examples))
        for code, level, kind, who, which, also, examples in data["patterns"]
    ]
    indexes = {}
    for name, index in data["indexes"].items():
        phrases = [
            Phrase(None if pattern < 0 else patterns[pattern], expression(subjects), sources[own], ())
            for pattern, subjects, own in index["phrases"]
        ]
        indexes[name] = Index.thawed(phrases, index)
    return indexes, [patterns[number] for number in data["all"]], sources
