"""A process that has a helper at work, for a test that kills it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

from directory_client.beside import Beside


def who(piece: int) -> int:
    return os.getpid()


def pieces() -> Iterator[int]:
    for piece in range(100):
        yield piece
        if piece > 20:
            time.sleep(60)


if __name__ == "__main__":
    os.sched_getaffinity = lambda pid: {0, 1}  # type: ignore[assignment, misc]
    with Beside(after=0) as beside:
        for helper in beside.made(who, pieces()):
            print(helper, flush=True)
