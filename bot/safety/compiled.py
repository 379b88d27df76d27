"""Compiled expressions as plain data and back.

There are eighteen thousand expressions. Python takes a quarter of a minute to compile them, and has no public way to
keep what comes of it: a pickled expression is its source. What is kept here are the numbers that `re` itself makes
last, and they are taken in by the same call as `re` uses. That is a matter of one version of Python, which the
fingerprint of kept data holds; Python checks the numbers before it uses them; and where anything is not as expected
everything is compiled as ever.
"""

from __future__ import annotations

import re
import time
import zlib
from array import array
from collections.abc import Iterable, Sequence
from importlib import import_module
from marshal import dumps, loads
from typing import Any

_CODE = "I"
"""Numbers of a compiled expression take as much room as this type of array has; `_sre.CODESIZE` says so too."""

Numbers = tuple[int, bytes, int, dict[str, int]]
"""Flags, code, groups, and the number of each named group."""


class NotKeepable(Exception):
    """This Python compiles expressions in another way than the one that is known here."""


def packed(sources: Iterable[str], pause: float) -> bytes:
    """The compiled form of the sources, in their order, with so many seconds of rest between two.

    Raises:
        NotKeepable: when it cannot be kept under this Python.
        re.error: for a source that is no expression.
    """
    made = []
    for source in sources:
        made.append(_numbers(source))
        time.sleep(pause)
    return zlib.compress(dumps(made), 1)


def unpacked(sources: Sequence[str], data: bytes) -> list[re.Pattern[str]]:
    """The expressions of the sources from what `packed` gave.

    Raises:
        NotKeepable: when it does not belong to them or to this Python.
    """
    numbers: list[Numbers] = loads(zlib.decompress(data))
    if len(numbers) != len(sources):
        raise NotKeepable("there are more or fewer than the sources")
    try:
        return [_pattern(source, *one) for source, one in zip(sources, numbers, strict=True)]
    except (AttributeError, TypeError, ValueError, RuntimeError) as problem:
        raise NotKeepable(str(problem)) from problem


def _numbers(source: str) -> Numbers:
    try:
        compiler: Any = import_module("re._compiler")
        if array(_CODE).itemsize != import_module("_sre").CODESIZE:
            raise NotKeepable("numbers have another size")
        parsed = compiler._parser.parse(source, 0)
        state = parsed.state
        return state.flags, array(_CODE, compiler._code(parsed, 0)).tobytes(), state.groups - 1, dict(state.groupdict)
    except (ImportError, AttributeError, TypeError) as problem:
        raise NotKeepable(str(problem)) from problem


def _pattern(source: str, flags: int, code: bytes, groups: int, named: dict[str, int]) -> re.Pattern[str]:
    names: list[str | None] = [None] * (groups + 1)
    for name, number in named.items():
        names[number] = name
    sre: Any = import_module("_sre")
    found: re.Pattern[str] = sre.compile(source, flags, array(_CODE, code).tolist(), groups, named, tuple(names))
    return found
