"""What a front door file may say."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from directory_client.lines import lines
from directory_client.needs import NEEDS

DoorId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,39}$")]
MessageId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$")]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Status(Strict):
    """Whether the service exists now, with the day and the source of that fact."""

    state: Literal["open", "closed", "seasonal"]
    checked: date
    source: str = Field(min_length=3)


class Entry(Strict):
    """Ways in."""

    web: Annotated[str, StringConstraints(pattern=r"^/[a-z0-9-]*$")]
    words: tuple[Annotated[str, StringConstraints(pattern=r"^[A-ZÀ-Þ0-9' ]{3,20}$")], ...] = ()
    """What to text to come in: a keyword, or the word of a sign that a number follows ("RAIL 12")."""


class Route(Strict):
    """A numbered choice at the door and where it leads."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z_]+$")]
    label: MessageId
    say: MessageId
    line: str
    need: str | None = None

    @field_validator("line")
    @classmethod
    def _line_is_known(cls, value: str) -> str:
        if value not in lines():
            raise ValueError(f"there is no line record named {value!r} in the directory's lines")
        return value

    @field_validator("need")
    @classmethod
    def _need_is_known(cls, value: str | None) -> str | None:
        if value is not None and value not in NEEDS:
            raise ValueError(f"{value!r} is not a need of the vocabulary")
        return value


class Door(Strict):
    """A front door. `question` is asked with the routes as its choices; without routes any need is taken."""

    id: DoorId
    names: dict[str, str]
    status: Status
    entry: Entry
    greeting: tuple[MessageId, ...] = Field(min_length=1)
    question: MessageId | None = None
    line: str
    youth: bool = False
    routes: tuple[Route, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Door:
        if "en" not in self.names or "fr" not in self.names:
            raise ValueError("names needs en and fr")
        if self.line not in lines():
            raise ValueError(f"there is no line record named {self.line!r} in the directory's lines")
        if bool(self.routes) != bool(self.question):
            raise ValueError("routes and question go together: give both or neither")
        return self

    def name(self, language: str) -> str:
        return self.names.get(language, self.names["en"])
