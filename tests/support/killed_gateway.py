"""A gateway that is killed with -9 at a step of its first turn: `python -m tests.support.killed_gateway PORT STEP`.

STEP "never" runs a gateway that lives. Rasa is away: the answers are the menu's.
"""

from __future__ import annotations

import os
import signal
import sys

import uvicorn

from bot.app import create_app


def main(port: int, step: str) -> None:
    def at(reached: str) -> None:
        if reached == step:
            os.kill(os.getpid(), signal.SIGKILL)

    uvicorn.run(create_app(at=at), host="127.0.0.1", port=port, log_level="error")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
