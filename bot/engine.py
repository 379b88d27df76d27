"""The client of the Rasa server: time limits, one retry, and no answer counted as a failure."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import structlog

log = structlog.get_logger(__name__)


class EngineAway(Exception):
    """Rasa gave no usable answer in time. The caller has a safe way to go on."""


@dataclass(frozen=True, slots=True)
class Parse:
    """What Rasa understood: intent, confidence from 0 to 1, needs (main one first)."""

    intent: str | None
    confidence: float
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EngineAnswer:
    pieces: tuple[dict[str, Any], ...]
    parse: Parse
    slots: dict[str, Any] = field(default_factory=dict)


class Engine:
    """Talks to the gateway channel of the Rasa server.

    After three failures in a row the engine is left alone for a few seconds, so that a server that hangs
    does not make every resident wait for the time limit.
    """

    PATIENCE = 3
    PAUSE = 5.0

    def __init__(self, url: str, secret: str, timeout: float, client: httpx.AsyncClient | None = None) -> None:
        self._client = client or httpx.AsyncClient(
            base_url=url,
            headers={"x-porchlight-secret": secret},
            timeout=httpx.Timeout(timeout, connect=1.0),
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=32),
            trust_env=False,
        )
        self._failures = 0
        self._rest_until = 0.0

    async def turn(
        self,
        *,
        conversation: str,
        message: str,
        text: str,
        metadata: dict[str, Any],
        memory: Mapping[str, Any],
        fresh: bool,
    ) -> EngineAnswer:
        """One message of a conversation.

        Args:
            conversation: opaque id, all that Rasa knows of the person.
            metadata: language, door, place, choices: what the gateway found out.
            memory: slots to restore when Rasa has forgotten the conversation.
            fresh: forget first.

        Raises:
            EngineAway: when two attempts gave nothing.
        """
        body = {
            "conversation": conversation,
            "message": message,
            # A leading slash would let anybody trigger any intent.
            "text": text.lstrip().lstrip("/").strip() or ".",
            "metadata": metadata,
            "memory": dict(memory),
            "fresh": fresh,
        }
        answer = await self._post("/webhooks/gateway/turn", body, again={"fresh": True})
        pieces = tuple(piece for piece in answer.get("messages") or () if isinstance(piece, dict))
        if not pieces:
            self._failed("empty")
            raise EngineAway("Rasa answered with nothing.")
        return EngineAnswer(pieces, parse_from(answer.get("parse") or {}), dict(answer.get("slots") or {}))

    async def parse(self, items: list[dict[str, Any]]) -> list[Parse]:
        """Parses of texts ({"text", "metadata"}) in order, without touching any conversation."""
        out = await self._post("/webhooks/gateway/parse", items, again={})
        return [parse_from(item) for item in out]

    async def forget(self, conversation: str) -> None:
        """Asks Rasa to drop what it holds of a conversation. Not being there is as good."""
        try:
            await self._client.post("/webhooks/gateway/forget", json={"conversation": conversation})
        except httpx.HTTPError:
            log.info("engine not told to forget", conversation=conversation)

    async def alive(self) -> bool:
        """Whether Rasa has its model and takes messages."""
        try:
            return (await self._client.get("/webhooks/gateway/ready", timeout=2.0)).status_code == 200
        except httpx.HTTPError:
            return False

    async def close(self) -> None:
        await self._client.aclose()

    async def _post(self, path: str, body: Any, again: dict[str, Any]) -> Any:
        if time.monotonic() < self._rest_until:
            raise EngineAway("Rasa is being left alone for a moment.")
        for attempt in (1, 2):
            try:
                response = await self._client.post(path, json=body if attempt == 1 or not again else {**body, **again})
                if response.status_code == 200:
                    self._failures = 0
                    return response.json()
                problem = f"status {response.status_code}"
            except (httpx.HTTPError, ValueError) as error:
                problem = type(error).__name__
            log.warning("engine attempt failed", attempt=attempt, problem=problem)
        self._failed(problem)
        raise EngineAway(problem)

    def _failed(self, problem: str) -> None:
        self._failures += 1
        if self._failures >= self.PATIENCE and problem not in ("ConnectError",):
            self._rest_until = time.monotonic() + self.PAUSE
            self._failures = 0


def parse_from(content: dict[str, Any]) -> Parse:
    """A parse as understanding.channel.summary writes it."""
    return Parse(content.get("intent"), float(content.get("confidence") or 0.0), tuple(content.get("needs") or ()))
