"""Make data/idea_needs.tsv: in how many examples of each need each idea stands.

A maintainer's tool: `python -m directory_client.learn_ideas` after data/nlu or data/ideas have changed much. Examples
of all languages count alike, because an idea is the same in every language. tests/quality is never read.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from directory_client.idea_needs import FILE, Counts, ideas_of
from directory_client.needs import NEEDS

DATA = Path(__file__).resolve().parents[1] / "data" / "nlu"
LEAST = 2
"""What stands in one example only says nothing."""
_HEAD = "# Idea, need, examples of the need with the idea. Made by directory_client/learn_ideas.py; do not edit.\n"
_PREFIX = "need/"
_ENTITY = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def examples(folder: Path = DATA) -> Iterator[tuple[str, str]]:
    """Every example of a need: its text and the code. Names of places in it stay: they have no ideas."""
    for path in sorted(folder.rglob("*.yml")):
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER) or {}
        for intent in content.get("nlu", ()):
            need = intent.get("intent", "").removeprefix(_PREFIX)
            if need in NEEDS:
                for line in intent["examples"].splitlines():
                    if text := _ENTITY.sub(r"\1", line.strip().removeprefix("-").strip()):
                        yield text, need


def counted(found: Iterable[tuple[str, str]]) -> Counts:
    """How many of the examples of a need have an idea."""
    counts: Counts = defaultdict(Counter)
    for text, need in found:
        counts[need].update(set(ideas_of(text)))
    return counts


def written(counts: Counts) -> str:
    """The table as text."""
    ideas = sorted({idea for of_need in counts.values() for idea in of_need})
    rows = [
        f"{idea}\t{need}\t{counts[need][idea]}\n" for idea in ideas for need in NEEDS if counts[need][idea] >= LEAST
    ]
    return _HEAD + "".join(rows)


if __name__ == "__main__":
    FILE.write_text(written(counted(examples())), encoding="utf-8")
