"""Two accounts for trying the console with the sample data: a specialist and a supervisor.

They exist where the sample data is loaded and everything listens on this machine alone, and open only to requests
from it (bot.staff.loopback). Their passwords stand in a file of the var folder that only its owner reads.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations.identity import Keys
from bot.settings import Settings
from bot.staff import sessions
from bot.staff.accounts import add_staff, find, set_password
from bot.staff.loopback import is_loopback
from bot.staff.models import Staff
from bot.staff.passwords import made_up
from bot.staff.record import record

FILE = "demo-staff.txt"
ACCOUNTS = {"demo": ("Robin", "specialist"), "demo-supervisor": ("Kim", "supervisor")}
BY = "system"


def wanted(settings: Settings, host: str) -> bool:
    """Whether this gateway has demonstration accounts.

    Args:
        host: address that it listens on.
    """
    return settings.sample and is_loopback(host) and is_loopback(urlsplit(settings.public_url).hostname or "")


def provide(session: Session, keys: Keys, var: Path, now: datetime) -> None:
    """Makes the accounts that are missing, and new passwords when the file with them is gone."""
    kept = logins(var)
    for login, (name, role) in ACCOUNTS.items():
        one = find(session, login)
        if one is not None and not one.demo:
            continue  # somebody's own account of that name
        if one is not None and one.state == "active" and login in kept:
            continue
        kept[login] = made_up()
        if one is None:
            add_staff(
                session,
                keys,
                login=login,
                name=name,
                roles=(role,),
                languages=("en", "fr"),
                password=kept[login],
                password_given=False,
                demo=True,
                by=BY,
                now=now,
            )
            continue
        one.state = "active"
        set_password(session, one, kept[login], BY, now, given=False)
        sessions.end_all(session, one.id, now)
    _write(var / FILE, {login: password for login, password in kept.items() if login in ACCOUNTS})


def withdraw(session: Session, var: Path, now: datetime) -> None:
    """Closes the accounts; what they did stays in the record."""
    for one in session.scalars(select(Staff).where(Staff.demo, Staff.state == "active")):
        one.state = "disabled"
        sessions.end_all(session, one.id, now)
        record(session, BY, "staff_changed", at=now, staff=one.id, state="disabled")
    (var / FILE).unlink(missing_ok=True)


def logins(var: Path) -> dict[str, str]:
    """Login → password, from the file."""
    try:
        lines = (var / FILE).read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    pairs = (line.split() for line in lines)
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}


def _write(path: Path, kept: dict[str, str]) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(f"{login} {password}\n" for login, password in kept.items())
    fresh.replace(path)
