"""Which languages can be understood and spoken on the phone, and with which of Twilio's codes.

The table is data/languages.tsv. A language without a voice is spoken by recordings that the operator puts
into recordings/<language>/<message id>.mp3 (or .wav); where there is none, by English.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.language.names import CORE

_TABLE = Path(__file__).parent / "data" / "languages.tsv"
RECORDINGS = Path(__file__).parent / "recordings"
_SOUNDS = (".mp3", ".wav")
MENU_KEYS = 7
"""Languages on a page of the menu: key 8 is for more of them, 9 to hear it again, 0 for a person."""


@dataclass(frozen=True, slots=True)
class VoiceLanguage:
    """A language on the phone. What is None cannot be done in it."""

    code: str
    recognised: str | None
    """`language` of <Gather>."""
    spoken: str | None
    """`language` of <Say>."""
    voice: str | None
    """`voice` of <Say>."""


@cache
def table() -> dict[str, VoiceLanguage]:
    """All languages of the table by code."""
    rows = [
        [None if value == "-" else value for value in line.split("\t")]
        for line in _TABLE.read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    return {str(row[0]): VoiceLanguage(str(row[0]), row[1], row[2], row[3]) for row in rows}


def voice_for(code: str) -> VoiceLanguage:
    """What the phone can do in a language; nothing for one that is not in the table."""
    return table().get(code) or VoiceLanguage(code, None, None, None)


def menu() -> list[tuple[str, ...]]:
    """The pages of the language menu: English and French first, key 1 is the first of a page."""
    return [CORE[start : start + MENU_KEYS] for start in range(0, len(CORE), MENU_KEYS)]


@dataclass(frozen=True, slots=True)
class Recordings:
    """Sentences that somebody has spoken."""

    folder: Path = RECORDINGS

    def of(self, message: str, language: str) -> Path | None:
        """The file of a message, or None. Its name under the folder is also its name for a web address."""
        for ending in _SOUNDS:
            path = self.folder / language / f"{message}{ending}"
            if path.is_file():
                return path
        return None

    def have(self, language: str) -> frozenset[str]:
        """Ids of the messages that are recorded in a language."""
        folder = self.folder / language
        if not folder.is_dir():
            return frozenset()
        return frozenset(path.stem for path in folder.iterdir() if path.suffix in _SOUNDS)
