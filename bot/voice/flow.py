"""How a phone call goes: greeting, language, talk, and on to a person.

Every step is one webhook: it reads what was heard, decides (`moves`), and answers with one page, which is stored
with the state in one transaction. The carrier's repeat of a step gets the same page and starts no second turn.
What the dialogue says it says as everywhere, in a turn (`dialogue`); here stands what a telephone needs beside it.

Promises: words about danger are taken whatever was asked; 0 reaches a person from anywhere; two failures lead to
keys and the third to a person; nobody is left in silence.
"""

from __future__ import annotations

import asyncio
from functools import partial
from weakref import WeakValueDictionary

from anyio import to_thread
from twilio.twiml.voice_response import VoiceResponse

from bot.carrier.fallback import page as fallback_page
from bot.carrier.signature import Form
from bot.conversations.resume import redeem
from bot.intake.by_phone import alarming, spoken_facts, straight_to_person
from bot.language.catalogue import placeholders
from bot.safety import Level
from bot.voice import texting
from bot.voice.answering import Answering
from bot.voice.callers import withheld
from bot.voice.calls import Calling, Calls
from bot.voice.dialogue import Dialogue
from bot.voice.heard import Heard
from bot.voice.moves import CODE_LENGTH, Move, move
from bot.voice.postal import LENGTHS, spelled
from bot.voice.spoken_keys import NO, YES
from bot.voice.state import State
from bot.voice.steps import Step
from bot.voice.utterance import Utterance
from bot.voice.yes_no import yes_no

OVER = frozenset(("completed", "busy", "failed", "no-answer", "canceled"))
"""Statuses after which a call is over. Source: https://www.twilio.com/docs/voice/api/call-resource#call-status-values"""
FIRST = ("en", "fr")


