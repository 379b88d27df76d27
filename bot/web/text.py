"""Words for a page: escaped, with numbers that keep their order in right-to-left text, and links.

static/text.js does the same in the browser; a test compares the two on the same messages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

# Between Arabic letters the browser shows 9-1-1 as 1-1-9: telephone numbers and dates must be isolated.
_URL = r"""(?P<url>https?://[^\s<>"]{1,300}[^\s<>".,;:!?)\]'])"""
_LOCAL = r"(?:1[-. ])?(?:\([0-9]{3}\) ?|[0-9]{3}[-. ])[0-9]{3}[-. ][0-9]{4}"
_PHONE = rf"(?P<phone>(?<![\w-])(?:[2-9]-[0-9]-[0-9]|{_LOCAL})(?![\w-]))"
_NUMBER = r"\+?[(0-9][0-9(). \u00a0-]{5,30}[0-9]"
_PIECES = re.compile(f"{_URL}|{_PHONE}|{_NUMBER}", re.ASCII)
_SAFE_LINK = re.compile(r"(?:tel|sms|https?|mailto):", re.IGNORECASE)
_LIST_MARK = re.compile(r"^\s*\d+[.)]\s*")


def rich(text: str, *, links: bool = True) -> Markup:
    """`text` as HTML: everything escaped, numbers isolated; telephone numbers and web addresses become links
    that dial or open them, unless `links` is false."""
    out: list[Markup] = []
    at = 0
    for found in _PIECES.finditer(text):
        out.append(escape(text[at : found.start()]))
        at = found.end()
        piece = Markup('<bdi dir="ltr">{}</bdi>').format(found[0])
        if links and found["url"]:
            piece = Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(found[0], piece)
        elif links and found["phone"]:
            piece = Markup('<a href="{}">{}</a>').format(dial(found[0]), piece)
        out.append(piece)
    out.append(escape(text[at:]))
    return Markup("").join(out)


def dial(number: str) -> str:
    """The link that dials a telephone number written the Canadian way."""
    digits = re.sub(r"\D", "", number)
    return f"tel:+1{digits[-10:]}" if len(digits) >= 10 else f"tel:{digits}"


def safe_link(href: str | None) -> str | None:
    """`href` when it leads to a call, a text, a letter or a web page, else None (never a script)."""
    return href if href and _SAFE_LINK.match(href) else None


def offers(message: Mapping[str, Any]) -> bool:
    """Whether a message offers numbers to answer with."""
    return bool(message.get("choices")) or any(card.get("number") for card in message.get("cards") or ())


def own_choices(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The choices that need a button of their own: a listing has one in its card."""
    cards = {card.get("number") for card in message.get("cards") or ()}
    return [choice for choice in message.get("choices") or () if choice["number"] not in cards]


def visible_text(message: Mapping[str, Any]) -> str:
    """The text of a message without what its cards and buttons show again.

    `text` holds everything, for channels that have only text. A paragraph that opens with the name of a
    card, and a numbered line that repeats a button, are left out here.
    """
    names = [card["name"] for card in message.get("cards") or ()]
    labels = {(str(choice["number"]), choice["label"]) for choice in message.get("choices") or ()}
    blocks = []
    for block in str(message["text"]).split("\n\n"):
        head = _LIST_MARK.sub("", block.lstrip())
        if any(head.startswith(name) for name in names):
            continue
        lines = [line for line in block.split("\n") if _choice(line) not in labels]
        if any(line.strip() for line in lines):
            blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _choice(line: str) -> tuple[str, str] | None:
    number, found, label = line.strip().partition(" ")
    return (number.rstrip(".)"), label.strip()) if found else None
