"""Telephone numbers as they are dialled and as they are shown."""

from __future__ import annotations

import re

_KINDS = {
    "voice": "voice",
    "phone": "voice",
    "telephone": "voice",
    "cell": "voice",
    "mobile": "voice",
    "text": "text",
    "sms": "text",
    "tty": "tty",
    "tdd": "tty",
    "textphone": "tty",
}
_LETTERS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
_TOLL_FREE = ("800", "833", "844", "855", "866", "877", "888")


def kind_of(type_: str | None) -> str | None:
    """ "voice", "text" or "tty" for the type of an HSDS phone; None for what a person cannot use (fax)."""
    return "voice" if not type_ else _KINDS.get(type_.strip().lower())


def dialled(number: str) -> str:
    """E.164 for a North American number, the bare digits of a short code: "988", "686868"."""
    bare = re.sub(r"[^\d+]", "", number.upper().translate(_LETTERS))
    if bare.startswith("+"):
        return bare
    if len(bare) == 11 and bare.startswith("1"):
        return "+" + bare
    return "+1" + bare if len(bare) == 10 else bare


def shown(number: str) -> str:
    """How a number is written for people: "905-555-0123", "1-800-668-6868", "9-8-8"; others stay."""
    code = dialled(number)
    if re.fullmatch(r"\d{3}", code):
        return "-".join(code)
    if not re.fullmatch(r"\+1\d{10}", code):
        return number.strip()
    area, exchange, line = code[2:5], code[5:8], code[8:]
    plain = f"{area}-{exchange}-{line}"
    return f"1-{plain}" if area in _TOLL_FREE else plain
