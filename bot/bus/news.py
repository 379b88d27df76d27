"""What goes over the bus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DESK = "desk"
"""The topic of the queue and of who is on duty. All but these topics are ids of conversations."""
ALARM = "alarm"
"""The topic of messages about danger that wait behind a turn which another gateway may be doing."""
PEOPLE = "people"
"""The topic of residents' pages that are open."""
WORK = "work"
"""The topic of messages that wait for a turn, and of texts that wait for the carrier, among workers."""
CHANGED = "changed"
LOOK = "look"
"""The kind of news that says: some may have been missed, look as if everything had changed."""


@dataclass(frozen=True, slots=True)
class News:
    """Something happened.

    Attributes:
        topic: the id of a conversation, or one of the names above.
        kind: what happened, one word; "changed" where whoever listens looks anyway, "look" after a loss.
        data: ids, codes and switches; never people's words, names or numbers.
    """

    topic: str
    kind: str = CHANGED
    data: Mapping[str, Any] = field(default_factory=dict)
