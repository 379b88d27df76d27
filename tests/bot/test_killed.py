"""kill -9 at every step of a turn loses nothing and answers nothing twice."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.conversations.database import upgrade
from bot.conversations.models import Conversation, Message, Outbox, RiskFinding
from bot.database import open_database
from bot.supervisor.ports import free_port

DANGER = "I want to die"
TURN = Path(__file__).resolve().parents[2] / "bot" / "turn.py"
STEPS = re.findall(r'self\.at\("(\w+)"\)', TURN.read_text(encoding="utf-8"))


@contextmanager
def gateway(var: Path, step: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    port = free_port()
    environment = {**os.environ, "PORCHLIGHT_VAR": str(var), "PORCHLIGHT_RASA_URL": "http://127.0.0.1:9"}
    environment.pop("PORCHLIGHT_DATABASE_URL", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.killed_gateway", str(port), step],
        cwd=TURN.parents[1],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{url}/health/live", trust_env=False).status_code == 200:
                    break
            time.sleep(0.1)
        yield url, process
    finally:
        process.kill()
        process.wait()


def posted(url: str, headers: dict[str, str], body: dict[str, str]) -> bool:
    """Sends as a page does; whether the gateway acknowledged."""
    with contextlib.suppress(httpx.HTTPError):
        return httpx.post(f"{url}/api/messages", json=body, headers=headers, trust_env=False).status_code == 202
    return False


def answer_to(url: str, headers: dict[str, str]) -> list[dict[str, object]]:
    for _ in range(200):
        messages = httpx.get(f"{url}/api/messages", headers=headers, trust_env=False).json()["messages"]
        mine = [message["seq"] for message in messages if message["author"] == "person"]
        said = [message for message in messages if mine and message["seq"] > mine[0]]
        if said:
            return said
        time.sleep(0.1)
    raise AssertionError("no answer after the restart")


@pytest.mark.parametrize(
    ("step", "text"),
    [*((step, "food please") for step in STEPS), ("received", DANGER), ("screened", DANGER), ("decided", DANGER)],
)
def test_a_gateway_killed_at_a_step_loses_and_doubles_nothing(tmp_path: Path, step: str, text: str) -> None:
    upgrade(f"sqlite:///{tmp_path / 'porchlight.db'}")
    body = {"id": "the-one", "text": text}
    with gateway(tmp_path, step) as (url, process):
        started = httpx.post(f"{url}/api/conversations", json={"language": "en"}, trust_env=False).json()
        headers = {"authorization": f"Bearer {started['token']}"}
        posted(url, headers, body)
        process.wait(20)
        assert process.returncode == -9, f"the gateway did not reach {step}"
    with gateway(tmp_path, "never") as (url, _):
        assert posted(url, headers, body)  # the page sends again what was not acknowledged
        said = answer_to(url, headers)
        time.sleep(0.5)
        assert answer_to(url, headers) == said
    engine = open_database(f"sqlite:///{tmp_path / 'porchlight.db'}")
    with Session(engine) as session:
        assert session.scalar(select(func.count()).where(Message.direction == "in")) == 1
        assert session.scalar(select(Message.state).where(Message.direction == "in")) == "done"
        answers = session.scalars(select(Message).where(Message.answers.is_not(None))).all()
        assert len(answers) == len({message.text for message in answers}) == len(said)
        told = session.scalars(select(Outbox.message_id)).all()
        assert sorted(told) == sorted(session.scalars(select(Message.id).where(Message.direction == "out")))
        danger = text == DANGER
        assert session.scalar(select(func.count()).select_from(RiskFinding)) == (1 if danger else 0)
        assert session.scalar(select(Conversation.owner)) == ("waiting" if danger else "bot")
    engine.dispose()


def test_every_step_of_the_turn_is_a_place_to_die() -> None:
    assert STEPS == [
        "received", "decided", "committed", "announced", "taken", "screened", "language", "understood",
    ]  # fmt: skip
