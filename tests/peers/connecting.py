"""What brings others into a call: <Dial> to telephones, queues, conferences."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urljoin
from xml.etree.ElementTree import Element as Node

from tests.peers.carrier import Carrier
from tests.peers.following import BrokenPage, Following, text_of
from tests.peers.lines import PERSON, Line
from tests.peers.records import Call, Conference, Participant, new_sid


class Queue:
    """Where a caller waits: the verb, the page it stood on, what follows it, since when."""

    def __init__(self, verb: Node, at: str, rest: list[Node], since: float) -> None:
        self.verb, self.at, self.rest, self.since = verb, at, rest, since
        self.sid = new_sid("QU")

    def position(self, now: float) -> dict[str, str]:
        waited = str(round(now - self.since))
        return {
            "QueuePosition": "1",
            "QueueSid": self.sid,
            "QueueTime": waited,
            "AvgQueueTime": waited,
            "CurrentQueueSize": "1",
            "MaxQueueSize": "100",
        }

    def result(self, result: str, now: float) -> dict[str, str]:
        return {"QueueResult": result, "QueueSid": self.sid, "QueueTime": str(round(now - self.since))}


class Room:
    """A conference that a caller is in: what to ask when it is over, and what is heard before it begins."""

    def __init__(self, room: Conference, action: str, method: str, music: str, music_method: str) -> None:
        self.room, self.action, self.method, self.music, self.music_method = room, action, method, music, music_method
        self.rest: list[Node] = []
        self.since = 0.0

    def result(self, status: str) -> dict[str, str]:
        return {"DialCallStatus": status, "DialBridged": str(self.room.status != "init").lower()}


class Connecting(Following):
    def __init__(
        self, carrier: Carrier, call: Call, *, lines: Mapping[str, Line], whisper: bool, geo: Mapping[str, str]
    ) -> None:
        super().__init__(carrier, call, whisper=whisper, geo=geo)
        self.lines = dict(lines)
        self.dialled: list[tuple[str, str]] = []
        """(number, what became of it), of every line that was dialled."""
        self.caller_ids: list[str | None] = []
        """What each of them was shown as the caller's number; None is the person's own."""
        self._queue: Queue | None = None
        self._room: Room | None = None

    async def _connect(self, verb: Node) -> None:
        match verb.tag:
            case "Dial":
                await self._dial(verb)
            case "Enqueue":
                await self._enqueue(verb)
            case "Leave":
                await self._leave("leave")
            case _:
                await super()._connect(verb)

    def _finished(self) -> None:
        if self._queue is not None:
            self.wants = "queue"
        else:
            super()._finished()

    def _end(self, status: str) -> None:
        self._queue = self._room = None
        super()._end(status)

    async def _hears_whisper(self, leg: Call, noun: Node, line: Line) -> bool:
        """Lets who was dialled hear their page; tells whether they are put through."""
        raise NotImplementedError

    async def _dial(self, verb: Node) -> None:
        room = verb.find("Conference")
        if room is not None:
            return await self._conference(verb, room)
        if verb.find("Queue") is not None or verb.find("Client") is not None or verb.find("Sip") is not None:
            raise NotImplementedError(f"<Dial> to {[one.tag for one in verb]}: teach it to {__file__}")
        if self._whisper:
            raise BrokenPage("a page that is heard by who was dialled may not hold <Dial>")
        found = list(verb.iter("Number")) or [verb]
        form: dict[str, str] = {}
        for number in found:
            form = await self._ring(verb, number)
            if form["DialCallStatus"] in ("completed", "canceled"):
                break
        if form["DialCallStatus"] == "canceled":  # the caller did not wait
            self._end("completed")
            if verb.get("action"):
                await self._last(verb, form)
            return
        if not verb.get("action"):
            return  # the next verb follows
        self._since = len(self.transcript.entries)
        await self._page(self._address(verb.get("action", "")), verb.get("method", "POST"), form)

    async def _ring(self, verb: Node, noun: Node) -> dict[str, str]:
        """Rings one telephone; gives the parameters of the action."""
        number = text_of(noun)
        line = self.lines.get(number, PERSON)
        shown = verb.get("callerId")
        self.caller_ids.append(shown)
        leg = Call(
            new_sid("CA"), shown or self.call.from_, number, self.carrier.clock(), direction="outbound-dial",
            parent=self.call.sid, callback=noun.get("statusCallback") and self._address(noun.get("statusCallback", "")),
            events=tuple(noun.get("statusCallbackEvent", "completed").split()),
        )  # fmt: skip
        self.carrier.calls[leg.sid] = leg
        self.transcript.add("carrier", "dials", f"{number} as {shown or 'the caller'}")
        for state in ("initiated", "ringing"):
            self.carrier.reach(leg, state)
        status, seconds, bridged = line.answer, line.seconds, True
        if status != "completed":
            self._pass(float(verb.get("timeout", 30)) if status == "no-answer" else 2)
            self.carrier.reach(leg, status)
            form = {"DialCallStatus": status, "DialCallSid": leg.sid}
        else:
            self._pass(4)
            self.carrier.reach(leg, "in-progress")
            if noun.get("url"):
                bridged = await self._hears_whisper(leg, noun, line)
            if bridged:
                seconds = min(seconds, int(verb.get("timeLimit", 14_400)))
                self._pass(seconds)
            self.carrier.reach(leg, "completed")
            lasted = round(self.carrier.clock() - (leg.started or 0))
            form = {
                "DialCallStatus": "completed",
                "DialCallSid": leg.sid,
                "DialCallDuration": str(lasted if bridged else 0),
                "DialBridged": str(bridged).lower(),
            }
        result = status if status != "completed" else f"{seconds} s" if bridged else "not put through"
        self.dialled.append((number, result))
        self.transcript.add("carrier", "dialled", f"{number}: {result}")
        return form

    async def _enqueue(self, verb: Node) -> None:
        self._queue = Queue(verb, self._at, self._rest, self.carrier.clock())
        self._rest = []
        self.transcript.add("carrier", "queued", text_of(verb))
        if verb.get("waitUrl"):
            await self._round()

    async def _round(self) -> None:
        """The queue's page once more: the carrier asks for it again whenever it has ended."""
        queue = self._queue
        if queue is None or not queue.verb.get("waitUrl"):
            self._pass(10)
            return
        self.wants = None
        self._since = len(self.transcript.entries)
        now = self.carrier.clock()
        form = queue.position(now)
        await self._page(
            urljoin(queue.at, queue.verb.get("waitUrl", "")), queue.verb.get("waitUrlMethod", "POST"), form
        )
        await self._go_on()

    async def _leave(self, result: str) -> None:
        queue, self._queue = self._queue, None
        if queue is None:
            raise BrokenPage("<Leave> outside of a queue's page")
        self.transcript.add("carrier", "leaves the queue", result)
        self._rest, self._at = queue.rest, queue.at
        if queue.verb.get("action"):
            form = queue.result(result, self.carrier.clock())
            await self._page(self._address(queue.verb.get("action", "")), queue.verb.get("method", "POST"), form)

    async def _conference(self, verb: Node, noun: Node) -> None:
        one = Participant(
            self.call.sid,
            label=noun.get("participantLabel"),
            muted=noun.get("muted") == "true",
            coaching=noun.get("coach"),
            ends_it=noun.get("endConferenceOnExit") == "true",
            starts_it=noun.get("startConferenceOnEnter") != "false",
        )
        callback = noun.get("statusCallback")
        callback = self._address(callback) if callback else None
        room = self.carrier.join(
            text_of(noun), one, callback=callback, events=noun.get("statusCallbackEvent", "start end")
        )
        action = self._address(verb.get("action", "")) if verb.get("action") else ""
        music = self._address(noun.get("waitUrl", "")) if noun.get("waitUrl") else ""
        here = Room(room, action, verb.get("method", "POST"), music, noun.get("waitMethod", "POST"))
        here.rest, here.since = self._rest, self.carrier.clock()
        self._rest = []
        self._join(room, one, here)
        await self._hold_music()

    def _join(self, room: Conference, one: Participant, here: Room) -> None:
        if one.status != "connected":
            self.carrier.join(room.name, one)
        self._room, self.wants = here, "conference"
        self.transcript.add("carrier", "joins", f"conference, {len(room.participants)} there")

    async def _hold_music(self) -> None:
        """What is heard while the conference has not begun."""
        here = self._room
        if here is None or not here.music or here.room.status != "init":
            return
        page = await self._post(here.music, here.music_method, {})
        for verb in self._checked(page, here.music):
            if verb.tag in ("Say", "Play", "Pause"):
                self._pass(self._speak(verb))
