"""Puts French words into the gettext file of an area, as drafts until somebody has reviewed them.

python -m bot.console.french desk < french.yml      (lines of `id: French words`)
python -m bot.console.french desk                   writes the file anew after the English has changed
"""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from pathlib import Path

from babel.messages.pofile import write_po

from bot.console.interface import read_area
from bot.language.catalogue import FOLDER, Translation
from bot.language.po import Given, _undated, given_in, path_of, written
from bot.yaml_text import parsed


def update(area: str, new: Mapping[str, str], folder: Path = FOLDER) -> Path:
    """Writes the French file of an area with new words put in; gives its path.

    Raises:
        KeyError: when there is no such id in the area's English file.
    """
    sources = read_area(area, folder)
    for key in new:
        if key not in sources:
            raise KeyError(f"{area}.yml has no {key}")
    path = path_of("fr", folder).with_name(f"console_{area}.po")
    had = given_in(path.read_bytes()) if path.exists() else {}
    before = {key: Translation(one.text, one.draft) for key, one in had.items()}
    english = {key: str(one.english) for key, one in had.items()}
    catalogue = written("fr", sources, before, {key: Given(text) for key, text in new.items()}, english)
    out = io.BytesIO()
    write_po(out, catalogue, width=110, sort_output=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_undated(out.getvalue()))
    return path


if __name__ == "__main__":
    given = {} if sys.stdin.isatty() else parsed(sys.stdin.read()) or {}
    print(update(sys.argv[1], {str(key): str(text) for key, text in given.items()}))