class Flow:
    """Answers the webhooks of a call. Each method gives a page."""

    def __init__(self, answering: Answering) -> None:
        self.answering = answering
        self.service = answering.service
        self.calls: Calls = answering.calls
        self.speech = answering.speech
        self.dialogue = Dialogue(answering)
        self._one_at_a_time: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def turn(self, form: Form) -> asyncio.Lock:
        """Held while a page of a call is made: a copy of the same request then finds the page of the first."""
        return self._one_at_a_time.setdefault(form["CallSid"], asyncio.Lock())

    # -- webhooks

    async def inbound(self, form: Form) -> str:
        """Somebody calls. The first words come without a turn: the greeting in both languages, then the menu."""
        if self.service.numbers.of(form.get("From", "")) is not None:
            return fallback_page("voice", self.service.catalogue)  # our own transfer, which a line has forwarded to us
        calling = await self._opened(form)
        if calling.ended:
            return str(VoiceResponse())
        if calling.step > 0:
            return await self.back(form, "again")  # the call came in before, and something went wrong since
        menu = self.speech.language_menu(0)
        state = State.of(calling.state.get("flow") or {})
        state = State(at="languages", keys=menu.keys, said=state.said, person_said=state.person_said)
        step = Step(calling, state, "0", 1, form)
        greeting = [one for language in FIRST for one in self._greeting(calling.door, language)]
        if alarming(self.service.doors[calling.door]):
            return await self.dialogue.enter(step, greeting)
        if straight_to_person(self.service.doors[calling.door]):
            return await self.dialogue.enter(step, greeting, danger=False)
        said = dict.fromkeys([*greeting, *menu.utterances])  # once, where a language lacks its own words
        return await self.answering.ask(step, state, said, again=menu.utterances)

    async def step(self, form: Form, n: int) -> str:
        """The caller has pressed a key, said something, or nothing."""
        calling = await to_thread.run_sync(self.calls.load, form["CallSid"])
        if calling is None:
            return await self.inbound(form)  # it began while this was away, or its conversation was erased
        if calling.ended:
            return str(VoiceResponse())
        if (page := await to_thread.run_sync(self.calls.page, calling.sid, str(n))) is not None:
            return page
        step = Step(calling, State.of(calling.state.get("flow") or {}), str(n), n + 1, form)
        language = calling.language
        wanted = move(step.state, Heard.read(form), self.dialogue.risk, lambda text: yes_no(text, language))
        return await self._do(step, wanted)

    async def overheard(self, form: Form, n: int) -> str | None:
        """Words in place of a key, in a question of a transfer: those about danger are taken whatever was asked.

        Args:
            n: the step that they make.

        Returns:
            The page; None where nothing in them is worse than what is known, and the question goes on.
        """
        words = Heard.read(form).words
        level = self.dialogue.risk(words) if words else Level.NONE
        if level < Level.HIGH:
            return None
        calling = await to_thread.run_sync(self.calls.load, form["CallSid"])
        if calling is None or (level <= calling.risk_level and calling.step < n):
            return None
        return await self.step(form, n)

    async def wait(self, form: Form, n: int, again: int) -> str:
        """The answer to step n was not there yet."""
        calling = await to_thread.run_sync(self.calls.load, form["CallSid"])
        if calling is None:
            return await self.dialogue.erased(form)
        if calling.ended:
            return str(VoiceResponse())
        key = f"{n}.{again}"
        if (page := await to_thread.run_sync(self.calls.page, calling.sid, key)) is not None:
            return page
        step = Step(calling, State.of(calling.state.get("flow") or {}), key, n + 1, form)
        return await self.dialogue.answer(step, n, again)

    async def back(self, form: Form, why: str) -> str:
        """A transfer is over and the caller is still there; or the call has lost its way ("again")."""
        calling = await self._opened(form)
        if calling.ended:
            return str(VoiceResponse())
        key = f"b{calling.step}.{int(State.of(calling.state.get('flow') or {}).transfers)}"
        if (page := await to_thread.run_sync(self.calls.page, calling.sid, key)) is not None:
            return page
        state = State.of(calling.state.get("flow") or {})
        step = Step(calling, state, key, calling.step + 1, form)
        return await self.answering.resume(step, nobody=why not in ("ended", "again"))

    async def status(self, form: Form) -> None:
        """The carrier says how the call is."""
        status = form.get("CallStatus", "")
        if status in OVER:
            await to_thread.run_sync(self.calls.ended, form["CallSid"], status, self.service.clock())

    # -- what the caller wants

    async def _do(self, step: Step, wanted: Move) -> str:
        answering, speech, language = self.answering, self.speech, step.calling.language
        match wanted.what:
            case "turn":
                return await self.dialogue.say(step, wanted.text)
            case "person":
                return await answering.to_person(step, step.state, "asked")
            case "again":
                return await answering.ask(step, step.state, step.state.spoken)
            case "rest":
                page = speech.choices(step.state.rest, language)
                state = step.state.after(keys=page.keys, rest=page.rest)
                return await answering.ask(step, state, page.utterances)
            case "language":
                return await answering.start(step, wanted.text)
            case "languages":
                menu = speech.language_menu(step.state.menu + 1)
                state = step.state.after(keys=menu.keys, menu=step.state.menu + 1)
                return await answering.ask(step, state, menu.utterances)
            case "confirm":
                question = speech.say("voice_confirm", language, words=wanted.text[:200], yes=YES, no=NO)
                return await answering.ask(step, step.state.after(at="confirm", heard=wanted.text), [question])
            case "star":
                return await self._star(step)
            case "code":
                return await self._code(step, wanted.text)
            case "postal":
                return await self._postal(step, wanted.text)
            case "yes" | "no" if step.state.at == "text":
                return await self._text(step, yes=wanted.what == "yes")
            case "yes":
                return await self.dialogue.say(step, step.state.heard)
            case "no":
                return await answering.failed(step, speech.say("voice_say_again", language))
            case "silence":
                return await answering.failed(step, speech.say("voice_not_heard", language), silent=True)
            case "wrong_key":
                return await answering.failed(step, self._not_offered(step.state, wanted.text[:1], language))
            case "unclear":
                return await answering.failed(step, speech.say("voice_say_again", language))

    async def _star(self, step: Step) -> str:
        language = step.calling.language
        if step.state.star == "text":
            return await self.dialogue.offer_text(step, step.state, ())
        if step.state.star == "code":
            enter = self.speech.say("voice_code_enter", language)
            return await self.answering.ask(step, step.state.after(at="code"), [enter], digits=CODE_LENGTH)
        return await self.answering.ask_postal(step, step.state)

    async def _text(self, step: Step, *, yes: bool) -> str:
        language, now = step.calling.language, self.service.clock()
        state = step.state.after(at="talk", star="")
        again: tuple[Utterance, ...] = step.state.spoken
        if not yes:
            said = self.speech.say("voice_text_not_sent", language)
            return await self.answering.ask(step, state, [said, *self.answering.keys(language)], again=again)
        to = await to_thread.run_sync(texting.way, self.service, step.calling.door, step.form.get("From", ""))
        if isinstance(to, str):
            return await self.answering.ask(
                step, state, [self.speech.say(to, language), *self.answering.keys(language)], again=again
            )
        replies = await to_thread.run_sync(texting.worded, self.service, step.calling, step.state.shown, to.line, now)
        write = texting.sending(self.service.keys, step.calling, to, replies, now)
        said = self.speech.say("voice_text_sent", language)
        page = await self.answering.ask(step, state, [said, *self.answering.keys(language)], again=again, also=write)
        self.service.may_deliver()
        return page

    async def _code(self, step: Step, code: str) -> str:
        """The call goes on in the conversation of a code from the chat or a text."""
        language = step.calling.language
        joined = await to_thread.run_sync(partial(self._redeemed, step.calling, code))
        if joined is None:
            return await self.answering.failed(step, self.speech.say("voice_code_wrong", language))
        last = await to_thread.run_sync(self.calls.last_words, joined.conversation_id)
        replies = await to_thread.run_sync(self.calls.replies, joined.conversation_id, last)
        taken = self.speech.say("voice_code_taken", joined.language)
        state = State(at="talk", said=last, person_said=joined.owner == "waiting", transfers=step.state.transfers)
        return await self.dialogue.told(step.on(joined, state), replies, before=(taken,))

    def _redeemed(self, calling: Calling, code: str) -> Calling | None:
        now = self.service.clock()
        with self.service.ledger.writing() as session:
            conversation = redeem(session, code, now)
        return self.calls.join(calling.sid, conversation, now) if conversation else None

    async def _postal(self, step: Step, keys: str) -> str:
        """The keys of a postal code: one area, several to choose from, or none."""
        language = step.calling.language
        found = spelled(keys) or (spelled(keys[: LENGTHS[0]]) if len(keys) > LENGTHS[0] else ())
        if not found:
            return await self.answering.failed(step, self.speech.say("voice_postal_unknown", language))
        if len(found) == 1:
            return await self.dialogue.say(step, found[0].code)
        utterances = [self.speech.say("voice_postal_which", language)]
        areas = {str(key): one for key, one in enumerate(found[:7], start=1)}
        for key, one in areas.items():
            label = self.speech.say("voice_postal_one", language, code=one.code, place=one.near).text
            utterances.append(self.speech.say("voice_choice", language, label=label, number=key))
        state = step.state.after(at="postal", keys={key: one.code for key, one in areas.items()}, rest=())
        return await self.answering.ask(step, state, utterances)

    # -- parts

    def _not_offered(self, state: State, digit: str, language: str) -> Utterance | None:
        """What is said of a key that means nothing. Where no keys were offered there is nothing to choose from."""
        if not digit.isdigit():
            return None
        if not state.keys:
            return self.speech.say("voice_say_again", language)
        return self.speech.say("voice_number_unknown", language, number=digit)

    async def _opened(self, form: Form) -> Calling:
        caller, line = form.get("From", ""), form.get("To", "")
        ours = self.service.numbers.of(line)
        door = ours.door if ours and ours.door in self.service.doors else "211"
        return await to_thread.run_sync(
            partial(
                self.calls.open,
                form["CallSid"],
                line=line[:64],
                door=door,
                caller=None if withheld(caller) or self.service.doors[door].anonymous else caller,
                keys=self.service.keys,
                language=self.service.settings.default_language,
                now=self.service.clock(),
            )
        )

    def _greeting(self, door: str, language: str) -> list[Utterance]:
        """The door's first words, as they are said on the phone."""
        known = spoken_facts(self.service.doors[door], language)
        said = []
        for message in self.service.doors[door].greeting:
            spoken = f"voice_{message}" if f"voice_{message}" in self.service.catalogue.sources else message
            wanted = placeholders(self.service.catalogue.sources[spoken].text)
            said.append(self.speech.say(spoken, language, **{name: known.get(name, "") for name in wanted}))
        return said
