"""Translation engines that misbehave, for tests of the workers. They must be importable by a worker process."""

from __future__ import annotations

import os
import time

from bot.language.machine import Made, Pair

ANY: Pair = ("en", "es")


class Echo:
    """Adds an o to every word; but "slow …" takes long, "crash" ends the process and "raise" raises."""

    def pairs(self) -> set[Pair]:
        return {ANY}

    def version(self, pair: Pair) -> str:
        return "echo/1"

    def threshold(self, pair: Pair) -> float | None:
        return None

    def translate(self, text: str, pair: Pair) -> Made | None:
        if text.startswith("slow"):
            time.sleep(2.0)
        if text.startswith("crash"):
            os._exit(3)
        if text.startswith("raise"):
            raise RuntimeError("a fault in the engine")
        return Made(" ".join(f"{word}o" for word in text.split()), -0.1)
