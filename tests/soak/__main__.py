"""Runs a soak, prints what came of it and writes the report. Exit code 1 when a promise was broken, 2 when it could
not be run."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from rich.console import Console

from bot.conversations.identity import load_keys
from bot.database import open_database
from bot.supervisor.ports import free_port
from tests.peers.carrier import ACCOUNT, TOKEN, Carrier
from tests.soak import evidence
from tests.soak.evidence import Evidence
from tests.soak.report import report, shown
from tests.soak.residents import residents, turns
from tests.soak.sending import Sender
from tests.soak.watching import Watch
from tests.support.system import System, started

LINES = ("+15550100000", "+15550100001")
DOORS = ("211", "good2talk")
PER_SECOND = 200
"""What each number may send in a second: the soak is about the gateway, not about the limits of a number."""


def options() -> argparse.Namespace:
    reads = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    reads.add_argument("--minutes", type=float, default=20.0)
    reads.add_argument("--rate", type=float, default=20.0, help="texts a second")
    reads.add_argument("--people", type=int, default=400)
    reads.add_argument("--duplicates", type=float, default=0.05, help="chance of a webhook to come twice")
    reads.add_argument("--reordered", type=float, default=0.05, help="chance of a webhook to come after the next")
    reads.add_argument("--failures", type=float, default=0.02, help="chance of a request to the carrier to fail")
    reads.add_argument("--kill-every", type=float, default=120.0, help="seconds between two kills; 0 for none")
    reads.add_argument("--drain", type=float, default=300.0, help="seconds to wait for the queues to empty")
    reads.add_argument("--wait", type=float, default=90.0, help="seconds before the first text: the gateway warms up")
    reads.add_argument("--seed", type=int, default=1)
    reads.add_argument("--report", type=Path, default=None, help="file for the report, JSON")
    reads.add_argument("--keep", action="store_true", help="keep the var folder; it is kept when a promise is broken")
    return reads.parse_args()


def main() -> int:
    given, console = options(), Console()
    var = Path(tempfile.mkdtemp(prefix="soak-"))
    lines = [
        f'- {{number: "{one}", door: "{door}", rate: {PER_SECOND}}}' for one, door in zip(LINES, DOORS, strict=True)
    ]
    (var / "numbers.yml").write_text("\n".join(lines) + "\n")
    try:
        with _carrier(given, var / "carrier.log") as api:
            settings = {
                "PORCHLIGHT_TWILIO_ACCOUNT_SID": ACCOUNT,
                "PORCHLIGHT_TWILIO_AUTH_TOKEN": TOKEN,
                "PORCHLIGHT_TWILIO_API_URL": api,
                "PORCHLIGHT_DATABASE_URL": f"sqlite:///{var / 'porchlight.db'}",
            }
            console.print("Starting the system …")
            with started(var, **settings) as system:
                console.print(
                    f"Ready in {system.started_in:.0f} s; after {given.wait:g} s texting for {given.minutes:g} min …"
                )
                sender, watch, emptied = asyncio.run(_soak(given, system, settings["PORCHLIGHT_DATABASE_URL"], console))
            time.sleep(1.0)  # what the carrier still had to report
            state = httpx.get(f"{api}/fake/state", timeout=120, trust_env=False).json()
            (var / "carrier.json").write_text(json.dumps(state))
    except (pytest.fail.Exception, RuntimeError) as problem:
        console.print(f"The soak could not be run: {problem}")
        return 2
    engine = open_database(f"sqlite:///{var / 'porchlight.db'}")
    heard, said = evidence.stored(engine, load_keys(None, var))
    engine.dispose()
    found = Evidence(sender.texts, heard, said, evidence.accepted(state))
    content = report(
        found,
        options={name: value for name, value in vars(given).items() if name not in ("report", "keep")},
        kills=watch.kills,
        memory=watch.memory,
        work=watch.work,
        late=sender.late,
        emptied=emptied,
        logs=var / "log",
    )
    shown(content, console)
    if given.report is not None:
        given.report.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    if content["kept"] and not given.keep:
        shutil.rmtree(var, ignore_errors=True)
    else:
        console.print(f"Database and logs are in {var}")
    return 0 if content["kept"] else 1


async def _soak(
    given: argparse.Namespace, system: System, database: str, console: Console
) -> tuple[Sender, Watch, float | None]:
    """Texts, kills and watches; then waits until everything is answered. Gives the seconds that this took."""
    await asyncio.sleep(given.wait)
    people = residents(given.people, LINES, given.seed)
    sender = Sender(
        f"{system.url}/sms/inbound",
        Carrier(),
        turns(people, given.seed),
        duplicates=given.duplicates,
        reordered=given.reordered,
        seed=given.seed,
    )
    watch = Watch(system, system.url)
    looking = asyncio.create_task(watch.look())
    seconds = given.minutes * 60
    until = time.monotonic() + seconds
    killing = asyncio.create_task(watch.kill_in_turn(given.kill_every, until)) if given.kill_every else None
    await sender.run(seconds, given.rate)
    if killing is not None:
        await killing
    console.print("Waiting for the queues to empty …")
    emptied = await _emptied(database, given.drain)
    looking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await looking
    return sender, watch, emptied


async def _emptied(database: str, patience: float) -> float | None:
    engine = open_database(database).execution_options(reading=True)
    begin = time.monotonic()
    try:
        while time.monotonic() - begin < patience:
            if await asyncio.to_thread(evidence.waiting, engine) == (0, 0):
                return round(time.monotonic() - begin, 1)
            await asyncio.sleep(0.5)
        return None
    finally:
        engine.dispose()


@contextmanager
def _carrier(given: argparse.Namespace, log: Path) -> Iterator[str]:
    """The fake carrier as a process of its own. Half of its failures are of texts that it has taken all the same."""
    port = free_port()
    command = [
        sys.executable, "-m", "tests.soak.carrier", "--port", str(port),
        "--refused", str(given.failures / 2), "--lost", str(given.failures / 2),
        "--duplicates", str(given.duplicates), "--reordered", str(given.reordered), "--seed", str(given.seed),
    ]  # fmt: skip
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{url}/fake/state", process, log)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            httpx.get(url, timeout=2, trust_env=False)
            return
        time.sleep(0.1)
    raise RuntimeError(f"the fake carrier did not start; {log} says why")


if __name__ == "__main__":
    sys.exit(main())
