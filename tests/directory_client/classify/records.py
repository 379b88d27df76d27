"""Invented records, one a line: need | needs that are right too | language | name | description.

Those under `records/` were written before the lists of terms, or made the lists better (`opaque.txt`); those of
`unseen.txt` did neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from directory_client.classify import ServiceTexts

FOLDER = Path(__file__).parent / "records"
UNSEEN = Path(__file__).parent / "unseen.txt"


@dataclass(frozen=True)
class Record:
    """A service and what it is there for; `need` is empty for one that meets none."""

    need: str
    also: tuple[str, ...]
    language: str
    name: str
    description: str

    @property
    def texts(self) -> ServiceTexts:
        if self.language == "fr":
            return ServiceTexts(name="", name_fr=self.name, description_fr=self.description)
        return ServiceTexts(name=self.name, description=self.description)


def records(*paths: Path) -> list[Record]:
    """Every record of these files, of all under `records/` when none is named."""
    found = []
    for path in paths or sorted(FOLDER.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                need, also, language, name, description = (part.strip() for part in line.split("|"))
                found.append(Record(need, tuple(also.split()), language, name, description))
    return found
