"""News as bytes between gateways."""

from __future__ import annotations

import json
from dataclasses import dataclass

from bot.bus.news import LOOK, News

LARGEST = 7_900
"""Bytes of one payload. PostgreSQL takes fewer than 8,000 with a NOTIFY."""


@dataclass(frozen=True, slots=True)
class Wired:
    """What came over the network.

    Attributes:
        origin: the gateway that sent it, so that it does not hear itself.
        news: what it tells; None for a sign of life.
        everything: others may have missed something: all are to look.
    """

    origin: str
    news: News | None = None
    everything: bool = False


def packed(origin: str, number: int, news: News) -> str:
    """News as a payload. What is too large or no JSON goes as "look": nobody misses that something happened."""
    try:
        payload = _json(origin, number, t=news.topic, k=news.kind, d=dict(news.data))
    except (TypeError, ValueError):
        payload = ""
    if not payload or len(payload.encode()) > LARGEST:
        payload = _json(origin, number, t=news.topic[:200], k=LOOK, d={})
    return payload


def sign_of_life(origin: str, number: int) -> str:
    return _json(origin, number)


def look_all(origin: str, number: int) -> str:
    return _json(origin, number, look=1)


def unpacked(payload: str | bytes) -> Wired | None:
    """What a payload says; None for one that no gateway of ours has sent."""
    try:
        said = json.loads(payload)
        origin = said["o"]
        if said.get("look"):
            return Wired(origin, everything=True)
        if "t" not in said:
            return Wired(origin)
        topic, kind, data = said["t"], said["k"], said["d"]
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    if not (isinstance(topic, str) and isinstance(kind, str) and isinstance(data, dict)):
        return None
    return Wired(origin, News(topic, kind, data))


def _json(origin: str, number: int, **said: object) -> str:
    # PostgreSQL delivers equal payloads of one transaction once; the number keeps "on, off, on" three.
    return json.dumps({"o": origin, "n": number, **said}, separators=(",", ":"))
