"""The operator's own numbers and addresses at the carrier: which door each opens, and how fast it may send."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from bot.yaml_text import parsed

Kind = Literal["long", "short", "tollfree", "whatsapp", "messenger"]
RATES: Mapping[Kind, float] = {"long": 1.0, "short": 100.0, "tollfree": 3.0, "whatsapp": 80.0, "messenger": 40.0}
"""Messages a second where the file says nothing: the carrier's usual limits by kind of number."""
_ADDRESS = r"^(\+[1-9]\d{7,14}|\d{5,6}|whatsapp:\+[1-9]\d{7,14}|messenger:[\w-]{1,40})$"


class BrokenNumbers(Exception):
    """The file of numbers cannot be used. The text says which entry and why."""


class OurNumber(BaseModel):
    """One number: "+1…", a short code, "whatsapp:+1…" or "messenger:…"."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: Annotated[str, StringConstraints(pattern=_ADDRESS)]
    door: str = "211"
    sms: bool = True
    voice: bool = False
    kind: Kind = "long"
    rate: float | None = Field(default=None, gt=0, le=1000)

    @property
    def texts(self) -> bool:
        """Whether any phone can text it; messengers need their own application."""
        return self.sms and self.kind not in ("whatsapp", "messenger")

    @property
    def per_second(self) -> float:
        """Messages a second that it may send."""
        return self.rate if self.rate is not None else RATES[self.kind]


@dataclass(frozen=True, slots=True)
class Numbers:
    """All of them, by address."""

    by_address: Mapping[str, OurNumber]

    @classmethod
    def load(cls, path: Path, doors: Iterable[str]) -> Numbers:
        """Reads the file; without one there are no numbers, and neither texts nor calls.

        Raises:
            BrokenNumbers: with the entry and the reason.
        """
        if not path.exists():
            return cls({})
        try:
            found = TypeAdapter(list[OurNumber]).validate_python(parsed(path.read_text(encoding="utf-8")) or [])
        except (UnicodeDecodeError, yaml.YAMLError) as problem:
            raise BrokenNumbers(f"{path}: not readable as YAML ({problem}). Mend the file and start again.") from None
        except ValidationError as problem:
            first = problem.errors(include_url=False)[0]
            where = "entry " + str(first["loc"][0] + 1) if first["loc"] and isinstance(first["loc"][0], int) else "file"
            field = ".".join(str(part) for part in first["loc"][1:])
            raise BrokenNumbers(f"{path}, {where}: {field} {first['msg']}. Mend the file and start again.") from None
        known = set(doors)
        numbers: dict[str, OurNumber] = {}
        for place, one in enumerate(found, 1):
            if one.door not in known:
                raise BrokenNumbers(f"{path}, entry {place}: there is no door {one.door!r}. Mend it and start again.")
            if one.number in numbers:
                raise BrokenNumbers(f"{path}, entry {place}: the number stands there twice. Mend it and start again.")
            numbers[one.number] = one
        return cls(numbers)

    def of(self, address: str) -> OurNumber | None:
        """The entry of an address of ours."""
        return self.by_address.get(address)

    def find(self, channel: Literal["sms", "voice"], door: str) -> OurNumber | None:
        """A number that the door can be reached by; the general door's where it has none."""
        able = [one for one in self.by_address.values() if (one.texts if channel == "sms" else one.voice)]
        for wanted in (door, "211"):
            for one in able:
                if one.door == wanted:
                    return one
        return None
