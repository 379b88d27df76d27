"""A conversation as the stand-in keeps it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

RTL = {"ar"}


@dataclass
class Talk:
    """One conversation."""

    door: str
    language: str
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    owner: str = "bot"
    typing: bool = False
    deleted: bool = False
    messages: list[dict[str, Any]] = field(default_factory=list)
    cuts: int = 0  # raised to end the open streams
    waiting: dict[str, Any] | None = None  # what the panel of somebody who waits shows
    person: dict[str, str] | None = None  # who holds it
    writes: bool = False  # whether the specialist is writing

    def add(self, message: dict[str, Any], id: str | None = None) -> None:
        seq = len(self.messages) + 1
        self.messages.append({"seq": seq, "id": id or f"m{seq}", "time": "2026-11-21T15:00:00-05:00"} | message)

    def state(self) -> dict[str, Any]:
        known = {"owner": self.owner, "language": self.language, "rtl": self.language in RTL}
        return known | {"waiting": self.waiting, "person": self.person}
