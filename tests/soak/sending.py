"""The carrier's webhooks of a soak: one for each text, some twice, some after the one that follows, all tried again.

Twilio can be set to try a webhook six times within 15 s (`#rc=5`, "Webhooks: connection overrides"; it does not say at
what distance). Here too, and then on every few seconds, so that a text is not lost to the count; how many texts needed
that is reported, because the real carrier would have turned to the fallback address for them.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import ParseError, fromstring

import httpx

from tests.peers.carrier import Carrier
from tests.peers.records import new_sid
from tests.peers.texter import Texter
from tests.soak.posting import Quick
from tests.soak.residents import Resident

PAUSES = (0.5, 1.0, 2.0, 4.0, 7.0)
THE_CARRIERS = 15.0
"""Seconds after which the real carrier would have given up."""
PATIENCE = 180.0
"""Seconds after which we do."""


@dataclass(slots=True)
class Texted:
    """A text as the carrier knows it; times are the world's, in seconds.

    at: when its webhook was tried first; acked_at: when the gateway had it, None for never; ack: seconds that the
    request took which the gateway answered; problem: the answer that was no acknowledgement.
    """

    sid: str
    person: str
    line: str
    crisis: bool
    at: float = 0.0
    acked_at: float | None = None
    ack: float | None = None
    tries: int = 0
    copies: int = 1
    reordered: bool = False
    problem: str | None = None


class Sender:
    """Texts for a while at a rate, whatever the gateway does. `texts` is what was sent."""

    def __init__(
        self,
        url: str,
        carrier: Carrier,
        turns: Iterator[Resident],
        *,
        duplicates: float,
        reordered: float,
        seed: int,
    ) -> None:
        self.url = url
        self.texts: list[Texted] = []
        self.late: list[float] = []
        """Seconds by which a text was sent later than planned: how busy this process was itself."""
        self._carrier = carrier
        self._webhooks = Quick(carrier.token)
        self._turns = turns
        self._duplicates = duplicates
        self._reordered = reordered
        self._random = random.Random(seed)
        self._under_way: set[asyncio.Task[None]] = set()

    async def run(self, seconds: float, rate: float) -> None:
        """Returns when every text was taken or given up."""
        begin, sent = time.monotonic(), 0
        while sent < seconds * rate:
            due = begin + sent / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            self.late.append(time.monotonic() - due)
            resident = next(self._turns)
            late = self._text(resident) if self._random.random() < self._reordered else None
            self._begin(*self._text(resident))
            sent += 1
            if late:
                late[0].reordered = True
                self._begin(*late, after=self._random.uniform(0.02, 0.3))
                sent += 1
        while self._under_way:
            await asyncio.gather(*self._under_way)
        await self._webhooks.close()

    def _text(self, resident: Resident) -> tuple[Texted, dict[str, str]]:
        body, crisis = resident.next()
        texted = Texted(new_sid("SM"), resident.number, resident.line, crisis)
        self.texts.append(texted)
        form = Texter(self._carrier, resident.number, resident.line).form(body, sid=texted.sid)
        return texted, form

    def _begin(self, texted: Texted, form: dict[str, str], after: float = 0.0) -> None:
        self._keep(self._deliver(texted, form, after))
        if self._random.random() < self._duplicates:
            texted.copies = 2
            # At the same moment, or when the answer has long been given.
            again = self._random.choice((0.0, self._random.uniform(0.01, 5.0)))
            self._keep(self._deliver(texted, form, after + again))

    def _keep(self, running: object) -> None:
        task = asyncio.ensure_future(running)  # type: ignore[call-overload]
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _deliver(self, texted: Texted, form: dict[str, str], after: float) -> None:
        await asyncio.sleep(after)
        texted.at = texted.at or time.time()
        pauses = iter(PAUSES)
        while True:
            texted.tries += 1
            begin = time.perf_counter()
            try:
                answer = await self._webhooks.post(self.url, form)
                problem = _problem(answer)
            except httpx.TransportError as away:
                answer, problem = None, type(away).__name__
            if problem is None:
                if texted.acked_at is None:
                    texted.acked_at, texted.ack = time.time(), time.perf_counter() - begin
                return
            if (answer is not None and answer.status_code < 500) or time.time() - texted.at > PATIENCE:
                texted.problem = problem
                return
            await asyncio.sleep(next(pauses, 5.0))


def _problem(answer: httpx.Response) -> str | None:
    """What is wrong with an acknowledgement; None when it is one."""
    if answer.status_code != 200:
        return f"status {answer.status_code}"
    try:
        page = fromstring(answer.text)
    except ParseError:
        return "no XML"
    return None if page.tag == "Response" and len(page) == 0 else "an answer in the acknowledgement"
