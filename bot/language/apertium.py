"""Apertium as an engine: rules instead of a network, from the system's packages, off unless an operator asks.

It is rough ("mi marido me pega" becomes "My husband #paste me"), and it says so: unknown words carry a mark.
It shows that the interface does not belong to one engine, and gives the gate something open-ended to refuse.
"""

from __future__ import annotations

import re
import shutil
import subprocess

from bot.language.machine import Made, Pair

_NAMES = {"en": "eng", "es": "spa", "fr": "fr"}
_SECONDS = 5.0
_MARK = re.compile(r"(?<![\w@])[*#@](?=[^\W\d_])")
"""Put before a word that is in no dictionary (*), could not be inflected (#) or not transferred (@)."""


class Apertium:
    """The pairs of the installed `apertium` command."""

    def __init__(self) -> None:
        self._modes: dict[Pair, str] | None = None

    def pairs(self) -> set[Pair]:
        return set(self._known())

    def version(self, pair: Pair) -> str:
        return f"apertium/{self._known()[pair]}"

    def threshold(self, pair: Pair) -> float | None:
        return None

    def translate(self, text: str, pair: Pair) -> Made | None:
        mode = self._known().get(pair)
        if mode is None:
            return None
        made = subprocess.run(
            ["apertium", mode], input=text, capture_output=True, text=True, check=True, timeout=_SECONDS
        ).stdout.strip()
        faults = ("unknown_word",) if _MARK.search(made) and not _MARK.search(text) else ()
        return Made(made, None, faults)

    def _known(self) -> dict[Pair, str]:
        """The modes that exist here, by pair of codes. Both ways of naming a language occur (fr-es, eng-spa)."""
        if self._modes is None:
            listed: set[str] = set()
            if shutil.which("apertium"):
                listed = set(
                    subprocess.run(
                        ["apertium", "-l"], capture_output=True, text=True, check=False, timeout=_SECONDS
                    ).stdout.split()
                )
            self._modes = {}
            for source, long_source in _NAMES.items():
                for target, long_target in _NAMES.items():
                    for mode in (f"{source}-{target}", f"{long_source}-{long_target}"):
                        if source != target and mode in listed:
                            self._modes[source, target] = mode
        return self._modes
