"""The last listings as a QR code and as a link that opens a text message: nothing leaves the machine."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import segno

from bot.conversations.views import Spoken

LONGEST = 900
"""Characters in the code: what a cheap camera still reads from a screen."""


def phone_code(messages: Sequence[Spoken]) -> dict[str, Any]:
    """The names, phones and addresses of the listings shown last.

    Returns:
        {"svg", "text", "sms_href"}; empty strings when nothing was shown yet.
    """
    shown = next((message for message in reversed(messages) if message.kind == "listing"), None)
    if shown is None:
        return {"svg": "", "text": "", "sms_href": ""}
    text = ""
    for card in shown.payload.get("cards", []):
        entry = _entry(card)
        if text and len(text) + len(entry) > LONGEST:
            break
        text += ("\n\n" if text else "") + entry
    text = text[:LONGEST]
    out = io.BytesIO()
    segno.make(text, error="l", micro=False).save(
        out, kind="svg", scale=4, border=4, xmldecl=False, dark="#000", light="#fff"
    )
    return {"svg": out.getvalue().decode(), "text": text, "sms_href": f"sms:?&body={quote(text)}"}


def _entry(card: dict[str, Any]) -> str:
    phones = [phone["display"] for phone in card.get("phones", [])[:2]]
    parts = [card["name"], card.get("sample_note"), *phones, card.get("address"), card.get("open")]
    return "\n".join(part for part in parts if part)
