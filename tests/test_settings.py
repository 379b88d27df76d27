"""The settings and their page say the same."""

from __future__ import annotations

import re
from pathlib import Path

from bot.settings import Settings

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "settings.md").read_text(encoding="utf-8")


def test_every_setting_stands_in_the_table_with_its_words_and_no_other_does() -> None:
    table = dict(re.findall(r"^\| `(PORCHLIGHT_\w+)` \|[^|]*\| (.*) \|$", PAGE, re.MULTILINE))
    fields = {f"PORCHLIGHT_{name.upper()}": field.description for name, field in Settings.model_fields.items()}
    assert table == fields
