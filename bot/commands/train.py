"""Train the models that are missing or out of date, so that the next start need not.

Nothing is stopped: a running system goes on with the models it began with until it is started again.
"""

from __future__ import annotations

import click

from bot.commands.ready import say, trained_models


@click.command()
def command() -> None:
    """Train what is missing or out of date. Takes a few minutes on one core, and nothing when all is current."""
    _, model = trained_models()
    say(f"The models are current: {model.parent}.")
