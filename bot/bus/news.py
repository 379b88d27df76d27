"""What goes over the bus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DESK = "desk"
"""The topic of the queue and of who is on duty. Every other topic is the id of a conversation."""
CHANGED = "changed"
LOOK = "look"
"""The kind of news that says: some may have been missed, look as if everything had changed."""


@dataclass(frozen=True, slots=True)
class News:
    """Something happened.

    Attributes:
        topic: the id of a conversation, or "desk".
        kind: what happened, one word; "changed" where whoever listens looks anyway, "look" after a loss.
        data: ids, codes and switches; never people's words, names or numbers.
    """

    topic: str
    kind: str = CHANGED
    data: Mapping[str, Any] = field(default_factory=dict)
