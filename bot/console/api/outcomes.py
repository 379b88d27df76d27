"""What has to be known when a conversation is closed, and whether it is there. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from bot.safety import Level

UNMET = (
    "no_service", "full", "not_eligible", "cost", "distance", "transport", "language", "hours", "waiting_list",
    "declined", "left", "other",
)  # fmt: skip
"""Why a need stayed unmet."""
LONGEST_TEXT = 200
MOST = 30


class Asked(Protocol):
    """A field that a door asks for (bot.doors.door.Field_)."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def label(self) -> Mapping[str, str]: ...
    @property
    def choices(self) -> Mapping[str, Mapping[str, str]]: ...
    @property
    def required(self) -> bool: ...


class NotClosed(ValueError):
    """Something is missing or wrong. `code` says what, `field` names the field."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.field = field


@dataclass(frozen=True, slots=True)
class Wanted:
    """What this conversation needs to be closed: its needs, whether danger was found, and the fields of its door."""

    needs: Sequence[str]
    danger: bool
    fields: Sequence[Asked] = ()
    follow_up: bool = True


@dataclass(frozen=True, slots=True)
class Ended:
    """An outcome that is complete. `words` are texts that a door asked for: they go to the notes, not to the counts."""

    met: tuple[str, ...]
    unmet: tuple[dict[str, str], ...]
    risk_end: int | None
    follow_up_asked: bool
    follow_up_consented: bool
    fields: Mapping[str, Any]
    words: Mapping[str, str] = field(default_factory=dict)


def ended(body: Mapping[str, Any], wanted: Wanted, known_needs: Sequence[str]) -> Ended:
    """The outcome in what the page sends.

    Args:
        known_needs: all codes of the vocabulary; a specialist may name a need that the bot did not hear.

    Raises:
        NotClosed: "needs" when a need has neither been met nor a reason, "risk_end" when danger was found and nobody
            says how it stands, "field" for a field of the door, "request" for what cannot be read.
    """
    met = tuple(dict.fromkeys(_codes(body.get("met"), known_needs)))
    unmet = _unmet(body.get("unmet"), known_needs)
    told = {*met, *(one["need"] for one in unmet)}
    for need in wanted.needs:
        if need not in told:
            raise NotClosed("needs", need)
    follow = body.get("follow_up") or {}
    if not isinstance(follow, Mapping):
        raise NotClosed("request")
    asked, consented = bool(follow.get("asked")), bool(follow.get("consented"))
    if consented and not asked:
        raise NotClosed("follow_up")
    fields, words = _fields(body.get("fields") or {}, wanted.fields)
    return Ended(met, unmet, _risk(body.get("risk_end"), wanted.danger), asked, consented, fields, words)


def _codes(value: Any, known: Sequence[str]) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > MOST or any(one not in known for one in value):
        raise NotClosed("request")
    return [str(one) for one in value]


def _unmet(value: Any, known: Sequence[str]) -> tuple[dict[str, str], ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > MOST:
        raise NotClosed("request")
    found: dict[str, dict[str, str]] = {}
    for one in value:
        if not isinstance(one, Mapping) or one.get("need") not in known:
            raise NotClosed("request")
        if one.get("reason") not in UNMET:
            raise NotClosed("needs", str(one["need"]))
        found[str(one["need"])] = {"need": str(one["need"]), "reason": str(one["reason"])}
    return tuple(found.values())


def _risk(value: Any, danger: bool) -> int | None:
    if value is None or value == "":
        if danger:
            raise NotClosed("risk_end")
        return None
    if isinstance(value, str):
        try:
            return int(Level.named(value))
        except ValueError:
            raise NotClosed("risk_end") from None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 3:
        raise NotClosed("risk_end")
    return value


def _fields(given: Any, wanted: Sequence[Asked]) -> tuple[dict[str, Any], dict[str, str]]:
    if not isinstance(given, Mapping):
        raise NotClosed("request")
    fields: dict[str, Any] = {}
    words: dict[str, str] = {}
    for one in wanted:
        value = given.get(one.id)
        if value is None or value == "":
            if one.required:
                raise NotClosed("field", one.id)
            continue
        if one.kind == "text":
            words[one.id] = _text(value, one.id)
            fields[one.id] = True
        else:
            fields[one.id] = _coded(value, one)
    return fields, words


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise NotClosed("field", name)
    return value.replace("\x00", "").strip()


def _coded(value: Any, one: Asked) -> Any:
    """A choice, yes or no, a number or a day: nothing that holds words."""
    match one.kind:
        case "choice" if value in one.choices:
            return str(value)
        case "yes_no" if isinstance(value, bool):
            return value
        case "number" if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9:
            return value
        case "date" if isinstance(value, str):
            try:
                return date.fromisoformat(value).isoformat()
            except ValueError:
                pass
    raise NotClosed("field", one.id)
