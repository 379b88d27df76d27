"""Accounts of staff: made, found, changed. Every change is recorded with the name of the field, not its content."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.conversations.identity import Keys
from bot.staff.models import Staff
from bot.staff.passwords import hashed, weakness
from bot.staff.record import record
from bot.staff.rights import EVERY_DOOR, ROLES

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,78}[a-z0-9]")
INTERFACES = ("en", "fr")
MOST = 20
"""Conversations that anybody may hold at once."""


class BadAccount(Exception):
    """An account cannot be made or changed so. `code` names the reason, the text says what to do."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def add_staff(
    session: Session,
    keys: Keys,
    *,
    login: str,
    name: str,
    roles: Iterable[str] = ("specialist",),
    doors: Iterable[str] = (EVERY_DOOR,),
    languages: Iterable[str] = ("en",),
    skills: Iterable[str] = (),
    capacity: int = 3,
    interface: str = "en",
    password: str | None = None,
    password_given: bool = True,
    phone: str | None = None,
    oidc_subject: str | None = None,
    demo: bool = False,
    by: str = "command",
    now: datetime | None = None,
) -> Staff:
    """Makes an account, in the caller's transaction.

    Args:
        doors: ids of doors, or "*" for all of them.
        password: without one the account signs in with OpenID Connect only.
        password_given: the owner has to choose another at the first sign-in.
        by: who makes it, for the record.

    Raises:
        BadAccount: for a login that is taken, a weak password, an unknown role.
    """
    now = now or datetime.now(UTC)
    login = login.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise BadAccount("login", "A login has 3 to 80 small letters, digits or . _ @ + - and no spaces.")
    if find(session, login) is not None:
        raise BadAccount("taken", "There is an account with this login already.")
    one = Staff(
        login=login,
        name=cleaned_name(name),
        password_hash=_hash_of(password, login, name) if password is not None else None,
        password_given=password is not None and password_given,
        phone=keys.sealed(phone) if phone else None,
        oidc_subject=oidc_subject,
        demo=demo,
        created_at=now,
        totp_step=0,
        recovery=[],
        failed=0,
        state="active",
        **_checked(
            roles=roles, doors=doors, languages=languages, skills=skills, capacity=capacity, interface=interface
        ),
    )
    session.add(one)
    session.flush()
    record(session, by, "staff_added", at=now, staff=one.id, roles=one.roles, doors=one.doors)
    return one


def find(session: Session, login: str) -> Staff | None:
    """The account with this login, in whatever letters it was typed."""
    return session.scalar(select(Staff).where(Staff.login == login.strip().lower()))


def change(session: Session, one: Staff, by: str, now: datetime, **values: Any) -> list[str]:
    """Changes roles, doors, languages, skills, capacity, interface, name or state; gives the fields that changed.

    Raises:
        BadAccount: when a value cannot be used, or the last administrator would be gone.
    """
    checked = _checked(**{name: value for name, value in values.items() if name not in ("name", "state")})
    if "name" in values:
        checked["name"] = cleaned_name(values["name"])
    if "state" in values:
        if values["state"] not in ("active", "disabled"):
            raise BadAccount("state", "An account is active or disabled.")
        checked["state"] = values["state"]
    changed = [name for name, value in checked.items() if getattr(one, name) != value]
    stays = "administrator" in checked.get("roles", one.roles) and checked.get("state", one.state) == "active"
    if "administrator" in one.roles and one.state == "active" and not stays and administrators(session) <= 1:
        raise BadAccount("last", "This is the last administrator: make another one first.")
    for name in changed:
        setattr(one, name, checked[name])
    if changed:
        told = {name: checked[name] for name in changed if name in ("roles", "doors", "state")}
        record(session, by, "staff_changed", at=now, staff=one.id, fields=changed, **told)
    return changed


def set_password(session: Session, one: Staff, password: str, by: str, now: datetime, *, given: bool) -> None:
    """Sets another password and takes a lock off. Ends no sessions: the caller says which.

    Raises:
        BadAccount: for a weak one.
    """
    one.password_hash = _hash_of(password, one.login, one.name)
    one.password_given = given
    one.failed, one.locked_until = 0, None
    record(session, by, "password_set", at=now, staff=one.id, given=given)


def unlock(session: Session, one: Staff, by: str, now: datetime) -> None:
    """Lets somebody try again after too many failures."""
    one.failed, one.locked_until = 0, None
    record(session, by, "unlocked", at=now, staff=one.id)


def administrators(session: Session) -> int:
    """How many active accounts look after the others."""
    active = session.scalars(select(Staff.roles).where(Staff.state == "active"))
    return sum(1 for roles in active if "administrator" in roles)


def all_staff(session: Session) -> list[Staff]:
    return list(session.scalars(select(Staff).order_by(Staff.state, func.lower(Staff.name))))


def cleaned_name(name: str) -> str:
    """A name on one line.

    Raises:
        BadAccount: when nothing is left of it, or too much.
    """
    name = " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())
    if not 1 <= len(name) <= 80:
        raise BadAccount("name", "A name has 1 to 80 letters.")
    return name


def _hash_of(password: str, login: str, name: str) -> str:
    reason = weakness(password, login, name)
    if reason is not None:
        raise BadAccount(f"password_{reason}", REASONS[reason])
    return hashed(password)


REASONS = {
    "short": "A password has at least 12 characters; three or four words in a row are easy to keep.",
    "long": "A password has at most 200 characters.",
    "plain": "This password repeats the same few characters; take several words.",
    "named": "A password must not contain the login or the name.",
}


def _checked(**values: Any) -> dict[str, Any]:
    checked: dict[str, Any] = {}
    for name, value in values.items():
        if name in ("roles", "doors", "languages", "skills"):
            checked[name] = sorted({str(one).strip() for one in value if str(one).strip()})
            if any(len(one) > 40 or " " in one for one in checked[name]):
                raise BadAccount(name, f"One of the {name} is not a code.")
        elif name == "capacity":
            if not 1 <= int(value) <= MOST:
                raise BadAccount(name, f"Capacity is a number from 1 to {MOST}.")
            checked[name] = int(value)
        elif name == "interface":
            if value not in INTERFACES:
                raise BadAccount(name, "The interface is in en or fr.")
            checked[name] = value
        else:
            raise BadAccount(name, f"{name} cannot be changed here.")
    unknown = [role for role in checked.get("roles", ()) if role not in ROLES]
    if unknown:
        raise BadAccount("roles", f"There is no role {unknown[0]!r}; there are: {', '.join(ROLES)}.")
    if EVERY_DOOR in checked.get("doors", ()):
        checked["doors"] = [EVERY_DOOR]
    return checked
