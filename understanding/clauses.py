"""The parts of a message that may each carry a need: "rent, and also food for the kids"."""

from __future__ import annotations

import re
from typing import List

# Words that join two wishes, by language: en, fr, es, pa (both scripts), zh, ar. A wrong cut costs little:
# a part only counts when a need stands out in it by itself.
_JOIN = re.compile(
    r"[.,;:!?\n。，、；！？؟،؛।+&/]+"
    r"|\b(?:and|also|plus|too|then|et|aussi|puis|ainsi que|y|también|tambien|además|ademas|e|te|ate|nale|naal hi|vi)\b"
    r"|(?<!\S)(?:ਅਤੇ|ਤੇ|ਨਾਲੇ|ਵੀ|و|وكمان|كمان|وأيضا|أيضا|ايضا|وايضا)(?!\S)"
    r"|还有|還有|以及|另外|并且|而且|同时|和|跟|也",
    re.IGNORECASE,
)
SHORTEST = 4
"""Letters of a part that is looked at by itself."""
MOST = 5


def clauses(text: str) -> List[str]:
    """The parts of a masked text, in order; the whole text when there is nothing to cut."""
    found = [part.strip() for part in _JOIN.split(text)]
    kept = [part for part in found if _size(part) >= SHORTEST]
    return kept[:MOST] if len(kept) > 1 else [text]


def _size(part: str) -> int:
    """Letters, where a Han character counts as two."""
    return sum(2 if "\u3400" <= c <= "\u9fff" else 1 for c in part if c.isalpha())
