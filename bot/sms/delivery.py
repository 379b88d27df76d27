"""Delivery: a worker that takes texts from the outbox to the carrier and writes down what became of them.

Any number of processes may run it on one database. What is claimed is decided in `queue`, what an answer means in
`outcome`; here is the way between them. A text is sent in three steps, and a process may die between any two:

1. claim       "sending" is committed, with the end of the claim
2. ask         the carrier is asked, at most once in the time of a claim
3. write down  its id, its refusal, or that nobody knows

After a death in step 2 nobody knows whether the text went out. Whoever finds the claim run out asks the carrier for its
recent texts to the person before it sends again; and a status callback, which carries our own id, settles it sooner.
The same when the carrier did not answer; then it is asked twice, because the request may still lie there unread.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Literal

import structlog
from anyio import to_thread
from cryptography.fernet import InvalidToken
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.carrier.addresses import for_carrier
from bot.carrier.numbers import Numbers
from bot.carrier.rest import Away, Carrier, Outgoing, Refused, Sent
from bot.clock import Clock
from bot.conversations.identity import Keys
from bot.sms import lookup, order, outcome, queue
from bot.sms.queue import Parcel
from bot.tasks import ended

log = structlog.get_logger(__name__)
UNDER_WAY = 96
"""Requests to the carrier at once."""
START = 5.0
"""Seconds after its claim in which a text may still be handed over."""
POLL = 1.0
"""Seconds between two looks at the outbox when nobody calls: other processes write into it too."""
BREATH = 0.1
"""Seconds from one look to the next at least: what is written meanwhile is claimed in one transaction, not in many. A
look costs as much as two texts, and a text is seconds under way."""
COMPANY = 0.03
"""Seconds that an answer of the carrier waits for others, to be written down together."""
TROUBLE = 3
"""Failures in a row after which the carrier is asked with one text at a time."""
Boundary = Callable[[str], None]
"""Called between the steps; a test ends the process here."""


Answer = Sent | Refused | Away | Literal["look-again", "opted-out", "no-address"]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of asking: taken, refused, no answer, to be looked for again, or a reason of our own not to send it."""

    parcel: Parcel
    answer: Answer


