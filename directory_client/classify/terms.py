"""The words of each need, read once from `data/need_terms`; README.md there says what the lists are for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

from directory_client.classify.phrases import Phrases
from directory_client.needs import NEEDS

FOLDER = Path(__file__).resolve().parents[1] / "data" / "need_terms"
SYNONYMS = FOLDER / "synonyms.yml"
NAME, WHO, WORD, ASK, NOT = "names", "who", "words", "asks", "not"
LANGUAGES = ("en", "fr")
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class TermsError(Exception):
    """A file of terms cannot be used; the message says which and what to change."""


class Term(NamedTuple):
    """A phrase of one list of one need; `language` is empty for the list `not`, which is read in any."""

    need: str
    kind: str
    language: str
    phrase: str


class Sign(NamedTuple):
    """What a phrase in a text says; `phrase` is a number, the same for phrases that are written alike."""

    need: str
    kind: str
    phrase: str


@cache
def terms() -> tuple[Term, ...]:
    """Every phrase of every file. Raises TermsError."""
    return tuple(term for path in sorted(FOLDER.glob("*.yml")) if path != SYNONYMS for term in _read(path))


@cache
def in_records() -> Phrases[Sign]:
    """Finds what names and descriptions of services say."""
    return _phrases(NAME, WHO, WORD, NOT)


@cache
def in_questions() -> Phrases[Sign]:
    """Finds what residents say."""
    return _phrases(NAME, WHO, WORD, ASK, NOT)


def _phrases(*kinds: str) -> Phrases[Sign]:
    signs = {Sign(term.need, term.kind, term.phrase): None for term in terms() if term.kind in kinds}
    return Phrases((sign.phrase, sign) for sign in signs)


def _read(path: Path) -> Iterator[Term]:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except yaml.YAMLError as error:
        raise TermsError(f"{path.name} is not valid YAML: {error}") from error
    if not isinstance(content, dict):
        raise TermsError(f"{path.name} must map codes of needs to lists")
    for need, lists in content.items():
        if need not in NEEDS or need.partition(".")[0] != path.stem:
            raise TermsError(f"{path.name}: {need} is not a need of this area; see the vocabulary")
        if not isinstance(lists, dict) or not lists.keys() <= {NAME, WHO, WORD, ASK, NOT}:
            raise TermsError(f"{path.name}: {need} must have the lists names, who, words, asks and not")
        for kind, by_language in lists.items():
            shelves = {"": by_language} if kind == NOT else by_language
            if not isinstance(shelves, dict) or not all(isinstance(shelf, list) for shelf in shelves.values()):
                raise TermsError(f"{path.name}: {need}.{kind} must be lists under en and fr (`not`: one list)")
            for language, phrases in shelves.items():
                for phrase in phrases:
                    yield Term(need, kind, language, phrase)
