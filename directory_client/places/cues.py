"""What the words around a place say about it: here, from there, not there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from directory_client.places.text import Token, key

_FILE = Path(__file__).parent / "data" / "cues.tsv"
_REACH = 5  # words before a place that may speak about it
_SKIPPED = frozenset(
    [
        "the",
        "le",
        "les",
        "el",
        "los",
        "las",
        "al",
        "ال",
        "a",
        "downtown",
        "city",
        "town",
        "of",
        "ville",
        "up",
        "back",
        "over",
    ]
)
_STRONG = frozenset(
    [
        "in",
        "at",
        "near",
        "around",
        "from",
        "en",
        "dans",
        "within",
        "live",
        "lives",
        "living",
        "vivo",
        "habite",
        "в",
        "во",
        "у",
        "на",
        "في",
        "قرب",
        "از",
        "در",
    ]
)

_OF = frozenset(["de", "d", "du", "del", "do", "da", "di"])
_SUPERLATIVE = frozenset(["le", "la", "les"])
_COMING = frozenset(
    [
        "viens",
        "vient",
        "venons",
        "vengo",
        "soy",
        "somos",
        "vine",
        "parti",
        "partie",
        "arrive",
        "arrivee",
        "venu",
        "venue",
        "venho",
        "vim",
        "sou",
        "demenage",
        "demenager",
        "origine",
        "mude",
        "mudamos",
        "mudei",
        "quitte",
        "salgo",
        "llegue",
    ]
)


@dataclass(frozen=True, slots=True)
class Said:
    """What surrounds one place. strong: words that only come before places, enough for a doubtful name."""

    kinds: frozenset[str]
    strong: bool = False


class Cues:
    def __init__(self, phrases: dict[str, dict[str, None]]) -> None:
        self._by_phrase: dict[str, set[str]] = defaultdict(set)
        for kind, members in phrases.items():
            for phrase in members:
                self._by_phrase[phrase].add(kind)
        self._korean_begins = {
            kind: tuple(word for word in phrases.get(kind, ()) if "\uac00" <= word[0] <= "\ud7a3")
            for kind in ("after_past", "after_end")
        }
        self.street = frozenset(phrases["street"])
        self.street_before = frozenset(phrases["street_before"])
        self._unspaced = {
            kind.removeprefix("unspaced_"): tuple(sorted(members, key=len, reverse=True))
            for kind, members in phrases.items()
            if kind.startswith("unspaced_")
        }

    @classmethod
    def load(cls) -> Cues:
        phrases: dict[str, dict[str, None]] = {}
        for line in _FILE.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                kind, words = line.split("\t")
                members = phrases.setdefault(kind, {})  # a kind may have several lines
                members.update({word if kind.startswith("unspaced_") else key(word): None for word in words.split("|")})
        return cls(phrases)

    def is_ride(self, word: str) -> bool:
        """Whether a word speaks of a journey: "from Whitby to Toronto" then starts where the person is."""
        return "ride" in self._by_phrase.get(word, ())

    def is_past(self, word: str) -> bool:
        """Whether a word speaks of where somebody was: "fled", "born"."""
        return "past" in self._by_phrase.get(word, ())

    def around(self, words: Sequence[Token], first: int, last: int) -> Said:
        """The cues about the words first to last (inclusive) of a message."""
        kinds: set[str] = set()
        strong = False
        index, bridge = first - 1, True
        steps = 0
        while index >= 0 and steps < _REACH:
            if words[index + 1].breaks:
                break
            here = self._kinds(words, index)
            if steps < _REACH and "nearer" not in kinds:
                # "before, we lived in …", "now we are in …": the nearest of such words speaks.
                if here & {"now", "self"} and "other" not in here:
                    kinds.add("nearer")
                elif here & {"before", "other"}:
                    kinds |= {"nearer", "past" if "before" in here else "other"}
                elif words[index].comma:
                    kinds.add("nearer")  # what stands before a comma speaks of something else
            before = here & {"in", "live", "now", "from", "past", "to", "not", "correct", "work"}
            if words[index + 1].comma and steps == 0:
                # "from Kabul, now in Ajax": what stands before a comma speaks of something else.
                before &= {"correct"}
                bridge = False
            if bridge:
                if "not" in before:
                    kinds.add("not")
                direction = before & {"in", "from", "to"}
                if direction and not kinds & {"in", "from", "to"}:
                    kinds |= self._direction(direction, words, index)
                    strong = strong or words[index].folded in _STRONG or _accented_a(words[index])
                kinds |= before & {"live"}
                strong = strong or "live" in before
            kinds |= before & {"now", "correct"} if steps < 4 else set()
            kinds |= before & {"past", "work"} if bridge else set()
            if not (before or words[index].folded in _SKIPPED):
                bridge = False
            if words[index].comma and steps:
                break
            index -= 1
            steps += 1
        kinds.discard("nearer")
        if first and words[first - 1].unspaced and not (words[first].breaks or words[first].comma):
            # "搬到了 Ajax": a name in Latin letters behind words of a script without spaces.
            run = words[first - 1].folded
            said = self.beside(run, len(run), len(run))
            kinds |= said.kinds
            strong = strong or said.strong
        self._behind(words, last, kinds)
        strong = strong or bool(kinds & {"after_in", "after_from"})
        return Said(frozenset(kinds), strong)

    def _direction(self, direction: set[str], words: Sequence[Token], index: int) -> set[str]:
        """ "près de", "cerca de": the word before decides what "de" means."""
        if direction == {"from"} and words[index].folded in _OF:
            near = [word.folded for word in words[max(0, index - 2) : index]]
            if index and self._kinds(words, index - 1) & {"in"}:
                return {"in"}
            return {"from"} if any(word in _COMING for word in near) else {"of"}
        return direction

    def is_named(self, words: Sequence[Token], first: int) -> bool:
        """Whether a name is said to be a person's: "my boss is called Victor London"."""
        for index in range(first - 1, max(-1, first - 3), -1):
            if words[index + 1].breaks or words[index + 1].comma:
                return False
            here = self._kinds(words, index)
            if "named" in here:
                return not self.speaks_of_a_town(words, first)
            if here or not (words[index].capital or not words[index].folded.isascii()):
                return False
        return False

    def speaks_of_a_town(self, words: Sequence[Token], first: int) -> bool:
        """Whether words before a name say that it is a town's: "my city is called London"."""
        near = words[max(0, first - 6) : first]
        return any("settlement" in self._by_phrase.get(word.folded, ()) for word in near)

    def is_named_beside(self, text: str, start: int) -> bool:
        """The same in a script without spaces: 我朋友叫陈伦敦."""
        before = text[max(0, start - 8) : start]
        called = any(word in before[-4:] for word in self._unspaced.get("named", ()))
        return called and not any(word in before for word in self._unspaced.get("settlement", ()))

    def is_dish(self, words: Sequence[Token], last: int) -> bool:
        """Whether what stands behind a name makes it a kind of food: "Bombay mix"."""
        if last + 1 >= len(words) or words[last + 1].breaks or words[last + 1].comma:
            return False
        return "dish" in self._by_phrase.get(words[last + 1].folded, ())

    def _behind(self, words: Sequence[Token], last: int, kinds: set[str]) -> None:
        """Words that follow the place in languages that put them there."""
        for index in range(last + 1, min(last + 5, len(words))):
            if words[index].breaks or words[index].comma:
                break
            here = self._kinds(words, index) if index > last + 1 else self._by_phrase.get(words[index].folded, set())
            if words[index].unspaced and "\uac00" <= words[index].folded[0] <= "\ud7a3":
                here = here | self._korean(words[index].folded)
            if here & {"after_past", "after_end"}:
                kinds |= {"past"} if "after_past" in here else set()
                break
            if here & {"now", "before", "self"} and index > last + 1:
                break  # another statement begins
        for index in range(last + 1, min(last + 3, len(words))):
            if words[index].breaks or words[index].comma:
                return
            for kind in self._by_phrase.get(words[index].folded, ()):
                if kind == "after_not" or (index == last + 1 and kind in ("after_in", "after_from")):
                    latin = words[index].folded.isascii()
                    ambiguous = latin and words[index].folded in (
                        "to",
                        "me",
                        "da",
                        "de",
                        "te",
                        "ta",
                        "ma",
                        "se",
                        "ten",
                        "ch",
                    )
                    if not ambiguous:
                        kinds.add(kind)

    def _korean(self, word: str) -> set[str]:
        """What a Korean word with its ending says, known by how it begins."""
        return {
            kind
            for kind in ("after_past", "after_end")
            for begin in self._korean_begins[kind]
            if word.startswith(begin)
        }

    def _kinds(self, words: Sequence[Token], index: int) -> set[str]:
        kinds: set[str] = set()
        phrase = ""
        for length in range(3):
            if index - length < 0:
                break
            phrase = words[index - length].folded + (" " + phrase if phrase else "")
            kinds |= self._by_phrase.get(phrase, set())
        if words[index].folded == "plus" and index and words[index - 1].folded in _SUPERLATIVE:
            kinds.discard("not")  # "le plus près de"
        return kinds

    def beside(self, run: str, start: int, end: int) -> Said:
        """The cues directly beside a name inside a run of a script without spaces."""
        kinds: set[str] = set()
        said: dict[str, str] = {}
        before, after = run[max(0, start - 8) : start], run[end : end + 6]
        for kind in ("not", "correct", "from", "to", "now", "in"):
            for phrase in self._unspaced.get(kind, ()):
                near = before.endswith(phrase)
                if kind in ("now", "not", "from") and not near:
                    # 现在住在…: one verb may stand between.
                    near = any(
                        before.endswith(phrase + middle)
                        for middle in ("住在", "在", "住", "是", "是在", "搬到", "喺", "我住在", "我在")
                    )
                if near:
                    kinds.add(kind)
                    said[kind] = phrase
                    break
        if said.get("in", "-") in said.get("from", ""):
            kinds.discard("in")  # 以前住: the 住 belongs to it
        clause = run[max(0, start - 12) : start]
        last = max((clause.rfind(word) for word in self._unspaced.get("other", ())), default=-1)
        if last >= 0 and "我" not in clause[last:]:
            kinds.add("other")
        if "not" in kinds:
            kinds.discard("correct")  # 不是: the 是 belongs to the 不
        for kind in ("after_not", "after_from", "after_in"):
            if any(after.startswith(phrase) for phrase in self._unspaced.get(kind, ())):
                kinds.add(kind)
                break
        strong = bool(kinds & {"in", "from", "to", "after_in", "after_from"})
        return Said(frozenset(kinds), strong)


def _accented_a(word: Token) -> bool:
    return word.folded == "a" and word.accented
