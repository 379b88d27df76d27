"""A bounded memory for what never changes."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import islice
from threading import Lock


class Memory[Name: Hashable, Thing]:
    """Things by names that never come to mean anything else; of one process, for any number of threads.

    When it is full, the tenth that came first goes. Nobody waits to look into it.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._things: dict[Name, Thing] = {}
        self._keeping = Lock()
        self.get = self._things.get

    def keep(self, name: Name, thing: Thing) -> None:
        with self._keeping:
            if len(self._things) >= self.most:
                for old in list(islice(self._things, max(self.most // 10, 1))):
                    del self._things[old]
            self._things[name] = thing

    def __len__(self) -> int:
        return len(self._things)


__all__ = ["Memory"]
