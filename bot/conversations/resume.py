"""Codes that carry a conversation from one channel to another: six digits, once, for half an hour.

Six digits can be typed on any phone. They are guessed by nobody in time: codes live shortly, are few, and whoever
hands in wrong ones is stopped by the rate of their channel.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.conversations.carrier_models import ResumeCode

LIFETIME = timedelta(minutes=30)
DIGITS = 6
_ATTEMPTS = 20


def issue(session: Session, conversation_id: str, now: datetime) -> str:
    """A new code for a conversation. Earlier ones of it end."""
    session.execute(
        update(ResumeCode)
        .where(ResumeCode.conversation_id == conversation_id, ResumeCode.used_at.is_(None))
        .values(used_at=now)
    )
    for _ in range(_ATTEMPTS):
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        try:
            with session.begin_nested():
                _forget_the_old(session, _hash(code), now)
                session.add(
                    ResumeCode(code_hash=_hash(code), conversation_id=conversation_id, expires_at=now + LIFETIME)
                )
                session.flush()
            return code
        except IntegrityError:
            continue  # somebody has this one
    raise RuntimeError("no free code was found; too many are in use at once")


def code_in(text: str) -> str | None:
    """The code in a message that is nothing but a code; spaces and hyphens do not matter."""
    digits = re.sub(r"[\s\-.]", "", text)
    return digits if len(digits) == DIGITS and digits.isascii() and digits.isdigit() else None


def redeem(session: Session, code: str, now: datetime) -> str | None:
    """The conversation of a code that is still good, which is used up by this; else None."""
    return session.execute(
        update(ResumeCode)
        .where(ResumeCode.code_hash == _hash(code), ResumeCode.used_at.is_(None), ResumeCode.expires_at > now)
        .values(used_at=now)
        .returning(ResumeCode.conversation_id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()


def _forget_the_old(session: Session, code_hash: str, now: datetime) -> None:
    """Frees a code that was used or has run out."""
    old = session.get(ResumeCode, code_hash)
    if old is not None and (old.used_at is not None or old.expires_at <= now):
        session.delete(old)
        session.flush()


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
