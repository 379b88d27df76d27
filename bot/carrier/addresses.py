"""Addresses as the carrier writes them: "+1…" for texts, "whatsapp:+1…" and "messenger:…" for the other channels.

The prefixes are those of https://www.twilio.com/docs/messaging/channels.
"""

from __future__ import annotations

CHANNELS = ("sms", "whatsapp", "messenger")
"""The channels that texts are sent on, by their names in the book of conversations."""
WITH_A_WINDOW = frozenset({"whatsapp", "messenger"})
"""Channels on which only somebody who wrote within the last 24 hours may be written to."""


def channel_of(address: str) -> str:
    """The channel of an address, of a person's or of ours."""
    prefix, separator, _ = address.partition(":")
    return prefix if separator and prefix in CHANNELS else "sms"


def for_carrier(channel: str, address: str) -> str:
    """The address with the prefix of its channel, whether or not it was kept with one."""
    return address if channel == "sms" or address.startswith(f"{channel}:") else f"{channel}:{address}"
