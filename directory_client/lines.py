"""The provincial and national lines that ship with the product: `data/lines.csv`, read without a database.

Every number in the file stands on the page that `source` names; where no page could be found the number is
absent, never guessed. Crisis replies take their numbers from here, and only from lines that are `crisis_ok`.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from directory_client.phones import dialled, shown

DATA = Path(__file__).parent / "data"
CRISIS_GRADES = ("A", "B")

# Ids of the lines that the product names by itself.
EMERGENCY = "emergency"
CRISIS = "suicide-988"
YOUNG = "kids-help-phone"
HELPLINE = "211-ontario"
"""The helpline itself: day and night, for everybody, with interpreters."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line. Numbers are written as people read them; `phones.dialled` gives what a telephone dials.

    `text` takes messages, `text_word` is the word to send there first ("CONNECT"). `hours` is "24/7", a
    weekly timetable ("MO-FR 16:00-21:30") or None when unknown. `grade` is "A" when an official page gives
    the number, "B" when a secondary one does, the worse of the two where voice and text differ. `checked` is
    the first day of the month in which the source was looked at. `reach` is "canada", "ontario" or an area
    of `areas`. `free` is True where a source says so. `crisis_ok` says that the number may stand in a crisis
    reply: it is there, it is established, and the line does not say that it is not for a crisis.
    """

    id: str
    name: str
    name_fr: str | None
    voice: str | None
    text: str | None
    tty: str | None
    hours: str | None
    languages: tuple[str, ...]
    grade: str
    source: str
    checked: date
    needs: tuple[str, ...]
    crisis_ok: bool
    reach: str
    description: str
    description_fr: str | None
    extension: str | None = None
    other_voice: tuple[str, ...] = ()
    other_tty: tuple[str, ...] = ()
    text_word: str | None = None
    text_word_fr: str | None = None
    hours_note: str | None = None
    hours_note_fr: str | None = None
    languages_note: str | None = None
    languages_note_fr: str | None = None
    eligibility: str | None = None
    eligibility_fr: str | None = None
    url: str | None = None
    email: str | None = None
    free: bool | None = None

    @property
    def always(self) -> bool:
        """Open day and night."""
        return self.hours == "24/7"

    @property
    def dial(self) -> str | None:
        """The voice number as a telephone dials it."""
        return dialled(self.voice) if self.voice else None

    @property
    def reachable(self) -> bool:
        """There is some way to get in touch."""
        return bool(self.voice or self.text or self.url or self.email)

    def name_in(self, language: str) -> str:
        """The name to show to a person who reads `language`."""
        return self.name_fr if language == "fr" and self.name_fr else self.name


@dataclass(frozen=True, slots=True)
class LineArea:
    """The region that a line serves: a closed GeoJSON polygon and its names."""

    name: str
    name_fr: str
    geojson: str


@lru_cache(maxsize=1)
def lines() -> Mapping[str, Line]:
    """All lines by id, in the order of the file. Raises ValueError when a row is broken."""
    with (DATA / "lines.csv").open(encoding="utf-8", newline="") as file:
        found = [_line(row) for row in csv.DictReader(file)]
    return MappingProxyType({line.id: line for line in found})


@lru_cache(maxsize=1)
def areas() -> Mapping[str, LineArea]:
    """The regions that lines name in `reach`, besides "canada" and "ontario"."""
    shapes = json.loads((DATA / "areas.json").read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            id_: LineArea(
                shape["name"],
                shape["name_fr"],
                json.dumps(
                    {"type": "Polygon", "coordinates": [[*shape["corners"], shape["corners"][0]]]},
                    separators=(",", ":"),
                ),
            )
            for id_, shape in shapes.items()
            if id_ != "about"
        }
    )


def _line(row: dict[str, str]) -> Line:
    def field(name: str) -> str | None:
        return row[name].strip() or None

    voices, ttys = _numbers(row["voice"]), _numbers(row["tty"])
    texts = _numbers(row["text"])
    grade = _worst(row["grade"])
    year, month = row["checked"].split("-")
    return Line(
        id=row["id"],
        name=row["name"],
        name_fr=field("name_fr"),
        voice=voices[0] if voices else None,
        other_voice=voices[1:],
        extension=field("extension"),
        text=texts[0] if texts else None,
        text_word=field("text_word"),
        text_word_fr=field("text_word_fr"),
        tty=ttys[0] if ttys else None,
        other_tty=ttys[1:],
        hours=field("hours"),
        hours_note=field("hours_note"),
        hours_note_fr=field("hours_note_fr"),
        languages=tuple(row["languages"].split()),
        languages_note=field("languages_note"),
        languages_note_fr=field("languages_note_fr"),
        reach=row["reach"],
        needs=tuple(row["needs"].split()),
        eligibility=field("eligibility"),
        eligibility_fr=field("eligibility_fr"),
        description=row["description"],
        description_fr=field("description_fr"),
        url=field("url"),
        email=field("email"),
        free=True if row["free"] == "yes" else None,
        grade=grade,
        source=row["source"],
        checked=date(int(year), int(month), 1),
        crisis_ok=row["crisis"] == "yes" and grade in CRISIS_GRADES and bool(voices or texts),
    )


def _numbers(text: str) -> tuple[str, ...]:
    return tuple(shown(number) for number in text.split(";") if number.strip())


def _worst(grades: str) -> str:
    """The last letter of the alphabet among "A" or "A text; B voice"; ValueError for anything else."""
    found = [part.split()[0] for part in grades.split(";") if part.strip()]
    if not found or any(grade not in CRISIS_GRADES for grade in found):
        raise ValueError(f"a line needs a grade A or B, not {grades!r}")
    return max(found)
