"""One message to an open intake, from wanted to pieces: the same for Rasa's actions and for the menu without Rasa."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot import answers
from bot.answers import Piece
from bot.doors.conditions import World
from bot.doors.door import Door
from bot.doors.loading import door_named
from bot.doors.world import world_of
from bot.intake import machine
from bot.intake.ending import Ending, ending, route_taken
from bot.intake.machine import Step, Wanted
from bot.intake.state import State


@dataclass(frozen=True, slots=True)
class Course:
    """The state after a message, what is said to it, and the ending when there is no further question."""

    state: State
    pieces: list[Piece] = field(default_factory=list)
    ending: Ending | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What the gateway tells an action of the intake, in the metadata of a message."""

    door: Door
    world: World
    state: State | None
    wanted: Wanted | None = None

    @classmethod
    def of(cls, sent: Mapping[str, Any], now: datetime, wanted: Any = None) -> Told:
        door = door_named(str(sent.get("door") or "211"))
        state = State.of(sent.get("state"), door.id)
        world = world_of(door, sent.get("situation") or {}, now, state.answers if state else None)
        return cls(door, world, state, wanted if isinstance(wanted, Mapping) else None)

    @property
    def channel(self) -> str:
        return str(self.world.facts.get("channel") or "web")

    def step(self) -> Step:
        """The state after the message. Pure: asked twice, it gives the same twice."""
        state = self.state or machine.started(self.door, self.world)
        return machine.applied(self.door, state, self.wanted, self.world) if self.wanted else Step(state)


def course(told: Told) -> Course:
    """The whole answer to a message. A choice of questions that are over does nothing a second time."""
    if told.state is not None and told.state.phase == "done":
        return Course(told.state, [answers.say("common/already_done", [answers.PERSON])])
    step = told.step()
    world = replace(told.world, answers=step.state.answers)
    if step.state.phase == "done":
        end = ending(told.door, step.state, world)
        return Course(step.state, [*step.said, *end.pieces], end)
    already = any("asks" in piece for piece in step.said)
    question = [] if already else machine.asked(told.door, step.state, world, told.channel)
    return Course(step.state, [*step.said, *question])


def by_route(told: Told, route_id: object) -> Course | None:
    """The answer to a numbered choice at the door; None when the door has no such route."""
    route = told.door.route(route_id)
    if route is None:
        return None
    taken = route_taken(told.door, route, told.world, told.state)
    if not taken.starts:
        return Course(told.state or State(told.door.id, phase="done"), taken.pieces, taken)
    state = machine.started(told.door, told.world, told.world.facts.get("known"))
    begun = course(replace(told, state=state, wanted=None))
    return Course(begun.state, [*taken.pieces, *begun.pieces], begun.ending)
