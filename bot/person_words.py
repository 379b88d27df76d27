"""Whether somebody asks for a person in so many words, without Rasa: from the examples that Rasa learns from."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bot.intake.letters import folded
from bot.yaml_text import parsed

_EXAMPLES = Path(__file__).resolve().parent.parent / "data" / "nlu"
_ALWAYS = ("person", "a person", "human", "personne", "une personne")
_TELLING = 12
"""Letters from which on an example says the same within a longer message."""


def asks_for_person(text: str, language: str, *, within: bool = False) -> bool:
    """Whether the text is one of the examples of asking for a person, in the language, English or French.

    Args:
        within: a longer message that has such a phrase in it counts too.
    """
    plain = folded(text)
    if not plain or len(plain) > 200:
        return False
    for code in dict.fromkeys((language, "en", "fr")):
        known = _phrases(code)
        if plain in known or (within and any(f" {one} " in f" {plain} " for one in known if len(one) >= _TELLING)):
            return True
    return False


@cache
def _phrases(language: str) -> frozenset[str]:
    path = _EXAMPLES / language / "acts.yml"
    if not path.is_file():
        return frozenset(_ALWAYS)
    blocks = parsed(path.read_text(encoding="utf-8")).get("nlu", ())
    examples = "\n".join(one["examples"] for one in blocks if one.get("intent") == "ask_person")
    lines = (line.strip().removeprefix("- ") for line in examples.splitlines())
    return frozenset(filter(None, map(folded, lines))) | frozenset(_ALWAYS)
