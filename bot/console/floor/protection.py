"""Small counts are not shown: one person in a language or at a door could be recognised by them.

A count from 1 to 4 is hidden. Where exactly one count of a sum is hidden, the sum would tell it, so the
smallest of the others is hidden with it.
"""

from __future__ import annotations

from collections.abc import Sequence

LEAST = 5
"""The smallest count that is shown; nought is shown too, because it is nobody."""


def hidden(count: int) -> bool:
    """Whether a count by itself is too small to be shown."""
    return 0 < count < LEAST


def protected(counts: Sequence[int]) -> list[int | None]:
    """The counts of one sum, with None for those that are not shown.

    Args:
        counts: parts of a whole that the reader knows too.
    """
    shown: list[int | None] = [None if hidden(count) else count for count in counts]
    if shown.count(None) == 1:
        others = [index for index, count in enumerate(shown) if count]
        if others:
            shown[min(others, key=lambda index: counts[index])] = None
    return shown


def written(count: int | None) -> str:
    """A count as a page shows it."""
    return f"<{LEAST}" if count is None else str(count)
