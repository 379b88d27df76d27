"""Corrections to listings that partners propose: kept beside the directory, shown only once they are signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.clock import TORONTO
from bot.conversations.ledger import Ledger
from bot.directory import Directory
from bot.sharing.models import Correction
from bot.staff.record import record
from directory_client import corrections as records
from directory_client.corrections import NotPossible

LONGEST_SOURCE = 300
REFUSALS = ("not_confirmed", "wrong_listing", "not_a_fact", "done_already")


def propose(
    session: Session,
    directory: Directory,
    *,
    listing: str,
    field: str,
    after: str,
    source: str,
    author: str,
    now: datetime,
) -> Correction:
    """Keeps a proposal. Nothing that people see changes.

    Raises:
        NotPossible: when it cannot be used.
    """
    if not source.strip():
        raise NotPossible("source")
    with Session(directory.engine) as shelves:
        before = records.present(shelves, listing, field)
        after = records.checked(shelves, listing, field, after)
    row = Correction(
        listing=listing,
        field=field,
        before=before,
        after=after,
        source=source.strip()[:LONGEST_SOURCE],
        author=author,
        created_at=now,
    )
    session.add(row)
    session.flush()
    record(session, author, "correction_proposed", at=now, correction=row.id, listing=listing, field=field)
    return row


def waiting(session: Session) -> Sequence[Correction]:
    """Proposals that nobody has reviewed, the oldest first."""
    return session.scalars(
        select(Correction).where(Correction.state == "proposed").order_by(Correction.created_at)
    ).all()


def reviewed(session: Session, *, author: str | None = None, limit: int = 100) -> Sequence[Correction]:
    """What was signed or refused, the latest first; with `author` all of theirs."""
    wanted = select(Correction).order_by(Correction.created_at.desc()).limit(limit)
    wanted = (
        wanted.where(Correction.state != "proposed") if author is None else wanted.where(Correction.author == author)
    )
    return session.scalars(wanted).all()


def review(session: Session, correction_id: str, *, reason: str | None, by: str, now: datetime) -> Correction | None:
    """Signs a proposal, or refuses it for a reason: once, and never one's own. None when that cannot be (any more)."""
    done = session.execute(
        update(Correction)
        .where(Correction.id == correction_id, Correction.state == "proposed", Correction.author != by)
        .values(state="refused" if reason else "signed", reason=reason, reviewed_by=by, reviewed_at=now)
        .execution_options(synchronize_session=False)
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        return None
    row = session.get_one(Correction, correction_id)
    session.refresh(row)
    record(
        session, by, "correction_refused" if reason else "correction_signed", at=now, correction=row.id,
        listing=row.listing, field=row.field,
    )  # fmt: skip
    return row


def sign(ledger: Ledger, directory: Directory, correction_id: str, *, by: str, now: datetime) -> Correction | None:
    """Signs a proposal and puts it into the record, with today as the day of confirmation.

    The two may stand in different databases, so they are two transactions: signed first, because nothing unsigned may
    be shown; where the record cannot take it the signature is undone. Blocks.

    Raises:
        NotPossible: "changed" when the record has changed since the proposal, "listing" when it is gone.
    """
    with ledger.writing() as session:
        row = review(session, correction_id, reason=None, by=by, now=now)
        if row is None:
            return None
        session.expunge(row)
    try:
        with Session(directory.writer) as shelves:
            if records.present(shelves, row.listing, row.field) != row.before:
                raise NotPossible("changed")
            records.correct(shelves, row.listing, row.field, row.after, now.astimezone(TORONTO).date())
            shelves.commit()
    except Exception:
        with ledger.writing() as session:
            again = session.get_one(Correction, correction_id)
            again.state, again.reviewed_by, again.reviewed_at = "proposed", None, None
            record(session, by, "correction_not_taken", at=now, correction=correction_id, listing=row.listing)
        raise
    directory.renewed()
    return row
