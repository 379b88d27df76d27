"""The client of the Rasa server: time limits, one retry, and no answer counted as a failure."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
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

    def __init__(self, url: str, secret: str, timeout: float) -> None:
        self._url = url
        self._headers = {"x-porchlight-secret": secret}
        self._timeout = aiohttp.ClientTimeout(total=timeout, sock_connect=1.0)
        self._session: aiohttp.ClientSession | None = None
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
            async with self._client().post("/webhooks/gateway/forget", json={"conversation": conversation}):
                pass
        except (aiohttp.ClientError, TimeoutError):
            log.info("engine not told to forget", conversation=conversation)

    async def alive(self) -> bool:
        """Whether Rasa has its model and takes messages."""
        try:
            async with self._client().get("/webhooks/gateway/ready") as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _client(self) -> aiohttp.ClientSession:
        """The session, made at first use: it belongs to the loop that runs then."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                self._url,
                headers=self._headers,
                timeout=self._timeout,
                connector=aiohttp.TCPConnector(limit=64),
                trust_env=False,
            )
        return self._session

    async def _post(self, path: str, body: Any, again: dict[str, Any]) -> Any:
        if time.monotonic() < self._rest_until:
            raise EngineAway("Rasa is being left alone for a moment.")
        for attempt in (1, 2):
            try:
                sent = body if attempt == 1 or not again else {**body, **again}
                async with self._client().post(path, json=sent) as response:
                    if response.status == 200:
                        answer = await response.json()
                        self._failures = 0
                        return answer
                    problem = f"status {response.status}"
            except (aiohttp.ClientError, TimeoutError, ValueError) as error:
                problem = type(error).__name__
            log.warning("engine attempt failed", attempt=attempt, problem=problem)
        self._failed(problem)
        raise EngineAway(problem)

    def _failed(self, problem: str) -> None:
        self._failures += 1
        if self._failures >= self.PATIENCE and problem != "ClientConnectorError":
            self._rest_until = time.monotonic() + self.PAUSE
            self._failures = 0


def parse_from(content: dict[str, Any]) -> Parse:
    """A parse as understanding.channel.summary writes it."""
    return Parse(content.get("intent"), float(content.get("confidence") or 0.0), tuple(content.get("needs") or ()))
