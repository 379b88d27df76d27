"""Listings of a conversation, all read at once: one with a hundred of them opens as fast as one with three."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.clock import TORONTO
from bot.directory import Directory
from directory_client.listings import Listing, listing_of
from directory_client.records import records

Find = Callable[[str, Mapping[str, Any] | None], Listing | None]


def found(directory: Directory, ids: Iterable[str], now: datetime) -> Find:
    """A reader of these listings, in the form that `bot.words` asks for; what is not among them is not there."""
    wanted = sorted(set(ids))
    known: Mapping[str, Any] = {}
    if wanted:
        with Session(directory.engine) as session:
            known = {record.site.id: record for record in records(session, wanted)}
    today = now.astimezone(TORONTO).date()

    def one(listing_id: str, near: Mapping[str, Any] | None) -> Listing | None:
        record = known.get(listing_id)
        if record is None:
            return None
        point = (near["lat"], near["lon"]) if near and near.get("lat") is not None else None
        return listing_of(record, at=now, today=today, point=point)

    return one
