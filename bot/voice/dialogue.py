"""A turn of the dialogue on the phone: words in, a page out.

The turn is the same as in the chat and runs by itself; here it is waited for, and its replies are spoken.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from anyio import to_thread

from bot.answers import Piece
from bot.carrier.signature import Form
from bot.channels.inbound import Inbound
from bot.conversations.outcomes import CONNECT
from bot.conversations.views import Spoken
from bot.doors.loading import door_named
from bot.safety import Level
from bot.safety.replies import crisis_reply
from bot.voice import pages, texting
from bot.voice.answering import TO_KEYS, TO_PERSON, Answering
from bot.voice.calls import CHANNEL, Turn
from bot.voice.languages import voice_for
from bot.voice.speech import MORE_KEY, MORE_WORD
from bot.voice.spoken_keys import NO, YES
from bot.voice.state import State
from bot.voice.steps import Step
from bot.voice.utterance import Utterance

PATIENCE = 6.0
"""Seconds of silence before "one moment"; the carrier waits 15."""
IN_DANGER = 2.5
LOOK_EVERY = 0.25
"""Seconds between two looks for an answer that another process gives."""
MOST_WAITS = 4
NOT_UNDERSTOOD = frozenset(("fallback_first", "fallback_menu", "menu_engine_away", "number_unknown", "empty_message"))
ASKS_PLACE = frozenset(("ask_place", "ask_place_again", "place_outside"))


class Dialogue:
    """Hands words to the turns and speaks what comes back."""

    def __init__(self, answering: Answering) -> None:
        self.answering = answering
        self.service = answering.service
        self.calls = answering.calls
        self.speech = answering.speech

    def risk(self, text: str) -> Level:
        return self.service.turns.ears.risk(text).level

    async def say(self, step: Step, text: str) -> str:
        """The caller has said something, or chosen a number."""
        n = int(step.key)
        given = {"intent": "more", "entities": {}} if _more(step, text) else None
        await self.service.turns.receive(
            Inbound(step.calling.conversation_id, CHANNEL, _message_id(step, n), text, given=given)
        )
        return await self.answer(step, n, 0)

    async def enter(self, step: Step, greeting: Sequence[Utterance], *, danger: bool = True) -> str:
        """Whoever calls this door goes to a person: its first words, then the person, and nothing is asked.

        Args:
            danger: calling it is danger by itself.
        """
        calling = step.calling
        given = {"intent": "enter", "entities": {}}
        await self.service.turns.receive(
            Inbound(calling.conversation_id, CHANNEL, _message_id(step, 0), "", given=given)
        )
        await self._settled(calling.conversation_id, _message_id(step, 0))
        now = await to_thread.run_sync(self.calls.load, calling.sid) or calling
        last = await to_thread.run_sync(self.calls.last_words, now.conversation_id)
        state = replace(step.state, at="talk", said=last, keys={})
        if danger:
            now = replace(now, risk_level=max(now.risk_level, int(Level.HIGH)))
        return await self.answering.to_person(step.on(now, state), state, "risk" if danger else "asked", greeting)

    async def answer(self, step: Step, n: int, again: int) -> str:
        """Waits for the answer to step n: the page with it, or one that waits on."""
        calling = step.calling
        turn = await self._settled(calling.conversation_id, _message_id(step, n))
        if turn is None:
            return await self.erased(step.form, calling.language)
        if not turn.done:
            if self.risk(turn.text) >= Level.HIGH:
                return await self._crisis_without_turn(step, turn.text)
            if again >= MOST_WAITS:
                return await self.answering.to_person(step, step.state, "problem")
            return await self.answering.moment(step, n, again + 1)
        now = await to_thread.run_sync(self.calls.load, calling.sid)
        if now is None:
            return await self.erased(step.form, calling.language)
        replies = await to_thread.run_sync(self.calls.replies, now.conversation_id, step.state.said)
        return await self.told(step.on(now), replies, heard=turn.text, spoke=calling.language)

    async def told(
        self,
        step: Step,
        replies: Sequence[Spoken],
        *,
        heard: str = "",
        spoke: str | None = None,
        before: Sequence[Utterance] = (),
    ) -> str:
        """Speaks replies, and does what they ask for.

        Args:
            step: with the call as it stands after the turn.
            heard: the words that they answer.
            spoke: the language before them.
            before: what is said first.
        """
        answering, calling, language = self.answering, step.calling, step.calling.language
        page = self.speech.replies(replies, language)
        said = (*before, *page.utterances)
        state = replace(
            step.state,
            at="talk",
            heard="",
            said=max([step.state.said, *(reply.seq for reply in replies)]),
            keys=page.keys,
            rest=page.rest,
            star="",
            person_said=step.state.person_said and calling.owner == "waiting",
        )
        # On the way to a person no key means anything.
        plain = [reply for reply in replies if not reply.payload.get("choices")]
        parting = (*before, *self.speech.replies(plain, language).utterances)
        danger = bool(heard) and self.risk(heard) >= Level.HIGH
        if calling.owner == "held":
            return await answering.to_person(step, state, "held", parting)
        if danger:
            return await answering.to_person(step, state, "risk", parting)
        if calling.owner == "waiting" and not state.person_said:
            interpreter = calling.memory.get("greeted") == language or not answering.speakable(language)
            return await answering.to_person(step, state, "language" if interpreter else "asked", parting)
        if line := calling.memory.get(CONNECT):
            return await answering.to_person(step, state, f"line:{line}", parting)
        if spoke not in (None, language) and not (voice_for(language).recognised and answering.speakable(language)):
            # They have named a language that cannot be listened to: keys, or an interpreter.
            return await answering.start(step.on(calling, state), language)
        messages = {self._message(reply) for reply in replies}
        shown = tuple(str(card["id"]) for reply in replies for card in reply.payload.get("cards") or ())
        state = replace(state, shown=shown or state.shown)
        if "send_to_phone" in messages:
            return await self.offer_text(step, state, before)
        failed = heard and not heard.isdigit() and messages & NOT_UNDERSTOOD
        state = replace(state, failures=state.failures + 1 if failed else 0)
        if state.failures >= TO_PERSON:
            return await answering.to_person(step, state, answering.person_reason(calling), before)
        if state.failures >= TO_KEYS and not page.keys:
            return await answering.menu(step, state, before=said)
        if not said:
            return await answering.menu(step, state)  # nothing to say is no answer
        if messages & ASKS_PLACE:
            state = replace(state, star="postal")
            if voice_for(language).recognised is None:
                return await answering.ask_postal(step, state, before=said)
        elif page.sendable:
            state = replace(state, star="text")
            said = (*said, self.speech.say("voice_star_text", language))
        return await answering.ask(step, state, [*said, *answering.keys(language)])

    async def offer_text(self, step: Step, state: State, before: Sequence[Utterance]) -> str:
        """Asks whether it is safe to send what was read out, or says why it cannot be sent."""
        language = step.calling.language
        to = await to_thread.run_sync(texting.way, self.service, step.calling.door, step.form.get("From", ""))
        spoken = step.state.spoken
        if isinstance(to, str) or not state.shown:
            refusal = to if isinstance(to, str) else "nothing_shown_yet"
            state = replace(state, at="talk", star="")
            said = [*before, self.speech.say(refusal, language), *self.answering.keys(language)]
            return await self.answering.ask(step, state, said, again=spoken)
        safe = self.speech.say("voice_text_safe", language, yes=YES, no=NO)
        state = replace(state, at="text", keys=state.keys or step.state.keys, failures=0)
        return await self.answering.ask(step, state, [*before, safe], again=[safe])

    async def erased(self, form: Form, language: str = "en") -> str:
        """The caller has erased everything, this call with it."""
        said = [self.speech.say(message, language) for message in ("delete_done", "voice_goodbye")]
        return str(pages.farewell(said, public_url=self.service.settings.public_url))

    async def _crisis_without_turn(self, step: Step, text: str) -> str:
        """The turn is stuck (its process died, say). Danger does not wait for it: the same words, and a person."""
        calling, now = step.calling, self.service.clock()
        risk = self.service.turns.ears.risk(text)
        youth = door_named(calling.door).youth
        spoken = crisis_reply(risk, door_youth=youth, language=calling.language, now=now)
        pieces: list[Piece] = [{"say": message, "facts": facts} for message, facts in spoken]
        find = self.service.directory.find(now)
        replies = self.service.words.replies(pieces, calling.language, find, now, kind="crisis")
        page = self.answering.page(replies, calling.language)
        step = step.on(replace(calling, risk_level=int(risk.level), risk_kind=risk.kind))
        return await self.answering.to_person(step, step.state, "risk", page.utterances)

    async def _settled(self, conversation: str, message_id: str) -> Turn | None:
        """The message once its turn is done, or as it stands when patience ends. None: erased."""
        begun, patience = time.monotonic(), 0.0
        while True:
            turn = await to_thread.run_sync(self.calls.turn, message_id)
            if turn is None or turn.done:
                return turn
            patience = patience or (IN_DANGER if self.risk(turn.text) >= Level.HIGH else PATIENCE)
            left = begun + patience - time.monotonic()
            if left <= 0:
                return turn
            await self.service.bell.wait(conversation, min(left, LOOK_EVERY))

    def _message(self, reply: Spoken) -> str | None:
        """Which sentence of the catalogue a reply is."""
        choices = len(reply.payload.get("choices") or ()) if not reply.payload.get("cards") else 0
        text = "\n".join(reply.text.split("\n")[:-choices]) if choices else reply.text
        found = self.speech.sentences.of(text, reply.language)
        return found.message if found else None


def _message_id(step: Step, n: int) -> str:
    return f"{step.calling.sid}:{n}"


def _more(step: Step, text: str) -> bool:
    """Whether "more" came from the key for it, and not from the caller's mouth."""
    return text == MORE_WORD and step.state.keys.get(MORE_KEY) == MORE_WORD and not step.form.get("SpeechResult")
