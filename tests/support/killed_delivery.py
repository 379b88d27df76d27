"""A worker that delivers and is killed with -9 at a step:
`python -m tests.support.killed_delivery DATABASE API STEP LATER`.

STEP "never" delivers until nothing is left. LATER is how many seconds its clock is ahead, so that the claims of the one
before have run out.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import datetime, timedelta

from bot.carrier.rest import Carrier
from bot.clock import system_clock
from bot.database import open_database
from bot.sms.delivery import Delivery
from tests.bot.sms.outbox import KEYS, NUMBERS, Book
from tests.peers.carrier import ACCOUNT, TOKEN


async def main(database: str, api: str, step: str, later: str) -> None:
    def at(reached: str) -> None:
        if reached == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def clock() -> datetime:
        return system_clock() + timedelta(seconds=int(later))

    engine = open_database(database)
    delivery = Delivery(
        engine, Carrier(ACCOUNT, TOKEN, api), KEYS, NUMBERS, clock, public_url="https://help.example.org", at=at
    )
    running = asyncio.create_task(delivery.run())
    book = Book(engine)
    while any(row.state in ("ready", "sending") for row in await asyncio.to_thread(book.rows)):
        await asyncio.sleep(0.05)
    await delivery.close()
    await running


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
