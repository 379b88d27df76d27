"""Texts of feeds as plain text: without tags, entities and characters that nobody sees.

Descriptions come out of web editors, so many hold HTML, some of it escaped a second time by the export. A "<"
that is no tag ("income < 20,000", "<info@example.org>") stays. What comes out is text, not safe HTML: whoever
shows it on a page escapes it like any other text.
"""

from __future__ import annotations

import html
import re

_BLOCK_NAMES = """
    address article aside blockquote br center dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6 header hr legend
    li main nav ol option p pre section table tbody tfoot thead tr ul
"""
_INLINE_NAMES = """
    a abbr b base bdi bdo big body button caption cite code col colgroup del details dfn em embed figcaption figure
    font frame head html i iframe img input ins kbd label link map mark math meta noscript object param q s samp
    script select small source span strike strong style sub summary sup svg template textarea time title tt u var
    video
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_INLINE = frozenset(_INLINE_NAMES.split())
_UNSEEN = re.compile(r"<(script|style|template)\b[^<>]{0,2000}>.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|<!doctype[^<>]{0,500}>|<!\[CDATA\[|\]\]>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"""<(/?)([a-z][a-z0-9:-]{0,30})((?:"[^"]{0,2000}"|'[^']{0,2000}'|[^'"<>]){0,200})>""", re.IGNORECASE)
_LINK = re.compile(
    r"""<a\s[^<>]{0,500}?href\s*=\s*["']?((?:https?://|mailto:|tel:)[^"'<>\s]{1,1000})[^<>]{0,1000}>"""
    r"""([^<>]{0,1000})</a\s*>""",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
# Control characters, marks of byte order and of overridden direction, halves of a pair. The joiners of Persian
# and of Indic scripts stay.
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u202a-\u202e\u2066-\u2069\ufeff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TO_DO = re.compile(r"[^ -~]|[<&]|  |^ | $")
_BLANKS = re.compile(r"[^\S\n]+")
_GAPS = re.compile(r" ?\n ?")


def plain_text(text: str) -> str:
    """A text without HTML: paragraphs and list items on lines of their own, entities decoded, blanks joined.

    The address of a link is kept behind its words. Any text is taken, nothing raises; the time grows with the
    length alone.
    """
    if not _TO_DO.search(text):  # most texts are plain
        return text
    if "<" in text or "&" in text:
        # Twice: an export that escapes what was HTML already is common, one that does so two times is not.
        text = _decoded(_without_tags(text))
        if "<" in text or "&" in text:
            text = _decoded(_without_tags(text))
    text = _SURROGATE.sub("\ufffd", text).replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n")
    text = _GAPS.sub("\n", _BLANKS.sub(" ", _INVISIBLE.sub("", text)))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def plain_line(text: str) -> str:
    """The same on a single line, for names, addresses and numbers."""
    return " ".join(plain_text(text).split())


def _without_tags(text: str) -> str:
    text = _COMMENT.sub(" ", _UNSEEN.sub(" ", text))
    return _TAG.sub(_tag, _LINK.sub(_link, text))


def _tag(match: re.Match[str]) -> str:
    closes, name, rest = match[1], match[2].lower(), match[3]
    if name == "li":
        return "\n" if closes else "\n- "
    if name in _BLOCKS:
        return "\n"
    if name in ("td", "th", "wbr"):
        return "" if name == "wbr" else " "
    # Word leaves elements like <o:p>; an attribute betrays what this list does not know.
    known = name in _INLINE or re.fullmatch(r"[ovwm]:\w+", name) or re.match(r"\s+[\w:-]+\s*=", rest)
    return "" if known else match[0]


def _link(match: re.Match[str]) -> str:
    address, words = html.unescape(match[1]), match[2]
    address = re.sub(r"^(?:mailto|tel):", "", address, flags=re.IGNORECASE)
    if not words.strip() or address.rstrip("/") in html.unescape(words):
        return words if words.strip() else address
    return f"{words} ({address})"


def _decoded(text: str) -> str:
    # Only with the semicolon: "?a=1&copy=2" is part of an address.
    return _ENTITY.sub(lambda match: html.unescape(match[0]), text)
