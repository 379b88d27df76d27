"""Reading one file of patterns: checked, compiled, refused with a reason when it is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.safety import phrases
from bot.safety.levels import KINDS, Level
from bot.safety.normalise import fold
from bot.safety.pattern import Guard, Pattern, Phrase
from bot.safety.phrases import Dialect, Expression, Node, PhraseError

LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # the one in C is ten times as fast


class PatternError(ValueError):
    """A file of patterns that cannot be used; the message names file, pattern and reason."""


def _read(path: Path) -> Any:
    """The file's data with every value a string: "no" and "13" are words here."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)
    except yaml.YAMLError as error:
        raise PatternError(f"{path.name}: {error}") from error


class PatternFile:
    """One file of patterns, checked and compiled."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._nodes: dict[str, Node] = {}
        data = _read(path)
        known = {
            "language", "concepts", "spaced", "by_ear", "prefixes", "sets", "guards", "usual_guards",
            "always_guards", "idioms", "subjects", "minor", "keywords", "patterns",
        }  # fmt: skip
        if not isinstance(data, dict) or (unknown := set(data) - known):
            raise self._error("", f"unknown fields {sorted(unknown) if isinstance(data, dict) else data!r}")
        self.language: str = data["language"]
        self.dialect = Dialect(
            spaced=data.get("spaced", "yes") == "yes",
            by_ear=data.get("by_ear", "no") == "yes",
            prefixes=tuple(fold(prefix) for prefix in data.get("prefixes", ())),
            sets={**data.get("sets", {}), **data.get("concepts", {})},
        )
        self.keywords = {fold(word) for word in data.get("keywords", ())}
        self._guards = {name: self._guard(name, fields) for name, fields in data.get("guards", {}).items()}
        negation = data.get("guards", {}).get("negation", {}).get("before", ())
        self._negations = self._plain_words(negation)
        self.denials = [word.replace(" ", "") for word in self._negations] if self.dialect.spaced else []
        self._usual: Mapping[str, list[str]] = data.get("usual_guards", {})
        self._always: Mapping[str, list[str]] = data.get("always_guards", {})
        self._subjects = self._subject_expression(data.get("subjects", {}))
        self._idioms: list[str] = data.get("idioms", [])
        self.minors = [self._expression("minor", [one]) for one in data.get("minor", ())]
        self._matches: list[tuple[Pattern, list[str]]] = []
        for kind, by_level in data.get("patterns", {}).items():
            for label, by_name in by_level.items():
                for name, fields in by_name.items():
                    self._matches.append(self._pattern(kind, label, name, fields))
        self.patterns = [pattern for pattern, _ in self._matches]

    def phrases(self) -> Iterator[Phrase]:
        for pattern, matches in self._matches:
            for text in matches:
                yield self._phrase(pattern, text)
        for text in self._idioms:
            yield self._phrase(None, text)

    def pieces(self) -> Iterator[Phrase]:
        """Phrases of several words, long enough not to stand by accident inside a long word."""
        if not self.dialect.spaced or self.dialect.by_ear:
            return
        for pattern, matches in self._matches:
            if pattern.level < Level.HIGH or pattern.also:
                continue
            for text in matches:
                node = self._parse(pattern.code, text)
                letters, words = phrases.shortest(node)
                if letters >= 8 and words >= 2 and ".." not in text and "*" not in text:
                    yield Phrase(
                        pattern,
                        None,
                        phrases.squeezed(node),
                        phrases.needs(node, self.dialect, squeezed=True),
                    )

    def _phrase(self, pattern: Pattern | None, text: str) -> Phrase:
        code = pattern.code if pattern else "idioms"
        node = self._parse(code, text)
        denied = pattern is not None and any(guard.name == "negation" for guard in pattern.guards)
        expression = phrases.expression(node, self.dialect, not_in_gap=self._negations if denied else ())
        needs = phrases.needs(node, self.dialect)
        try:
            phrases.rarest(needs)
        except PhraseError as error:
            raise self._error(code, f"{text!r}: {error}") from error
        return Phrase(pattern, self._subjects, expression, needs)

    def _pattern(self, kind: str, label: str, name: str, fields: dict[str, Any]) -> tuple[Pattern, list[str]]:
        code = f"{self.language}.{kind}.{name}"
        if kind not in KINDS:
            raise self._error(code, f"unknown kind {kind!r}")
        if unknown := set(fields) - {"match", "guards", "who", "also", "examples"}:
            raise self._error(code, f"unknown fields {sorted(unknown)}")
        who = fields.get("who", "any")
        if who not in ("first", "third", "any"):
            raise self._error(code, f"who is {who!r}, not first, third or any")
        try:
            level = Level.named(label)
            guards = [*fields.get("guards", self._usual.get(kind, self._usual.get("*", [])))]
            guards += [guard for guard in self._always.get(kind, []) if guard not in guards]
            pattern = Pattern(
                code=code,
                level=level,
                kind=kind,
                who=who,
                guards=tuple(self._guards[guard] for guard in guards),
                also=self._any_of(code, fields.get("also")),
                examples=tuple(fields.get("examples", ())),
            )
        except (ValueError, KeyError) as error:
            raise self._error(code, str(error)) from error
        matches = fields.get("match")
        if not matches or not all(isinstance(one, str) for one in matches):
            raise self._error(code, "match must be a list of phrases")
        return pattern, matches

    def _guard(self, name: str, fields: dict[str, Any]) -> Guard:
        code = f"guards.{name}"
        if unknown := set(fields) - {"before", "through", "after", "sentence", "unless", "to"}:
            raise self._error(code, f"unknown fields {sorted(unknown)}")
        before = after = None
        if words := fields.get("before"):
            through = f"(?:{self._expression(code, fields['through'])}){{0,4}}" if fields.get("through") else ""
            before = Expression.of(f"(?:{self._expression(code, words)}){through} ?$")
        if words := fields.get("after"):
            after = Expression.of(self._expression(code, words))
        to = fields.get("to", "none")
        levels = {"*": to} if isinstance(to, str) else to
        return Guard(
            name=name,
            before=before,
            after=after,
            sentence=self._any_of(code, fields.get("sentence")),
            unless=self._any_of(code, fields.get("unless")),
            to={kind: Level.named(label) for kind, label in levels.items()},
        )

    def _subject_expression(self, subjects: Mapping[str, list[str]]) -> Expression | None:
        groups = [f"(?P<{who}>{self._expression('subjects', words)})" for who, words in subjects.items() if words]
        return Expression.of("|".join(groups)) if groups else None

    def _plain_words(self, texts: Iterable[str]) -> list[str]:
        return [self.dialect.fold(text) for text in texts if not set(text) & set("<>()|~!*.")]

    def _any_of(self, code: str, texts: list[str] | None) -> Expression | None:
        return Expression.of(self._expression(code, texts)) if texts else None

    def _expression(self, code: str, texts: list[str]) -> str:
        return "|".join(phrases.source(self._parse(code, text), self.dialect) for text in texts)

    def _parse(self, code: str, text: str) -> Node:
        if text in self._nodes:
            return self._nodes[text]
        try:
            return self._nodes.setdefault(text, phrases.parse(text, self.dialect))
        except PhraseError as error:
            raise self._error(code, str(error)) from error

    def _error(self, code: str, reason: str) -> PatternError:
        return PatternError(f"{self._path.name}: {code}: {reason}" if code else f"{self._path.name}: {reason}")
