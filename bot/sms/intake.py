"""A text comes in: whose it is, at which door, and whether it needs a turn.

The carrier is told that we have it as soon as it is stored; everything after that is repeated safely.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from anyio import CapacityLimiter, to_thread
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import answers
from bot.answers import Piece
from bot.carrier.numbers import OurNumber
from bot.channels.inbound import Inbound
from bot.conversations import ownership, people, resume
from bot.conversations.models import Conversation, Message, Person
from bot.conversations.outcomes import note_risk
from bot.conversations.views import OwnerChanged
from bot.handoff import book
from bot.named_lines import LINE_211, LINE_911
from bot.safety import Level, Risk
from bot.service import Service
from bot.slips import read
from bot.sms import keywords, optouts, robots
from bot.sms.folding import letters
from bot.sms.optouts import Answer as Row
from bot.sms.reading import Texted
from bot.sms.wording import texts
from bot.words import FAREWELL
from directory_client.places.around import place_at

LOOKING = 4
"""Texts that are looked at at once: they share one interpreter, and whoever came first is to be done first."""
GOES_ON = timedelta(days=30)
"""After so long a silence a text begins a new conversation."""
_NO_WORDS = {"media": "media_message", "contact": "media_message", "place": "ask_place", "empty": "empty_message"}
_SILENT = Row()
_LOOP = Row(handoff=True)


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a text belongs, and how things stand there.

    `named` says that the text has opened another door by its keyword, `resumed` that a code has brought an earlier
    conversation here; `before` is what was said so far, oldest first, as (text, our answer).
    """

    conversation_id: str
    pseudonym: str
    door: str
    language: str
    owner: str
    named: bool
    resumed: bool
    opted_out: bool
    danger: Level
    before: tuple[robots.Exchange, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What follows from a text without the dialogue: what is said, and the rest of its row in the table."""

    pieces: list[Piece]
    row: Row
    reason: str = "asked"


class Intake:
    """Takes texts in. One of it serves a process."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.words = {word: door.id for door in service.doors.values() for word in door.entry.keywords}
        signs = [door.entry.signs for door in service.doors.values() if door.entry.signs]
        self.slips = frozenset(word for one in signs if one.slips for word in one.words)
        self._looking = CapacityLimiter(LOOKING)

    async def take(self, texted: Texted, ours: OurNumber) -> str:
        """Stores a text and sees that it is answered, once. Gives the id of its conversation."""
        service, now = self.service, self.service.clock()
        # Both in a thread: while one text is looked at, the next ones are to be acknowledged.
        known, risk = await to_thread.run_sync(self._looked_at, texted, ours, now, limiter=self._looking)
        begins = partial(self._begun, texted=texted, ours=ours, now=now)
        setting = known if known is not None else await service.ledger.together(begins)
        place = place_at(*texted.point) if texted.point else None
        given = {"intent": "give_place", "entities": {"place": place}} if place else None
        if setting.named:
            given = {"intent": "enter", "entities": {}}
        inbound = Inbound(setting.conversation_id, texted.channel, texted.sid, texted.body, given, texted.maybe_split)
        answer = self._answer(texted, setting, risk.level, given)
        if answer is None:
            wait = service.settings.sms_join if texted.maybe_split and risk.level < Level.HIGH else 0.0
            await service.turns.receive(inbound, after=wait, risk=risk)
        else:
            try:
                await to_thread.run_sync(self._store, inbound, ours, setting, answer, risk, now)
            except OwnerChanged:  # a specialist has claimed the conversation, or let go of it, at this very moment
                return await self.take(texted, ours)
            service.heard_of(setting.conversation_id)
        return setting.conversation_id

    # -- whose it is

    def _looked_at(self, texted: Texted, ours: OurNumber, now: datetime) -> tuple[Setting | None, Risk]:
        return self._goes_on(texted, ours, now), self.service.turns.ears.risk(texted.body)

    def _goes_on(self, texted: Texted, ours: OurNumber, now: datetime) -> Setting | None:
        """Most texts go on with a conversation. They are not to wait for those who write."""
        with Session(self.service.ledger.reader) as session:
            known = people.known(session, self.service.keys, texted.channel, texted.from_)
            if known is not None and (kept := self._kept(session, known, texted, ours, now)) is not None:
                return _seen(session, known, kept, ours)
        return None

    def _begun(self, session: Session, texted: Texted, ours: OurNumber, now: datetime) -> Setting:
        """The rest begin one, or bring one here."""
        person = people.person_for(session, self.service.keys, texted.channel, texted.from_, now)
        conversation, named, resumed = self._conversation(session, person, texted, ours, now)
        return _seen(session, person, conversation, ours, named=named, resumed=resumed)

    def _kept(
        self, session: Session, person: Person, texted: Texted, ours: OurNumber, now: datetime
    ) -> Conversation | None:
        """The conversation that goes on with this text. None when it may begin one, or bring another here."""
        again = select(Message.conversation_id).where(
            Message.channel == texted.channel, Message.channel_id == texted.sid
        )
        if known := session.scalars(again).one_or_none():  # the carrier sends it once more
            return session.get_one(Conversation, known)
        return None if resume.code_in(texted.body) else self._last(session, person, texted, ours, now)

    def _last(
        self, session: Session, person: Person, texted: Texted, ours: OurNumber, now: datetime
    ) -> Conversation | None:
        """The person's last conversation on this number, unless the text opens another door."""
        door = keywords.door_code(texted.body, self.words, self.slips)
        last = people.last_conversation(session, person.id, ours.number, now - GOES_ON)
        return last if last is not None and (door is None or door[0] == last.door) else None

    def _conversation(
        self, session: Session, person: Person, texted: Texted, ours: OurNumber, now: datetime
    ) -> tuple[Conversation, bool, bool]:
        """The conversation; whether its door was named by this text; whether a code in it has brought it here."""
        if (kept := self._kept(session, person, texted, ours, now)) is not None:
            return kept, False, False
        code = resume.code_in(texted.body)
        if code and (carried := resume.redeem(session, code, now)):
            conversation = session.get_one(Conversation, carried)
            conversation.person_id, conversation.line, conversation.channel = person.id, ours.number, texted.channel
            conversation.created_at = now  # from now on it is the newest of this person
            session.flush()
            return conversation, False, True
        if code and (last := self._last(session, person, texted, ours, now)) is not None:
            return last, False, False
        door = keywords.door_code(texted.body, self.words, self.slips)
        conversation = people.new_conversation(
            session, door=door[0] if door else ours.door, channel=texted.channel, person_id=person.id, line=ours.number,
            language=self.service.settings.default_language, now=now,
        )  # fmt: skip
        if door:
            came = self._came(door[0], door[1], texted.body)
            slip = read.of_slip(session, self.service.doors[door[0]], door[1], now)
            conversation.memory = {**came, **slip}
        return conversation, door is not None, False

    def _came(self, door: str, sign: str | None, body: str) -> dict[str, Any]:
        """How somebody has come in: by which sign, with which mark."""
        entry = self.service.doors[door].entry
        word = next((one for one in self.words if letters(one) == letters(body[:40])), "")
        mark = entry.mark_of(word)
        return {**({"sign": sign} if sign else {}), **({"mark": mark} if mark else {})}

    # -- what needs no turn

    def _answer(self, texted: Texted, setting: Setting, risk: Level, given: Mapping[str, Any] | None) -> Answer | None:
        """What is said to a text that is no words for the dialogue; None when it is."""
        word = keywords.keyword(texted.body, texted.opt_out_type, opted_out=setting.opted_out)
        row = optouts.answer(
            word,
            opted_out=setting.opted_out,
            risk=max(risk, setting.danger),
            ambiguous=word is not None and keywords.ambiguous(texted.body),
            carrier_answered=texted.opt_out_type is not None,
            held=setting.owner == "held",
        )
        if not row.turn:
            return Answer(row.pieces if row.send_allowed else [], row, f"keyword:{word}" if word else "opted_out")
        if setting.owner == "held":
            return None
        if setting.resumed:
            return Answer([answers.say("resume_done")], _SILENT)
        if not robots.needs_answer(texted, (one for _, one in setting.before), risk):
            return Answer([], _SILENT)
        if robots.looping(setting.before, texted.body, risk):
            if robots.told(setting.before, risk):
                return Answer([], _SILENT)
            lines = answers.say("sms_loop_stopped", line_211=LINE_211, line_911=LINE_911)
            return Answer([lines], _LOOP, "loop")
        if risk >= Level.HIGH:
            return None
        if setting.named:
            return None  # the door's first words may begin its questions, or be about danger
        if texted.kind in _NO_WORDS and not given:
            return Answer([answers.say(_NO_WORDS[texted.kind])], _SILENT)
        return None

    def _store(
        self, inbound: Inbound, ours: OurNumber, setting: Setting, answer: Answer, risk: Risk, now: datetime
    ) -> None:
        """One transaction: the text, what is said to it, the opt-out, and that staff have to look at it."""
        service, row = self.service, answer.row
        language = keywords.answered_in(inbound.text, setting.language, ours.kind)
        last = FAREWELL if row.opt_out else "text"
        replies = service.words.replies(answer.pieces, language, service.directory.find(now), now, kind=last)
        small = texts(replies, service.catalogue.say, language, ours.kind)
        with service.ledger.writing() as session:
            held = setting.owner == "held"
            message = service.ledger.store_answered(session, inbound, small, now, held=held)
            if message is None:
                return
            if row.opt_out:
                word = keywords.plain_word(inbound.text) or "STOP"
                people.opt_out(session, ours.number, setting.pseudonym, word=word, told_by="person", now=now)
            elif row.opt_out is False:
                people.opt_in(session, ours.number, setting.pseudonym)
            note_risk(session, inbound.conversation_id, message, risk, now)
            book.raised(session, inbound.conversation_id, int(risk.level), risk.kind, now)
            if row.handoff:
                priority = ownership.DANGER * (int(max(risk.level, setting.danger, Level.CONCERN)) - 1)
                ownership.ask_for_person(
                    session, inbound.conversation_id, reason=answer.reason, priority=priority, now=now
                )


def _seen(
    session: Session,
    person: Person,
    conversation: Conversation,
    ours: OurNumber,
    *,
    named: bool = False,
    resumed: bool = False,
) -> Setting:
    in_danger = conversation.owner == "waiting" and conversation.risk_level >= Level.HIGH
    return Setting(
        conversation.id, person.pseudonym, conversation.door, conversation.language, conversation.owner,
        named, resumed, people.opted_out(session, ours.number, person.pseudonym),
        Level(conversation.risk_level) if in_danger else Level.NONE, _exchanges(session, conversation.id),
    )  # fmt: skip


def _exchanges(session: Session, conversation_id: str) -> tuple[robots.Exchange, ...]:
    """The last texts of a person with what we said to each, oldest first."""
    rows = session.execute(
        select(Message.direction, Message.text)
        .where(Message.conversation_id == conversation_id)
        .order_by(Message.seq.desc())
        .limit(robots.LOOK_BACK)
    ).all()
    found: list[tuple[str, str]] = []
    for direction, text in reversed(rows):
        if direction == "in":
            found.append((text, ""))
        elif found:
            found[-1] = (found[-1][0], found[-1][1] + text)
    return tuple(found)
