"""Somebody with a phone who texts our number: their messages go to the product as the carrier's webhooks.

    person = Texter(carrier, "+14165550142", LINE)
    await person.send("I need a food bank in Ajax")
    assert "Food" in (await person.hears())[0]

The address of the webhook is the one that the number has at the carrier: `carrier.owns(LINE, sms_url=…)`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from xml.etree.ElementTree import fromstring

import httpx

from tests.peers.carrier import Carrier
from tests.peers.records import VERSION, Message, new_sid, segments
from tests.peers.transcript import Transcript
from tests.peers.twiml import MESSAGING, valid

NOWHERE = {
    f"{side}{part}": ""
    for side in ("From", "To")
    for part in ("City", "State", "Zip", "Country")
}  # fmt: skip
"""Where the carrier believes a number to be, often wrongly or blank. Nothing may depend on it."""


class Texter:
    """One person and one of our numbers ("whatsapp:+1…" for both speaks WhatsApp)."""

    def __init__(
        self,
        carrier: Carrier,
        person: str,
        line: str,
        *,
        deliver: Callable[[], Awaitable[Any]] | None = None,
        geo: dict[str, str] | None = None,
    ) -> None:
        """
        Args:
            deliver: called again and again while waiting for an answer, for instance the product's delivery, where no
                process of its own does it.
            geo: parameters like FromCity.
        """
        self.carrier = carrier
        self.person = person
        self.line = line
        self.deliver = deliver
        self.geo = NOWHERE | (geo or {})
        self.transcript = Transcript(carrier.clock)
        self.last_form: dict[str, str] = {}
        self._seen = 0

    async def send(
        self,
        body: str,
        *,
        media: Iterable[str] = (),
        place: tuple[float, float] | None = None,
        sid: str | None = None,
        **more: str,
    ) -> httpx.Response:
        """Texts; returns what the product answered to the webhook.

        Args:
            media: content types of what is attached.
            place: a location, as WhatsApp sends it.
            sid: the message's own, for one that comes twice.
            more: other parameters, for instance ButtonText.
        """
        form = self.form(body, media=media, place=place, sid=sid, **more)
        self.transcript.add("person", "texted", body or f"[{', '.join([*media, 'a location' if place else ''])}]")
        stop = self.carrier.heard(self.person, self.line, body, form["MessageSid"])
        if stop and self.carrier.advanced_opt_out:
            form["OptOutType"] = stop
        self.last_form = form
        return await self.post(form)

    async def again(self) -> httpx.Response:
        """The webhook of the last message once more, as after an answer that got lost."""
        return await self.post(self.last_form)

    async def post(self, form: dict[str, str]) -> httpx.Response:
        """Posts a webhook; an answer in TwiML has to be valid, and what it says is received at once."""
        answer = await self.carrier.product.post(self._url("sms_url"), form)
        fallback = self.carrier.own.get(self.line, {}).get("sms_fallback_url")
        if answer.status_code >= 500 and fallback:
            form = form | {"ErrorCode": "11200", "ErrorUrl": self._url("sms_url")}
            answer = await self.carrier.product.post(fallback, form)
        if answer.is_success and answer.content.strip():
            assert "xml" in answer.headers.get("content-type", ""), f"not XML: {answer.headers.get('content-type')}"
            problems = valid(answer.text, MESSAGING)
            assert not problems, f"{problems}\n{answer.text}"
            for message in fromstring(answer.text).iter("Message"):
                self._reply("".join(message.itertext()).strip())
        return answer

    def form(
        self,
        body: str,
        *,
        media: Iterable[str] = (),
        place: tuple[float, float] | None = None,
        sid: str | None = None,
        **more: str,
    ) -> dict[str, str]:
        """The parameters of "Twilio's request to your webhook" for a message."""
        media = list(media)
        sid = sid or new_sid("MM" if media else "SM")
        form = {
            "ToCountry": "CA",
            "SmsMessageSid": sid,
            "NumMedia": str(len(media)),
            "SmsSid": sid,
            "SmsStatus": "received",
            "Body": body,
            "To": self.line,
            "NumSegments": str(segments(body)),
            "MessageSid": sid,
            "AccountSid": self.carrier.account,
            "From": self.person,
            "ApiVersion": VERSION,
            **self.geo,
        }
        for position, kind in enumerate(media):
            form[f"MediaContentType{position}"] = kind
            form[f"MediaUrl{position}"] = f"https://example.org/media/{sid}/{position}"
        if self.person.startswith("whatsapp:"):
            form |= {"WaId": self.person.rpartition("+")[2], "ProfileName": "Somebody"}
            for name in self.geo:
                form.pop(name, None)
        if place is not None:
            form |= {"Latitude": str(place[0]), "Longitude": str(place[1])}
        return form | more

    def received(self) -> list[Message]:
        """Every message that came to the person from this number, in the order in which the carrier accepted them."""
        return [message for message in self.carrier.to(self.person) if message.from_ == self.line]

    async def hears(self, count: int = 1, timeout: float = 10.0) -> list[str]:
        """Waits for so many new messages and gives all that are there; fewer when the time is over."""
        end = time.monotonic() + timeout
        while len(self.received()) < self._seen + count and time.monotonic() < end:
            if self.deliver is not None:
                await self.deliver()
            await asyncio.sleep(0.01)
        new = [message.body for message in self.received()[self._seen :]]
        self._seen += len(new)
        for text in new:
            self.transcript.add("line", "texted", text)
        return new

    def _reply(self, text: str) -> None:
        if (self.line, self.person) not in self.carrier.opted_out:
            message = Message(new_sid("SM"), self.line, self.person, text, self.carrier.clock())
            message.direction = "outbound-reply"
            self.carrier.messages[message.sid] = message

    def _url(self, name: str) -> str:
        url = self.carrier.own.get(self.line, {}).get(name)
        if not url:
            raise LookupError(f"the number {self.line} has no {name} at the carrier: carrier.owns(…, {name}=…)")
        return str(url)
