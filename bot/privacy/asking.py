"""Somebody asks for a copy of their data where there is no button for it: by text, on the phone, or in the chat."""

from __future__ import annotations

from bot.intake.labels import folded, worded

LABEL = "web_my_data"


def asked_for_copy(text: str, language: str) -> bool:
    """Whether a message is the label of the button and nothing else, in the person's language, English or French."""
    if len(text) > 60:
        return False
    said = folded(text)
    return bool(said) and said in map(folded, worded(LABEL, language))
