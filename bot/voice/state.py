"""Where a call stands between two webhooks: what was asked, what each key means, what to say again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal

from bot.voice.utterance import Utterance

At = Literal["languages", "talk", "confirm", "text", "code", "postal"]
Star = Literal["", "code", "postal", "text"]


@dataclass(frozen=True, slots=True)
class State:
    """The flow's part of the state of a call. It is JSON in the database."""

    at: At = "languages"
    keys: Mapping[str, str] = field(default_factory=dict)
    """Key → what it means to the dialogue: the text for a turn, or the code of a language."""
    rest: tuple[tuple[int, str], ...] = ()
    """Choices that no key was left for; key 8 says them."""
    star: Star = ""
    """What the star key does on this page."""
    menu: int = 0
    """Page of the language menu."""
    failures: int = 0
    """Silences, wrong keys and words not understood, in a row."""
    heard: str = ""
    """Words that wait for a yes."""
    said: int = 0
    """Number of the last message of the conversation that was said aloud."""
    shown: tuple[str, ...] = ()
    """Ids of the services that were read out last, to send them as a text."""
    person_said: bool = False
    """The caller was brought to a person because of the handoff that is open now."""
    transfers: int = 0
    """How often the call has been handed on."""
    spoken: tuple[Utterance, ...] = ()
    """What was said last, for key 9."""

    def after(self, **changed: Any) -> State:
        """The state with something changed by what the caller did, which was no failure."""
        return replace(self, **{"failures": 0, **changed})

    def as_json(self) -> dict[str, Any]:
        return {
            **{one.name: getattr(self, one.name) for one in fields(self)},
            "keys": dict(self.keys),
            "rest": [list(one) for one in self.rest],
            "shown": list(self.shown),
            "spoken": [asdict(one) for one in self.spoken],
        }

    @classmethod
    def of(cls, flow: Mapping[str, Any]) -> State:
        """From JSON; what is missing or of an older kind takes its default."""
        known = {one.name for one in fields(cls)}
        kept = {name: value for name, value in flow.items() if name in known}
        kept["keys"] = dict(kept.get("keys") or {})
        kept["rest"] = tuple((int(number), str(label)) for number, label in kept.get("rest") or ())
        kept["shown"] = tuple(kept.get("shown") or ())
        kept["spoken"] = tuple(Utterance(**one) for one in kept.get("spoken") or ())
        return cls(**kept)
