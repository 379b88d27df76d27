"""Agreements with partners: what holds, what held, and changing it. Nothing is overwritten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.clock import TORONTO
from bot.sharing.deciding import Terms
from bot.sharing.models import Agreement
from bot.sharing.rule import Rule
from bot.staff.record import record
from directory_client.lines import lines

LONGEST = timedelta(days=5 * 366)
MOST_KEPT = 366


class BadAgreement(ValueError):
    """A field that cannot be used; `field` names it, `code` the reason."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


def latest(session: Session, recipient: str, purpose: str, now: datetime) -> Agreement | None:
    """The agreement that began last, whether it still holds or not."""
    return session.scalars(
        select(Agreement)
        .where(Agreement.recipient == recipient, Agreement.purpose == purpose, Agreement.since <= now)
        .order_by(Agreement.since.desc(), Agreement.created_at.desc())
        .limit(1)
    ).one_or_none()


def ends(row: Agreement) -> datetime:
    """When it ends or ended: at its term, when it was ended, or where another one took its place."""
    return min(moment for moment in (row.until, row.ended_at, row.superseded_at) if moment is not None)


def terms_of(row: Agreement | None) -> Terms | None:
    """The agreement as the rule reads it."""
    if row is None:
        return None
    return Terms(
        row.id, row.kind, frozenset(row.fields), frozenset(row.grounds), row.keep_days, row.since, ends(row)
    )  # fmt: skip


def in_force(session: Session, now: datetime) -> Sequence[Agreement]:
    """All that hold now."""
    rows = session.scalars(select(Agreement).where(Agreement.since <= now, Agreement.until > now))
    return [row for row in rows if ends(row) > now]


def history(session: Session, recipient: str | None = None) -> Sequence[Agreement]:
    """Every agreement there was, the latest first."""
    wanted = select(Agreement).order_by(Agreement.created_at.desc(), Agreement.id)
    if recipient is not None:
        wanted = wanted.where(Agreement.recipient == recipient)
    return session.scalars(wanted).all()


def read_form(form: Mapping[str, Sequence[str]], rule: Rule, now: datetime) -> Agreement:
    """An agreement from a form, with every field checked.

    Raises:
        BadAgreement: for a field that cannot be used.
    """

    def one(name: str) -> str:
        return next(iter(form.get(name, ())), "").strip()

    if one("recipient") not in lines():
        raise BadAgreement("recipient", "recipient")
    if one("purpose") not in rule.purposes:
        raise BadAgreement("purpose", "purpose")
    if one("kind") not in rule.kinds:
        raise BadAgreement("kind", "kind")
    answers = [name for name in one("answers").replace(",", " ").split() if name]
    fields = [*form.get("fields", ()), *(f"answer:{name}" for name in answers)]
    known = [name for name in fields if name in rule.fields or (name.startswith("answer:") and _plain(name[7:]))]
    if not known or len(known) != len(fields) or len(known) > 40 or any(name[7:] in rule.never for name in known):
        raise BadAgreement("fields", "fields")
    grounds = [name for name in form.get("grounds", ()) if name in rule.grounds]
    if not grounds:
        raise BadAgreement("grounds", "grounds")
    kept = one("keep_days")
    if not (kept.isascii() and kept.isdigit() and 1 <= int(kept) <= MOST_KEPT):
        raise BadAgreement("keep_days", "keep_days")
    until = end_of(one("until"))
    if until is None or until <= now or until > now + LONGEST:
        raise BadAgreement("until", "until")
    return Agreement(
        recipient=one("recipient"), purpose=one("purpose"), kind=one("kind"), fields=list(dict.fromkeys(known)),
        grounds=grounds, keep_days=int(kept), since=now, until=until, reference=one("reference")[:120], created_at=now,
    )  # fmt: skip


def end_of(day: str) -> datetime | None:
    """The end of a day in Toronto; None for what is no day."""
    try:
        return datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), TORONTO)
    except (ValueError, OverflowError):
        return None


def _plain(name: str) -> bool:
    return 0 < len(name) <= 40 and name.isascii() and name.replace("_", "").isalnum() and name == name.lower()


def agree(session: Session, row: Agreement, *, author: str, now: datetime) -> Agreement:
    """Stores an agreement; the one with the same partner for the same purpose ends here."""
    row.author = author
    session.execute(
        update(Agreement)
        .where(
            Agreement.recipient == row.recipient, Agreement.purpose == row.purpose, Agreement.superseded_at.is_(None)
        )
        .values(superseded_at=now)
        .execution_options(synchronize_session=False)
    )
    session.add(row)
    session.flush()
    record(
        session, author, "agreement", at=now, agreement=row.id, line=row.recipient, purpose=row.purpose,
        fields=row.fields, grounds=row.grounds,
    )  # fmt: skip
    return row


def end(session: Session, agreement_id: str, *, author: str, now: datetime) -> bool:
    """Ends an agreement at once. False when it had ended already."""
    row = session.get(Agreement, agreement_id)
    if row is None or ends(row) <= now:
        return False
    row.ended_at, row.ended_by = now, author
    record(session, author, "agreement_ended", at=now, agreement=row.id, line=row.recipient, purpose=row.purpose)
    return True
