"""What was said and done in a call or an exchange of texts, with times. Printed as it stands in the documentation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


class Clock:
    """A time that passes only when somebody waits or speaks."""

    def __init__(self, now: float = 1_780_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing: `who` is "line" (our number), "person", or "carrier" (what happens between them)."""

    at: float
    who: str
    what: str
    """said, played, pressed, heard, silent, texted, dialled, bridged, queued, hung up, …"""
    text: str = ""
    language: str | None = None


@dataclass
class Transcript:
    clock: Callable[[], float]
    entries: list[Entry] = field(default_factory=list)

    def add(self, who: str, what: str, text: str = "", language: str | None = None) -> None:
        self.entries.append(Entry(self.clock(), who, what, text, language))

    def said(self, since: int = 0) -> list[str]:
        """What the line said, played or wrote, from the given entry on."""
        return [entry.text for entry in self.entries[since:] if entry.who == "line"]

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __str__(self) -> str:
        if not self.entries:
            return ""
        start = self.entries[0].at
        return "\n".join(_line(entry, entry.at - start) for entry in self.entries)


def _line(entry: Entry, seconds: float) -> str:
    mark = {"line": "<", "person": ">"}.get(entry.who, "-")
    language = f" [{entry.language}]" if entry.language else ""
    what = "" if entry.what in ("said", "texted") else f"({entry.what}) "
    return f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d} {mark}{language} {what}{entry.text}".rstrip()
