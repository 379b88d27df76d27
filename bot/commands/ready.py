"""What commands need before they can work: models and database, made when they are missing."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import click
from sqlalchemy import Engine

from bot.database import open_database
from bot.service import ears_for
from bot.settings import Settings
from bot.supervisor.folders import Folders, settle
from bot.supervisor.models import language_model, risk_model
from bot.supervisor.steps import current_model, prepared
from bot.understanding import Ears


def say(text: str) -> None:
    """Progress goes to standard error: standard output belongs to the answers."""
    click.echo(text, err=True)


def ready_to_understand() -> tuple[Folders, Path, Ears]:
    """Folders, the current Rasa model, and the parts of the gateway that read a text."""
    folders, model = trained_models()
    os.environ.setdefault("PORCHLIGHT_RISK_MODEL", str(risk_model(folders.project, folders.models)))
    os.environ.setdefault("PORCHLIGHT_LANGUAGE_MODEL", str(language_model(folders.project, folders.models)))
    return folders, model, ears_for(Settings())


def trained_models() -> tuple[Folders, Path]:
    """Folders and the Rasa model of the present sources; it and the classifiers are trained when they are missing."""
    folders = settle()
    _prepare(folders)
    return folders, current_model(folders, say)


def ready_directory() -> Engine:
    """The database, brought up to date, with the shipped lines and, by setting, the sample services."""
    return writable_directory().execution_options(reading=True)


def writable_directory() -> Engine:
    """The same for a command that changes it."""
    _prepare(settle(), directory_only=True)
    return open_database(Settings().directory)


def _prepare(folders: Folders, *, directory_only: bool = False) -> None:
    folders.make()
    asyncio.run(prepared(folders, dict(os.environ), Settings().sample, say, directory_only=directory_only))
