"""Signing in: password, second factor, session. What fails says the same, and takes as long, whatever was wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.conversations.identity import Keys
from bot.conversations.ledger import Ledger
from bot.staff import sessions
from bot.staff.accounts import find
from bot.staff.lockout import rest_after
from bot.staff.models import Staff
from bot.staff.passwords import matches
from bot.staff.record import record
from bot.staff.sessions import Length
from bot.staff.totp import use_code, use_recovery

Failure = Literal["unknown", "password", "locked", "disabled", "demo", "code", "again", "oidc"]


@dataclass(frozen=True, slots=True)
class Inside:
    """Signed in: the token for the cookie."""

    token: str
    staff_id: str


@dataclass(frozen=True, slots=True)
class CodeAsked:
    """The password was right; now the code of the authenticator."""

    staff_id: str
    passed: str
    """A mark of the password that was right: when it is changed meanwhile, the first step counts no more."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Not signed in. The reason is for the record alone; the one who tries hears the same for all of them."""

    reason: Failure


@dataclass(frozen=True, slots=True)
class Entrance:
    """Signs staff in. All methods block; pages call them in threads."""

    ledger: Ledger
    keys: Keys
    length: Length

    def by_password(
        self, login: str, password: str, client: str, now: datetime, *, demo_allowed: bool
    ) -> Inside | CodeAsked | Refused:
        """First step.

        Args:
            client: address of the one who tries; the record keeps only a pseudonym of it.
            demo_allowed: the request comes from this machine, so that demonstration accounts may open.
        """
        with Session(self.ledger.reader, expire_on_commit=False) as session:
            one = find(session, login) if len(login) <= 200 else None
        reason = _closed(one, now, demo_allowed)
        # The work is done outside any transaction, and done in every case.
        right, better = matches(password, one.password_hash if one is not None and reason is None else None)
        if one is None or reason is not None or not right:
            return self._failed(None if one is None else one.id, reason or "password", client, now)
        with self.ledger.writing() as session:
            fresh = session.scalar(select(Staff).where(Staff.id == one.id).with_for_update())
            again = _closed(fresh, now, demo_allowed)
            if fresh is None or again is not None or fresh.password_hash != one.password_hash:
                refused = again or "password"
            else:
                if better is not None:
                    fresh.password_hash = better
                if fresh.totp_secret is not None:
                    return CodeAsked(fresh.id, self._mark(fresh))
                return self._enter(session, fresh, client, now, how="password", second_factor=False)
        return self._failed(one.id, refused, client, now)

    def by_code(
        self, asked: CodeAsked, code: str, client: str, now: datetime, *, demo_allowed: bool
    ) -> Inside | Refused:
        """Second step: a code of the authenticator, or a recovery code."""
        with self.ledger.writing() as session:
            one = session.scalar(select(Staff).where(Staff.id == asked.staff_id).with_for_update())
            reason = _closed(one, now, demo_allowed)
            if one is not None and reason is None:
                if self._mark(one) != asked.passed:
                    reason = "again"
                elif use_code(session, self.keys, one, code, now):
                    return self._enter(session, one, client, now, how="code", second_factor=True)
                elif use_recovery(session, self.keys, one, code):
                    return self._enter(session, one, client, now, how="recovery", second_factor=True)
        return self._failed(asked.staff_id, reason or "code", client, now)

    def by_provider(
        self, subject: str, email: str | None, client: str, now: datetime, *, demo_allowed: bool
    ) -> Inside | Refused:
        """OpenID Connect has said who it is. Only accounts that an administrator has made open.

        Args:
            subject: what the provider calls them, in the form that accounts keep.
            email: an address that the provider has verified; an account of this login is tied to the subject once.
        """
        with self.ledger.writing() as session:
            one = session.scalar(select(Staff).where(Staff.oidc_subject == subject).with_for_update())
            if one is None and email:
                one = find(session, email)
                if one is not None and (one.oidc_subject is not None or one.demo):
                    one = None
            known = None if one is None else one.id
            reason = _closed(one, now, demo_allowed, locks=False)
            if one is not None and reason is None:
                if one.oidc_subject is None:
                    one.oidc_subject = subject
                    record(session, one.id, "oidc_tied", at=now, staff=one.id)
                # Whether a second factor was asked for is the provider's affair.
                return self._enter(session, one, client, now, how="oidc", second_factor=True)
        return self._failed(known, reason or "oidc", client, now)

    def _enter(
        self, session: Session, one: Staff, client: str, now: datetime, *, how: str, second_factor: bool
    ) -> Inside:
        one.failed, one.locked_until = 0, None
        token, row = sessions.begin(session, one, now, self.length, second_factor=second_factor)
        record(session, one.id, "signed_in", at=now, how=how, session_id=row.id, client=self._client(client))
        return Inside(token, one.id)

    def _failed(self, staff_id: str | None, reason: Failure, client: str, now: datetime) -> Refused:
        """Notes a failure, without what was typed: people type passwords where the login belongs."""
        with self.ledger.writing() as session:
            record(session, staff_id or "unknown", "sign_in_failed", at=now, reason=reason, client=self._client(client))
            if staff_id is not None and reason in ("password", "code"):
                session.execute(
                    update(Staff)
                    .where(Staff.id == staff_id)
                    .values(failed=Staff.failed + 1)
                    .execution_options(synchronize_session=False)
                )
                failed = session.scalar(select(Staff.failed).where(Staff.id == staff_id)) or 0
                until = rest_after(failed, now)
                if until is not None:
                    session.execute(
                        update(Staff)
                        .where(Staff.id == staff_id)
                        .values(locked_until=until)
                        .execution_options(synchronize_session=False)
                    )
                    record(session, staff_id, "locked", at=now, failed=failed)
        return Refused(reason)

    def _mark(self, one: Staff) -> str:
        return self.keys.pseudonym("password passed", f"{one.id} {one.password_hash} {one.totp_step}")

    def _client(self, address: str) -> str:
        return self.keys.pseudonym("console client", address)[:16]


def _closed(one: Staff | None, now: datetime, demo_allowed: bool, *, locks: bool = True) -> Failure | None:
    """Why this account does not open whatever is typed; None when it may."""
    if one is None:
        return "unknown"
    if one.state != "active":
        return "disabled"
    if one.demo and not demo_allowed:
        return "demo"
    if locks and one.locked_until is not None and one.locked_until > now:
        return "locked"
    return None
