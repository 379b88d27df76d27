"""Alembic's entry: both sets of tables, on the connection that the product hands in."""

from __future__ import annotations

from alembic import context

from bot.conversations.models import Base as Conversations
from bot.database import open_database
from bot.settings import Settings
from directory_client.models import Base as Directory

METADATA = [Conversations.metadata, Directory.metadata]


def run() -> None:
    connection = context.config.attributes.get("connection")
    if connection is None:  # the alembic command of a developer
        with open_database(Settings().database).begin() as own:
            migrate(own)
    else:
        migrate(connection)


def migrate(connection: object) -> None:
    context.configure(
        connection=connection, target_metadata=METADATA, render_as_batch=True, compare_type=True
    )
    context.run_migrations()


run()
