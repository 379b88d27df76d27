"""A message as every channel hands it in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Inbound:
    """Words of a person.

    `channel_id` is the channel's own id of the message; unique within the channel, so that a repeat is known.
    """

    conversation_id: str
    channel: str
    channel_id: str
    text: str
