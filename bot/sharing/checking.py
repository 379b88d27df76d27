"""The one way in which something about a person is told to a partner: checked, written down, and on record."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.conversations.identity import Keys, token_hash
from bot.conversations.models import Conversation, new_id
from bot.intake.models import ConsentGiven
from bot.sharing import agreements
from bot.sharing.deciding import Allowed, Excluded, Refused, Wish, decided
from bot.sharing.models import Disclosure, Exclusion, Override, PartnerMember
from bot.sharing.rule import Rule, rule_in_force
from bot.staff.record import record

_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 10


class NotShared(Exception):
    """The rule refuses it; `refused` says why. The refusal is on record already only if the caller commits."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.code)
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Shared:
    """A disclosure, and the code under which the partner finds it; the database keeps only the code's hash."""

    disclosure: Disclosure
    code: str


def look(session: Session, conversation_id: str, wish: Wish, now: datetime) -> Allowed | Refused:
    """What the rule says of a wish, without carrying it out."""
    decision, _ = _decided(session, conversation_id, wish, rule_in_force(), now)
    return decision


def share(
    session: Session,
    conversation: Conversation,
    wish: Wish,
    *,
    by: str,
    now: datetime,
    keys: Keys,
    packet: Any = None,
    wording: str = "",
    known_as: str | None = None,
) -> Shared:
    """Checks a wish and writes the disclosure, in the caller's transaction.

    Args:
        conversation: whom it is about; lock its row first.
        by: id of the account, or "system".
        packet: what is told, field by field; stored sealed until the disclosure ends.
        wording: the version of the words that the person said yes to; needed on the ground "consent".
        known_as: the id of the disclosure, where the caller has one that it belongs to.

    Raises:
        NotShared: when the rule refuses.
    """
    rule = rule_in_force()
    decision, override = _decided(session, conversation.id, wish, rule, now)
    if isinstance(decision, Refused):
        raise NotShared(decision)
    consent_id = _consent(session, conversation, wish, wording, now) if wish.ground == "consent" else None
    code = "".join(secrets.choice(_LETTERS) for _ in range(CODE_LENGTH))
    row = Disclosure(
        id=known_as or new_id(),
        conversation_id=conversation.id,
        door=conversation.door,
        recipient=wish.recipient,
        purpose=wish.purpose,
        fields=list(wish.fields),
        ground=wish.ground,
        ends_at=decision.ends_at,
        by=by,
        rule_version=rule.version,
        agreement_id=decision.agreement,
        override_id=override.id if override else None,
        consent_id=consent_id,
        packet=keys.sealed(json.dumps(packet, ensure_ascii=False)) if packet is not None else None,
        code_hash=token_hash(code),
        created_at=now,
    )
    session.add(row)
    if override is not None:
        override.state = "used"
    session.flush()
    record(
        session, by, "shared", conversation=conversation.id, door=conversation.door, at=now, disclosure=row.id,
        line=wish.recipient, purpose=wish.purpose, fields=list(wish.fields), ground=wish.ground, rule=rule.version,
    )  # fmt: skip
    return Shared(row, code)


def note_refusal(
    session: Session, conversation_id: str, door: str, wish: Wish, refused: Refused, by: str, now: datetime
) -> None:
    """Puts a refusal on record."""
    record(
        session, by, "sharing_refused", conversation=conversation_id, door=door, at=now, line=wish.recipient,
        purpose=wish.purpose, why=refused.code,
    )  # fmt: skip


def _decided(
    session: Session, conversation_id: str, wish: Wish, rule: Rule, now: datetime
) -> tuple[Allowed | Refused, Override | None]:
    terms = agreements.terms_of(agreements.latest(session, wish.recipient, wish.purpose, now))
    excluded = [Excluded(row.kind, row.recipient) for row in exclusions(session, conversation_id)]
    plain = decided(wish, terms, excluded, overridden=False, rule=rule, now=now)
    if not (isinstance(plain, Refused) and plain.code == "excluded"):
        return plain, None
    override = _override(session, conversation_id, wish, rule, now)
    return decided(wish, terms, excluded, overridden=override is not None, rule=rule, now=now), override


def _override(session: Session, conversation_id: str, wish: Wish, rule: Rule, now: datetime) -> Override | None:
    """What a second person has agreed to and nobody has used: for this partner, this ground and no more fields."""
    rows = session.scalars(
        select(Override)
        .where(
            Override.conversation_id == conversation_id,
            Override.recipient == wish.recipient,
            Override.purpose == wish.purpose,
            Override.ground == wish.ground,
            Override.state == "approved",
            Override.decided_at > now - timedelta(hours=rule.override_hours),
        )
        .with_for_update()
    )
    return next(
        (row for row in rows if set(wish.fields) <= set(row.fields) and row.decided_by not in (None, row.asked_by)),
        None,
    )


def _consent(session: Session, conversation: Conversation, wish: Wish, wording: str, now: datetime) -> str:
    row = ConsentGiven(
        conversation_id=conversation.id, door=conversation.door, consent="partner_share", version=wording[:20],
        language=conversation.language, given=True, fields=list(wish.fields), receiver=wish.recipient, created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def exclusions(session: Session, conversation_id: str) -> Sequence[Exclusion]:
    """Who must not know, as the person said; what they have lifted is left out."""
    return session.scalars(
        select(Exclusion)
        .where(Exclusion.conversation_id == conversation_id, Exclusion.lifted_at.is_(None))
        .order_by(Exclusion.created_at)
    ).all()


def found_by(session: Session, keys: Keys, member_id: str, code: str, now: datetime) -> dict[str, Any] | None:
    """What a partner was told under a code. None for an unknown code and for everything that it may not see (any more):
    another partner's, ended, withdrawn, or under an agreement that has run out."""
    row = session.scalars(select(Disclosure).where(Disclosure.code_hash == token_hash(code.upper()))).one_or_none()
    mine = set(session.scalars(select(PartnerMember.recipient).where(PartnerMember.staff_id == member_id)))
    terms = None
    if row is not None:
        terms = agreements.terms_of(agreements.latest(session, row.recipient, row.purpose, now))
    if (
        row is None
        or row.recipient not in mine
        or row.withdrawn_at is not None
        or row.ends_at <= now
        or row.packet is None
        or row.conversation_id is None
        or terms is None
        or not terms.holds(now)
    ):
        return None
    kept = [one for one in json.loads(keys.opened(row.packet)) if one["field"] in terms.fields]
    return {"purpose": row.purpose, "until": row.ends_at.isoformat(), "facts": kept}


def take_back(session: Session, disclosure_id: str, now: datetime) -> bool:
    """Marks a disclosure as withdrawn: it never came about, or the person has taken their yes back."""
    row = session.get(Disclosure, disclosure_id)
    if row is None or row.withdrawn_at is not None:
        return False
    row.withdrawn_at, row.packet, row.code_hash = now, None, None
    return True


def forget_ended(session: Session, now: datetime) -> int:
    """Takes out what was told where the disclosure has ended, was withdrawn, or its conversation was erased."""
    over = (Disclosure.ends_at <= now) | Disclosure.withdrawn_at.is_not(None) | Disclosure.conversation_id.is_(None)
    ids = session.scalars(select(Disclosure.id).where(Disclosure.packet.is_not(None), over)).all()
    if ids:
        session.execute(
            update(Disclosure)
            .where(Disclosure.id.in_(ids))
            .values(packet=None, code_hash=None)
            .execution_options(synchronize_session=False)
        )
    return len(ids)
