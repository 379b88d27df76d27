"""A carrier that never reaches a telephone: it accepts messages and calls as Twilio's REST API does, remembers them,
and calls the product back, signed, also twice or in the wrong order when asked to.

    carrier = Carrier(product=Webhooks(TOKEN, app=gateway))
    with serving(carrier) as url:          # tests/peers/rest.py: over HTTP, for twilio.rest.Client
        …
    carrier.to("+14165550142")             # what a person received
    await carrier.settle()                 # everything that is still on its way, at once
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import random
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx

from tests.peers import magic
from tests.peers.exchange import Exchange
from tests.peers.magic import Refusal
from tests.peers.posting import Webhooks
from tests.peers.records import Message, new_sid, segments

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "a-token-of-the-tests"
STOP_WORDS = frozenset(["STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"])
"""What Twilio itself takes for an opt-out unless an account has lists of its own."""
FRENCH_STOP_WORDS = frozenset(("ARRET", "ARRETE", "ARRETT"))
"""Known only to Advanced Opt-Out."""
START_WORDS = frozenset(["START", "YES", "UNSTOP"])
_DAY = 86_400.0


@dataclass
class Chances:
    """How often something goes wrong, 0 to 1."""

    refused: float = 0.0
    """Nothing is accepted: 429, 500 or 503."""
    lost: float = 0.0
    """The message is accepted, but the answer is 500: who sends again sends twice."""
    duplicates: float = 0.0
    """A status callback comes twice."""
    reordered: float = 0.0
    """A status callback comes after the one that follows it."""


@dataclass(order=True)
class _Due:
    at: float
    turn: int
    act: Callable[[], Any] = field(compare=False)


class Carrier(Exchange):
    """All state of the fake. `clock` may be a virtual one; `pace` is the time between two states of a message."""

    def __init__(
        self,
        *,
        account: str = ACCOUNT,
        token: str = TOKEN,
        product: Webhooks | None = None,
        clock: Callable[[], float] = time.time,
        chances: Chances | None = None,
        pace: float = 0.05,
        rate: float | None = None,
        seed: int = 1,
        strict: bool = False,
        advanced_opt_out: bool = False,
    ) -> None:
        super().__init__()
        self.account = account
        self.token = token
        self.product = product or Webhooks(token)
        self.clock = clock
        self.chances = chances or Chances()
        self.pace = pace
        self.rate = rate
        """Messages a second that one sender may hand over before it is told 429; None is no limit."""
        self.strict = strict
        """Only numbers of `own` may send."""
        self.advanced_opt_out = advanced_opt_out
        """As set up for a messaging service: the French words count too, and webhooks say `OptOutType`."""
        self.messages: dict[str, Message] = {}
        self.own: dict[str, dict[str, Any]] = {}
        """IncomingPhoneNumbers, by number, as the API shows them."""
        self.caller_ids: list[str] = []
        self.services: list[dict[str, Any]] = []
        """Messaging services, as messaging.twilio.com/v1/Services shows them."""
        self.opted_out: set[tuple[str, str]] = set()
        """(our number, the person's)"""
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        """Method, path and parameters of every request to the REST API."""
        self.callbacks: list[tuple[str, dict[str, str], int]] = []
        """URL, form and answered status of every callback; 0 when the product was not there."""
        self.next_answers: deque[Refusal | str] = deque()
        self._heard: dict[tuple[str, str], float] = {}
        self._accepted: dict[str, deque[float]] = {}
        self._failed_once: set[str] = set()
        self._due: list[_Due] = []
        self._turns = itertools.count()
        self._random = random.Random(seed)
        self._under_way: set[asyncio.Task[None]] = set()

    # What tests prepare.

    def owns(self, number: str, **fields: Any) -> None:
        """Adds a telephone number of the account: `sms_url=…, voice_url=…, capabilities={…}`."""
        self.own[number] = {"sid": new_sid("PN"), "phone_number": number, **fields}

    def refuse_next(self, *refusals: Refusal) -> None:
        """The next messages are refused so, one each."""
        self.next_answers.extend(refusals)

    def lose_next(self, count: int = 1) -> None:
        """The next messages are accepted, and the answer is lost on its way."""
        self.next_answers.extend(["lost"] * count)

    def heard(self, person: str, line: str, body: str, message_sid: str | None = None) -> str | None:
        """A person texted: the carrier notes the opt-out and the 24-hour window, and keeps the message.

        Returns its `OptOutType`, which goes with the webhook, or None.
        """
        now = self.clock()
        self._heard[line, person] = now
        found = Message(
            message_sid or new_sid("SM"), person, line, body, now, direction="inbound", status="received", sent=now
        )
        self.messages[found.sid] = found
        word = body.strip().upper()
        if word in STOP_WORDS or (self.advanced_opt_out and word in FRENCH_STOP_WORDS):
            self.opted_out.add((line, person))
            return "STOP"
        if word in START_WORDS:
            self.opted_out.discard((line, person))
            return "START"
        return "HELP" if word in {"HELP", "INFO"} or (self.advanced_opt_out and word == "AIDE") else None

    def to(self, number: str) -> list[Message]:
        """The messages that were accepted for a number, in their order."""
        return [message for message in self.messages.values() if message.to == number and message.outgoing]

    # What the REST API does.

    def accept(self, form: Mapping[str, str]) -> Message | Refusal:
        """Takes a message over, or says why not. Its further states happen with time."""
        to, from_, body = (form.get(name, "") for name in ("To", "From", "Body"))
        refusal = self._refusal(to, from_, body, form)
        if refusal is not None:
            return refusal
        answer = self.next_answers.popleft() if self.next_answers else None
        if isinstance(answer, Refusal):
            return answer
        if self._random.random() < self.chances.refused:
            return self._random.choice((magic.TOO_MANY, magic.BROKEN, magic.AWAY))
        message = Message(new_sid("SM"), from_, to, body, self.clock(), callback=form.get("StatusCallback"))
        message.segments = segments(body)
        self.messages[message.sid] = message
        self._accepted.setdefault(from_, deque()).append(message.created)
        self._schedule(message)
        if answer == "lost" or self._random.random() < self.chances.lost:
            return magic.BROKEN
        return message

    def _refusal(self, to: str, from_: str, body: str, form: Mapping[str, str]) -> Refusal | None:
        if not to:
            return magic.NO_RECIPIENT
        if not body and not form.get("MediaUrl") and not form.get("ContentSid"):
            return magic.NO_BODY
        if len(body) > 1600:
            return magic.TOO_LONG
        if not from_ and not form.get("MessagingServiceSid"):
            return Refusal(400, 21603, "A 'From' phone number is required")
        if from_ in magic.REFUSED_SENDERS:
            return magic.REFUSED_SENDERS[from_]
        if self.strict and from_ not in self.own:
            return magic.NO_SENDER
        if to in magic.REFUSED:
            return magic.REFUSED[to]
        digits = to.rpartition(":")[2].lstrip("+")
        if not to.startswith("messenger:") and not (digits.isdigit() and 4 <= len(digits) <= 15):
            return magic.INVALID_TO
        if (from_, to) in self.opted_out:
            return magic.OPTED_OUT
        return magic.TOO_MANY if self._too_fast(from_) else None

    def _too_fast(self, sender: str) -> bool:
        if self.rate is None:
            return False
        recent = self._accepted.setdefault(sender, deque())
        while recent and recent[0] <= self.clock() - 1:
            recent.popleft()
        return len(recent) >= max(1, self.rate)

    # What happens with time.

    def _schedule(self, message: Message) -> None:
        states: list[tuple[str, int | None]] = [("queued", None), ("sending", None), ("sent", None)]
        lost = magic.LOST.get(message.to) or self._outside_the_window(message)
        if lost and not (lost.first_only and message.to in self._failed_once):
            self._failed_once.add(message.to)
            states = [*states[: 1 if lost.status == "failed" else 3], (lost.status, lost.code)]
        else:
            states.append(("delivered", None))
        times = [message.created + self.pace * step for step in range(len(states))]
        for (status, code), at in zip(states, times, strict=True):
            self._later(at, partial(self._become, message, status, code, at))

    def _outside_the_window(self, message: Message) -> magic.Undelivered | None:
        if ":" not in message.to:
            return None
        heard = self._heard.get((message.from_, message.to))
        return magic.WINDOW_CLOSED if heard is None or message.created - heard > _DAY else None

    def _become(self, message: Message, status: str, code: int | None, at: float) -> None:
        if message.status == "canceled":
            return
        message.status, message.error = status, code
        if status in ("sent", "delivered") and message.sent is None:
            message.sent = at
        if message.callback:
            url, form = message.callback, message.callback_form(self.account)
            late = 1.5 * self.pace if self._random.random() < self.chances.reordered else 0.0
            twice = self._random.random() < self.chances.duplicates
            for extra in (late, late + self.pace / 2)[: 1 + twice]:
                self._later(at + extra, partial(self._call_back, url, form))

    async def _call_back(self, url: str, form: dict[str, str]) -> None:
        try:
            status = (await self.product.post(url, form)).status_code
        except httpx.TransportError:
            status = 0
        self.callbacks.append((url, form, status))

    def call_back(self, url: str, form: dict[str, str], after: float = 0.0) -> None:
        """Any other callback, for instance of a call's states."""
        self._later(self.clock() + after, partial(self._call_back, url, form))

    def _later(self, at: float, act: Callable[[], Any]) -> None:
        heapq.heappush(self._due, _Due(at, next(self._turns), act))

    async def tick(self) -> int:
        """Does what is due by now; returns how much it was."""
        return await self._until(self.clock())

    async def settle(self) -> int:
        """Does everything that is still to come, in its order, whatever the clock says."""
        return await self._until(float("inf"))

    async def _until(self, end: float) -> int:
        done = 0
        while self._due and self._due[0].at <= end:
            result = heapq.heappop(self._due).act()
            done += 1
            if result is not None:
                await result
        return done

    def idle(self, timeout: float = 10.0) -> bool:
        """Waits, in another thread than the one that serves, until nothing is on its way any more."""
        end = time.monotonic() + timeout
        while (self._due or self._under_way) and time.monotonic() < end:
            time.sleep(0.01)
        return not self._due and not self._under_way

    async def run(self, every: float = 0.02) -> None:
        """Lets time pass until cancelled. Callbacks that the product answers slowly do not hold up the others."""
        under_way = self._under_way
        while True:
            while self._due and self._due[0].at <= self.clock():
                result = heapq.heappop(self._due).act()
                if result is not None:
                    task = asyncio.ensure_future(result)
                    under_way.add(task)
                    task.add_done_callback(under_way.discard)
            await asyncio.sleep(every)
