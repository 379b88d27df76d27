"""The full-text index of the database over `service_text`: FTS5 on SQLite, tsvector on PostgreSQL.

Both get words that are folded and cut already and are told to cut nothing themselves ("unicode61" and "simple"),
so that the same query finds the same services on both.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, event, text

from directory_client.models import ServiceText

SQLITE = (
    "CREATE VIRTUAL TABLE service_fts USING fts5(names, terms, description, content='service_text',"
    " content_rowid='number', tokenize='unicode61')",
    "CREATE VIRTUAL TABLE service_fts_words USING fts5vocab('service_fts', 'row')",
    "CREATE TRIGGER service_text_added AFTER INSERT ON service_text BEGIN INSERT INTO service_fts(rowid, names, terms,"
    " description) VALUES (new.number, new.names, new.terms, new.description); END",
    "CREATE TRIGGER service_text_removed AFTER DELETE ON service_text BEGIN INSERT INTO service_fts(service_fts, rowid,"
    " names, terms, description) VALUES ('delete', old.number, old.names, old.terms, old.description); END",
)
POSTGRESQL = (
    "ALTER TABLE service_text ADD COLUMN document tsvector GENERATED ALWAYS AS"
    " (setweight(to_tsvector('simple', names), 'A') || setweight(to_tsvector('simple', terms), 'B') ||"
    " setweight(to_tsvector('simple', description), 'D')) STORED",
    "CREATE INDEX ix_service_text_document ON service_text USING gin (document)",
)
DERIVED = ("service_fts",)
"""What the tables of the index are called that no class stands for, or begin with."""


def statements(dialect: str) -> tuple[str, ...]:
    """What makes the index on a database of this kind, once the table is there."""
    return SQLITE if dialect == "sqlite" else POSTGRESQL


def count_words(connection: Connection) -> None:
    """Counts anew in how many services each word stands. To be called when many records have changed."""
    connection.execute(text("DELETE FROM search_word"))
    if connection.dialect.name == "sqlite":
        counted = "SELECT term, doc FROM service_fts_words WHERE length(term) <= 40"
    else:
        counted = "SELECT word, ndoc FROM ts_stat('SELECT document FROM service_text') WHERE length(word) <= 40"
    connection.execute(text(f"INSERT INTO search_word (word, services) {counted}"))


def _make(target: Any, connection: Connection, **_: Any) -> None:
    for statement in statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


event.listen(ServiceText.__table__, "after_create", _make)
