"""The PostgreSQL that the tests start themselves."""

from __future__ import annotations

import sqlalchemy


def test_a_test_gets_an_empty_postgresql_of_its_own(empty_postgres: str) -> None:
    engine = sqlalchemy.create_engine(empty_postgres)
    with engine.connect() as connection:
        assert connection.dialect.name == "postgresql"
        assert sqlalchemy.inspect(connection).get_table_names() == []
        connection.execute(sqlalchemy.text("CREATE TABLE mine (id int)"))
    engine.dispose()
