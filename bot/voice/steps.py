"""One step of a call: what the carrier asked, and where the call stood."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.carrier.signature import Form
from bot.voice.calling import Calling
from bot.voice.state import State


@dataclass(frozen=True, slots=True)
class Step:
    """One webhook of a call: where it stands, under which key its page is stored, and the number of the next."""

    calling: Calling
    state: State
    key: str
    next: int
    form: Form

    def on(self, calling: Calling, state: State | None = None) -> Step:
        """The same step with the call as it stands now."""
        return replace(self, calling=calling, state=state or self.state)
