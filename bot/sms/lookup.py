"""Whether the carrier has a text already, when nobody wrote down what it answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.carrier.rest import Sent
from bot.clock import system_clock
from bot.sms import outcome
from bot.sms.queue import Parcel

_MARGIN = timedelta(minutes=2)
"""How far the carrier's clock may be from ours."""


def since(parcel: Parcel, now: datetime) -> datetime:
    """The moment, by the world's clock, before which the text cannot have been sent.

    Args:
        now: by the product's clock, which a tester may have set to another day.
    """
    return system_clock() - (now - parcel.created_at) - _MARGIN


def alike(body: str, recent: Sequence[Sent]) -> list[Sent]:
    """Those with the same words. A trial account's texts begin with words of the carrier."""
    wanted = _bare(body)
    return [sent for sent in recent if _bare(sent.body).endswith(wanted)]


def unclaimed(session: Session, candidates: Sequence[Sent]) -> Sent | None:
    """The oldest that is not of another text of ours with the same words."""
    return next((sent for sent in reversed(candidates) if not outcome.known(session, sent.sid)), None)


def _bare(body: str) -> str:
    """Words without the white space, which a carrier may change."""
    return " ".join(body.split())
