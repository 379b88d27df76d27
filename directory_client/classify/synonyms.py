"""More words for a search: those that mean the same in a directory, in English and in French."""

from __future__ import annotations

from functools import cache

import yaml

from directory_client.classify.phrases import Phrases
from directory_client.classify.terms import SYNONYMS, TermsError
from directory_client.classify.tokens import tokens
from directory_client.words import words

OWN = 1.0
SAME = 0.6
"""Weight of another word for the same."""
PART = 0.35
"""Weight of the words of another phrase for the same, which alone say less ("power" of "power bill")."""
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def expand(text: str) -> dict[str, float]:
    """Words of the search index for a text: its own with a weight of 1, then those that mean the same.

    "Dentist" also finds "dentaire". Words come as `directory_client.words.words` gives them, folded and without
    plural endings, the person's own first.
    """
    found = dict.fromkeys(words(text), OWN)
    groups, phrases = _groups()
    for number in (number for _start, _end, numbers in phrases.find(tokens(text)) for number in numbers):
        for row in groups[number]:
            weight = SAME if len(row) == 1 else PART
            for word in row:
                found[word] = max(found.get(word, 0.0), weight)
    return found


@cache
def _groups() -> tuple[tuple[tuple[tuple[str, ...], ...], ...], Phrases[int]]:
    """The words of each phrase of each group, and what finds the group of a phrase."""
    content = yaml.load(SYNONYMS.read_text(encoding="utf-8"), Loader=_LOADER)
    if not isinstance(content, list) or not all(isinstance(group, list) for group in content):
        raise TermsError(f"{SYNONYMS.name} must be a list of groups, each a list of words and phrases")
    rows = tuple(tuple(row for phrase in group if (row := tuple(words(phrase)))) for group in content)
    return rows, Phrases((phrase, number) for number, group in enumerate(content) for phrase in group)
