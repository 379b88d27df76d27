"""A month of conversations, made up from a seed and written into the database; some are erased again.

Beside each row it writes, it keeps a plain list of what happened: the second way of counting.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.clock import TORONTO
from bot.console.models import DeskOutcome, PartnerTransfer, Referral
from bot.conversations import reading
from bot.conversations.models import (
    Conversation,
    Message,
    NeedFound,
    PlaceFound,
    ReferralShown,
    UnmetNeed,
    new_id,
)
from bot.handoff.models import Handoff
from bot.intake.models import DoorEvent

DOORS, CHANNELS, LANGUAGES = ("211", "dso-toronto", "good2talk"), ("web", "sms", "voice"), ("en", "fr", "pa", "ti")
NEEDS = ("food.groceries", "housing.shelter", "mental.counselling", "money.income")
PLACES = {"Ajax": "Durham", "Scarborough": "Toronto", "Toronto": "Toronto", "Thunder Bay": "Thunder Bay District"}
BEGINS = datetime(2026, 10, 1, 4, 30, tzinfo=TORONTO)


@dataclass
class Told:
    """What happened, one entry each: (measure, day, door, keys)."""

    things: list[tuple[str, str, str, dict[str, str]]] = field(default_factory=list)

    def note(self, measure: str, at: datetime, door: str, **keys: str) -> None:
        self.things.append((measure, at.astimezone(TORONTO).date().isoformat(), door, keys))


def month(session: Session, seed: int, many: int = 400) -> Told:
    """Writes the month. About one conversation in eight is erased by its person."""
    rng, told = random.Random(seed), Told()
    for _ in range(many):
        _one(session, rng, told)
    session.flush()
    return told


def _one(session: Session, rng: random.Random, told: Told) -> None:
    at = BEGINS + timedelta(minutes=rng.randrange(31 * 24 * 60 - 300))
    door, channel, language = rng.choice(DOORS), rng.choice(CHANNELS), rng.choices(LANGUAGES, (60, 20, 15, 5))[0]
    risk = rng.choices((0, 1, 2, 3), (80, 10, 6, 4))[0]
    common: dict[str, Any] = {"door": door, "channel": channel, "language": language}
    conversation = Conversation(
        id=new_id(), owner="bot", memory={}, options=[], risk_level=risk, created_at=at, updated_at=at, **common
    )
    session.add(conversation)
    session.flush()
    if rng.random() < 0.1:
        return  # opened the page and left: no contact
    message = Message(
        id=new_id(), conversation_id=conversation.id, seq=1, direction="in", author="person", channel=channel,
        text="planted words", language=language, payload={}, state="done", created_at=at,
    )  # fmt: skip
    session.add(message)
    session.flush()
    here: dict[str, Any] = {"conversation_id": conversation.id, "message_id": message.id}
    area = "none"
    for place in rng.sample(sorted(PLACES), rng.choice((0, 1, 2))):
        at_place = at + timedelta(seconds=rng.randrange(1000))
        session.add(PlaceFound(**here, name=place, kind="town", lat=0, lon=0, radius_km=1, created_at=at_place))
    session.flush()
    found = session.query(PlaceFound).filter_by(conversation_id=conversation.id).order_by(PlaceFound.created_at).all()
    if found:
        area = PLACES[found[-1].name]
    needs = rng.sample(NEEDS, rng.choice((0, 1, 1, 2)))
    for need in [*needs, *needs[:1]]:  # said twice, counted once
        session.add(NeedFound(**here, code=need, created_at=at))
    shown = bool(needs) and rng.random() < 0.6
    if shown:
        for rank in range(3):
            session.add(ReferralShown(**here, listing_id=f"x{rank}", need=needs[0], rank=rank, created_at=at))
        told.note("shown", at, door, language=language, channel=channel, need=needs[0])
    ended = "services" if shown else "crisis" if risk >= 2 else "talked"
    erased = rng.random() < 0.125
    if rng.random() < 0.4:
        ended = _asks(session, rng, told, conversation, at, erased)
    if erased and ended in ("waiting", "with_specialist"):
        ended = "left"
    told.note("contacts", at, door, language=language, channel=channel, area=area, risk=str(risk), outcome=ended)
    for need in needs or ["none"]:
        told.note("needs", at, door, need=need, area=area, language=language, channel=channel)
    if rng.random() < 0.2:
        session.add(UnmetNeed(door=door, need="housing.shelter", place="Ajax", language=language, created_at=at))
        told.note(
            "unmet", at, door, need="housing.shelter", area="Durham", language=language, reason="nothing_found",
            source="search",
        )  # fmt: skip
    for event, code, detail, measure, keys in (
        ("verdict", "eligible", "likely", "verdicts", {"verdict": "eligible", "rule": f"{door}:likely"}),
        ("entered", None, "12", "entered", {"mark": f"{door}:sign:12"}),
        ("case", "returned", "region", "cases", {"case": "returned:region"}),
    ):
        if rng.random() < 0.1:
            session.add(DoorEvent(event=event, code=code, detail=detail, created_at=at, **common))
            told.note(measure, at, door, language=language, channel=channel, **keys)
    session.flush()
    if erased:
        reading.erase(session, conversation.id, at + timedelta(days=1))


def _asks(
    session: Session, rng: random.Random, told: Told, conversation: Conversation, at: datetime, erased: bool
) -> str:
    """A request for a person; gives how the contact ended by it. Whoever erases while they wait has left."""
    reason = rng.choice(("asked", "risk:high", "language:ti"))
    outcome, claimed = rng.choice((("closed", True), ("left", False), ("unanswered", False), (None, False)))
    where: dict[str, Any] = {
        "door": conversation.door, "channel": conversation.channel, "language": conversation.language,
    }  # fmt: skip
    keys = {"language": conversation.language, "channel": conversation.channel}
    session.add(
        Handoff(
            conversation_id=conversation.id, reason=reason, risk_level=conversation.risk_level, priority=0,
            asked_at=at, claimed_at=at + timedelta(seconds=40) if claimed else None,
            first_answer_at=at + timedelta(seconds=60) if claimed else None,
            ended_at=at + timedelta(minutes=9) if outcome else None, outcome=outcome, **where,
        )
    )  # fmt: skip
    end = {"closed": "answered", "left": "left", "unanswered": "unanswered", None: "left" if erased else "open"}[
        outcome
    ]
    why = reason.partition(":")[0]
    told.note("asks", at, conversation.door, **keys, end=end, why=why, mark="none")
    if why == "language":
        told.note("gaps", at, conversation.door, language="ti", channel=conversation.channel)
    if outcome == "closed":
        session.add(
            DeskOutcome(
                conversation_id=conversation.id, met=[], unmet=[{"need": "money.income", "reason": "none_near"}],
                fields={}, created_at=at, **where,
            )
        )  # fmt: skip
        told.note(
            "unmet", at, conversation.door, need="money.income", area="none", language=conversation.language,
            reason="none_near", source="specialist",
        )  # fmt: skip
        session.add(
            Referral(
                conversation_id=conversation.id, door=conversation.door, listing_id="x1", need="money.income",
                given_by="s1", state="helped", created_at=at,
            )
        )  # fmt: skip
        told.note("referrals", at, conversation.door, state="helped", need="money.income")
        session.add(
            PartnerTransfer(
                conversation_id=conversation.id, door=conversation.door, line="suicide-988", shared=[],
                consent_version="1", state="connected", by="s1", created_at=at,
            )
        )  # fmt: skip
        told.note("transfers", at, conversation.door, line="suicide-988", state="connected")
    if outcome is None:
        return "waiting"
    return {"closed": "specialist", "left": "left", "unanswered": "unanswered"}[outcome]
