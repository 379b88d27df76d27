"""The test sets: one JSON object a line in tests/quality/<what>/<language>.jsonl."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "quality"
KINDS = ("language", "risk", "needs", "places")

Case = dict[str, Any]


def cases(kind: str, folder: Path = FOLDER) -> list[Case]:
    """The lines of one kind in all languages; each with "file", the name of its file without the ending."""
    found: list[Case] = []
    for path in sorted((folder / kind).glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                found.append({**json.loads(line), "file": path.stem})
    return found
