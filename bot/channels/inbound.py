"""A message as every channel hands it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Inbound:
    """Words of a person.

    `channel_id` is the channel's own id of the message; unique within the channel, so that a repeat is known.
    `given` is what the message says without words, as a choice gives it: {"intent", "entities"}. `part` says that
    the handset may have cut the text, so that its rest is about to come.
    """

    conversation_id: str
    channel: str
    channel_id: str
    text: str
    given: Mapping[str, Any] | None = None
    part: bool = False
