"""What a front door file may say. docs/adding-a-door.md explains every field."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, SkipValidation, StringConstraints, field_validator, model_validator

from bot.doors.areas import Area
from bot.doors.evaluation import Evaluation
from bot.doors.questions import Consent, Id, Question
from bot.doors.registers import Register, Slips
from bot.doors.routing import DangerKind, Report, Route, Rule
from bot.doors.strict import Strict
from bot.doors.tables import Diversion, Table
from bot.doors.texts import TextId, Texts, wanted
from bot.named_lines import LINE_211, LINE_911, LINE_988
from directory_client.lines import lines
from directory_client.needs import NEEDS
from directory_client.rules import week

DoorId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,39}$")]
Word = Annotated[str, StringConstraints(pattern=r"^[A-ZÀ-Þ0-9' ]{3,20}$")]
Path = Annotated[str, StringConstraints(pattern=r"^/[a-z0-9-]*$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
Names = dict[Language, Annotated[str, StringConstraints(min_length=1, max_length=200)]]

BUILT_IN: Mapping[str, Any] = {
    "line_911": LINE_911,
    "line_988": LINE_988,
    "line_211": LINE_211,
}
"""Facts that every sentence may have a place for, besides door, sign, name and phone."""
SITUATION = frozenset(("door", "sign", "place", "name", "phone", "checked", "referral", "nth"))
"""Facts that come with the moment: the door's name, the sign's number, the person's place, the route's line, the day of
the status."""


class Status(Strict):
    """Whether the service exists now, with the day and the source of that fact."""

    state: Literal["open", "closed", "seasonal"]
    checked: date
    source: str = Field(min_length=3)
    say: TextId | None = None
    """Said after the greeting when the service is closed (or out of season)."""


class Signs(Strict):
    """Signs with a number: "RAIL 12". Their number is on the card of whoever comes by one."""

    words: tuple[Word, ...] = Field(min_length=1)
    places: dict[str, str] = Field(default_factory=dict)
    """Number of the sign → where it stands, as the operator names it. Unknown numbers count too."""
    slips: Slips | None = None
    """What follows the word is the code of a slip that staff of the partner wrote, not the number of a sign."""


class Mark(Strict):
    """Somebody who comes with a mark: from 911, an officer on scene, with a referral slip."""

    id: Id
    words: tuple[Word, ...] = ()
    """Texting one of these comes in with the mark; on the web it is ?from=<id>."""
    always: bool = False
    """Whoever comes through this door has the mark."""
    label: Names
    """What the specialists read."""
    phrases: tuple[Annotated[str, StringConstraints(min_length=8, max_length=120)], ...] = ()
    """Whoever writes one of these within a message has the mark from then on."""
    say: tuple[TextId, ...] = ()
    """The first words to people with the mark, in place of the greeting."""
    to: Id | None = None
    """A route to a person, taken at once: no menu and no question comes."""
    meanwhile: TextId | None = None
    """What is said to people with the mark who write while they wait for that person."""


class Entry(Strict):
    """Ways in."""

    web: Path
    words: tuple[Word, ...] = ()
    """What to text to come in: a keyword, or the word of a sign that a number follows ("RAIL 12")."""
    french: tuple[Word, ...] = ()
    """Those of the words that are French: whoever texts one is answered in French."""
    signs: Signs | None = None
    marks: tuple[Mark, ...] = ()

    @property
    def keywords(self) -> tuple[str, ...]:
        """All words that open the door by text."""
        signs = self.signs.words if self.signs else ()
        return (*self.words, *signs, *(word for mark in self.marks for word in mark.words))

    def mark(self, given: object) -> str | None:
        """The mark in force: the one that came along, if the door has it, or the one that everybody has."""
        ids = [mark.id for mark in self.marks]
        if given in ids:
            return str(given)
        return next((mark.id for mark in self.marks if mark.always), None)

    def mark_of(self, word: str) -> str | None:
        return next((mark.id for mark in self.marks if word in mark.words), None)

    def marked(self, mark_id: object) -> Mark | None:
        return next((mark for mark in self.marks if mark.id == mark_id), None)


class Hours(Strict):
    """When people of the service answer. The assistant answers always."""

    open: str
    """ "24/7" or "MO-FR 09:00-17:00; SA 10:00-14:00", Toronto time."""
    holidays: Literal["open", "closed"] = "closed"
    """On Ontario's public holidays."""
    except_: dict[date, str] = Field(default_factory=dict, alias="except")
    """Single days: "closed", or "10:00-14:00"."""
    say: TextId | None = None
    """Said after the greeting while closed."""

    @field_validator("open")
    @classmethod
    def _readable(cls, value: str) -> str:
        week(value)
        return value

    @field_validator("except_")
    @classmethod
    def _days_readable(cls, value: dict[date, str]) -> dict[date, str]:
        for text in value.values():
            if text != "closed":
                week(f"MO {text}")
        return value


class Notice(Strict):
    """Entry that is danger by itself: said before anything else, and a person is asked for at once."""

    level: Literal["high", "emergency"]
    kind: DangerKind
    say: tuple[TextId, ...] = Field(min_length=1)
    """In this order, each a message of its own."""
    mark: Id | None = None
    """Only for people who come with this mark; without it for all."""


class Setting(Strict):
    """Something that the service changes during the year and that changes what is said."""

    kind: Literal["yes_no", "number", "text", "date", "season"]
    value: bool | float | str
    """In force until the service changes it in the console. A season: "12-01..12-20" (month-day)."""
    note: str = Field(min_length=3)
    """What it means, for whoever changes it."""


