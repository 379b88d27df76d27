"""Replace the secret key under which numbers are sealed and people are named."""

from __future__ import annotations

import os

import click

from bot.clock import clock_from
from bot.conversations.database import upgrade_engine
from bot.conversations.identity import BadKey, Keys, load_keys
from bot.database import open_database
from bot.privacy import rotation
from bot.settings import Settings
from bot.supervisor.folders import settle
from bot.supervisor.lock import RunLock
from bot.supervisor.problems import Problem


@click.group()
def command() -> None:
    """Replace the secret key under which numbers are sealed and people are named."""


@command.command()
@click.option("--stopped", is_flag=True, help="Do not ask: every gateway on this database is stopped.")
def rotate(stopped: bool) -> None:
    """Make a new secret key, and seal and name everything anew. A rotation that was cut off goes on."""
    folders = settle()
    settings = Settings()
    configured = settings.secret_key.get_secret_value() if settings.secret_key else None
    lock = RunLock(folders.run / "up.lock").take("bin/porchlight keys rotate") if folders.run.exists() else None
    try:
        if not stopped:
            click.confirm("Every gateway that uses this database must be stopped. Are they?", abort=True, err=True)
        _rotate(settings, configured)
    finally:
        if lock is not None:
            lock.release()


def _rotate(settings: Settings, configured: str | None) -> None:
    waiting = settings.var / "secret.key.new"
    try:
        old = load_keys(configured, settings.var)
        new = Keys.from_text(rotation.kept_text(waiting, old))
    except (BadKey, ValueError) as problem:
        raise Problem(str(problem)) from None
    engine = open_database(settings.database)
    try:
        upgrade_engine(engine)
        counts = rotation.rotate(engine, old, new, clock_from(settings.test_clock)())
    finally:
        engine.dispose()
    for name, count in sorted((counts or {}).items()):
        click.echo(f"{count:>8} {name}", err=True)
    if configured is None:
        rotation.put_in_place(settings.var)
        click.echo(f"The new key is in {os.fspath(settings.var / 'secret.key')}. Keep a copy of it somewhere safe.")
    else:
        click.echo(
            f"The database has the new key. Set PORCHLIGHT_SECRET_KEY to what stands in {os.fspath(waiting)}, "
            "delete that file, and start again. The old key opens nothing any more."
        )
