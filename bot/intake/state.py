"""Where an intake stands. It is JSON in the conversation's memory, and travels to Rasa and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

Phase = Literal["questions", "confirm", "review", "consent", "done"]


@dataclass(frozen=True, slots=True)
class State:
    """The answers so far, and what is asked now."""

    door: str
    phase: Phase = "questions"
    at: str | None = None
    """The question or consent that waits for an answer."""
    answers: Mapping[str, Any] = field(default_factory=dict)
    """By question; None for one that was skipped."""
    path: tuple[str, ...] = ()
    """Questions in the order in which they were answered here, for going back."""
    pending: Any = None
    """An answer that is being read back."""
    misses: int = 0
    """Answers not understood, in a row."""
    changing: bool = False
    """An answer is being changed from the summary: back there afterwards."""
    field: str | None = None
    """The answer whose sharing is asked about, where each is asked about by itself."""
    allowed: tuple[str, ...] = ()
    """Answers that may be shared."""
    route: str | None = None
    offers: tuple[Mapping[str, Any], ...] | None = None
    """Services that were offered as the choices of a question; None before they were looked for."""
    rule: str | None = None
    paused: bool = False
    """Something else is being talked of; the questions wait."""
    hinted: bool = False

    @property
    def open(self) -> bool:
        """Whether a question waits for an answer now."""
        return self.phase != "done" and not self.paused

    def as_json(self) -> dict[str, Any]:
        lists = {"path": list(self.path), "allowed": list(self.allowed)}
        offers = None if self.offers is None else [dict(one) for one in self.offers]
        return {**asdict(self), "answers": dict(self.answers), **lists, "offers": offers}

    @classmethod
    def of(cls, stored: Any, door: str | None = None) -> State | None:
        """From JSON. None for none, and for one of another door: it was left."""
        if not isinstance(stored, Mapping) or not stored.get("door") or (door and stored["door"] != door):
            return None
        known = {one.name for one in fields(cls)}
        kept = {name: value for name, value in stored.items() if name in known}
        kept["answers"] = dict(kept.get("answers") or {})
        kept["path"] = tuple(kept.get("path") or ())
        kept["allowed"] = tuple(kept.get("allowed") or ())
        offers = kept.get("offers")
        kept["offers"] = None if offers is None else tuple(offers)
        return cls(**kept)
