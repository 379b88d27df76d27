"""Whether a message asks for a language: "français svp", "can we speak Spanish", "中文", "ਪੰਜਾਬੀ ਵਿੱਚ".

A clause that holds the name of a language and nothing but words of asking is a choice. Somebody who looks for
French lessons, or for a doctor who speaks Arabic, chooses nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.language.names import known
from directory_client.places.text import Token, is_unspaced, key, tokens

_FILE = Path(__file__).parent / "data" / "choice.tsv"
_LONGEST_TEXT = 600  # characters: an explicit choice is short, or comes early
_LONGEST_NAME = 4  # words
_ATTACHED = ("وبال", "بال", "لل", "ال", "ب", "ل", "в", "በ", "בה", "ב", "ה")
_CLAUSE_WORDS = frozenset({"because", "but", "parce", "car", "mais", "porque", "pero", "لان", "لكن", "потому", "но"})
_VERBS = frozenset(
    (
        *("speak", "speaks", "talk", "chat", "write", "text", "continue", "switch", "reply", "answer", "prefer"),
        *("parler", "parlez", "prefere", "hablar", "habla", "hablo", "hablan", "hablas", "prefiero", "falar"),
        *("fala", "parlare", "parla", "نتكلم", "تكلم", "نحكي", "говорить", "говорите"),
    )
)
_PREPOSITIONS = frozenset({"in", "en", "em", "to", "a", "le", "el", "auf", "на", "sa", "bang", "tieng", "po", "only"})
_TAGALOG = frozenset(("ako", "marunong", "ko", "mo", "ang", "naman", "kasi", "kami", "siya", "ka", "yun", "ito"))


@dataclass(frozen=True, slots=True)
class _Name:
    code: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    names: dict[str, str]  # folded name -> code
    unspaced: dict[str, str]
    kinds: dict[str, frozenset[str]]


def chosen(text: str, *, session_language: str | None = None) -> str | None:
    """The code of the language a person asks for, or None.

    session_language is the language of the conversation: "hindi" alone is a "no" in Tagalog.
    """
    vocabulary = _vocabulary()
    text = text[:_LONGEST_TEXT]
    words = tokens(text)
    if not words:
        return None
    wanted = _in_unspaced(words, vocabulary)
    if wanted is None:
        wanted = _in_words(words, vocabulary)
    if wanted == "hi" and session_language == "tl" and len(words) <= 2 and text.isascii():
        return None
    return wanted


def _in_words(words: Sequence[Token], vocabulary: _Vocabulary) -> str | None:
    kinds = vocabulary.kinds
    folded = [word.folded for word in words]
    if any(word in kinds["learning"] or word in kinds["provider"] for word in folded):
        return None
    for clause in _clauses(words):
        names = [name for name in _names(clause, vocabulary) if not _is_person(clause, name)]
        wanted = {name.code for name in names} - {name.code for name in _refused(clause, names, kinds)}
        if len(wanted) != 1:
            continue
        left = {index for name in names for index in range(name.first, name.last + 1)}
        others = [word.folded for index, word in enumerate(clause) if index not in left]
        known_others = kinds["ask"] | kinds["not_before"] | kinds["not_after"]
        if all(word in known_others for word in others) or _asked(clause, names, wanted, kinds):
            return wanted.pop()
    return None


def _asked(clause: Sequence[Token], names: Sequence[_Name], wanted: set[str], kinds: dict[str, frozenset[str]]) -> bool:
    """ "speak Spanish" inside a longer sentence, with nothing behind it that it could describe."""
    for name in names:
        if name.code not in wanted or (name.last + 1 < len(clause) and not _closes(clause[name.last + 1], kinds)):
            continue
        index = name.first - 1
        while index >= 0 and clause[index].folded in _PREPOSITIONS:
            index -= 1
        if index >= 0 and clause[index].folded in _VERBS:
            return True
        polite = name.last + 1 < len(clause) and clause[name.last + 1].folded in (
            "please",
            "pls",
            "plz",
            "svp",
            "stp",
        )
        if polite:
            return True
    return False


def _closes(word: Token, kinds: dict[str, frozenset[str]]) -> bool:
    return word.folded in kinds["ask"] or word.comma


def _refused(clause: Sequence[Token], names: Sequence[_Name], kinds: dict[str, frozenset[str]]) -> list[_Name]:
    """Names that the person says they do not want or do not know."""
    refused = []
    for name in names:
        before = range(max(0, name.first - 4), name.first)
        others = {index for other in names if other is not name for index in range(other.first, other.last + 1)}
        start = max((index + 1 for index in others if index < name.first), default=0)
        end = min((index for index in others if index > name.last), default=len(clause))
        denied = any(clause[index].folded in kinds["not_before"] for index in before if index >= start)
        after = range(name.last + 1, min(name.last + 4, end))
        denied = denied or any(clause[index].folded in kinds["not_after"] for index in after)
        if denied:
            refused.append(name)
    return refused


def _is_person(clause: Sequence[Token], name: _Name) -> bool:
    """ "I am Somali" speaks of a person; "hindi ako marunong" is a Tagalog "not"."""
    before = clause[name.first - 1].folded if name.first else ""
    behind = clause[name.last + 1].folded if name.last + 1 < len(clause) else ""
    if before in ("am", "m", "are", "soy", "suis") and behind not in ("speaking", "speaker", "only"):
        return True
    tagalog = any(word.folded in _TAGALOG for word in clause)
    return clause[name.first].folded == "hindi" and tagalog and before not in _PREPOSITIONS


def _clauses(words: Sequence[Token]) -> list[list[Token]]:
    clauses: list[list[Token]] = [[]]
    for word in words:
        if (word.breaks or word.comma or word.folded in _CLAUSE_WORDS) and clauses[-1]:
            clauses.append([])
        clauses[-1].append(word)
    return clauses


def _names(clause: Sequence[Token], vocabulary: _Vocabulary) -> list[_Name]:
    found: list[_Name] = []
    index = 0
    while index < len(clause):
        for length in range(min(_LONGEST_NAME, len(clause) - index), 0, -1):
            code = _code(" ".join(word.folded for word in clause[index : index + length]), vocabulary)
            if code:
                found.append(_Name(code, index, index + length - 1))
                index += length - 1
                break
        index += 1
    return found


def _code(folded: str, vocabulary: _Vocabulary) -> str | None:
    code = vocabulary.names.get(folded)
    if code or folded.isascii():
        return code
    for prefix in _ATTACHED:
        if folded.startswith(prefix) and len(folded) - len(prefix) >= 3:
            code = vocabulary.names.get(folded[len(prefix) :])
            if code:
                return code
    if "\u0900" <= folded[0] <= "\u0dff":
        # Endings are written on to the name: தமிழில், বাংলায়, ગુજરાતીમાં.
        for cut in range(1, 5):
            stem = folded[:-cut]
            code = vocabulary.names.get(stem) or vocabulary.names.get(stem + "்") if len(stem) >= 3 else None
            if code:
                return code
    return None


def _in_unspaced(words: Sequence[Token], vocabulary: _Vocabulary) -> str | None:
    kinds = vocabulary.kinds
    wanted: set[str] = set()
    for word in words:
        if not word.unspaced:
            continue
        run = word.folded
        if any(sign in run for sign in kinds["unspaced_learn"]):
            return None
        for name, code in vocabulary.unspaced.items():
            position = run.find(name)
            if position < 0:
                continue
            before, after = (
                run[max(0, position - 5) : position],
                run[position + len(name) : position + len(name) + 5],
            )
            denied = any(sign in before for sign in kinds["unspaced_not"])
            denied = denied or any(sign in after for sign in kinds["unspaced_not_after"])
            if not denied and (len(run) <= len(name) + 14):
                wanted.add(code)
    if wanted == {"zh", "yue"}:
        return "yue"
    return wanted.pop() if len(wanted) == 1 else None


@cache
def _vocabulary() -> _Vocabulary:
    names: dict[str, str] = {}
    unspaced: dict[str, str] = {}
    for code, language in known().items():
        for name in (language.endonym, language.english, language.french, *language.others):
            folded = key(name)
            if is_unspaced(folded[0]):
                unspaced.setdefault(folded.replace(" ", ""), code)
            else:
                names.setdefault(folded, code)
    kinds: dict[str, set[str]] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, words = line.split("\t")
            # Cues are compared word by word; a phrase gives its words only where it is a phrase of asking.
            parts = words.split("|")
            folded_parts = [key(part) if not kind.startswith("unspaced") else part for part in parts]
            kinds.setdefault(kind, set()).update(folded_parts)
    kinds["ask"] |= {word for phrase in kinds["ask"] for word in phrase.split()}
    return _Vocabulary(names, unspaced, {kind: frozenset(words) for kind, words in kinds.items()})