class Delivery:
    """The worker of a process: `run()` it, `wake()` it after each commit, `close()` it at the end."""

    def __init__(
        self,
        engine: Engine,
        carrier: Carrier,
        keys: Keys,
        numbers: Numbers,
        clock: Clock,
        *,
        public_url: str,
        writing: Callable[[], AbstractContextManager[Session]] | None = None,
        news: asyncio.Event | None = None,
        at: Boundary = lambda step: None,
    ) -> None:
        """
        Args:
            public_url: where the carrier finds us, for its status callbacks.
            writing: opens a transaction that may write, for a process that has one queue for them (the ledger's).
            news: set by whoever has written a text; `wake()` sets it too.
        """
        self._reader = engine.execution_options(reading=True)
        self._engine = engine
        self._carrier = carrier
        self._keys = keys
        self._numbers = numbers
        self._clock = clock
        self._callback = f"{public_url.rstrip('/')}/sms/status?out="
        self._writing = writing or self._own_writing
        self._at = at
        self._news = news or asyncio.Event()
        self._closing = False
        self._under_way: set[asyncio.Task[None]] = set()
        self._results: list[tuple[Result, asyncio.Event]] = []
        self._writer: asyncio.Task[None] | None = None
        self._failures = 0
        self._rest_until = 0.0
        self._adopted = 0.0

    async def run(self) -> None:
        """Delivers until it is closed or cancelled. A database that is away is waited for."""
        while not self._closing:
            began = time.monotonic()
            self._news.clear()
            try:
                wait = await self._round()
            except Exception as problem:  # the database is away, or a mistake of ours: texts must go on
                log.error("delivery cannot claim", problem=type(problem).__name__, exc_info=True)
                wait = POLL
            await asyncio.sleep(max(0.0, began + BREATH - time.monotonic()))
            if wait > 0:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), min(wait, POLL))

    def wake(self, _conversation: str = "") -> None:
        """Says that there is something to send. Has the form of `Turns.announce`."""
        self._news.set()

    async def close(self) -> None:
        """Begins nothing new, and waits until what was begun is written down."""
        self._closing = True
        self._news.set()
        await ended(self._under_way)
        await self._carrier.close()

    async def deliver(self, parcel: Parcel, claimed: float) -> Result:
        """Step 2: asks the carrier, with a look first when the text may be there already. Never fails.

        Args:
            claimed: when it was claimed, by the monotonic clock. Too late the text may be somebody else's again.
        """
        try:
            to = for_carrier(parcel.channel, self._keys.opened(parcel.sealed))
            if parcel.lookup:
                found = await self._found(parcel, to)
                if found is not None:
                    return Result(parcel, found)
                if parcel.silent:
                    return Result(parcel, "look-again")
                if parcel.held:
                    return Result(parcel, "opted-out")
            if time.monotonic() - claimed > START:
                return Result(parcel, Away("no time left in the claim", perhaps=parcel.lookup))
            outgoing = Outgoing(to, parcel.line, parcel.body, self._callback + parcel.id)
            return Result(parcel, await self._carrier.send(outgoing))
        except (Refused, Away) as answer:
            return Result(parcel, answer)
        except InvalidToken:  # sealed with another key
            log.error("an address cannot be opened: was PORCHLIGHT_SECRET_KEY changed?", outbox=parcel.id)
            return Result(parcel, "no-address")
        except Exception as problem:  # a mistake of ours; whether it came before or after the request is not known
            log.error(
                "a text could not be handed over", outbox=parcel.id, problem=type(problem).__name__, exc_info=True
            )
            return Result(parcel, Away(type(problem).__name__, perhaps=True))

    def claim(self, room: int, probe: bool = False) -> queue.Claimed:
        """Step 1, blocking."""
        now = self._clock()
        self._adopt()
        with Session(self._reader) as session:
            due = order.due_in(session, now)
        if due is None or due > 0:
            return queue.Claimed((), due)
        with self._writing() as session:
            return queue.claim(session, self._numbers, now, room, probe)

    def _adopt(self) -> None:
        """Takes up texts that were written without what delivery needs. Not at each look: web replies are many."""
        if time.monotonic() - self._adopted < POLL:
            return
        self._adopted = time.monotonic()
        with Session(self._reader) as session:
            strangers = queue.strangers(session)
        if strangers:
            with self._writing() as session:
                queue.adopt(session, strangers)

    def write(self, results: list[Result]) -> None:
        """Step 3, blocking: all of it in one transaction."""
        now = self._clock()
        with self._writing() as session:
            for result in sorted(results, key=lambda one: one.parcel.id):
                parcel, answer = result.parcel, result.answer
                match answer:
                    case Sent():
                        outcome.accepted(session, parcel.id, answer, now)
                    case Refused():
                        outcome.refused(
                            session, parcel.id, parcel.attempt, answer.code, answer.status, answer.retry_after, now
                        )
                    case Away():
                        outcome.unsure(session, parcel.id, parcel.attempt, answer.perhaps, now, silent=answer.silent)
                    case "look-again":
                        outcome.look_again(session, parcel.id, parcel.attempt, now)
                    case reason:
                        outcome.set_aside(session, parcel.id, parcel.attempt, reason, now)

    # -- one round

    async def _round(self) -> float:
        """Claims what may be sent now and sets it on its way. Gives the seconds to wait unless there is news."""
        resting = self._rest_until - time.monotonic()
        room = UNDER_WAY - len(self._under_way)
        probe = self._failures >= TROUBLE
        if resting > 0 or room <= 0 or (probe and self._under_way):
            return resting if resting > 0 else POLL
        moment = time.monotonic()
        claimed = await to_thread.run_sync(self.claim, room, probe)
        if claimed.parcels:
            self._at("claimed")
        for parcel in claimed.parcels:
            task = asyncio.create_task(self._on_its_way(parcel, moment))
            self._under_way.add(task)
            task.add_done_callback(self._arrived)
        return POLL if claimed.wait is None else claimed.wait

    def _arrived(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._news.set()

    async def _on_its_way(self, parcel: Parcel, claimed: float) -> None:
        result = await self.deliver(parcel, claimed)
        self._at("asked")
        self._seen(result.answer)
        written = asyncio.Event()
        self._results.append((result, written))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_down())
        await written.wait()

    async def _write_down(self) -> None:
        """Writes all answers that have come in meanwhile in one transaction, then those that came during it."""
        while self._results:
            await asyncio.sleep(COMPANY)
            batch, self._results = self._results, []
            results = [result for result, _ in batch]
            if not await self._written(results):
                for result in results:  # one of them may have spoiled it for the others
                    await self._written([result])
            for _, written in batch:
                written.set()

    async def _written(self, results: list[Result]) -> bool:
        """Whether they could be written. Where not, their claims run out and the carrier is asked what it has."""
        try:
            await to_thread.run_sync(self.write, results)
        except Exception as problem:
            log.error("delivery cannot write", problem=type(problem).__name__, exc_info=True)
            await asyncio.sleep(0.1)
            return False
        self._at("written")
        return True

    async def _found(self, parcel: Parcel, to: str) -> Sent | None:
        """The text at the carrier, if an earlier attempt reached it.

        Raises:
            Away: the carrier does not say. Then the text may still be there.
        """
        try:
            recent = await self._carrier.recent(to, parcel.line, lookup.since(parcel, self._clock()))
        except (Refused, Away) as problem:
            raise Away(str(problem), perhaps=True) from None
        candidates = lookup.alike(parcel.body, recent)
        return await to_thread.run_sync(self._unclaimed, candidates) if candidates else None

    def _unclaimed(self, candidates: list[Sent]) -> Sent | None:
        with Session(self._reader) as session:
            return lookup.unclaimed(session, candidates)

    def _seen(self, answer: Answer) -> None:
        """Keeps count of failures of the carrier itself, and leaves it alone for a moment."""
        busy = isinstance(answer, Refused) and answer.status in (401, 403, 404, 429)
        if isinstance(answer, Away) or busy:
            self._failures += 1
            if self._failures >= TROUBLE:
                pause = min(5.0, 0.25 * 2.0 ** min(self._failures - TROUBLE, 5))
                self._rest_until = time.monotonic() + pause
        elif isinstance(answer, Sent | Refused):
            self._failures = 0

    @contextmanager
    def _own_writing(self) -> Iterator[Session]:
        with Session(self._engine) as session, session.begin():
            yield session
