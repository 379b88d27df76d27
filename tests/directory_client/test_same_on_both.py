"""The judged queries get the same answers from SQLite and from PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.quality.finding import Ours, Score, directory, load, mean, scores
from directory_client.places import Gazetteer
from tests.directory_client.conftest import engine_for


@pytest.fixture(params=[pytest.param("postgresql", marks=pytest.mark.postgres)])
def postgres(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with engine_for(request) as engine:
        yield engine


def judged(engine: Engine) -> list[Score]:
    places = Gazetteer.load()
    with Session(engine) as session:
        records = load(session, derived=True)
        session.commit()
        return scores(Ours(session, places), records, places)


@pytest.mark.timeout(300)
def test_both_databases_find_the_same(postgres: Engine) -> None:
    lists = list(zip(judged(directory()), judged(postgres), strict=True))
    shared = [len({*one.found} & {*two.found}) / max(len(one.found), len(two.found)) for one, two in lists]
    print(f"shared: {mean(shared):.4f}")
    assert mean(shared) >= 0.9
    assert abs(mean(one.ndcg for one, _ in lists) - mean(two.ndcg for _, two in lists)) <= 0.02
