"""The small language in which patterns are written, and its translation to bounded regular expressions.

A phrase is read from left to right, words apart by spaces:

    word            that word (folded like the text: accents, apostrophes, stretched letters do not matter)
    word*  *word    any ending, any beginning
    a|b|c           one of these words
    (a b|c)         one of these phrases
    <name>          a phrase of the set of that name
    x~              may be missing (after a word, a group or a set)
    ..  ..4         up to two, up to four other words (characters in languages written without spaces)
    !(a|b)          none of these may follow here
    ^  $            a clause starts, ends here

Every repetition is bounded, so no text can make a phrase slow. From the same tree come the letters that a
text must contain for the phrase to match at all; `patterns` looks for these first.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.safety.normalise import HARD, SOFT, fold, sound


class PhraseError(ValueError):
    """A phrase that cannot be read; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one file's phrases are read.

    spaced: words are apart in this language. by_ear: spelling is loose, see `normalise.sound`.
    prefixes: letters that may be written onto the front of any word (Arabic "and").
    sets: named lists of phrases.
    """

    spaced: bool = True
    by_ear: bool = False
    prefixes: tuple[str, ...] = ()
    sets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    # Sets stand in many phrases: each is read, and its needs are found, once.
    _read: dict[str, Node] = field(default_factory=dict, compare=False, repr=False)
    _words: dict[str, Node] = field(default_factory=dict, compare=False, repr=False)
    _needs: dict[tuple[int, bool], Needs] = field(default_factory=dict, compare=False, repr=False)

    def fold(self, text: str) -> str:
        folded = fold(text)
        return sound(folded) if self.by_ear else folded


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    open_start: bool = False
    open_end: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    words: int


@dataclass(frozen=True, slots=True)
class Edge:
    start: bool


@dataclass(frozen=True, slots=True)
class Not:
    phrase: Node


@dataclass(frozen=True, slots=True)
class Optional:
    phrase: Node


@dataclass(frozen=True, slots=True)
class All:
    phrases: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Any:
    phrases: tuple[Node, ...]


Node = Word | Gap | Edge | Not | Optional | All | Any
# What a text must contain: one string of every group.
Needs = tuple[frozenset[str], ...]

_TOKEN = re.compile(r"\s+|(?P<gap>\.\.(?P<n>\d*))|(?P<set><[a-z0-9_]+>)|(?P<sign>[()|~!^$])|(?P<word>[^\s()|~!^$<>]+)")
_DEPTH = 12


def parse(text: str, dialect: Dialect) -> Node:
    """The tree of a phrase. Raises PhraseError."""
    return _Reader(text, dialect, 0).whole()


class _Reader:
    def __init__(self, text: str, dialect: Dialect, depth: int) -> None:
        if depth > _DEPTH:
            raise PhraseError(f"sets go round in a circle near {text!r}")
        self.text, self.dialect, self.depth = text, dialect, depth
        self.tokens = self._tokens(text)
        self.at = 0

    def _tokens(self, text: str) -> list[tuple[str, str]]:
        tokens: list[tuple[str, str]] = []
        end = 0
        for match in _TOKEN.finditer(text):
            if match.start() != end:
                raise PhraseError(f"cannot read {text!r} at {text[end:]!r}")
            end = match.end()
            if kind := match.lastgroup:
                kind = "gap" if kind == "n" else kind
                tokens.append((kind, (match["n"] or "2") if kind == "gap" else match.group()))
            else:
                tokens.append(("space", " "))
        if end != len(text):
            raise PhraseError(f"cannot read {text!r} at {text[end:]!r}")
        return tokens

    def _peek(self) -> tuple[str, str] | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def whole(self) -> Node:
        node = self._choices(words_only=False)
        if self._peek() is not None:
            raise PhraseError(f"a bracket too many in {self.text!r}")
        return node

    def _choices(self, *, words_only: bool) -> Node:
        """Outside brackets `|` binds two words; inside, two phrases."""
        branches: list[Node] = [self._sequence(words_only=words_only)]
        while words_only and self._peek() == ("sign", "|"):
            self.at += 1
            branches.append(self._sequence(words_only=words_only))
        return branches[0] if len(branches) == 1 else Any(tuple(branches))

    def _sequence(self, *, words_only: bool) -> Node:
        nodes: list[Node] = []
        while (token := self._peek()) is not None and token not in (("sign", ")"),):
            if token[0] == "space":
                self.at += 1
                continue
            if token == ("sign", "|") and words_only:
                break
            node = self._item()
            while not words_only and self._peek() == ("sign", "|"):
                self.at += 1
                other = self._item()
                node = Any((*node.phrases, other)) if isinstance(node, Any) else Any((node, other))
            if self._peek() == ("sign", "~"):
                self.at += 1
                node = Optional(node)
            nodes.append(node)
        if not nodes:
            raise PhraseError(f"something is missing in {self.text!r}")
        return nodes[0] if len(nodes) == 1 else All(tuple(nodes))

    def _item(self) -> Node:
        token = self._peek()
        if token is None:
            raise PhraseError(f"{self.text!r} ends too early")
        self.at += 1
        kind, text = token
        if kind == "word":
            if text not in self.dialect._words:
                self.dialect._words[text] = self._word(text)
            return self.dialect._words[text]
        if kind == "gap":
            return Gap(int(text))
        if kind == "set":
            name = text[1:-1]
            if name not in self.dialect.sets:
                raise PhraseError(f"no set {text} for {self.text!r}")
            if name not in self.dialect._read:
                members = self.dialect.sets[name]
                each = tuple(_Reader(one, self.dialect, self.depth + 1).whole() for one in members)
                self.dialect._read[name] = Any(each)
            return self.dialect._read[name]
        if text == "(":
            node = self._choices(words_only=True)
            if self._peek() != ("sign", ")"):
                raise PhraseError(f"a bracket is open in {self.text!r}")
            self.at += 1
            return node
        if text == "!":
            return Not(self._item())
        if text in "^$":
            return Edge(start=text == "^")
        raise PhraseError(f"{text!r} stands alone in {self.text!r}")

    def _word(self, text: str) -> Node:
        open_start, open_end = text.startswith("*"), text.endswith("*")
        bare = text.strip("*")
        # An apostrophe is often left out ("jai") or typed as a space ("won t").
        written = [bare] if "'" not in bare else [bare, bare.replace("'", ""), bare.replace("'", " ")]
        readings: dict[Node, None] = {}
        for one in written:
            bits = [bit for bit in self.dialect.fold(one).split(" ") if bit not in ("", SOFT, HARD)]
            if not bits:
                raise PhraseError(f"{text!r} has no letters in {self.text!r}")
            last = len(bits) - 1
            words = [Word(bit, open_start and i == 0, open_end and i == last) for i, bit in enumerate(bits)]
            readings[words[0] if len(words) == 1 else All(tuple(words))] = None
        return next(iter(readings)) if len(readings) == 1 else Any(tuple(readings))


class Expression:
    """A regular expression that is compiled when it is first needed: there are thousands, most never are."""

    __slots__ = ("_compiled", "_source")

    def __init__(self, source: Callable[[], str]) -> None:
        self._source: Callable[[], str] | None = source
        self._compiled: re.Pattern[str] | None = None

    @classmethod
    def of(cls, source: str) -> Expression:
        """The expression of a source that is known already."""
        return cls(lambda: source)

    @property
    def source(self) -> str:
        assert self._source is not None
        return self._source()

    @property
    def compiled(self) -> re.Pattern[str]:
        if self._compiled is None:
            self._compiled = re.compile(self.source)
        return self._compiled

    def adopt(self, compiled: re.Pattern[str]) -> None:
        """Takes in what its source was compiled to earlier."""
        self._compiled = compiled

    def finditer(self, view: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        return self.compiled.finditer(view, start, end)

    def search(self, view: str) -> re.Match[str] | None:
        return self.compiled.search(view)

    def match(self, view: str, start: int) -> re.Match[str] | None:
        return self.compiled.match(view, start)


def source(node: Node, dialect: Dialect, *, not_in_gap: Sequence[str] = ()) -> str:
    """The regular expression of a phrase over a view, as text.

    not_in_gap: folded words that a gap must not skip (negations).
    """
    return _Spaced(dialect, not_in_gap).whole(node) if dialect.spaced else _unspaced(node)


def expression(node: Node, dialect: Dialect, *, not_in_gap: Sequence[str] = ()) -> Expression:
    """The regular expression of a phrase over a view; see `source`."""
    return Expression(lambda: source(node, dialect, not_in_gap=not_in_gap))


def squeezed(node: Node) -> Expression:
    """The expression over a piece: nothing between words, every letter possibly stretched."""
    return Expression(lambda: _squeezed(node))


class _Spaced:
    """Phrases of languages with spaces. A word's expression starts at the space before it."""

    # A word may stand after a comma or in a new sentence: noise between words hides nothing.
    _NEXT = f"(?: [{SOFT}{HARD}])? "

    def __init__(self, dialect: Dialect, not_in_gap: Sequence[str]) -> None:
        words = [re.escape(word) for word in not_in_gap if " " not in word]
        self._skip = f"(?!(?:{'|'.join(words)}) )" if words else ""
        self._prefix = f"(?:{'|'.join(map(re.escape, dialect.prefixes))})?" if dialect.prefixes else ""

    def whole(self, node: Node) -> str:
        # A plain space in front is what the regular expression engine finds fastest.
        return " " + self._body(node) if self._leads(node) else self._part(node)

    def _leads(self, node: Node) -> bool:
        """Whether every match begins with a word."""
        match node:
            case Word():
                return True
            case All(phrases):
                return self._leads(phrases[0])
            case Any(phrases):
                return all(self._leads(p) for p in phrases)
            case _:
                return False

    def _part(self, node: Node) -> str:
        if self._leads(node):
            return self._NEXT + self._body(node)
        match node:
            case Gap(words):
                return f"(?:(?: {SOFT})? {self._skip}[^ {SOFT}{HARD}]+(?= )){{0,{words}}}?"
            case Edge(start):
                return f"(?:^|(?<= [{SOFT}{HARD}]))" if start else f"(?= [{SOFT}{HARD}]| $)"
            case Not(phrase):
                return f"(?!{self._part(phrase)})"
            case Optional(phrase):
                return f"(?:{self._part(phrase)})?"
            case All(phrases):
                return "".join(self._part(p) for p in phrases)
            case Any(phrases):
                return f"(?:{'|'.join(self._part(p) for p in phrases)})"
            case Word():
                raise AssertionError("a word leads")

    def _body(self, node: Node) -> str:
        match node:
            case Word(text, open_start, open_end):
                front = "[^ ]*" if open_start else self._prefix
                # Without the look-ahead, "die" would begin "diesel".
                return f"{front}{re.escape(text)}{'[^ ]*' if open_end else '(?= )'}"
            case All(phrases):
                return self._body(phrases[0]) + "".join(self._part(p) for p in phrases[1:])
            case Any(phrases):
                return f"(?:{'|'.join(self._body(p) for p in phrases)})"
            case _:
                raise AssertionError("only what leads has a body")


