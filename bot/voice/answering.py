"""The pages of a call and what goes with them: asking, failing, starting, handing on to a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import structlog
from anyio import to_thread
from sqlalchemy.orm import Session
from twilio.twiml.voice_response import VoiceResponse

from bot.conversations.views import Spoken
from bot.intake import by_phone
from bot.language.names import CORE, english_name, french_name
from bot.safety import Level
from bot.service import Service
from bot.voice import pages
from bot.voice.calls import Calling, Calls
from bot.voice.hints import dialogue_words, hints, towns
from bot.voice.languages import voice_for
from bot.voice.speech import AGAIN_KEY, PERSON_KEY, Speech
from bot.voice.state import State
from bot.voice.steps import Step
from bot.voice.stops import LINE, Transfer
from bot.voice.utterance import Page, Utterance
from bot.voice.yes_no import words_for
from bot.words import Reply
from directory_client.lines import CRISIS, EMERGENCY, lines

log = structlog.get_logger(__name__)
Begin = Callable[[Service, Calling, str, VoiceResponse], Mapping[str, Any] | None]
"""Appends what starts a transfer to a page; gives its state, to be written with the page."""
Also = Callable[[Session], None]
TO_KEYS, TO_PERSON = 2, 3
"""Failures in a row after which keys are asked for, and a person is brought."""
GIVE_UP = 10
"""Silences in danger, with nobody reached, after which even such a call ends: the phone was laid down."""
POSTAL_KEYS = 6
_NEVER = datetime.min.replace(tzinfo=UTC)
STEP, WAIT = "/voice/step", "/voice/wait"


class Answering:
    """Makes and stores pages."""

    def __init__(self, service: Service, calls: Calls, speech: Speech, begin: Begin) -> None:
        self.service = service
        self.calls = calls
        self.speech = speech
        self.begin = begin
        self.url = service.settings.public_url

    async def ask(
        self,
        step: Step,
        state: State,
        utterances: Iterable[Utterance],
        *,
        digits: int = 1,
        again: Sequence[Utterance] | None = None,
        also: Also | None = None,
    ) -> str:
        """Says something and hears the caller.

        Args:
            state: after this step.
            digits: how many keys are asked for.
            again: what key 9 says; all that is said now, when not given.
            also: writes what belongs to the page.
        """
        said = tuple(utterances)
        state = replace(state, spoken=tuple(again) if again is not None else said)
        if digits == 1 and (state.at == "code" or (state.at == "postal" and not state.keys)):
            digits = POSTAL_KEYS  # the question again
        response = pages.question(
            said,
            action=f"{STEP}?n={step.next}",
            language=step.calling.language,
            public_url=self.url,
            digits=digits,
            hints=self._hints(state, step.calling.language),
        )
        return await self._keep(step, response, state, also)

    async def to_person(
        self,
        step: Step,
        state: State,
        reason: str,
        utterances: Iterable[Utterance] = (),
        *,
        also: Also | None = None,
    ) -> str:
        """Says something and hands the call on. No question, no menu; and if that fails, the numbers and a line."""
        calling = step.calling
        response = VoiceResponse()
        pages.speak(response, utterances, self.url)
        begun = None
        try:
            here = replace(calling, step=step.next - 1)  # its questions may lead to the next step
            begun = await to_thread.run_sync(self.begin, self.service, here, reason, response)
        except Exception as problem:  # whoever asked for a person gets one
            log.error("transfer failed to begin", call=calling.sid, problem=type(problem).__name__, exc_info=True)
            from bot.voice.transfer import without_database

            ours = self.service.numbers.of(calling.line)
            without_database(ours.number if ours else None, response)
        state = replace(state, at="talk", failures=0, heard="", person_said=True, transfers=state.transfers + 1)
        if reason != "held" and not (reason.startswith(LINE) and _dials(begun)):
            asked = self.calls.person_asked(calling, _noted(reason, calling.language), self.service.clock())
            also = _both(asked, also)
        return await self._keep(step, response, state, also, begun)

    async def moment(self, step: Step, n: int, again: int) -> str:
        """The answer takes longer: says so, and asks again."""
        message = "voice_moment" if again == 1 else "voice_moment_longer"
        said = [self.speech.say(message, step.calling.language)]
        response = pages.onward(said, path=f"{WAIT}?n={n}&t={again}", public_url=self.url)
        return await self._keep(step, response, None, None)

    async def end(self, step: Step, utterances: Iterable[Utterance]) -> str:
        return await self._keep(step, pages.farewell(utterances, public_url=self.url), step.state, None)

    async def failed(self, step: Step, prompt: Utterance | None, *, silent: bool = False) -> str:
        """Nothing came that could be used: the question again, then keys, then a person."""
        calling, state = step.calling, step.state
        failures = state.failures + 1
        said = [prompt] if prompt else []
        danger = calling.risk_level >= Level.HIGH
        if failures >= TO_PERSON:
            if not (silent and state.transfers):
                return await self.to_person(step, state, self.person_reason(calling))
            if not danger or failures >= GIVE_UP:
                return await self.end(step, [self._with_lines("voice_silence_end", calling.language)])
        state = replace(state, failures=failures)
        if state.at == "languages":
            return await self.ask(step, state, state.spoken)
        if silent and danger:  # somebody who cannot speak, or not now: no questions, the numbers
            numbers = self._with_lines("voice_queue_danger", calling.language)
            return await self.ask(step, replace(state, at="talk", heard=""), [numbers, *self.keys(calling.language)])
        if state.at == "confirm":
            return await self.ask(step, replace(state, at="talk", heard=""), [*said, *self.keys(calling.language)])
        if failures < TO_KEYS:
            return await self.ask(step, state, [*said, *state.spoken], again=state.spoken)
        if state.at == "text":
            no = self.speech.say("voice_text_not_sent", calling.language)
            state = replace(state, at="talk", star="")
            return await self.ask(step, state, [no, *self.keys(calling.language)])
        use_keys = self.speech.say("voice_use_keys", calling.language)
        if state.keys and state.at == "talk":
            return await self.ask(step, state, [use_keys, *state.spoken], again=state.spoken)
        if state.star == "postal" and state.at == "talk":
            return await self.ask_postal(step, state, before=(use_keys,))
        return await self.menu(step, state, before=(use_keys,))

    async def ask_postal(self, step: Step, state: State, before: Sequence[Utterance] = ()) -> str:
        enter = self.speech.say("voice_postal_enter", step.calling.language)
        state = replace(state, at="postal", keys={}, rest=(), star="")
        return await self.ask(step, state, [*before, enter], digits=POSTAL_KEYS, again=[enter])

    async def start(self, step: Step, language: str) -> str:
        """The caller has chosen a language: what do they need? In one that cannot be spoken, an interpreter first."""
        calling = replace(step.calling, language=language)
        step = step.on(calling)
        now = self.service.clock()
        chosen = self.calls.said(calling, (), now, language=language)
        if calling.owner == "held":
            return await self.to_person(step, step.state, "held", also=chosen)
        if not self.speakable(language):
            finding = self.speech.say("voice_interpreter_finding", language)
            return await self.to_person(step, step.state, "language", [finding], also=chosen)
        before = () if voice_for(language).recognised else (self.speech.say("voice_no_speech", language),)
        return await self.menu(step, step.state, before=before, language=language)

    async def menu(
        self, step: Step, state: State, *, before: Sequence[Utterance] = (), language: str | None = None
    ) -> str:
        """Asks what the caller needs, with the door's choices or the areas of needs by key."""
        calling, now = step.calling, self.service.clock()
        door = self.service.doors.get(calling.door) or self.service.doors["211"]
        ledger, memory = self.service.ledger, calling.memory
        asking = partial(by_phone.first_question, ledger, door, memory, calling.language, now)
        pieces, begun = await to_thread.run_sync(asking)
        find = self.service.directory.find(now)
        replies = await to_thread.run_sync(partial(self.service.words.replies, pieces, calling.language, find, now))
        page = self.speech.replies([_as_spoken(reply) for reply in replies], calling.language)
        extra = [self.speech.say("voice_star_code", calling.language)] if language else []
        state = replace(
            state, at="talk", keys=page.keys, rest=page.rest, star="code" if language else "", heard="",
        )  # fmt: skip
        said = [*before, *page.utterances, *extra, *self.keys(calling.language)]
        write = self.calls.said(calling, replies, now, language=language)
        write = _both(write, by_phone.keeping(calling.conversation_id, begun))
        return await self.ask(step, state, said, also=write)

    async def resume(self, step: Step, *, nobody: bool) -> str:
        """The caller is back from a transfer. In danger nothing is asked; the numbers are said, and 0 tries again."""
        calling = step.calling
        state = State(at="talk", said=step.state.said, person_said=True, transfers=step.state.transfers)
        danger = calling.risk_level >= Level.HIGH and nobody
        said = self._with_lines("voice_queue_danger" if danger else "voice_back", calling.language)
        if voice_for(calling.language).recognised is None and not danger:
            return await self.menu(step, state, before=(said,))
        return await self.ask(step, state, [said, *self.keys(calling.language)])

    # -- parts

    def speakable(self, language: str) -> bool:
        """Whether the phone can speak a language: by a voice, or by recordings of at least the first question."""
        return voice_for(language).voice is not None or "voice_ask_need" in self.speech.recordings.have(language)

    def person_reason(self, calling: Calling) -> str:
        """Why a person is brought: for whom nothing can be understood, to interpret."""
        return "failures" if voice_for(calling.language).recognised else "language"

    def keys(self, language: str) -> list[Utterance]:
        """What 0 and 9 do."""
        return [self.speech.say("voice_keys", language, person=PERSON_KEY, again=AGAIN_KEY)]

    def page(self, replies: Sequence[Reply], language: str) -> Page:
        """Replies that are not stored, as speech."""
        return self.speech.replies([_as_spoken(reply) for reply in replies], language)

    def _with_lines(self, message: str, language: str) -> Utterance:
        known = {"line_911": lines()[EMERGENCY].voice or "", "line_988": lines()[CRISIS].voice or ""}
        facts = self.service.catalogue.sources[message].facts
        return self.speech.say(message, language, **{name: known[name] for name in facts})

    def _hints(self, state: State, language: str) -> str:
        if voice_for(language).recognised is None:
            return ""
        if state.at in ("confirm", "text"):
            return hints(words_for(language))
        if state.at == "languages":
            return hints([*map(english_name, CORE), *map(french_name, CORE), *towns()])
        needs = dialogue_words(self.service.catalogue, language)
        return hints([*towns(), *needs] if state.star == "postal" or state.at == "postal" else [*needs, *towns()])

    async def _keep(
        self,
        step: Step,
        response: VoiceResponse,
        state: State | None,
        also: Also | None,
        transfer: Mapping[str, Any] | None = None,
    ) -> str:
        return await to_thread.run_sync(
            partial(
                self.calls.answer,
                step.calling.sid,
                step.key,
                str(response),
                self.service.clock(),
                flow=state.as_json() if state is not None else None,
                transfer=transfer,
                also=also,
            )
        )


def _as_spoken(reply: Reply) -> Spoken:
    return Spoken(0, "", "bot", reply.language, reply.kind, reply.text, _NEVER, reply.payload(), None)


def _noted(reason: str, language: str) -> str:
    return f"language:{language}" if reason == "language" else "asked" if reason.startswith(LINE) else reason


def _dials(begun: Mapping[str, Any] | None) -> bool:
    """Whether a transfer has begun with a line: our specialists are asked for when it comes to them."""
    transfer = Transfer.of({"transfer": begun}) if begun else None
    return transfer is not None and transfer.chain.line is not None


def _both(first: Also, second: Also | None) -> Also:
    def write(session: Session) -> None:
        if second is not None:
            second(session)
        first(session)

    return write
