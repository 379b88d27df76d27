"""Folding of words for the full-text search: English and French, accents and endings aside."""

from __future__ import annotations

import re
import unicodedata

LONGEST_WORD = 40

_WORD = re.compile(r"[^\W_]+")
_STOP_WORDS = """
    a about an and any are as at be by can do does for from get have help how i if in is it me my near need
    needs not of on or our people person service services some than that the their them there this to want we
    what when where which who with you your looking find please
    au aux avec besoin ce ces cette chez comment dans de des du elle en est et il j je l la le les leur ma mes
    mon ne nos notre nous ou par pas pour pres qu que qui sa se ses son sur un une vos votre vous d s c n m t
    cherche aide trouver personnes
"""
_STOP = frozenset(_STOP_WORDS.split())


def fold(text: str) -> str:
    """Lower case without accents: "Santé à l'Île" becomes "sante a l'ile"."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "Oe")).casefold()
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def plain_words(text: str) -> list[str]:
    """The words of a text that tell something, folded, in order, with repetitions."""
    return [word for word in _WORD.findall(fold(text)) if word not in _STOP and (len(word) > 1 or word.isdigit())]


def words(text: str) -> list[str]:
    """The words of a text that tell something, folded and without plural endings, in order, each once.

    An apostrophe ends a word, so that "d'Ajax" gives "ajax".
    """
    return list(dict.fromkeys(_stem(word)[:LONGEST_WORD] for word in plain_words(text)))


def _stem(word: str) -> str:
    """Take off what English and French add for number; both sides of a comparison go through it."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith("eaux"):
        return word[:-1]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
