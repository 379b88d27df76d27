"""Ids as the specification wants them. Feeds in life bring others, and a record keeps the one it came with."""

from __future__ import annotations

import uuid

from directory_client.imports.names import is_uuid

NAMESPACE = uuid.UUID("1f0c3ab4-57a7-5d41-9a35-0b0f5f3c2e10")
"""Never to be changed: others keep the ids that are made with it."""


def public_id(table: str, id_: str) -> str:
    """The id under which a record of `table` goes out: its own if that is a UUID, else one made of both."""
    return id_ if is_uuid(id_) else made(f"{table}/{id_}")


def made(name: str) -> str:
    """The UUID that belongs to a name for ever."""
    return str(uuid.uuid5(NAMESPACE, name))


__all__ = ["is_uuid", "made", "public_id"]
