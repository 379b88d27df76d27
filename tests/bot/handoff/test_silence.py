"""The bot is silent from the claim on, whatever the timing, and nobody in danger is left without an answer.

A property over interleavings: messages come in, turns are taken, thought out and written down in steps, and between any
two steps a specialist claims, lets go, gives back or closes.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.conversations import ownership
from bot.conversations.views import Outcome, Work
from bot.handoff import claims
from tests.bot.handoff.world import Somebody, World

STEPS = ("hello", "danger", "dying", "think", "write", "ask", "claim", "release", "return", "close", "leave")
DANGER = ("danger", "dying")


@dataclass
class Play:
    """One conversation, step by step, and what must hold after each."""

    world: World
    conversation: str
    member: Somebody
    work: Work | None = None
    outcome: Outcome | None = None
    theirs: set[str] = field(default_factory=set)
    """Messages that were written, or still unanswered, while a specialist held the conversation."""
    bot_said: int = 0

    def step(self, what: str) -> None:
        world, conversation = self.world, self.conversation
        held = world.row(conversation).owner == "held"
        match what:
            case "hello" | "danger" | "dying":
                self.work = world.receive(conversation, what) or self.work
            case "think" if self.work is not None and self.outcome is None:
                self.outcome = world.decided(self.work)
            case "write" if self.outcome is not None:
                self.work = world.service.ledger.commit(self.outcome, world.now)
                self.outcome = None
            case "ask":
                with world.service.ledger.writing() as session:
                    ownership.ask_for_person(session, conversation, reason="asked", priority=0, now=world.now)
            case "claim":
                claims.claim(world.service, conversation, self.member)
            case "release":
                claims.release(world.service, conversation, self.member)
            case "return":
                claims.give_back(world.service, conversation, self.member)
            case "close":
                claims.close(world.service, conversation, self.member)
            case "leave":
                claims.leave(world.service, conversation)
        self._check(what, held)

    def _check(self, what: str, held_before: bool) -> None:
        conversation = self.world.row(self.conversation)
        messages = self.world.messages(self.conversation)
        bot = [one for one in messages if one.author == "bot"]
        if held_before and conversation.owner == "held":
            assert len(bot) == self.bot_said, "the bot spoke while a specialist held the conversation"
        self.bot_said = len(bot)
        if conversation.owner == "held":
            answered = {one.answers for one in bot}
            self.theirs |= {one.id for one in messages if one.direction == "in" and one.id not in answered}
        texts = {one.id: one.text for one in messages}
        for one in bot:
            if one.answers in self.theirs and one.seq > max(m.seq for m in messages if m.id == one.answers):
                assert texts[one.answers] in DANGER, f"the bot answered the backlog after {what}"
        handoffs = [one for one in self.world.handoffs(self.conversation) if one.ended_at is None]
        assert len(handoffs) == (conversation.owner in ("waiting", "held"))
        assert [one.claimed_by for one in handoffs] == ([conversation.holder] if handoffs else [])
        assert (conversation.holder is not None) == (conversation.owner == "held")

    def end(self) -> None:
        """Everything that was begun is done; then every danger was answered, or seen by who holds the conversation."""
        while self.work is not None:
            self.step("think")
            self.step("write")
        messages = self.world.messages(self.conversation)
        assert all(one.state == "done" for one in messages if one.direction == "in")
        answered = {one.answers for one in messages if one.author == "bot"}
        for one in messages:
            if one.direction != "in":
                continue
            if one.text in DANGER:
                assert one.id in answered or one.id in self.theirs
            elif one.id not in self.theirs:
                assert one.id in answered, "a message was left without an answer"


def played(world: World, steps: list[str]) -> None:
    world.wipe()
    play = Play(world, world.conversation(), world.member(f"Dana-{uuid.uuid4().hex[:12]}"))
    for step in steps:
        world.later(seconds=1)
        play.step(step)
    play.end()
    if any(step in DANGER for step in steps) and play.world.row(play.conversation).owner == "held":
        (handoff,) = [one for one in world.handoffs(play.conversation) if one.ended_at is None]
        assert handoff.risk_level >= 2 or _earlier(play, steps)


def _earlier(play: Play, steps: list[str]) -> bool:
    """The danger belongs to an earlier handoff, which a specialist has ended."""
    return any(step in ("return", "close", "leave") for step in steps)


ORDERS = st.lists(st.sampled_from(STEPS), min_size=4, max_size=22)
# Turns under way when somebody claims, for each way in which they let go again before the turn is written down.
IN_FLIGHT = ["hello", "think", "ask", "claim", "write", "hello", "return", "think", "write", "hello"]
GIVEN_BACK_MEANWHILE = ["hello", "think", "ask", "claim", "return", "write"]
CRISIS_DROPPED = ["danger", "think", "write", "dying", "think", "claim", "write"]
CRISIS_AFTER_ALL = ["ask", "claim", "danger", "think", "return", "write"]
BACKLOG = ["ask", "claim", "hello", "hello", "danger", "close"]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(steps=IN_FLIGHT)
@example(steps=GIVEN_BACK_MEANWHILE)
@example(steps=CRISIS_DROPPED)
@example(steps=CRISIS_AFTER_ALL)
@example(steps=BACKLOG)
@given(steps=ORDERS)
def test_the_bot_is_silent_from_the_claim_on_and_danger_is_always_answered(world: World, steps: list[str]) -> None:
    played(world, steps)


def test_the_same_holds_on_either_database(either: World) -> None:
    for steps in (IN_FLIGHT, GIVEN_BACK_MEANWHILE, CRISIS_DROPPED, CRISIS_AFTER_ALL, BACKLOG):
        played(either, steps)


def test_a_crisis_reply_that_was_on_its_way_is_dropped_and_the_holder_sees_the_danger(either: World) -> None:
    conversation, dana = either.waits(), either.member("Dana")
    work = either.receive(conversation, "dying")
    assert work is not None
    outcome = either.decided(work)
    assert outcome.replies
    claims.claim(either.service, conversation, dana)
    either.service.ledger.commit(outcome, either.now)
    assert either.said(conversation, "bot") == ""
    assert either.row(conversation).risk_level == 3
    (handoff,) = either.handoffs(conversation)
    assert (handoff.risk_level, handoff.kind, handoff.raised_at) == (3, "medical", either.now)


def test_danger_that_nobody_had_read_at_the_return_is_answered_by_the_bot(either: World) -> None:
    conversation, dana = either.waits(), either.member("Dana")
    claims.claim(either.service, conversation, dana)
    work = either.receive(conversation, "danger")
    assert work is not None and work.silent
    silent = either.decided(work)
    claims.give_back(either.service, conversation, dana)
    again = either.service.ledger.commit(silent, either.now)
    assert again is not None
    either.service.ledger.commit(either.decided(again), either.now)
    assert "9-8-8" in either.said(conversation, "bot")
    assert either.row(conversation).owner == "waiting"


def test_the_bot_answers_what_is_written_after_the_return_and_nothing_before(either: World) -> None:
    conversation, dana = either.waits(), either.member("Dana")
    claims.claim(either.service, conversation, dana)
    for _ in range(2):
        either.say(conversation, "hello")
    either.receive(conversation, "hello")
    claims.give_back(either.service, conversation, dana)
    for work in either.service.ledger.take_abandoned(either.now.replace(hour=16)):
        either.service.ledger.commit(either.decided(work), either.now)
    assert either.said(conversation, "bot") == ""
    either.say(conversation, "hello")
    assert either.said(conversation, "bot") != ""
