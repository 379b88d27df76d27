"""Where a door leads: its routes, and the rules that choose among them after the questions."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from bot.doors.conditions import Condition
from bot.doors.questions import Id
from bot.doors.strict import Strict
from bot.doors.texts import TextId
from directory_client.lines import lines
from directory_client.needs import NEEDS


def _line(value: str) -> str:
    if value not in lines():
        raise ValueError(f"there is no line record named {value!r} in the directory's lines")
    return value


def _need(value: str) -> str:
    if value not in NEEDS:
        raise ValueError(f"{value!r} is not a need of the vocabulary")
    return value


DangerKind = Literal[
    "suicide", "self_harm", "overdose", "partner_violence", "sexual_violence", "child_abuse", "elder_abuse",
    "trafficking", "medical", "harm_to_others", "attack", "other",
]  # fmt: skip
"""The kinds of danger of docs/safety.md."""


class Stop(Strict):
    """A line of a chain, and for whom and when it is named."""

    line: str
    languages: tuple[str, ...] = ()
    """Only to people who speak one of these; empty: to all."""
    hours: str | None = None
    """Only then ("MO-FR 09:00-17:00"); without it the hours of the line's record hold."""

    _known = field_validator("line")(_line)


class Unmet(Strict):
    """A need that could not be met here, counted without the person."""

    need: str
    reason: Id

    _known = field_validator("need")(_need)


class Then(Strict):
    """A choice after a route's sentences: another route."""

    label: TextId
    to: Id


class Route(Strict):
    """Where a choice or a rule leads.

    `to` is one of:
        line        the first open line of `line` and `chain` is named with its number; with `by_phone`, whoever
                    calls is put through
        search      services for `need` near the person
        intake      the door's questions begin
        specialist  a person of ours, with `skill`, `mark` and `priority` on the card
        case        a case file for the door's case-workers, with the answers that were consented to
        report      an anonymous report of the answers named in `report`
        register    the register of the season, with the answers that were consented to
        referral    a form for the service that was chosen, with the answers that were consented to
        situation   a specialist who may refer to the situation table
        door        another door (`door`), with what was answered once
        nothing     only `say`
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
    to: Literal[
        "line", "search", "intake", "specialist", "case", "report", "register", "situation", "referral", "door",
        "nothing",
    ]  # fmt: skip
    label: TextId | None = None
    """Makes it one of the numbered choices at the door, under `question`."""
    say: tuple[TextId, ...] = ()
    by_phone: tuple[TextId, ...] = ()
    """To a line: said to somebody who calls, who is then put through instead of being told a number."""
    line: str | None = None
    chain: tuple[Stop, ...] = ()
    need: str | None = None
    skill: Id | None = None
    mark: Id | None = None
    priority: int = Field(default=0, ge=0, le=99)
    """Of the handoff; danger always comes before 100."""
    danger: Literal["high", "emergency"] | None = None
    """To a specialist: whoever comes this way is in danger. What is said is a crisis reply, and the desk rings."""
    kind: DangerKind = "other"
    """Of the danger."""
    door: str | None = None
    state: Literal["registered", "waiting"] = "registered"
    """To register: what the household is then."""
    consent: Id | None = None
    """The consent that is asked before this route; a refusal leads to `refused`."""
    refused: Id | None = None
    outcome: Id | None = None
    """The outcome code that is counted when the route is taken."""
    unmet: Unmet | None = None
    then: tuple[Then, ...] = ()
    """Numbered choices after what is said."""
    when: Condition | None = None
    """Offered only if this holds (settings, hours, season, mark)."""

    @field_validator("line")
    @classmethod
    def _line_known(cls, value: str | None) -> str | None:
        return value if value is None else _line(value)

    @field_validator("need")
    @classmethod
    def _need_known(cls, value: str | None) -> str | None:
        return value if value is None else _need(value)


class Rule(Strict):
    """An eligibility rule: the first whose `when` holds decides; the last has none."""

    id: Id
    when: Condition | None = None
    verdict: Literal["eligible", "not_eligible", "unclear"]
    say: tuple[TextId, ...] = ()
    """The reason, for the person."""
    to: Id
    """The route that follows."""
    offer_from: tuple[Id, ...] = ()
    """Questions of kind choice: the needs of the options that were chosen are offered too."""
    offer: tuple[str, ...] = ()
    """Needs offered instead, as numbered choices that search the directory."""
    unmet: Unmet | None = None

    @field_validator("offer")
    @classmethod
    def _needs_known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_need(one) for one in value)


class Report(Strict):
    """What an anonymous report keeps: answers by question, and nothing else."""

    type: Id
    place: Id | None = None
    time: Id | None = None
    frequency: Id | None = None
    more: tuple[Id, ...] = ()
    """Further questions of kind choice, yes_no, number or date."""
    source: str = Field(default="web", max_length=16)
    """Kept where the channel does not say it (web, sms, voice, counter)."""
