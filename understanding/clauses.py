"""The parts of a message that may each carry a need: "rent, and also food for the kids"."""

from __future__ import annotations

import re
from typing import List, Tuple

# Words that join two wishes. A wrong cut costs little: a part only counts when a need stands out in it by itself.
_LATIN = (
    *("and", "also", "plus", "too", "then", "et", "aussi", "puis", "ainsi que", "y", "tambien", "ademas"),
    *("e", "tambem", "mais", "anche", "inoltre", "ve", "bir de", "ayrica", "oraz", "i", "tez", "jeszcze"),
    *("at saka", "tsaka", "saka", "pati", "at", "va", "voi", "nua", "iyo", "sidoo kale", "te", "ate", "nale"),
    *("naal hi", "vi", "aur", "bhi", "saath", "sath", "ane", "pan", "sathe", "ar", "ebong", "appuram", "apram"),
    *("wa", "kaman", "w", "hamchenin", "ham", "takzhe", "esche"),
)
_OTHERS = (
    *(
        "ਅਤੇ",
        "ਤੇ",
        "ਨਾਲੇ",
        "ਵੀ",
        "و",
        "وكمان",
        "كمان",
        "وأيضا",
        "أيضا",
        "ايضا",
        "وايضا",
        "اور",
        "بھی",
        "ساتھ",
        "هم",
        "همچنین",
    ),
    *("और", "भी", "साथ", "અને", "પણ", "સાથે", "এবং", "আর", "ও", "மற்றும்", "அப்புறம்", "그리고", "하고", "또"),
    *(
        "и",
        "также",
        "еще",
        "ещё",
        "плюс",
        "і",
        "й",
        "та",
        "також",
        "ще",
        "và",
        "với",
        "nữa",
        "też",
        "również",
        "também",
    ),
)
_UNSPACED = ("还有", "還有", "以及", "另外", "并且", "而且", "同时", "仲有", "同埋", "和", "跟", "也", "同", "又")
_JOIN = re.compile(
    r"[.,;:!?\n。，、；！？؟،؛।+&/]+"
    + r"|\b(?:" + "|".join(_LATIN) + r")\b"
    + r"|(?<!\S)(?:" + "|".join(_OTHERS) + r")(?!\S)"
    + "|" + "|".join(_UNSPACED),
    re.IGNORECASE,
)  # fmt: skip
SHORTEST = 4
"""Letters of a part that is looked at by itself."""
MOST = 5
FEWEST_WORDS = 4
FEWEST_LETTERS = 12
"""Of what may hold two needs, counted as in `_size`."""


def clauses(text: str) -> List[str]:
    """The parts of a masked text, in order; the whole text when there is nothing to cut."""
    found = [part.strip() for part in _JOIN.split(text)]
    kept = [part for part in found if _size(part) >= SHORTEST]
    return kept[:MOST] if len(kept) > 1 else [text]


def halves(text: str) -> List[Tuple[str, str]]:
    """A masked text cut in two, behind a third of its words and behind two thirds; nothing when it is short.

    Two needs rarely stand side by side: in one of the two cuts each has a half of its own, whatever joins them.
    """
    spaces = [at for at, character in enumerate(text) if character.isspace()]
    if len(spaces) >= FEWEST_WORDS - 1:
        points = [spaces[len(spaces) * share // 3] for share in (1, 2)]
    elif _size(text) >= FEWEST_LETTERS:  # written without spaces
        points = [len(text) * share // 3 for share in (1, 2)]
    else:
        return []
    return [(text[:at], text[at:]) for at in points]


def _size(part: str) -> int:
    """Letters, where a Han character counts as two."""
    return sum(2 if "\u3400" <= c <= "\u9fff" else 1 for c in part if c.isalpha())
