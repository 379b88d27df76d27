"""Run by test_bad_input: takes a feed in, says when rows are being written, and then waits to be killed."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from bot.database import open_database
from directory_client.feeds.hsds_json import HsdsJson
from directory_client.imports import take_in


def main(url: str, file: str, where: str) -> None:
    def step(what: str, done: int, total: int | None) -> None:
        if what == where:
            print(what, flush=True)
            time.sleep(60)

    feed = HsdsJson(Path(file), "centre", complete=True)
    take_in(open_database(url), feed, now=datetime(2026, 11, 22, tzinfo=UTC), step=step)


if __name__ == "__main__":
    main(*sys.argv[1:])
