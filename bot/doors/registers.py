"""What a door file may say of a register for a season, and of slips that send people here."""

from __future__ import annotations

from pydantic import Field

from bot.doors.questions import Id
from bot.doors.strict import Strict


class Register(Strict):
    """A list for a season on which a household stands once. Names are of questions and settings of the door."""

    answers: tuple[Id, ...] = Field(min_length=1)
    """Questions whose answers the register keeps, of those that the person agreed to share."""
    counts: tuple[Id, ...] = ()
    """Questions of kind number, choice or yes_no that are counted: they stay when the answers are gone."""
    same: tuple[tuple[Id, ...], ...] = Field(min_length=1)
    """Lists of questions: a household whose answers to all of one list have been given before is there already."""
    season: Id
    """The setting of kind season."""
    capacity: Id | None = None
    """The setting of kind number: how many can be helped in a season; 0 for no limit."""
    size: Id | None = None
    """The question of kind number that says how many places a registration takes; without it one."""


class Slips(Strict):
    """Slips that staff of the partner write. Both are questions of kind choice with several answers."""

    social: Id
    """Its options are what the slip may name as social needs."""
    health: Id | None = None
    """Its options are needs for health care: on the slip, in the store and in reports apart from the others."""
    days: int = Field(default=90, ge=1, le=366)
    """How long a slip's code can be used."""
