"""Who is called, in which order, and what comes after each answer. Pure: nothing here dials or stores.

A chain is worked out once, from the records of the lines (`directory_client.lines`), and then only goes on: each
result moves it to the next stop or ends it. Its last stop is always the offer to be called back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal, get_args

from bot.doors.door import Door
from bot.safety.levels import NO_RISK, Level, Risk
from bot.safety.replies import crisis_reply
from bot.voice.callers import safe_to_dial
from directory_client.hours import Timetable, is_open
from directory_client.lines import CRISIS, EMERGENCY, Line, lines
from directory_client.rules import rule_of, week

Kind = Literal["line", "warm", "queue", "callback"]
Outcome = Literal["connected", "short", "busy", "no_answer", "failed", "left", "asked", "refused"]
Ended = Literal["connected", "left", "callback", "nobody"]

NATIONAL = CRISIS
"""Answers day and night; whoever is in danger comes by it before the chain gives up."""
_TALKED_OF = frozenset(("suicide", "self_harm", "harm_to_others", "other"))
"""Kinds of danger for which the door's own counselling line is the first to call."""
_FITS_ANYBODY = "mental.crisis"


@dataclass(frozen=True, slots=True)
class Stop:
    """One try: a line that is dialled, a partner who is told first ("warm"), our specialists, or a callback."""

    kind: Kind
    line: str | None = None


CALLBACK = Stop("callback")
QUEUE = Stop("queue")


@dataclass(frozen=True, slots=True)
class Chain:
    """The stops, the one where the caller is, and how it ended (None while it runs)."""

    stops: tuple[Stop, ...]
    at: int = 0
    ended: Ended | None = None

    @property
    def stop(self) -> Stop:
        """Where the caller is."""
        return self.stops[self.at]

    @property
    def line(self) -> Line | None:
        """The line of the present stop."""
        return lines().get(self.stop.line) if self.stop.line else None

    def after(self, leg: int, outcome: Outcome) -> Chain:
        """The chain after a result.

        Args:
            leg: the stop that the result is about. One that is over already, or not yet begun, changes nothing:
                carriers send results twice and late.
            outcome: "connected" and "left" end the chain, "asked" and "refused" answer the offer of a callback,
                all others go on to the next stop.
        """
        if self.ended or leg != self.at:
            return self
        if outcome == "left":
            return replace(self, ended="left")
        if self.stop.kind == "callback":
            return replace(self, ended="callback" if outcome == "asked" else "nobody")
        if outcome == "connected":
            return replace(self, ended="connected")
        return replace(self, at=self.at + 1)

    def to_callback(self) -> Chain:
        """The caller does not want to wait any longer."""
        return self if self.ended else replace(self, at=len(self.stops) - 1)

    @property
    def could_go_on(self) -> bool:
        """A line answered and the caller is back: it could not help, or the call dropped."""
        return self.ended == "connected" and self.stop.kind in ("line", "warm")

    def onward(self) -> Chain:
        """The caller came back from a line that could not help: the next stop, never one before."""
        if not self.could_go_on:
            return self
        return replace(self, at=min(self.at + 1, len(self.stops) - 1), ended=None)

    def as_json(self) -> dict[str, Any]:
        return {"stops": [[stop.kind, stop.line] for stop in self.stops], "at": self.at, "ended": self.ended}

    @classmethod
    def from_json(cls, stored: Any) -> Chain:
        """A chain as stored. What cannot be read, or may not be dialled (any more), becomes the callback."""
        try:
            stops = tuple(_still(Stop(kind, line)) for kind, line in stored["stops"])
            at, ended = int(stored["at"]), stored["ended"]
        except (KeyError, TypeError, ValueError):
            return cls((CALLBACK,))
        if not stops or stops[-1] != CALLBACK:
            stops = (*stops, CALLBACK)
        return cls(stops, min(max(at, 0), len(stops) - 1), ended if ended in get_args(Ended) else None)


