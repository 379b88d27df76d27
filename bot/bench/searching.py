"""Speed of the directory at the size of a province: the import, and searches beside plain full text.

"Plain" is what one would write first: the words of the query against names and descriptions in the database's own
full-text index, best match first, the nearest box as a condition, and the rows of ten services read. It knows no
needs, service areas, hours, languages or twins.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from bot.bench.province import towns, write_province
from bot.conversations.database import upgrade
from bot.database import for_reading, open_database
from bot.directory import Directory
from bot.supervisor.leash import tie
from directory_client import marked, timetables
from directory_client.feeds.hsds_csv import HsdsPackage
from directory_client.geo import box_around
from directory_client.imports import take_in
from directory_client.needs import NEEDS
from directory_client.search import Query, search
from directory_client.words import plain_words

NOW = datetime(2026, 11, 19, 15, tzinfo=UTC)  # a Thursday, 10 in the morning in Toronto
TOGETHER = 50
_WORDS = (
    "food bank", "eviction help", "counselling for teens", "low cost dentist", "newcomer settlement services",
    "help with hydro bill", "community centre", "tax clinic", "banque alimentaire", "conseling for anxiety",
    "warm clothes for kids", "home care for seniors", "nothing left in the fridge", "avocat aide juridique",
)  # fmt: skip
_COMMON = ("health.doctor", "mental.counselling", "family.childcare", "food.pantry")

Say = Callable[[str], None]
Run = Callable[[Engine, Query], object]


def measured_search(folder: Path, services: int, queries: int, database: str | None, say: Say) -> dict[str, Any]:
    """Writes the province, takes it in, searches it; times in milliseconds, sizes in MB."""
    package = folder / "province"
    if not package.exists():
        say(f"Writing a province of {services:,} services …")
        write_province(package, services)
    url = database or f"sqlite:///{folder / 'province.db'}"
    upgrade(url)
    say("Importing it …")
    # In a process of its own, as a command would: to write the province takes more memory than to read it.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=tie, initargs=(os.getpid(),)) as other:
        imported = other.submit(_imported, package, url).result()
    engine = for_reading(open_database(url))
    _plain_index(url)
    say("Searching …")
    with engine.connect() as connection:
        marked.learn(connection)  # as the server does before it makes its workers
        timetables.learn(connection, NOW)
    for query in _queries("words", 5):
        _ours(engine, query)  # reads the lists of ideas
    gc.collect()
    gc.freeze()
    report: dict[str, Any] = {
        "database": engine.dialect.name,
        "services": services,
        "import": imported,
        "searches": {kind: _times(engine, _ours, _queries(kind, queries)) for kind in _KINDS},
        "plain full text": _times(engine, _plain, _queries("words", queries)),
        f"{TOGETHER} at once": _together(engine, queries),
        f"{TOGETHER} at once again": _together(engine, queries),
    }
    everything = [one for kind in _KINDS for one in _queries(kind, queries)]
    report["all kinds"] = _times(engine, _ours, random.Random(5).sample(everything, len(everything)))
    engine.dispose()
    return report


def table(report: dict[str, Any]) -> str:
    """The report for people."""
    taken = report["import"]
    rows = [
        f"{report['database']}, {report['services']:,} services: {taken['rows']:,} rows imported in "
        f"{taken['seconds']} s, at most {taken['peak_mb']} MB",
        f"{'searches (ms)':28}{'p50':>8}{'p95':>8}",
    ]
    timed = {**report["searches"], "all kinds": report["all kinds"], "plain full text": report["plain full text"]}
    timed[f"{TOGETHER} at once, all kinds"] = report[f"{TOGETHER} at once"]
    timed[f"{TOGETHER} at once, asked again"] = report[f"{TOGETHER} at once again"]
    rows += [f"{name:28}{times['p50']:>8.1f}{times['p95']:>8.1f}" for name, times in timed.items()]
    return "\n".join(rows)


_KINDS = ("need", "common need", "words", "need and words", "open now", "in a language", "without a place")


def _queries(kind: str, count: int) -> list[Query]:
    """Searches as people make them: places by their number of people."""
    chance = random.Random(kind)
    weights = [town.people for town in towns()]
    found = []
    for town in chance.choices(towns(), weights, k=count):
        place: dict[str, Any] = {"lat": town.lat, "lon": town.lon, "place_radius_km": 8.0}
        need: str | None = chance.choice(_COMMON if kind == "common need" else NEEDS)
        words = chance.choice(_WORDS) if "words" in kind else None
        if kind == "words":
            need = None
        if kind == "open now":
            place["open_at"] = NOW
        if kind == "in a language":
            place["language"] = chance.choice(("pa", "ar", "fr", "so"))
        found.append(Query(need=need, words=words, **({} if kind == "without a place" else place)))
    return found


def _ours(engine: Engine, query: Query) -> object:
    with Session(engine) as session:
        return search(session, query, now=NOW)


def _imported(package: Path, url: str) -> dict[str, float]:
    """Takes the province in; run in a process that does nothing else."""
    engine = open_database(url)
    with _memory_watched() as memory:
        begin = time.monotonic()
        taken = take_in(engine, HsdsPackage(package, "province"), now=NOW)
        seconds = time.monotonic() - begin
    engine.dispose()
    return {"seconds": round(seconds, 1), "peak_mb": round(max(memory)), "rows": taken.total("added")}


@contextmanager
def _memory_watched() -> Iterator[list[float]]:
    """What this process and its helper hold together, in MB, five times a second.

    Not what the system has noted as the most: a process begins with its parent's note of that.
    """
    here, found, over = psutil.Process(), list[float](), threading.Event()

    def watch() -> None:
        while True:
            held = 0
            for one in (here, *here.children()):
                with suppress(psutil.Error):  # one that ends just now holds nothing
                    held += one.memory_info().rss
            found.append(held / 2**20)
            if over.wait(0.2):
                return

    watching = threading.Thread(target=watch, name="memory")
    watching.start()
    try:
        yield found
    finally:
        over.set()
        watching.join()


def _plain_index(url: str) -> None:
    """An index of names and descriptions as they are."""
    engine = open_database(url)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("DROP TABLE IF EXISTS plain_fts"))
            connection.execute(text("CREATE VIRTUAL TABLE plain_fts USING fts5(name, description, id UNINDEXED)"))
            connection.execute(text("INSERT INTO plain_fts SELECT name, description, id FROM service"))
        else:
            connection.execute(text("DROP TABLE IF EXISTS plain_text"))
            made = "to_tsvector('simple', name || ' ' || coalesce(description, ''))"
            connection.execute(text(f"CREATE TABLE plain_text AS SELECT id, {made} AS document FROM service"))
            connection.execute(text("CREATE INDEX plain_text_document ON plain_text USING gin (document)"))
            connection.execute(text("ANALYZE plain_text"))
    engine.dispose()


def _plain(engine: Engine, query: Query) -> object:
    words = plain_words(query.words or "")
    assert query.lat is not None and query.lon is not None
    box = box_around(query.lat, query.lon, 100)
    values = {"south": box.south, "north": box.north, "west": box.west, "east": box.east}
    near = (
        " JOIN search_site ON search_site.service_id = found.id WHERE latitude BETWEEN :south AND :north"
        " AND longitude BETWEEN :west AND :east"
    )
    with engine.connect() as connection:
        ids = _plain_matches(connection, words, near, values)
        rows = "SELECT * FROM service WHERE id = :id"
        return [connection.execute(text(rows), {"id": id_}).one() for id_ in ids]


def _plain_matches(connection: Connection, words: list[str], near: str, values: dict[str, Any]) -> list[str]:
    if connection.dialect.name == "sqlite":
        statement = (
            "SELECT found.id FROM plain_fts AS found"
            + near
            + " AND plain_fts MATCH :query ORDER BY bm25(plain_fts) LIMIT 10"
        )
        query = " OR ".join(f'"{word}"' for word in words)
    else:
        # In the statement itself: of a parameter PostgreSQL does not know how much it finds, and takes a plan that may
        # need half a minute. The words are letters and digits only.
        query = " | ".join(words)
        statement = (
            "SELECT found.id FROM plain_text AS found" + near + f" AND document @@ to_tsquery('simple', '{query}')"
            f" ORDER BY ts_rank(document, to_tsquery('simple', '{query}')) DESC LIMIT 10"
        )
    return list(connection.scalars(text(statement), {"query": query, **values}))


def _times(engine: Engine, run: Run, queries: list[Query]) -> dict[str, float]:
    for query in queries[:10]:
        run(engine, query)  # warm
    return _summed_up([_timed(engine, run, query) for query in queries])


def _timed(engine: Engine, run: Run, query: Query) -> float:
    begin = time.perf_counter()
    run(engine, query)
    return (time.perf_counter() - begin) * 1000


def _together(engine: Engine, queries: int) -> dict[str, float]:
    """Fifty searches in flight until all are done: what each waits, its turn for the processor included."""
    wanted = [query for kind in _KINDS for query in _queries(kind, max(queries // 2, 8))]
    random.Random(3).shuffle(wanted)
    look = Directory(engine).look(NOW)
    with ThreadPoolExecutor(TOGETHER) as pool:
        return _summed_up(list(pool.map(lambda query: _timed(engine, lambda _, one: look(one), query), wanted)))


def _summed_up(times: list[float]) -> dict[str, float]:
    times.sort()
    return {"p50": round(times[len(times) // 2], 1), "p95": round(times[int(len(times) * 0.95)], 1)}
