"""Whom a call is put through to, and how they answer: the other end of <Dial>."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Answer = Literal["completed", "busy", "no-answer", "failed", "canceled"]


@dataclass(frozen=True, slots=True)
class Line:
    """A telephone that is dialled.

    `keys` are pressed at the questions of a whisper (<Number url>), one each; when they run out, nothing is pressed.
    With `hangs_up` the one who answered does so while they hear the whisper.
    """

    answer: Answer = "completed"
    seconds: int = 180
    keys: tuple[str, ...] = ()
    hangs_up: bool = False


PERSON = Line()
"""Answers and talks for three minutes."""
BUSY = Line("busy")
NOBODY = Line("no-answer")
BROKEN = Line("failed")
SHORT = Line(seconds=2)
"""Answers and is gone at once, as a recorded announcement."""
