"""The rule for sharing: its words, its version and its lists, from data/rule.yml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.yaml_text import parsed

FILE = Path(__file__).parent / "data" / "rule.yml"
Code = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$")]


class Rule(BaseModel):
    """What holds whenever something about a person is told to a partner."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]{1,20}$")]
    text: Mapping[str, Sequence[str]]
    grounds: Sequence[Code]
    purposes: Sequence[Code]
    fields: Sequence[Code]
    never: Sequence[Code]
    kinds: Sequence[Code]
    without_agreement: Sequence[Annotated[str, Field(pattern=r"^[a-z0-9-]{1,60}$")]]
    reasons: Sequence[Code]
    override_hours: Annotated[float, Field(gt=0, le=24)]

    @model_validator(mode="after")
    def _whole(self) -> Rule:
        if not all(self.text.get(language) for language in ("en", "fr")):
            raise ValueError("the rule must be written in English and in French")
        if set(self.fields) & set(self.never):
            raise ValueError("a field is both shareable and never to be shared")
        return self

    def words(self, language: str) -> Sequence[str]:
        """The sentences in a language; in English where it has none."""
        return self.text.get(language) or self.text["en"]


def read_rule(path: Path = FILE) -> Rule:
    """The rule of a file. Raises ValueError when it is broken."""
    return Rule.model_validate(parsed(path.read_text(encoding="utf-8")))


@lru_cache(maxsize=1)
def rule_in_force() -> Rule:
    """The rule that ships with this version of the product."""
    return read_rule()
