"""Small counts are not shown: one person in a language or at a door could be recognised by them.

A count from 1 to 4 is hidden. What is hidden must not come out by arithmetic either, so further counts are hidden with
it until, of every sum that the reader sees, the hidden parts leave room: each of them could be 1 and each could be 5.
This is primary and complementary cell suppression, as statistical offices do it.

`protected` is for one sum, `hidden_in` for tables that share cells and sums.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

LEAST = 5
"""The smallest count that is shown; nought is shown too, because it is nobody."""
_PRIME = (1 << 61) - 1
"""Equations are solved modulo this prime: exact for sums with the coefficients 1 and -1, and fast."""


def hidden(count: int) -> bool:
    """Whether a count by itself is too small to be shown."""
    return 0 < count < LEAST


def protected(counts: Sequence[int]) -> list[int | None]:
    """The counts of one sum, with None for those that are not shown.

    Args:
        counts: parts of a whole that the reader knows too.
    """
    shown: list[int | None] = [None if hidden(count) else count for count in counts]
    while not _room([counts[index] for index, count in enumerate(shown) if count is None]):
        others = [index for index, count in enumerate(shown) if count]
        if not others:
            break
        shown[min(others, key=lambda index: counts[index])] = None
    return shown


def written(count: int | None) -> str:
    """A count as a page shows it."""
    return f"<{LEAST}" if count is None else str(count)


def _room(parts: Sequence[int]) -> bool:
    """Whether hidden parts of a known sum can each still be anything from 1 to 5."""
    return not parts or (len(parts) > 1 and sum(parts) >= len(parts) - 1 + LEAST)


def hidden_in[Cell: Hashable](
    values: Mapping[Cell, int],
    sums: Sequence[tuple[Cell, Sequence[Cell]]],
    *,
    fixed: Iterable[Cell] = (),
    already: Iterable[Cell] = (),
) -> set[Cell] | None:
    """Which cells of linked tables are not to be shown.

    Args:
        values: every cell that a reader might see.
        sums: a total and its parts, for each line and column that adds up.
        fixed: cells that are decided: hidden if they are in `already`, else shown.
        already: cells that are hidden in any case.

    Returns:
        The hidden cells; None when the decided cells leave no way, and nothing of these tables may be shown.
    """
    decided = set(fixed)
    found = set(already) | {cell for cell, count in values.items() if hidden(count) and cell not in decided}
    within: dict[Cell, list[int]] = {}
    for number, (total, parts) in enumerate(sums):
        for cell in (total, *parts):
            within.setdefault(cell, []).append(number)
    todo = list(range(len(sums)))
    while True:
        while todo:
            number = todo.pop()
            total, parts = sums[number]
            more = _lacking(values, found, total, parts, decided)
            if more is None:
                return None
            if more:
                found.update(more)
                todo += [other for cell in more for other in within[cell]]
        told = determined(found, sums)
        if not told:
            return found
        for cell in told:
            near = [part for number in within[cell] for part in sums[number][1]]
            others = [part for part in near if part not in found and part not in decided and values[part]]
            if not others:
                others = [one for one in values if one not in found and one not in decided and values[one]]
            if not others:
                return None
            chosen = min(others, key=lambda one: values[one])
            found.add(chosen)
            todo += within.get(chosen, [])


def _lacking[Cell: Hashable](
    values: Mapping[Cell, int], found: set[Cell], total: Cell, parts: Sequence[Cell], decided: set[Cell]
) -> list[Cell] | None:
    """What has to be hidden besides so that one sum tells nothing; None when nothing is left for that."""
    gone = [part for part in parts if part in found]
    if total in found:
        if gone:
            return []
        # Only the total is hidden, and its parts would tell it.
    elif _room([values[part] for part in gone]):
        return []
    more: list[Cell] = []
    shown = sorted((p for p in parts if p not in found and p not in decided and values[p]), key=lambda p: values[p])
    for part in shown:
        more.append(part)
        if total in found or _room([values[one] for one in (*gone, *more)]):
            return more
    parts_gone = [values[part] for part in (*gone, *more)]
    if total not in found and len(parts_gone) > 1 and sum(parts_gone) > len(parts_gone):
        return more  # nothing of the sum is shown but the sum, and it does not say that all of its parts are 1
    if total not in found and total not in decided:
        return [*more, total]
    return None


def determined[Cell: Hashable](found: set[Cell], sums: Sequence[tuple[Cell, Sequence[Cell]]]) -> list[Cell]:
    """The hidden cells that can be worked out from those shown: solves all sums for the hidden cells."""
    solved: dict[Cell, dict[Cell, int]] = {}
    """Leading cell → its equation, in which it has the coefficient 1 and no other leading cell stands."""
    holds: dict[Cell, set[Cell]] = {}
    """Cell → the leading cells in whose equations it stands."""
    for total, parts in sums:
        row: dict[Cell, int] = {}
        for cell, sign in ((total, 1), *((part, _PRIME - 1) for part in parts)):
            if cell in found:
                _add(row, cell, sign)
        for cell in [one for one in row if one in solved]:
            factor = row.get(cell, 0)
            if factor:
                for other, by in solved[cell].items():
                    _add(row, other, -factor * by)
        if not row:
            continue
        lead = next(iter(row))
        inverse = pow(row[lead], -1, _PRIME)
        row = {cell: by * inverse % _PRIME for cell, by in row.items()}
        for other in holds.pop(lead, set()):
            equation = solved[other]
            factor = equation.get(lead, 0)
            for cell, by in row.items():
                before = cell in equation
                _add(equation, cell, -factor * by)
                if (cell in equation) != before and cell != lead:
                    (holds.setdefault(cell, set()).discard if before else holds.setdefault(cell, set()).add)(other)
        solved[lead] = row
        for cell in row:
            if cell != lead:
                holds.setdefault(cell, set()).add(lead)
    return [lead for lead, row in solved.items() if len(row) == 1]


def _add[Cell: Hashable](row: dict[Cell, int], cell: Cell, by: int) -> None:
    value = (row.get(cell, 0) + by) % _PRIME
    if value:
        row[cell] = value
    else:
        row.pop(cell, None)
