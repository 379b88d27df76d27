"""What has to be in order before the gateway starts: doors, database, directory, risk classifier.

A process of its own, so that the supervisor stays small while the libraries that this needs come and go.
Its lines begin with `progress: ` or, with exit code 1, `problem: `; anything else is for the log.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bot.supervisor.folders import Folders, settle
from bot.supervisor.models import files_of, fingerprint, forget_old, language_model, risk_model
from bot.supervisor.problems import Problem, explained

if TYPE_CHECKING:
    from bot.settings import Settings

PROGRESS, REASON = "progress: ", "problem: "


def _say(text: str) -> None:
    print(f"{PROGRESS}{text}", flush=True)


def check_doors(folder: Path) -> None:
    """Reads every front door; Problem with file, line and reason for the first broken one."""
    from bot.doors.loading import BrokenDoor, load

    try:
        load(folder)
    except BrokenDoor as error:
        raise Problem(f"a front door is broken: {error}") from None


def check_numbers(chosen: Settings, folder: Path) -> None:
    """Reads the file of the operator's numbers; Problem with the entry and the reason when it is broken."""
    from bot.carrier.numbers import BrokenNumbers, Numbers
    from bot.doors.loading import load

    try:
        Numbers.load(chosen.numbers, load(folder))
    except BrokenNumbers as error:
        raise Problem(f"the file of numbers is broken: {error}") from None


def settings() -> Settings:
    """The settings in force; Problem names the one with a mistake."""
    from pydantic import ValidationError

    from bot.settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "PORCHLIGHT_" + "_".join(str(part) for part in first["loc"]).upper()
        raise Problem(f"the setting {name} is not right: {first['msg']}; correct it and run this again.") from None


def upgrade_database() -> str:
    """Brings the databases up to date and gives the URL of the directory; Problem when one cannot be reached."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError, OperationalError

    from bot.conversations.database import upgrade

    chosen = settings()
    url = chosen.database
    try:
        for url in dict.fromkeys((chosen.database, chosen.directory)):
            shown = make_url(url).render_as_string(hide_password=True)
            upgrade(url)
    except ArgumentError:
        raise Problem("PORCHLIGHT_DATABASE_URL is not a database URL; docs/settings.md has examples.") from None
    except OperationalError as error:
        if "disk is full" in str(error.orig):
            raise Problem("the disk is full: free some space for the database and run this again.") from None
        reason = " ".join(str(error.orig).split())[:200]
        raise Problem(
            f"the database {shown} cannot be used ({reason}): start it, or correct PORCHLIGHT_DATABASE_URL."
        ) from None
    return url


def load_directory(url: str, folders: Folders, sample: bool) -> None:
    """Brings the shipped lines and the sample services up to date, or takes the latter out."""
    from sqlalchemy.orm import Session

    from bot.clock import TORONTO, clock_from
    from bot.database import open_database
    from bot.settings import Settings
    from directory_client import index
    from directory_client import sample as shipped

    edition = {
        "database": url,
        "sample": sample,
        "data": fingerprint(folders.project, files_of(folders.project, ("directory_client",))),
    }
    stamp = folders.run / "directory.json"
    changed = _read(stamp) != edition
    if changed:
        _say("Loading the directory …")
    engine = open_database(url)
    with Session(engine) as session:
        # Only an upgrade of the product changes what the index is made of.
        if index.outdated(session):
            _say("Making the search index anew …")
            index.reindex(session)
        shipped.load_lines(session)
        if changed or not sample:
            shipped.remove_sample(session)
        if sample:
            today = clock_from(Settings().test_clock)().astimezone(TORONTO).date()
            shipped.load_sample(session, today=today)
        session.commit()
    engine.dispose()
    stamp.write_text(json.dumps(edition))


def demonstration_staff(folders: Folders) -> None:
    """Makes the accounts for trying the console, or closes them where they do not belong."""
    from sqlalchemy.orm import Session

    from bot.clock import clock_from
    from bot.conversations.identity import BadKey, load_keys
    from bot.database import open_database
    from bot.staff import demo

    chosen = settings()
    now = clock_from(chosen.test_clock)()
    engine = open_database(chosen.database)
    try:
        with Session(engine) as session, session.begin():
            if demo.wanted(chosen, os.environ.get("PORCHLIGHT_HOST", "")):
                secret = chosen.secret_key.get_secret_value() if chosen.secret_key else None
                demo.provide(session, load_keys(secret, chosen.var), folders.var, now)
            else:
                demo.withdraw(session, folders.var, now)
    except BadKey as problem:
        raise Problem(str(problem)) from None
    finally:
        engine.dispose()


def train_risk(folders: Folders) -> None:
    """Trains the risk classifier when its sources changed."""
    target = risk_model(folders.project, folders.models)
    if target.exists():
        return
    from bot.safety.training import train

    _say("Training the risk classifier …")
    folders.models.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folders.models) as scratch:
        train(Path(scratch), data=folders.project / "data").replace(target)
    forget_old(target)


def train_languages(folders: Folders) -> None:
    """Trains the model of languages when its sources changed."""
    target = language_model(folders.project, folders.models)
    if target.exists():
        return
    from bot.language.training import train

    _say("Training the model of languages …")
    train(target, folders.project / "data")
    forget_old(target)


def _read(file: Path) -> object:
    try:
        return json.loads(file.read_text())
    except (OSError, ValueError):
        return None


def main(arguments: list[str]) -> int:
    """Does what is needed. Arguments: `sample` or `no-sample`, and `directory-only` to train nothing."""
    folders = settle()
    sample = arguments[:1] == ["sample"]
    try:
        folders.make()
        doors = folders.project / "doors"
        check_doors(doors)
        check_numbers(settings(), doors)
        url = upgrade_database()
        load_directory(url, folders, sample)
        if "directory-only" not in arguments:
            if "PORCHLIGHT_HOST" in os.environ:  # a gateway is to start, not a command
                demonstration_staff(folders)
            train_languages(folders)
            train_risk(folders)
    except Problem as problem:
        print(f"{REASON}{problem}")
        return 1
    except OSError as error:
        print(f"{REASON}{explained(error, folders.var)}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