class Place(Strict):
    """The region that the door serves, and what happens elsewhere."""

    area: str
    question: Id | None = None
    """The question that tells the place; without it the place that the person named anywhere."""
    elsewhere: tuple[Elsewhere, ...] = ()


class Elsewhere(Strict):
    """Where people of another region go: the first whose area fits; without an area, everybody."""

    area: str | None = None
    to: Id


class Retention(Strict):
    """How many days what is kept. Words go first; counts stay."""

    words_days: int = Field(ge=1, le=3650)
    answers_days: int = Field(ge=1, le=3650)


class FollowUp(Strict):
    """Whether somebody may ask later how it went."""

    offered: bool
    never_from: Literal["none", "concern", "high", "emergency"] = "high"
    """No follow-up and no survey from this level of danger on; "none": never."""


class Field_(Strict):
    """A field that a specialist fills in when closing."""

    id: Id
    kind: Literal["choice", "yes_no", "number", "date", "text"]
    label: Names
    choices: dict[Id, Names] = Field(default_factory=dict)
    required: bool = True


class Outcome(Strict):
    """How a contact at this door can end."""

    id: Id
    label: Names
    reached: str | None = None
    """A line record: specialists can choose this outcome only after that line has answered a transfer."""

    @field_validator("reached")
    @classmethod
    def _line_is_known(cls, value: str | None) -> str | None:
        if value is not None and value not in lines():
            raise ValueError(f"there is no line record named {value!r} in the directory's lines")
        return value


class Door(Strict):
    """A front door. `question` is asked with the labelled routes as its choices; without them any need is taken."""

    id: DoorId
    names: Names
    status: Status
    entry: Entry
    greeting: tuple[TextId, ...] = Field(min_length=1)
    line: str
    """The line record that stands for the service."""
    languages: tuple[Language, ...] = ()
    """In which its own people work; empty: with interpreters, all."""
    youth: bool = False
    aloud: bool = False
    """The web chat shows a button on each message that reads it aloud."""
    anonymous: bool = False
    hours: Hours | None = None
    notice: Notice | None = None
    question: TextId | None = None
    routes: tuple[Route, ...] = ()
    intake: tuple[Question, ...] = ()
    start: Literal["entry", "route"] = "route"
    """When the questions begin: right after the greeting, or by a route to `intake`."""
    rules: tuple[Rule, ...] = ()
    consents: tuple[Consent, ...] = ()
    report: Report | None = None
    registration: Register | None = None
    """The list of a season on which households stand once."""
    place: Place | None = None
    table: Table | None = None
    """The situation table that specialists of this door refer to."""
    diversion: Diversion | None = None
    """Another service sends people here, and gets some of them back."""
    areas: dict[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")], Area] = Field(default_factory=dict)
    settings: dict[Id, Setting] = Field(default_factory=dict)
    facts: dict[Id, dict[str, str]] = Field(default_factory=dict)
    """What a place in braces in the door's sentences stands for: {line: id}, {line_name: id}, {setting: name}, …"""
    outcomes: tuple[Outcome, ...] = ()
    closing: tuple[Field_, ...] = ()
    follow_up: FollowUp = FollowUp(offered=False)
    evaluation: Evaluation | None = None
    retention: Retention = Retention(words_days=90, answers_days=90)
    texts: Annotated[Texts, SkipValidation] = Field(default_factory=dict)
    """Read from texts/<id>/ and checked there; not a field of the file. A copy would forget which are drafts."""

    @field_validator("names")
    @classmethod
    def _both(cls, value: dict[str, str]) -> dict[str, str]:
        if not {"en", "fr"} <= value.keys():
            raise ValueError("names needs en and fr")
        return value

    @field_validator("line")
    @classmethod
    def _line_is_known(cls, value: str) -> str:
        if value not in lines():
            raise ValueError(f"there is no line record named {value!r} in the directory's lines")
        return value

    @model_validator(mode="after")
    def _whole(self) -> Door:
        if bool([route for route in self.routes if route.label]) != bool(self.question):
            raise ValueError("routes and question go together: give a question and routes with a label, or neither")
        return self

    def name(self, language: str) -> str:
        return self.names.get(language, self.names["en"])

    @property
    def referring(self) -> bool:
        """Whether forms go from here to services."""
        return any(route.to == "referral" for route in self.routes)

    def route(self, route_id: object) -> Route | None:
        return next((one for one in self.routes if one.id == route_id), None)

    def asked(self, question_id: object) -> Question | None:
        return next((one for one in self.intake if one.id == question_id), None)

    def consent(self, consent_id: object) -> Consent | None:
        return next((one for one in self.consents if one.id == consent_id), None)

    def say(self, message: str, choices: Any = (), **facts: Any) -> dict[str, Any]:
        """A piece with the facts that its sentence has places for, of those given and those of the door."""
        known = {**BUILT_IN, "door": self.name("en"), **self.facts, **facts}
        names = wanted(message, self.texts) if "/" in message else wanted(message, {})
        return {"say": message, "facts": {n: known[n] for n in sorted(names) if n in known}, "choices": list(choices)}


FACT_KINDS: Mapping[str, Callable[[], Collection[str]]] = {
    "line": lines,
    "line_text": lines,
    "line_name": lines,
    "need": lambda: NEEDS,
}
"""Kinds of facts and where their values are checked; "setting" and "text" are the door's own."""

Place.model_rebuild()
