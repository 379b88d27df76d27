"""Asks the gateway one real question, as a browser would, and waits for Rasa's answer."""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import Any

from bot.supervisor.health import ask
from bot.supervisor.problems import Problem
from bot.supervisor.rhythm import Rhythm

_QUESTION = "What is 211?"


async def answered(url: str, rhythm: Rhythm) -> None:
    """Waits until the gateway at url answers a message with Rasa's help; Problem when it never does."""
    begin = time.monotonic()
    missing = "the gateway does not answer"
    while time.monotonic() - begin < rhythm.ready_limit:
        health = await asyncio.to_thread(ask, "GET", f"{url}/health/ready")
        state = health[1] if health and isinstance(health[1], dict) else {}
        if health is None:
            missing = "the gateway does not answer"
        elif not state.get("engine"):
            missing = "the gateway does not reach Rasa"
        elif not state.get("ready"):
            missing = "the gateway says that it is not ready"
        elif await asyncio.to_thread(_conversation, url, rhythm.answer_limit):
            return
        else:
            missing = "a test message gets no answer"
        await asyncio.sleep(rhythm.look_every)
    raise Problem(f"after {rhythm.ready_limit:g} s {missing}: the files in var/log say why.")


def _conversation(url: str, patience: float) -> bool:
    """One conversation of one message, deleted afterwards so that no report counts it."""
    started = ask("POST", f"{url}/api/conversations", body={"door": "211", "language": "en"})
    if started is None or started[0] != 201:
        return False
    headers = {"Authorization": f"Bearer {started[1]['token']}"}
    try:
        question = {"id": str(uuid.uuid4()), "text": _QUESTION}
        sent = ask("POST", f"{url}/api/messages", body=question, headers=headers)
        if sent is None or sent[0] != 202:
            return False
        begin = time.monotonic()
        while time.monotonic() - begin < patience:
            seen = ask("GET", f"{url}/api/messages?after=0", headers=headers)
            if seen is not None and seen[0] == 200 and _answer_in(seen[1]["messages"]):
                return True
            time.sleep(0.1)
        return False
    finally:
        ask("DELETE", f"{url}/api/conversation", headers=headers)


def _answer_in(messages: list[dict[str, Any]]) -> bool:
    asked = [message["seq"] for message in messages if message["author"] == "person"]
    return bool(asked) and any(m["author"] == "bot" and m["seq"] > asked[0] for m in messages)
