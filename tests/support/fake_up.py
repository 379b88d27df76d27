"""bin/up with stand-ins for the three programs and nothing to prepare: `python fake_up.py PORT DIARY`."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from bot.supervisor import programs, steps, up
from bot.supervisor.keeper import Program
from bot.supervisor.options import Options
from bot.supervisor.ports import free_port
from bot.supervisor.rhythm import Rhythm

HABITS = {name: os.environ.get(f"FAKE_{name.upper()}", "").split() for name in ("gateway", "rasa", "actions")}


def main(port: int, diary: str) -> int:
    def fake(name: str, at: int) -> Program:
        script = str(Path(__file__).with_name("fake_program.py"))
        command = (sys.executable, script, name, str(at), diary, *HABITS[name])
        return Program(name, command, dict(os.environ), Path.cwd(), f"http://127.0.0.1:{at}/")

    async def nothing_to_prepare(*_: object) -> None:
        pass

    async def answered(url: str, rhythm: Rhythm) -> None:
        await asyncio.sleep(1.0)

    def gateway(options: Options, folders: object, environment: Mapping[str, str]) -> Program:
        return fake("gateway", options.port)

    programs.gateway = gateway
    programs.rasa = lambda *_: fake("rasa", free_port())
    programs.actions = lambda *_: fake("actions", free_port())
    steps.prepared = nothing_to_prepare
    up.rasa_model = up.risk_model = up.language_model = lambda *_: Path(__file__)  # models that exist
    up.answered = answered
    up.Rhythm = lambda: Rhythm(first_pause=0.1, longest_pause=0.2, look_every=0.05, grace=1.0)
    return up.main(Options(port=port))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2]))
