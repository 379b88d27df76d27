"""The second factor: codes of an authenticator (RFC 6238), each taken once, and recovery codes for a lost one."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime

import pyotp
import segno
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.conversations.identity import Keys
from bot.staff.models import Staff

PERIOD = 30
_EITHER_SIDE = 1
"""Steps by which a telephone's clock may be off."""
RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_ISSUER = "Porchlight"


def new_secret() -> str:
    return pyotp.random_base32()


def step_of(secret: str, code: str, now: datetime, *, after: int) -> int | None:
    """The time step whose code this is; None when it is wrong, or not later than the last one used."""
    code = "".join(code.split())
    if not (code.isascii() and code.isdigit() and len(code) == 6):
        return None
    totp = pyotp.TOTP(secret, interval=PERIOD)
    present = int(now.timestamp()) // PERIOD
    found = None
    for step in range(present - _EITHER_SIDE, present + _EITHER_SIDE + 1):
        right = hmac.compare_digest(totp.generate_otp(step), code)
        if right and step > after:
            found = step
    return found


def use_code(session: Session, keys: Keys, one: Staff, code: str, now: datetime) -> bool:
    """Takes a code of the authenticator, once: of two requests with the same code one gets in."""
    if one.totp_secret is None:
        return False
    step = step_of(keys.opened(one.totp_secret), code, now, after=one.totp_step)
    if step is None:
        return False
    used = session.execute(
        update(Staff)
        .where(Staff.id == one.id, Staff.totp_step < step)
        .values(totp_step=step)
        .execution_options(synchronize_session=False)
    )
    return bool(used.rowcount)  # type: ignore[attr-defined]


def use_recovery(session: Session, keys: Keys, one: Staff, code: str) -> bool:
    """Takes a recovery code, once."""
    left = session.scalar(
        select(Staff).where(Staff.id == one.id).with_for_update().execution_options(populate_existing=True)
    )
    given = _kept(keys, one.id, code)
    if left is None or given not in left.recovery:
        return False
    left.recovery = [kept for kept in left.recovery if kept != given]
    session.flush()
    return True


def new_recovery(keys: Keys, staff_id: str) -> tuple[list[str], list[str]]:
    """Recovery codes to show once, and what is kept of them."""
    codes = [
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(2)) for _ in range(RECOVERY_CODES)
    ]
    return codes, [_kept(keys, staff_id, code) for code in codes]


def _kept(keys: Keys, staff_id: str, code: str) -> str:
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return keys.pseudonym(f"recovery {staff_id}", plain)


def address(secret: str, login: str) -> str:
    """What an authenticator reads from the picture."""
    return pyotp.TOTP(secret, interval=PERIOD).provisioning_uri(name=login, issuer_name=_ISSUER)


def picture(secret: str, login: str) -> str:
    """The address as a QR code, a data URI of an SVG: it is made here and sent to nobody."""
    code = segno.make(address(secret, login), error="m", micro=False)
    uri: str = code.svg_data_uri(scale=4, border=4, dark="#000", light="#fff")
    return uri


def in_groups(secret: str) -> str:
    """The secret for typing, four letters at a time."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
