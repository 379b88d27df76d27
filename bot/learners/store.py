"""Writing down a form and a search, in the transaction of the turn, and reading where a form stands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import TORONTO
from bot.conversations.identity import Keys
from bot.conversations.models import new_id
from bot.learners.models import LearnerForm, LearnerProgram, LearnerReferral, LearnerSearch
from directory_client.places import Gazetteer


class Where(Protocol):
    """The conversation in which it was said."""

    @property
    def conversation_id(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def place(self) -> str | None: ...


def referred(
    session: Session, where: Where, one: Mapping[str, Any], consent_id: str | None, keys: Keys | None, now: datetime
) -> None:
    """A form that the learner has seen and sent. Nothing is written without a program."""
    if not one.get("listing"):
        return
    row = LearnerReferral(
        id=new_id(), conversation_id=where.conversation_id, consent_id=consent_id, door=str(one["door"]),
        route=str(one["route"]), listing_id=str(one["listing"]), need=one.get("need"), stream=one.get("stream"),
        mode=one.get("mode"), language=where.language, region=region_of(where.place), state="given", created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    if keys is not None:
        sealed = keys.sealed(json.dumps(one["answers"], ensure_ascii=False))
        session.add(LearnerForm(referral_id=row.id, conversation_id=where.conversation_id, answers=sealed))
        session.flush()


def searched(session: Session, one: Mapping[str, Any], now: datetime) -> None:
    """That somebody looked for a program: codes, the region and the year."""
    session.add(
        LearnerSearch(
            door=str(one["door"]), need=str(one["need"]), region=region_of(one.get("place")), stream=one.get("stream"),
            mode=one.get("mode"), near=int(one["near"]), gap=not one["near"], year=now.astimezone(TORONTO).year,
        )
    )  # fmt: skip


@lru_cache(maxsize=2_000)
def region_of(place: str | None) -> str | None:
    """The census division of a place by its name; the name itself where none is known. Never finer than a town."""
    if not place:
        return None
    found = Gazetteer.load().lookup(place)
    return (found.region or found.name) if found else None


def standing(session: Session, conversation_id: str) -> str | None:
    """The state of the last form of a conversation."""
    return session.scalars(
        select(LearnerReferral.state)
        .where(LearnerReferral.conversation_id == conversation_id)
        .order_by(LearnerReferral.created_at.desc())
        .limit(1)
    ).one_or_none()


def programs_of(session: Session, staff_id: str) -> frozenset[str]:
    """The programs whose forms an account reads."""
    return frozenset(session.scalars(select(LearnerProgram.listing_id).where(LearnerProgram.staff_id == staff_id)))


def programs_read(session: Session) -> frozenset[str]:
    """The programs whose forms somebody reads."""
    return frozenset(session.scalars(select(LearnerProgram.listing_id)))


def forms_for(
    session: Session, programs: Iterable[str] | None, doors: Sequence[str] | None, limit: int = 200
) -> list[LearnerReferral]:
    """Forms, open ones first and the oldest of them first.

    Args:
        programs: whose; None for those of programs that no account reads, which the helpline hands on by phone.
    """
    wanted = select(LearnerReferral)
    if programs is None:
        wanted = wanted.where(LearnerReferral.listing_id.not_in(select(LearnerProgram.listing_id)))
    else:
        wanted = wanted.where(LearnerReferral.listing_id.in_(list(programs)))
    if doors is not None:
        wanted = wanted.where(LearnerReferral.door.in_(list(doors)))
    decided = LearnerReferral.state.in_(("accepted", "not_accepted"))
    return list(session.scalars(wanted.order_by(decided, LearnerReferral.created_at).limit(limit)))


def answers_of(session: Session, referral_id: str, keys: Keys) -> dict[str, Any] | None:
    """What the learner has allowed the program to read; None when the learner has erased it."""
    sealed = session.scalars(select(LearnerForm.answers).where(LearnerForm.referral_id == referral_id)).one_or_none()
    return None if sealed is None else dict(json.loads(keys.opened(sealed)))
