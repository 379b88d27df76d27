"""An interpreter, or somebody who speaks the language, from the directory's lines. Never one that is not in them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from directory_client.lines import HELPLINE, Line, lines

ASKED_ON_THE_PHONE = HELPLINE
"""Answers by phone with interpreters, as its record says (`languages_note`)."""


def interpreter(
    language: str, needs: Collection[str], reader: str, number_of_door: str | None
) -> dict[str, Any] | None:
    """A line that answers in a language, the one that fits the needs first; None when no record says so.

    Args:
        reader: the language of whoever reads the answer.
        number_of_door: the id of the door's own line, preferred where it answers in the language.
    """
    able = [one for one in lines().values() if language in one.languages and one.voice and "ontario" in _reach(one)]
    if able:
        best = min(able, key=lambda one: (one.id != number_of_door, not set(needs) & set(one.needs), not one.always))
        return _told(best, reader)
    general = lines().get(ASKED_ON_THE_PHONE)
    return _told(general, reader) if general and general.voice and general.languages_note else None


def _reach(line: Line) -> tuple[str, ...]:
    """A line for all of Canada is one for Ontario too; one for a single region is not for everybody."""
    return ("ontario",) if line.reach in ("ontario", "canada") else (line.reach,)


def _told(line: Line, reader: str) -> dict[str, Any]:
    note = line.languages_note_fr if reader == "fr" and line.languages_note_fr else line.languages_note
    return {"line": line.id, "name": line.name_in(reader), "phone": line.voice, "hours": line.hours, "note": note}
