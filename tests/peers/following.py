"""How the carrier follows a page of TwiML: verb after verb, until something is expected of the person."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from urllib.parse import urljoin
from xml.etree.ElementTree import Element as Node
from xml.etree.ElementTree import fromstring

import httpx

from tests.peers.carrier import Carrier
from tests.peers.records import Call
from tests.peers.transcript import Transcript
from tests.peers.twiml import VOICE, valid

SPEED = 14
"""Characters that are spoken in a second."""
_LONGEST_RUN = 200
"""Verbs without anything that is asked of the person; more are a circle."""
_NOWHERE = {
    f"{side}{part}": "" for side in ("From", "To", "Caller", "Called") for part in ("City", "State", "Zip", "Country")
}


class BrokenPage(AssertionError):
    """The product answered what the carrier cannot follow: the caller would hear an error, and the line is gone."""


class Following:
    """One call and the page that is followed in it."""

    def __init__(self, carrier: Carrier, call: Call, *, whisper: bool, geo: Mapping[str, str]) -> None:
        self.carrier = carrier
        self.call = call
        carrier.calls[call.sid] = call
        self.transcript = Transcript(carrier.clock)
        self.wants: str | None = None
        self.pages: list[str] = []
        """Every page, as it came."""
        self.took: list[float] = []
        """Real seconds that each of them was waited for; the carrier hangs up after 15."""
        self._whisper = whisper
        self._geo = _NOWHERE | dict(geo)
        self._rest: list[Node] = []
        self._at = ""
        self._asked: Node | None = None
        self._prompt = 0.0
        self._since = 0

    @property
    def over(self) -> bool:
        return self.call.over

    async def _go_on(self) -> None:
        """Does verb after verb until something is expected of the person, or the call is over."""
        for _ in range(_LONGEST_RUN):
            if self.over or self.wants:
                return
            if not self._rest:
                return self._finished()
            await self._do(self._rest.pop(0))
        raise BrokenPage(f"the pages go round in a circle:\n{self.transcript}")

    def _finished(self) -> None:
        """The page has no more verbs."""
        if self._whisper:
            self.wants = "bridge"
        else:
            self.transcript.add("carrier", "ends", "the page has no more verbs")
            self._end("completed")

    async def _connect(self, verb: Node) -> None:
        """Verbs that bring others into the call."""
        raise NotImplementedError(f"<{verb.tag}>: teach it to tests/peers")

    async def _do(self, verb: Node) -> None:
        match verb.tag:
            case "Say" | "Play" | "Pause":
                self._pass(self._speak(verb))
            case "Gather":
                self._asked, self.wants = verb, "input"
                self._prompt = sum(self._speak(inside) for inside in verb)
            case "Record":
                self._asked, self.wants = verb, "message"
                self.transcript.add("carrier", "records", f"at most {verb.get('maxLength', '3600')} s")
            case "Redirect":
                await self._page(self._address(text_of(verb)), verb.get("method", "POST"), {})
            case "Hangup":
                self.transcript.add("line", "hangs up")
                self._end("completed")
            case "Reject":
                self.transcript.add("line", "rejects")
                self._end("busy" if verb.get("reason") == "busy" else "canceled")
            case _:
                await self._connect(verb)

    def _speak(self, verb: Node) -> float:
        """Says, plays or pauses; returns how long that takes."""
        if verb.tag == "Pause":
            return float(verb.get("length", 1))
        text = " ".join("".join(verb.itertext()).split())
        if verb.tag == "Play":
            self.transcript.add("line", "plays", text or f"tones {verb.get('digits')}")
            return 3.0
        self.transcript.add("line", "said", text, verb.get("language"))
        return len(text) / SPEED * int(verb.get("loop", 1))

    async def _action(self, verb: Node, form: dict[str, str]) -> None:
        self._asked, self.wants = None, None
        self._since = len(self.transcript.entries)
        url = self._address(verb.get("action", "")) if verb.get("action") else self._at
        await self._page(url, verb.get("method", "POST"), form)
        await self._go_on()

    async def _page(self, url: str, method: str, form: dict[str, str]) -> None:
        """Asks for a page, which replaces the one that is followed."""
        fallback = self.carrier.own.get(self.call.to, {}).get("voice_fallback_url")
        try:
            answer = await self._post(url, method, form)
            rest = self._checked(answer, url)
        except (BrokenPage, httpx.TransportError) as problem:
            if not fallback or url == fallback:
                raise
            code = "11200" if isinstance(problem, httpx.TransportError) else "12100"
            self.transcript.add("carrier", "falls back", code)
            answer = await self._post(fallback, "POST", {"ErrorCode": code, "ErrorUrl": url})
            url, rest = fallback, self._checked(answer, fallback)
        self._rest, self._at = rest, url
        if self.call.status == "ringing":
            self.carrier.reach(self.call, "in-progress")

    def _checked(self, answer: httpx.Response, url: str) -> list[Node]:
        if not answer.is_success:
            raise BrokenPage(f"{url} answered {answer.status_code}: {answer.text[:300]}\n{self.transcript}")
        problems = valid(answer.text, VOICE)
        kind = answer.headers.get("content-type", "")
        if "xml" not in kind and url != "Twiml":
            problems.append(f"the content type is {kind or 'missing'}")
        self.pages.append(answer.text)
        if problems:
            raise BrokenPage("\n".join([f"{url}: the page is wrong", *problems, answer.text]))
        return [node for node in fromstring(answer.text) if isinstance(node.tag, str)]

    async def _post(self, url: str, method: str, form: dict[str, str]) -> httpx.Response:
        form = self.call.form(self.carrier.account) | self._geo | form
        started = time.perf_counter()
        answer = await self.carrier.product.send(method, url, form)
        self.took.append(time.perf_counter() - started)
        return answer

    async def _last(self, verb: Node, form: dict[str, str], at: str | None = None) -> None:
        """Tells the product how something ended whose caller is gone; nobody follows the answer."""
        url = urljoin(at or self._at, verb.get("action", ""))
        answer = await self._post(url, verb.get("method", "POST"), form)
        if not answer.is_success:
            raise BrokenPage(f"{url} answered {answer.status_code}: {answer.text[:300]}")

    def _end(self, status: str) -> None:
        self.wants, self._asked, self._rest = None, None, []
        self.carrier.reach(self.call, status)
        told = self.carrier.own.get(self.call.to, {}).get("status_callback")
        if told and self.call.direction == "inbound":
            seconds = round(self.carrier.clock() - (self.call.started or self.carrier.clock()))
            form = self.call.form(self.carrier.account) | {
                "CallDuration": str(seconds),
                "Duration": str(-(-seconds // 60)),
            }
            self.carrier.call_back(told, form)

    def _pass(self, seconds: float) -> None:
        advance = getattr(self.carrier.clock, "advance", None)
        if advance is not None:
            advance(seconds)

    def _address(self, url: str) -> str:
        return urljoin(self._at, url)

    def _set_up(self, name: str) -> str:
        url = self.carrier.own.get(self.call.to, {}).get(name)
        if not url:
            raise LookupError(f"the number {self.call.to} has no {name} at the carrier: carrier.owns(…, {name}=…)")
        return str(url)


def text_of(node: Node) -> str:
    """The text of a noun, for instance a number."""
    return re.sub(r"\s+", " ", node.text or "").strip()
