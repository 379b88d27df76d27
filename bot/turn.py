"""What happens to one message, in order.

1. receive      stored under the channel's id; from here on everything can be repeated
2. take         one conversation, one turn at a time, across processes
3. screen       risk, on the raw text, before and without everything else
4. language     chosen, or the session's, or identified; never switched on one short message
5. understand   Rasa reads the original
6. decide       crisis reply, dialogue, or the menu when Rasa is away; silence while a specialist speaks
7. words        the catalogue in the person's language, facts put in afterwards
8. commit       replies, outbox and the state of the turn in one transaction
9. deliver      the channel is told that there is something to send
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

import structlog
from anyio import CapacityLimiter, to_thread
from sqlalchemy.orm import Session

from bot import answers, dialogue
from bot.after import asking as later
from bot.after import offer
from bot.carrier.addresses import CHANNELS as TEXTING
from bot.carrier.numbers import Numbers
from bot.channels.inbound import Inbound
from bot.clock import Clock
from bot.conversations import lease
from bot.conversations.identity import Keys
from bot.conversations.ledger import Ledger
from bot.conversations.views import ConversationView, Outcome, Work
from bot.danger import crisis_answer, in_danger
from bot.dialogue import Decision
from bot.directory import Directory
from bot.doors.loading import door_named
from bot.doors.routes import first_text
from bot.doors.texts import with_honesty
from bot.effects import carried_out
from bot.engine import Engine, EngineAway
from bot.intake import hall
from bot.language.session import LanguageStep, language_step
from bot.privacy.asking import asked_for_copy
from bot.safety import Level, Risk
from bot.sms.wording import texts
from bot.tasks import ended
from bot.understanding import Ears, Heard, option_for
from bot.waiting import asking
from bot.waiting.standing import standing, told
from bot.waiting.wording import ASKED
from bot.words import Words

log = structlog.get_logger(__name__)
Boundary = Callable[[str], None]
"""Called between steps; a test ends the process here."""
ABREAST = 16
"""Ordinary turns at once. When many people write, more would make each other slow until none is done in time."""
THINKING = 4
"""Ordinary turns that use the processor at once. What listens to the network shares one interpreter with them, and
whoever writes next is to be acknowledged soon."""
WAY_GIVEN = 5.0
"""Seconds that an ordinary turn waits at most while more comes in than can be stored: what is stored is safe."""
LONGEST = timedelta(minutes=10)
"""A turn that takes longer has gone wrong; its message is taken up anew."""


class Announce(Protocol):
    """Is told that a turn was stored, and whether it may concern the specialists."""

    def __call__(self, conversation: str, *, desk: bool = True) -> None: ...


def to_nobody(conversation: str, *, desk: bool = True) -> None:
    """Announces nothing."""


@dataclass(slots=True)
class Turns:
    """Runs turns. One of it serves all conversations of a process."""

    ledger: Ledger
    directory: Directory
    ears: Ears
    engine: Engine
    words: Words
    clock: Clock
    announce: Announce
    at: Boundary = lambda step: None
    numbers: Numbers = field(default_factory=lambda: Numbers({}))
    alarm: Callable[[str], None] = to_nobody
    """Told that danger waits behind a turn, which another process may be doing."""
    crowded: Callable[[], bool] = lambda: False
    """Whether messages wait to be stored; then ordinary turns give way to them."""
    engine_name: str = ""
    """Which of several Rasas this process asks. One that has missed what another was told is told anew."""
    hand_over: Callable[[str], None] | None = None
    """Set in a process that listens to the network, where another one does the ordinary turns: told which
    conversation has a message that waits. Danger and calls are answered here all the same."""
    keys: Keys | None = None
    """Seal the number of somebody who wants to be called back. Without them nobody is offered that by text."""
    _urgent: dict[str, asyncio.Event] = field(default_factory=dict)
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(ABREAST))
    _thinking: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(THINKING))
    _at_work: dict[str, datetime] = field(default_factory=dict)
    """Since when this process works on a turn, by the name that holds its lease."""
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    async def receive(self, inbound: Inbound, *, after: float = 0.0, risk: Risk | None = None) -> bool:
        """Stores a message and, unless it was known already, sees that its turn is done. True when new.

        Returns as soon as the message is safe; the turn runs on by itself, `after` so many seconds when the rest
        of the message may be about to come. `risk` spares screening what the caller has screened.
        """
        later = after > 0 or self.hand_over is not None
        store = partial(self.ledger.received, inbound=inbound, now=self.clock(), later=later)
        received, work = await self.ledger.together(store)
        self.at("received")
        if not received.new:
            return False
        if after > 0:
            self._keep(self._later(inbound.conversation_id, after))
            return True
        if self.hand_over is not None:
            self._keep(self._here_or_there(inbound, received.message_id, risk))
            return True
        if work is None:
            self._keep(self._heed(inbound, received.message_id, risk))
            return True
        self._go(work)
        return True

    async def _heed(self, inbound: Inbound, message: str, risk: Risk | None) -> None:
        """A message behind a turn that is running: if it is about danger, it must not wait for a slow engine."""
        if risk is None:
            risk = await to_thread.run_sync(self.ears.risk, inbound.text)
        if risk.level >= Level.HIGH:
            await self._in_danger(inbound.conversation_id, message)

    async def _here_or_there(self, inbound: Inbound, message: str, risk: Risk | None) -> None:
        """Answers danger and calls in this process, and leaves the rest to the one that does turns."""
        conversation = inbound.conversation_id
        if inbound.channel == "voice":
            work = await self.ledger.take(conversation, self.clock())
            if work is not None:
                await self._run(work)
            else:
                await self._heed(inbound, message, risk)
            return
        if risk is None:
            risk = await to_thread.run_sync(self.ears.risk, inbound.text)
        if risk.level >= Level.HIGH:
            await self._in_danger(conversation, message)
        else:
            assert self.hand_over is not None
            self.hand_over(conversation)

    async def _in_danger(self, conversation: str, message: str) -> None:
        """Answers a message about danger here, or has it answered next where the conversation's turn is being done."""
        self.hurry(conversation)
        work = await self.ledger.take(conversation, self.clock(), urgent=message)
        if work is not None:
            await self._run(work)
        else:
            self.alarm(conversation)

    def take_up(self, conversation: str) -> None:
        """Does the turn of a message that another process has stored, unless somebody does it already."""
        self._keep(self._later(conversation, 0.0))

    def hurry(self, conversation: str) -> None:
        """Ends the waiting of a turn of the conversation, if this process does one: danger waits behind it."""
        event = self._event(conversation)
        event.set()
        # Where no turn takes notice, a later one is not to be hurried for nothing.
        asyncio.get_running_loop().call_later(lease.LENGTH.total_seconds(), self._calm, conversation, event)

    def _calm(self, conversation: str, event: asyncio.Event) -> None:
        if self._urgent.get(conversation) is event:
            del self._urgent[conversation]

    async def recover(self) -> int:
        """Takes up what a dead process left, and keeps what this one is doing. Gives the number of conversations."""
        await self.keep()
        left = await to_thread.run_sync(self.ledger.take_abandoned, self.clock())
        for work in left:
            self._go(work)
        return len(left)

    async def keep(self) -> None:
        """Keeps the turns that this process is doing."""
        now = self.clock()
        still = [holder for holder, since in self._at_work.items() if now - since < LONGEST]
        await to_thread.run_sync(self.ledger.keep, still, now)

    async def settle(self) -> None:
        """Waits until no turn of this process runs."""
        await ended(self._running)

    async def _later(self, conversation: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        if self.hand_over is not None:
            self.hand_over(conversation)
            return
        await self._run(await self.ledger.take(conversation, self.clock()))

    def _go(self, work: Work) -> None:
        self._keep(self._run(work))

    def _keep(self, running: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(running)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _run(self, work: Work | None) -> None:
        """A turn, and those of the messages that came in meanwhile."""
        while work is not None:
            holder = work.holder
            self._at_work[holder] = self.clock()
            try:
                work = await self._done(work)
            finally:
                self._at_work.pop(holder, None)

    async def _done(self, work: Work) -> Work | None:
        """Does a turn. Gives the next one of the conversation, if a message waits."""
        conversation = work.conversation.id
        try:
            outcome = await self._turn(work)
        except Exception as problem:
            # A mistake of ours must not leave a person without an answer.
            log.error(
                "turn failed",
                conversation=conversation,
                message=work.message.id,
                problem=repr(type(problem)),
                exc_info=True,
            )
            outcome = self._apology(work)
        self.at("decided")
        following = await self.ledger.commit_soon(outcome, self.clock())
        self.at("committed")
        self.announce(conversation, desk=work.conversation.owner != "bot" or bool(outcome.effects.handoff))
        self.at("announced")
        return following

    async def _turn(self, work: Work) -> Outcome:
        self.at("taken")
        risk = await to_thread.run_sync(self.ears.risk, work.message.text)
        self.at("screened")
        urgent = risk.level >= Level.HIGH or in_danger(work.conversation) or work.conversation.channel == "voice"
        thinking = None if urgent else self._thinking
        try:
            async with self._place(work, risk):
                if not urgent:
                    await self._give_way()
                heard = await to_thread.run_sync(self._hear, work, hall.noticed(work, risk), limiter=thinking)
                language = language_step(
                    work.conversation, heard, self.words.catalogue.languages, self.words.catalogue.greeted
                )
                self.at("language")
                decision = await self._decide(work, heard, language)
                self.at("understood")
                return await to_thread.run_sync(self._worded, work, heard, language, decision, limiter=thinking)
        finally:
            # Danger that waits behind several turns hurries all of them, until it is answered itself.
            event = self._urgent.get(work.conversation.id)
            if event is not None and (risk.level >= Level.HIGH or not event.is_set()):
                del self._urgent[work.conversation.id]

    async def _give_way(self) -> None:
        begin = time.monotonic()
        while self.crowded() and time.monotonic() - begin < WAY_GIVEN:
            await asyncio.sleep(0.05)

    @asynccontextmanager
    async def _place(self, work: Work, risk: Risk) -> AsyncIterator[None]:
        """A place among the turns that are done at once. Whoever is in danger or on the phone needs none.

        Nor does a turn any longer that a message about danger has come in behind.
        """
        conversation = work.conversation
        if risk.level >= Level.HIGH or in_danger(conversation) or conversation.channel == "voice":
            yield
            return
        waiting = asyncio.ensure_future(self._places.acquire())
        alarm = asyncio.ensure_future(self._event(conversation.id).wait())
        try:
            await asyncio.wait({waiting, alarm}, return_when=asyncio.FIRST_COMPLETED)
            yield
        finally:
            alarm.cancel()
            if not waiting.cancel():  # it has its place
                self._places.release()

    def _hear(self, work: Work, risk: Risk) -> Heard:
        known = work.conversation.language_from != "default"
        session = work.conversation.language if known else None
        code = hall.code_named(self.ledger, work, self.clock())
        heard = self.ears.hear(work.message.text, session_language=session, risk=risk, aside=code)
        return hall.of_entry(work, heard)

    async def _decide(self, work: Work, heard: Heard, language: LanguageStep) -> Decision:
        """Who answers, and what."""
        conversation = work.conversation
        if conversation.owner == "held" or (work.silent and heard.risk.level < Level.HIGH):
            return Decision([])
        coming = partial(hall.entering, self.ledger, work, language.language, self.clock())
        if (entered := await to_thread.run_sync(coming)) and (entered.crisis or heard.risk.level < Level.HIGH):
            return entered
        if heard.risk.level >= Level.HIGH:
            return crisis_answer(conversation, heard, language.language, self.clock())
        if conversation.owner == "bot":
            slip = partial(hall.by_slip, self.ledger, work, language.language, self.clock())
            if (shown := await to_thread.run_sync(slip)) is not None:
                return shown
        if not heard.text.strip() and not work.message.given:
            return Decision([{"say": "empty_message"}])
        if language.only:
            return hall.next_question(conversation, language.language, self.clock())
        decision = await self._dialogue(work, heard, language)
        if in_danger(conversation):
            return crisis_answer(conversation, heard, language.language, self.clock(), meanwhile=decision)
        level = max(conversation.risk_level, int(heard.risk.level))
        decision = offer.offering(
            decision, conversation.memory, door_named(conversation.door), conversation.channel, language.language,
            level, self.words.catalogue,
        )  # fmt: skip
        return hall.calm(dialogue.with_concern(decision, heard.risk, conversation), conversation)

    async def _dialogue(self, work: Work, heard: Heard, language: LanguageStep) -> Decision:
        conversation, message, name = work.conversation, work.message, self.engine_name
        option = option_for(heard.number, conversation.options)
        given = option["given"] if option and heard.number_only else message.given
        if self.keys:
            waiting = asking.answered(conversation, message.text, given, self.keys, language.language)
            if waiting is not None:
                return waiting
        if asked_for_copy(message.text, language.language):
            return Decision([{"say": "my_data_text", "facts": {}}])
        if self.keys:
            texting = any(ours.texts for ours in self.numbers.by_address.values())
            door = door_named(conversation.door)
            around = later.Around(door, language.language, self.clock(), self.keys, texting)
            if (after := later.answered(conversation, message.text, given, around)) is not None:
                return after
        look = self.directory.look(self.clock())
        here = await to_thread.run_sync(hall.at_door, self.ledger, work, heard, language.language, self.clock())
        given = here.given
        if heard.number_only and option is None and conversation.options and not given:
            return dialogue.unknown_number(heard.number, conversation)
        metadata: dict[str, Any] = {
            **heard.metadata(),
            "language": language.language,
            "door": conversation.door,
            "channel": conversation.channel,
            "now": self.clock().isoformat(),
            **here.metadata(),
        }
        if given:
            metadata["given"] = given
        elif option and option["given"]["intent"] == "details":
            metadata["listing"] = option["given"]["entities"]["listing"]
        try:
            answer = await self._unless_urgent(
                conversation.id,
                self.engine.turn(
                    conversation=conversation.id,
                    message=message.id,
                    text=message.text,
                    metadata=metadata,
                    memory=conversation.memory,
                    fresh=conversation.engine_stale or conversation.memory.get("engine", name) != name,
                ),
            )
        except EngineAway:
            if hall.handles(here):
                return await to_thread.run_sync(hall.without_engine, here, look)
            menu = partial(dialogue.without_engine, work, heard, given, language.language, look)
            return hall.after(await to_thread.run_sync(menu), here)
        decision = await to_thread.run_sync(hall.from_engine, answer, conversation, here, look)
        if not name:
            return decision
        known = conversation.memory if decision.memory is None else decision.memory
        return replace(decision, memory={**known, "engine": name})

    async def _unless_urgent(self, conversation: str, asking: Any) -> Any:
        """Waits for the engine, but not once a message about danger has come in behind this one."""
        urgent = self._event(conversation)
        task = asyncio.ensure_future(asking)
        alarm = asyncio.create_task(urgent.wait())
        try:
            await asyncio.wait({task, alarm}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                task.cancel()
                raise EngineAway("A message about danger is waiting.")
            return task.result()
        finally:
            alarm.cancel()

    def _event(self, conversation: str) -> asyncio.Event:
        return self._urgent.setdefault(conversation, asyncio.Event())

    def _worded(self, work: Work, heard: Heard, language: LanguageStep, decision: Decision) -> Outcome:
        asked = list(decision.pieces)
        owner = work.conversation.owner
        if language.interpreter and not decision.crisis and owner == "bot" and not work.silent:
            asked.append(answers.do("handoff", reason=f"language:{language.wanted}", silent=True))
        if language.gap:
            asked.append(answers.do("language_gap", language=language.gap))
        pieces, effects = carried_out(asked, work.conversation)
        if work.conversation.channel != "voice" and any(piece.get("say") in ASKED for piece in pieces):
            pieces += self._in_line(work.conversation, language.language)
        if owner == "held" or (work.silent and not decision.crisis):
            pieces = []
        elif decision.crisis:
            pieces = [*pieces, *language.before, *language.after]  # in danger nothing comes before help
        else:
            pieces = [*language.before, *pieces, *language.after]
            pieces = with_honesty(pieces, self.words.catalogue, language.language)
        if (
            work.conversation.fresh
            and work.conversation.channel in TEXTING
            and pieces
            and not decision.crisis
            and decision.intent != hall.ENTER
        ):
            pieces = first_text(door_named(work.conversation.door), language.language, decision.intent, pieces)
        now = self.clock()
        replies = self.words.replies(
            pieces,
            language.language,
            self.directory.find(now),
            now,
            kind="crisis" if decision.crisis else "text",
        )
        if work.conversation.channel in TEXTING:
            replies = texts(replies, self.words.catalogue.say, language.language, self._kind_of(work.conversation.line))
        return Outcome(work, heard, language, decision, tuple(replies), effects)

    def _in_line(self, conversation: ConversationView, language: str) -> list[answers.Piece]:
        """What somebody who asks for a person is told of their place, and what they can do meanwhile."""
        now = self.clock()
        with Session(self.ledger.reader) as session:
            found = standing(session, conversation.id, now)
        if found is None:
            return []
        # The web page shows buttons for what can be done; a text has numbers.
        offer = conversation.channel in TEXTING
        return told(found, door_named(conversation.door), language, now, offer=offer)

    def _kind_of(self, line: str | None) -> str:
        """What kind of number of ours a person texts; it decides how much fits into one text."""
        ours = self.numbers.of(line) if line else None
        return ours.kind if ours else "long"

    def _apology(self, work: Work) -> Outcome:
        """The last resort: the menu, a person and the lines, from the catalogue alone."""
        conversation = work.conversation
        heard = Heard(work.message.text, self.ears.risk(work.message.text), dialogue.UNKNOWN, None, None, None, False)
        language = LanguageStep(conversation.language, conversation.language_from)
        if heard.risk.level >= Level.HIGH:
            decision = crisis_answer(conversation, heard, conversation.language, self.clock())
        else:
            decision = replace(Decision([dialogue.plain_menu()]), memory=dict(conversation.memory), engine_stale=True)
        return self._worded(work, heard, language, decision)