def _still(stop: Stop) -> Stop:
    """The stop, or the callback in its place when its line is gone from the records or may not be dialled."""
    if stop.kind in ("queue", "callback"):
        return Stop(stop.kind)
    known = lines().get(stop.line or "")
    return stop if stop.kind in ("line", "warm") and known and may_ring(known) else CALLBACK


def chain_for(
    door: Door,
    language: str,
    now: datetime,
    *,
    risk: Risk = NO_RISK,
    line: str | None = None,
    person: bool = False,
    staffed: bool = True,
    ours: Collection[str] = (),
    warm: Collection[str] = (),
) -> Chain:
    """Who is called for a caller at a door, in a language, at an hour.

    In danger: the lines that the crisis words name, then our specialists, at last 9-8-8 in any language. Else
    the line that was asked for, the door's own lines, 9-8-8 where the door's line is one for a crisis, and our
    specialists. Lines that speak the language (or do not say which) come before the specialists, the others
    after them; closed ones do not come at all.

    Args:
        now: an aware moment.
        line: id of a line that the caller chose.
        person: the caller asked for one of our people: they come first.
        staffed: whether a specialist may come; without, nobody is kept waiting.
        ours: our own numbers. A line that has one of them would ring ourselves.
        warm: ids of lines that have agreed to be told about a caller before they take the call.
    """
    danger = risk.level >= Level.HIGH
    names = crisis_lines(door, language, now, risk) if danger else _door_lines(door, line)
    able = [one for one in _known(names) if may_ring(one) and one.dial not in ours and opens(one, now, danger)]
    if danger:
        able = [one for one in able if one.crisis_ok]
    near = [one for one in able if not one.languages or language in one.languages]
    far = [one for one in able if one not in near]
    queue = (QUEUE,) if staffed else ()
    spoken = [_stop(one, warm) for one in near]
    first = (*queue, *spoken) if person and not danger else (*spoken, *queue)
    return Chain((*first, *(_stop(one, warm) for one in far), CALLBACK))


def crisis_lines(door: Door, language: str, now: datetime, risk: Risk) -> list[str]:
    """Ids of the lines for a danger, best first: the door's own where it is meant for it, those of the crisis
    words, and 9-8-8."""
    own = [door.line] if (risk.kind or "other") in _TALKED_OF and _counsels(door.line) else []
    said = crisis_reply(risk, door_youth=door.youth, language=language, now=now)
    named = [fact["line"] for _, facts in said for fact in facts.values() if "line" in fact]
    return _once([*own, *(one for one in named if one != EMERGENCY), NATIONAL])


def _door_lines(door: Door, line: str | None) -> list[str]:
    own = [door.line, *(route.line for route in door.routes if route.line)]
    # At a door for a crisis of the mind, 9-8-8 stands behind the door's own lines.
    last = [NATIONAL] if _counsels(door.line) else []
    return _once([*([line] if line else []), *own, *last])


def _counsels(line: str) -> bool:
    known = lines().get(line)
    return known is not None and known.crisis_ok and _FITS_ANYBODY in known.needs


def may_ring(line: Line) -> bool:
    """Whether a line may be dialled by the system at all: never 9-1-1, no other three digits but 9-8-8."""
    return line.id != EMERGENCY and safe_to_dial(line.dial)


def opens(line: Line, now: datetime, danger: bool = False) -> bool:
    """Whether a line answers now. Unknown hours are worth a try, but not in danger."""
    found = is_open(_timetable(line.hours), now) if line.hours else None
    return not danger if found is None else found


@lru_cache(maxsize=256)
def _timetable(spec: str) -> Timetable:
    """Nobody says that a helpline closes on public holidays, so its hours hold on every day."""
    try:
        rules = tuple(rule for row in week(spec, on_holidays="open") if (rule := rule_of(**row)))
    except ValueError:
        rules = ()
    return Timetable(rules=rules)


def _stop(line: Line, warm: Collection[str]) -> Stop:
    return Stop("warm" if line.id in warm else "line", line.id)


def _known(names: Iterable[str]) -> list[Line]:
    found: Mapping[str, Line] = lines()
    return [found[name] for name in names if name in found]


def _once(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(names))