_BETWEEN = f"(?: [{SOFT}{HARD}] | )?"


def _unspaced(node: Node) -> str:
    match node:
        case Word(text):
            return re.escape(text).replace(r"\ ", " ")
        case Gap(words):
            return f"[^{HARD}]{{0,{words}}}?"
        case Edge(start):
            return f"(?:^ |(?<=[{SOFT}{HARD}] ))" if start else f"(?= [{SOFT}{HARD}]| $)"
        case Not(phrase):
            return f"(?!{_unspaced(phrase)})"
        case Optional(phrase):
            return f"(?:{_unspaced(phrase)})?"
        case All(phrases):
            return _BETWEEN.join(_unspaced(p) for p in phrases)
        case Any(phrases):
            return f"(?:{'|'.join(_unspaced(p) for p in phrases)})"


def _squeezed(node: Node) -> str:
    match node:
        case Word(text):
            return "".join(f"{re.escape(letter)}{{1,4}}" for letter in text)
        case Gap() | Edge() | Not():
            return ""
        case Optional(phrase):
            return f"(?:{_squeezed(phrase)})?"
        case All(phrases):
            return "".join(_squeezed(p) for p in phrases)
        case Any(phrases):
            return f"(?:{'|'.join(_squeezed(p) for p in phrases)})"


