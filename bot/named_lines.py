"""The lines that fixed sentences name, as facts: `bot.words` puts the number, or the name, in the sentence's place."""

from __future__ import annotations

from collections.abc import Mapping

from directory_client.lines import CRISIS, EMERGENCY, HELPLINE

LINE_911: Mapping[str, str] = {"line": EMERGENCY}
LINE_988: Mapping[str, str] = {"line": CRISIS}
LINE_211: Mapping[str, str] = {"line": HELPLINE}
