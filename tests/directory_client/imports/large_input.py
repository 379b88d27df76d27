"""Run by test_bad_input: takes a file in and prints what came of it and the most memory that it took, in MB."""

from __future__ import annotations

import resource
import sys
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine

from directory_client.feeds.feed import FeedError
from directory_client.feeds.hsds_csv import HsdsPackage
from directory_client.feeds.hsds_json import HsdsJson
from directory_client.imports import take_in
from directory_client.models import Base


def main(path: Path) -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    feed = HsdsPackage(path, "large") if path.is_dir() or path.suffix == ".zip" else HsdsJson(path, "large")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        made = take_in(engine, feed, now=datetime(2026, 11, 22, tzinfo=UTC))
        said = f"{made.total('added')} added, {made.refused} refused"
    except FeedError as problem:
        said = str(problem)
    print(said)
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
