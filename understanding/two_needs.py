"""Messages with two needs as people write them: data/pairs/, a list for each language. docs/understanding.md."""

from __future__ import annotations

import re
from pathlib import Path
from typing import List, NamedTuple

import yaml

from understanding.text import masked

FOLDER = Path(__file__).resolve().parents[1] / "data" / "pairs"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLACE = re.compile(r"\[([^\]]+)\]\(place\)")


class TwoNeeds(NamedTuple):
    """A masked text and the labels of its needs, the main one first."""

    text: str
    main: str
    further: str


def two_needs(folder: Path = FOLDER) -> List[TwoNeeds]:
    """All of them. Raises ValueError for an entry that has not exactly two needs."""
    found = []
    for path in sorted(folder.glob("*.yml")):
        for entry in yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER):
            needs = entry["needs"]
            if len(needs) != 2 or needs[0] == needs[1]:
                raise ValueError(f"{path.name}: two different needs are wanted for “{entry['text']}”")
            found.append(TwoNeeds(_masked(entry["text"]), f"need/{needs[0]}", f"need/{needs[1]}"))
    return found


def _masked(text: str) -> str:
    bare, spans, at = "", [], 0
    for place in _PLACE.finditer(text):
        bare += text[at : place.start()]
        spans.append((len(bare), len(bare) + len(place[1])))
        bare += place[1]
        at = place.end()
    return masked(bare + text[at:], spans)
