"""Look after accounts of specialists and supervisors: add, list, change, disable, password, sessions, unlock.

What is done here stands in the record as done by "command".
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click
from sqlalchemy.orm import Session

from bot.clock import TORONTO, clock_from
from bot.conversations.database import upgrade_engine
from bot.conversations.identity import BadKey, Keys, load_keys
from bot.database import open_database
from bot.doors.loading import load as load_doors
from bot.settings import Settings
from bot.staff import sessions
from bot.staff.accounts import BadAccount, add_staff, all_staff, change, find, set_password
from bot.staff.accounts import unlock as unlock_account
from bot.staff.models import Staff
from bot.staff.oidc import subject_kept
from bot.staff.passwords import made_up
from bot.staff.record import record
from bot.staff.rights import EVERY_DOOR, ROLES
from bot.supervisor.problems import Problem

BY = "command"


@dataclass(frozen=True, slots=True)
class Book:
    """The database of the product, open for one change."""

    session: Session
    keys: Keys
    settings: Settings
    now: datetime

    def account(self, login: str) -> Staff:
        one = find(self.session, login)
        if one is None:
            raise Problem(f"there is no account {login!r}; `bin/porchlight staff list` shows them all.")
        return one


@contextmanager
def _book() -> Iterator[Book]:
    """One transaction; a mistake in what was asked becomes one sentence."""
    settings = Settings()
    try:
        keys = load_keys(settings.secret_key.get_secret_value() if settings.secret_key else None, settings.var)
    except BadKey as problem:
        raise Problem(str(problem)) from None
    engine = open_database(settings.database)
    try:
        upgrade_engine(engine)
        with Session(engine) as session, session.begin():
            yield Book(session, keys, settings, clock_from(settings.test_clock)())
    except BadAccount as problem:
        raise Problem(str(problem)) from None
    finally:
        engine.dispose()


@click.group()
def command() -> None:
    """Accounts of specialists, supervisors, administrators and reporters."""


_roles = click.option("--role", "roles", multiple=True, type=click.Choice(list(ROLES)), help="A role; repeat it.")
_doors = click.option("--door", "doors", multiple=True, metavar="ID", help='A front door, or "*" for all; repeat it.')
_languages = click.option("--language", "languages", multiple=True, metavar="CODE", help="A language; repeat it.")
_skills = click.option("--skill", "skills", multiple=True, metavar="CODE", help="A skill; repeat it.")
_capacity = click.option("--capacity", type=int, help="Conversations at once.")
_interface = click.option("--interface", type=click.Choice(["en", "fr"]), help="Language of their pages.")
_from_input = click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of the input instead of making one."
)


@command.command()
@click.argument("login")
@click.option("--name", required=True, help="First name, or first and last: people who are helped see it.")
@_roles
@_doors
@_languages
@_skills
@_capacity
@_interface
@click.option("--subject", help="What the OpenID Connect provider calls them (sub); then there is no password here.")
@_from_input
def add(login: str, name: str, subject: str | None, password_stdin: bool, **given: Any) -> None:
    """Make an account and print a first password, which its owner changes at the first sign-in.

    Without --role it is a specialist's, without --door for all doors.
    """
    password = None if subject else _password(password_stdin)
    with _book() as book:
        _known_doors(given["doors"])
        if subject and not book.settings.oidc_issuer:
            raise Problem("--subject needs a provider: set PORCHLIGHT_OIDC_ISSUER first (docs/settings.md).")
        one = add_staff(
            book.session,
            book.keys,
            login=login,
            name=name,
            roles=given["roles"] or ("specialist",),
            doors=given["doors"] or (EVERY_DOOR,),
            languages=given["languages"] or ("en",),
            skills=given["skills"],
            capacity=given["capacity"] or 3,
            interface=given["interface"] or "en",
            password=password,
            password_given=not password_stdin,
            oidc_subject=subject_kept(book.settings.oidc_issuer or "", subject) if subject else None,
            by=BY,
            now=book.now,
        )
        login = one.login
        where = f"{book.settings.public_url}/console"
    click.echo(f"{login} can sign in at {where}")
    if password is not None and not password_stdin:
        click.echo(f"First password: {password}")


@command.command("list")
def list_() -> None:
    """All accounts: login, name, state, roles, doors, languages, second step, open sessions."""
    with _book() as book:
        length = sessions.Length.from_settings(book.settings)
        rows = [["login", "name", "state", "roles", "doors", "languages", "2nd step", "sessions"]]
        for one in all_staff(book.session):
            state = one.state
            if one.locked_until is not None and one.locked_until > book.now:
                state = f"resting until {one.locked_until.astimezone(TORONTO):%H:%M}"
            count = len(sessions.open_sessions(book.session, one.id, book.now, length))
            rows.append(
                [one.login, one.name, state, ",".join(one.roles), ",".join(one.doors), ",".join(one.languages),
                 "on" if one.totp_secret else "off", str(count)]
            )  # fmt: skip
    if len(rows) == 1:
        click.echo('There are no accounts yet: bin/porchlight staff add LOGIN --name "First Last"')
        return
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


@command.command()
@click.argument("login")
@_roles
@_doors
@_languages
@_skills
@_capacity
@_interface
def roles(login: str, **given: Any) -> None:
    """Change roles, doors, languages, skills, capacity or interface; what is not named stays."""
    wanted = {name: value for name, value in given.items() if value not in (None, ())}
    if not wanted:
        raise click.UsageError("name what to change: --role, --door, --language, --skill, --capacity, --interface")
    with _book() as book:
        _known_doors(wanted.get("doors", ()))
        changed = change(book.session, book.account(login), BY, book.now, **wanted)
    click.echo(f"Changed: {', '.join(changed)}." if changed else "That is how it was already.")


@command.command()
@click.argument("login")
def disable(login: str) -> None:
    """Close an account and end its sessions; nothing that it did is taken out of the record."""
    with _book() as book:
        one = book.account(login)
        change(book.session, one, BY, book.now, state="disabled")
        ended = sessions.end_all(book.session, one.id, book.now)
    click.echo(f"Disabled; {ended} session(s) ended.")


@command.command()
@click.argument("login")
def enable(login: str) -> None:
    """Open a disabled account again."""
    with _book() as book:
        change(book.session, book.account(login), BY, book.now, state="active")
    click.echo("The account is active.")


@command.command()
@click.argument("login")
@_from_input
def password(login: str, password_stdin: bool) -> None:
    """Make a new password, print it, and end their sessions."""
    new = _password(password_stdin)
    with _book() as book:
        one = book.account(login)
        set_password(book.session, one, new, BY, book.now, given=not password_stdin)
        ended = sessions.end_all(book.session, one.id, book.now)
    click.echo(f"The password is changed; {ended} session(s) ended.")
    if not password_stdin:
        click.echo(f"First password: {new}")


@command.command("end-sessions")
@click.argument("login")
def end_sessions(login: str) -> None:
    """Sign somebody out everywhere."""
    with _book() as book:
        one = book.account(login)
        ended = sessions.end_all(book.session, one.id, book.now)
        record(book.session, BY, "sessions_ended", at=book.now, staff=one.id, count=ended)
    click.echo(f"{ended} session(s) ended.")


@command.command()
@click.argument("login")
@click.option("--second-factor", is_flag=True, help="Also take the authenticator and its recovery codes off.")
def unlock(login: str, second_factor: bool) -> None:
    """Let somebody try again after too many failures."""
    from bot.staff.own_account import remove_factor

    with _book() as book:
        one = book.account(login)
        unlock_account(book.session, one, BY, book.now)
        if second_factor:
            remove_factor(book.session, one.id, BY, book.now)
            sessions.end_all(book.session, one.id, book.now)
    click.echo("They can try again now." + (" The authenticator is off." if second_factor else ""))


def _password(from_input: bool) -> str:
    if not from_input:
        return made_up()
    given = sys.stdin.readline().rstrip("\r\n")
    if not given:
        raise Problem("no password came: write it on the first line of the input.")
    return given


def _known_doors(wanted: Any) -> None:
    doors = {door for door in wanted if door != EVERY_DOOR}
    unknown = sorted(doors - set(load_doors())) if doors else []
    if unknown:
        raise Problem(f"there is no door {unknown[0]!r}; the files in doors/ name them.")
