"""Somebody with a telephone who calls our number, and what the carrier does with the TwiML that it gets.

    call = Caller(carrier, "+14165550142", LINE, lines={"+14165550150": BUSY})
    await call.dial()
    await call.press("1")
    await call.say("I need a food bank in Ajax")
    assert "Food" in call.words
    await call.hang_up()
    print(call.transcript)

Every page has to be valid by the published typings. After each act the call goes on until something is expected of
the person: `call.wants` is then "input" (<Gather>), "message" (<Record>), "queue", "conference", or None: it is over.
Time is the carrier's clock: speaking and waiting let a virtual one advance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from xml.etree.ElementTree import Element as Node

import httpx

from tests.peers.carrier import Carrier
from tests.peers.connecting import Connecting, Room
from tests.peers.following import SPEED
from tests.peers.lines import Line
from tests.peers.records import Call, new_sid


class Caller(Connecting):
    def __init__(
        self,
        carrier: Carrier,
        person: str,
        line: str,
        *,
        lines: Mapping[str, Line] | None = None,
        record: Call | None = None,
        whisper: bool = False,
        geo: Mapping[str, str] | None = None,
    ) -> None:
        """
        Args:
            person: the caller's number, or "anonymous" and its like.
            lines: how the numbers answer that are dialled; others answer and talk.
            record: a call that exists already (`Caller.of`).
            whisper: a page that is only heard by somebody who was dialled: when it ends, the call is put through.
            geo: parameters like FromCity; blank without.
        """
        call = record or Call(new_sid("CA"), person, line, carrier.clock(), direction="inbound", status="ringing")
        super().__init__(carrier, call, lines=lines or {}, whisper=whisper, geo=geo or {})
        self.whispered: list[Caller] = []
        """Those who were dialled and heard a page of their own first."""

    @classmethod
    def of(cls, carrier: Carrier, record: Call, **options: Any) -> Caller:
        """Whoever is called by the product: `Caller.of(carrier, call)`, then `answer()` or `decline()`."""
        return cls(carrier, record.from_, record.to, record=record, **options)

    # What the person does.

    async def dial(self) -> None:
        """Calls the number; the product is asked for its first page."""
        fields = self.carrier.own.get(self.call.to, {})
        self.transcript.add("carrier", "ringing", f"{self.call.from_} calls {self.call.to}")
        await self._page(self._set_up("voice_url"), fields.get("voice_method") or "POST", {})
        await self._go_on()

    async def answer(self) -> None:
        """Picks up a call that the product placed."""
        self.carrier.reach(self.call, "ringing")
        self.carrier.reach(self.call, "in-progress")
        self.transcript.add("person", "answers", self.call.to)
        for room in self.carrier.conferences.values():
            if self.call.sid in room.participants and not (self.call.url or self.call.twiml):
                self._join(room, room.participants[self.call.sid], Room(room, "", "POST", "", "POST"))
                return
        await self._instructions()
        await self._go_on()

    def decline(self, status: str = "busy") -> None:
        """Does not take a call that the product placed: busy, no-answer, failed or canceled."""
        self.transcript.add("person", "does not answer", status)
        self.carrier.reach(self.call, status)

    async def press(self, keys: str, *, early: bool = False) -> None:
        """Presses keys; `early` while the line still speaks."""
        gather = self._input()
        if not early:
            self._pass(self._prompt)
        self.transcript.add("person", "pressed", keys)
        if "dtmf" not in gather.get("input", "dtmf").split():
            return await self._silence(gather)
        end = gather.get("finishOnKey", "#")
        digits, finished, rest = keys.partition(end) if end else (keys, "", "")
        limit = int(gather.get("numDigits", 0))
        if rest or (limit and len(digits) > limit):
            raise ValueError(
                f"the line asks for {limit or 'any number of'} keys and {end or 'nothing'} to end: {keys!r}"
            )
        if not digits:
            return await self._silence(gather)
        if not finished and not (limit and len(digits) == limit):
            self._pass(int(gather.get("timeout", 5)))
        form = {"Digits": digits, "FinishedOnKey": finished}
        await self._action(gather, form)

    async def say(self, words: str, confidence: float = 0.9, *, early: bool = False) -> None:
        """Speaks. Where the line listens for keys alone, that is silence to it."""
        gather = self._input()
        if not early:
            self._pass(self._prompt)
        self.transcript.add("person", "said", words, gather.get("language"))
        self._pass(len(words) / SPEED)
        if "speech" not in gather.get("input", "dtmf").split():
            self.transcript.add("carrier", "not heard", "the line listens for keys alone")
            return await self._silence(gather)
        timeout = gather.get("speechTimeout", "auto")
        self._pass(1 if timeout == "auto" else int(timeout))
        await self._action(gather, {"SpeechResult": words, "Confidence": f"{confidence:.8f}"})

    async def record(self, seconds: int = 12, *, hang_up: bool = False) -> None:
        """Speaks after the tone, for so long; 0 is silence."""
        verb = self._asked
        if self.wants != "message" or verb is None:
            raise LookupError(f"nothing is recorded now; the line waits for {self.wants}")
        self.transcript.add("person", "leaves a message", f"{seconds} s")
        seconds = min(seconds, int(verb.get("maxLength", 3600)))
        self._pass(seconds or int(verb.get("timeout", 5)))
        self._asked, self.wants = None, None
        if not seconds and not hang_up:
            return await self._go_on()  # an empty recording is dropped, and the next verb follows
        sid = new_sid("RE")
        form = {
            "RecordingUrl": f"https://api.twilio.com/2010-04-01/Accounts/{self.carrier.account}/Recordings/{sid}",
            "RecordingSid": sid,
            "RecordingDuration": str(seconds),
            "Digits": "hangup" if hang_up else "",
        }
        if hang_up:
            self._end("completed")
            await self._last(verb, form)
            return
        await self._action(verb, form)

    async def wait(self, seconds: float | None = None) -> None:
        """Says nothing: until the question times out, through a round of the queue, or a while in a conference."""
        if await self._moved():
            return
        if self.wants == "input":
            self._pass(self._prompt)
            self.transcript.add("person", "silent")
            await self._silence(self._input())
        elif self.wants == "message":
            await self.record(0)
        elif self.wants == "queue":
            await self._round()
        elif self.wants == "conference":
            self._pass(seconds or 10)
            if not await self._moved():
                await self._hold_music()

    async def until(self, holds: Callable[[Caller], bool], times: int = 50) -> None:
        """Waits again and again until something holds, at most so many times."""
        for _ in range(times):
            if holds(self) or self.over:
                return
            await self.wait()
        raise AssertionError(f"it did not happen in {times} turns:\n{self.transcript}")

    async def hang_up(self) -> None:
        """Ends the call. What the carrier still tells of <Dial>, <Enqueue> and <Record>, it tells."""
        if self.over:
            return
        if self.wants == "message":
            return await self.record(3, hang_up=True)
        self.transcript.add("person", "hangs up")
        queue, room = self._queue, self._room
        self._end("completed")
        if queue is not None and queue.verb.get("action"):
            await self._last(queue.verb, queue.result("hangup", self.carrier.clock()), queue.at)
        if room is not None and room.action:
            await self._post(room.action, room.method, room.result("completed"))

    # What can be asked of the call.

    @property
    def words(self) -> str:
        """What the line said since the person's last act."""
        return "\n".join(self.transcript.said(self._since))

    @property
    def hints(self) -> str:
        """The words that the recognition is told to expect."""
        return self._input().get("hints", "")

    # What happens to the call from elsewhere.

    async def _silence(self, gather: Node) -> None:
        """The time is over: the next verb, or the action where it was asked for."""
        self._pass(float(gather.get("timeout", 5)))
        if gather.get("actionOnEmptyResult") == "true":
            return await self._action(gather, {"Digits": ""})
        self._asked, self.wants = None, None
        await self._go_on()

    async def _hears_whisper(self, leg: Call, noun: Node, line: Line) -> bool:
        other = Caller(self.carrier, leg.from_, leg.to, record=leg, whisper=True)
        self.whispered.append(other)
        await other._page(self._address(noun.get("url", "")), noun.get("method", "POST"), {})
        await other._go_on()
        if line.hangs_up:
            await other.hang_up()
        for key in line.keys:
            if other.wants == "input":
                await other.press(key)
        for _ in range(20):
            if other.wants != "input":
                break
            await other.wait()
        return other.wants == "bridge" and not other.over

    async def _moved(self) -> bool:
        """Whether something happened to the call from elsewhere: the product ended or redirected it, or the conference
        is over. Then that is followed."""
        if self.over:
            self.wants = None
            return True
        if self.call.changed:
            queue, self._queue, self._room = self._queue, None, None
            for room in list(self.carrier.conferences.values()):
                self.carrier.leave(room, self.call.sid)
            if queue is not None and queue.verb.get("action"):
                await self._last(queue.verb, queue.result("redirected", self.carrier.clock()), queue.at)
            self.transcript.add("carrier", "redirected")
            self.wants, self._asked = None, None
            await self._instructions()
            await self._go_on()
            return True
        here = self._room
        if here is not None and self.call.sid not in here.room.participants:
            self._room, self.wants, self._rest = None, None, here.rest
            self._since = len(self.transcript.entries)
            self.transcript.add("carrier", "leaves", "the conference")
            if here.action:
                form = here.result("answered") | {"DialCallDuration": str(round(self.carrier.clock() - here.since))}
                await self._page(here.action, here.method, form)
            await self._go_on()
            return True
        return False

    async def _instructions(self) -> None:
        """What the product said to do with this call by REST."""
        self.call.changed = False
        self._since = len(self.transcript.entries)
        if self.call.twiml:
            self._rest = self._checked(httpx.Response(200, text=self.call.twiml), "Twiml")
        elif self.call.url:
            await self._page(self.call.url, self.call.method, {})

    def _input(self) -> Node:
        if self.wants != "input" or self._asked is None:
            raise LookupError(f"the line listens to nothing now, it waits for {self.wants}:\n{self.transcript}")
        return self._asked