def needs(node: Node, dialect: Dialect, *, squeezed: bool = False) -> Needs:
    """Groups of strings: a text without at least one string of each group cannot match.

    squeezed: for pieces, where no spaces stand around words.
    """
    match node:
        case Word(text, open_start, open_end):
            if dialect.spaced and not squeezed:
                front = "" if open_start or dialect.prefixes else " "
                text = f"{front}{text}{'' if open_end else ' '}"
            return (frozenset({text}),)
        case All(phrases):
            return tuple(group for p in phrases for group in needs(p, dialect, squeezed=squeezed))
        case Any(phrases):
            key = (id(node), squeezed)
            kept = any(node is one for one in dialect._read.values())
            if kept and key in dialect._needs:
                return dialect._needs[key]
            groups = [needs(p, dialect, squeezed=squeezed) for p in phrases]
            found: Needs = (frozenset().union(*(min(g, key=_commonness) for g in groups)),) if all(groups) else ()
            if kept:
                dialect._needs[key] = found
            return found
        case _:
            return ()


def _commonness(group: frozenset[str]) -> float:
    """Roughly how often a text holds one of these strings; Han characters say more than letters."""
    return sum(8.0 ** -sum(2.5 if char > "\u2e80" else 1 for char in text) for text in group)


def rarest(groups: Needs) -> frozenset[str]:
    """The group to look for first. Raises PhraseError when a phrase would match without any word."""
    if not groups:
        raise PhraseError("a phrase needs at least one word that cannot be missing")
    return min(groups, key=_commonness)


def shortest(node: Node) -> tuple[int, int]:
    """Fewest letters and fewest words that a match has, for pieces where a short one would be an accident."""
    match node:
        case Word(text):
            return len(text), 1
        case All(phrases):
            each = [shortest(p) for p in phrases]
            return sum(letters for letters, _ in each), sum(words for _, words in each)
        case Any(phrases):
            each = [shortest(p) for p in phrases]
            return min(letters for letters, _ in each), min(words for _, words in each)
        case _:
            return 0, 0
