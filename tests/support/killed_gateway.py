"""A gateway that is killed with -9 at a step of its first turn: `python -m tests.support.killed_gateway PORT STEP`.

STEP "never" runs a gateway that lives. Rasa is away: the answers are the menu's.
"""

from __future__ import annotations

import os
import signal
import sys

import uvicorn

from bot.app import create_app
from bot.language.identification import Identified
from bot.safety import Level, Risk
from bot.understanding import Ears


class Deaf:
    """Stands for screen, language and places, which take seconds to load and have no part in this."""

    def warm(self) -> None:
        return None

    def assess(self, text: str) -> Risk:
        danger = "die" in text
        return Risk(Level.HIGH if danger else Level.NONE, "suicide" if danger else None, ())

    def identify(self, text: str, *, session_language: str | None = None) -> Identified:
        return Identified("und", False, 0.0)

    def find(self, text: str) -> None:
        return None


def main(port: int, step: str) -> None:
    def at(reached: str) -> None:
        if reached == step:
            os.kill(os.getpid(), signal.SIGKILL)

    app = create_app(at=at, ears=Ears(Deaf(), Deaf(), Deaf()))  # type: ignore[arg-type]
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
