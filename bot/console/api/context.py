"""What stands beside the messages: risk history, needs, consent, listings, referrals, notes, earlier conversations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.console.api import listings as readers
from bot.console.api.labels import Labels
from bot.console.models import DeskOutcome, Note, Referral
from bot.conversations.models import Conversation, NeedFound, ReferralShown, RiskFinding
from bot.directory import Directory
from directory_client.listings import Listing

EARLIER = 10


def risk_history(session: Session, conversation_id: str, labels: Labels) -> list[dict[str, Any]]:
    """Every finding, the newest first. (The order is one that the eye needs, the highest is shown apart.)"""
    rows = session.scalars(
        select(RiskFinding)
        .where(RiskFinding.conversation_id == conversation_id)
        .order_by(RiskFinding.created_at.desc())
        .limit(100)
    )
    return [
        {
            "at": row.created_at.isoformat(),
            "message": row.message_id,
            "third_person": row.third_person,
            **labels.risk(row.level, row.kind, (str(code) for code in row.reasons)),
        }
        for row in rows
    ]


def needs(session: Session, conversation_id: str) -> list[tuple[str, datetime]]:
    """Each need once, in the order in which they were named, the main one of a message first."""
    rows = session.execute(
        select(NeedFound.code, NeedFound.created_at)
        .where(NeedFound.conversation_id == conversation_id)
        .order_by(NeedFound.created_at, NeedFound.rank)
    )
    first: dict[str, datetime] = {}
    for code, at in rows:
        first.setdefault(code, at)
    return list(first.items())


def notes(session: Session, conversation_id: str) -> list[dict[str, Any]]:
    """The private notes, oldest first."""
    rows = session.scalars(
        select(Note).where(Note.conversation_id == conversation_id).order_by(Note.created_at, Note.id)
    )
    return [note_json(row) for row in rows]


def note_json(row: Note) -> dict[str, Any]:
    return {"id": row.client_id, "author": row.author_name, "at": row.created_at.isoformat(), "text": row.text}


def listings(
    session: Session, directory: Directory, conversation_id: str, labels: Labels, now: datetime
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What the bot has shown, and what specialists have given, each with the listing's name."""
    shown = session.scalars(
        select(ReferralShown)
        .where(ReferralShown.conversation_id == conversation_id)
        .order_by(ReferralShown.created_at, ReferralShown.rank)
    ).all()
    given = session.scalars(
        select(Referral).where(Referral.conversation_id == conversation_id).order_by(Referral.created_at)
    ).all()
    find = readers.found(directory, [*(one.listing_id for one in shown), *(one.listing_id for one in given)], now)
    once: dict[str, ReferralShown] = {}
    for one in shown:
        once.setdefault(one.listing_id, one)
    return (
        [
            {
                "listing": row.listing_id,
                "name": _name(find(row.listing_id, None), labels.language),
                "need": row.need,
                "need_label": labels.need(row.need) if row.need else None,
                "at": row.created_at.isoformat(),
            }
            for row in once.values()
        ],
        [
            {
                "id": row.id,
                "listing": row.listing_id,
                "name": _name(find(row.listing_id, None), labels.language),
                "need": row.need,
                "state": row.state,
                "state_label": labels.say(f"referral_{row.state}"),
                "at": row.created_at.isoformat(),
            }
            for row in given
        ],
    )


def earlier(
    session: Session, conversation: Conversation, doors: frozenset[str], labels: Labels
) -> list[dict[str, Any]]:
    """Earlier conversations of the same pseudonym at the reader's doors, newest first: when, what for, how it ended.

    On the web nobody has a pseudonym, so there are none.
    """
    if conversation.person_id is None:
        return []
    wanted = select(Conversation).where(
        Conversation.person_id == conversation.person_id,
        Conversation.id != conversation.id,
        Conversation.created_at <= conversation.created_at,
    )
    if "*" not in doors:
        wanted = wanted.where(Conversation.door.in_(sorted(doors)))
    rows = session.scalars(wanted.order_by(Conversation.created_at.desc()).limit(EARLIER)).all()
    ids = [row.id for row in rows]
    named: dict[str, list[str]] = {}
    ended: dict[str, DeskOutcome] = {}
    if ids:
        for found in session.scalars(
            select(NeedFound).where(NeedFound.conversation_id.in_(ids)).order_by(NeedFound.created_at, NeedFound.rank)
        ):
            mine = named.setdefault(found.conversation_id, [])
            if found.code not in mine:
                mine.append(found.code)
        for outcome in session.scalars(
            select(DeskOutcome).where(DeskOutcome.conversation_id.in_(ids)).order_by(DeskOutcome.created_at)
        ):
            ended[str(outcome.conversation_id)] = outcome
    return [
        {
            "id": row.id,
            "at": row.created_at.isoformat(),
            "door_name": labels.door(row.door),
            "channel": row.channel,
            "needs": [{"code": code, "label": labels.need(code)} for code in named.get(row.id, ())],
            "outcome": _outcome(ended.get(row.id), labels),
        }
        for row in rows
    ]


def _outcome(row: DeskOutcome | None, labels: Labels) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "met": [labels.need(str(code)) for code in row.met],
        "unmet": [labels.need(str(one.get("need"))) for one in row.unmet],
        "follow_up": row.follow_up_consented,
    }


def _name(listing: Listing | None, language: str) -> str | None:
    """None for a listing that is in the directory no more."""
    if listing is None:
        return None
    return listing.name_fr if language == "fr" and listing.name_fr else listing.name
