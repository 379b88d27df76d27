"""Names of the Indic scripts by their consonants, which people agree on where they differ over vowels.

"ব্রাম্পটন", "ব্রেম্পটন" and "ਬਰੈਂਪਟਨ" sound alike. Only long names are kept: short ones are too often a word.
"""

from __future__ import annotations

_SOUNDS = {
    0x02: "n", 0x15: "k", 0x16: "k", 0x17: "g", 0x18: "g", 0x19: "n", 0x1A: "c", 0x1B: "c", 0x1C: "j", 0x1D: "j",
    0x1E: "n", 0x1F: "t", 0x20: "t", 0x21: "d", 0x22: "d", 0x23: "n", 0x24: "t", 0x25: "t", 0x26: "d", 0x27: "d",
    0x28: "n", 0x29: "n", 0x2A: "p", 0x2B: "p", 0x2C: "b", 0x2D: "b", 0x2E: "n", 0x30: "r", 0x31: "r", 0x32: "l",
    0x33: "l", 0x34: "l", 0x35: "b", 0x36: "s", 0x37: "s", 0x38: "s", 0x39: "h", 0x5C: "r", 0x70: "n",
}  # fmt: skip
# Tamil writes no voice: one letter for k and g, one for t and d.
_UNVOICED = str.maketrans("gdbjc", "ktpss", "h")
LEAST = 4  # consonants with a word beside the name that says it is a place
SURE = 5  # consonants that need no such word


def is_indic(character: str) -> bool:
    return "\u0900" <= character <= "\u0dff"


def is_tamil(character: str) -> bool:
    return "\u0b80" <= character <= "\u0bff"


def consonants(folded: str) -> str:
    """The consonants of a folded word or name; Tamil in its own, coarser key."""
    kept = ""
    for character in folded:
        if character == " " and kept:
            kept += " "
        sound = _SOUNDS.get(ord(character) & 0x7F, "") if is_indic(character) else ""
        if sound and not kept.endswith(sound):
            kept += sound
    if folded and is_tamil(folded[0]):
        return "t:" + kept.translate(_UNVOICED)
    return kept


def strength(sounds: str) -> int:
    least = sounds.replace(" ", "")
    return len(least) - 3 if least.startswith("t:") else len(least)  # "பிறந்தேன்" sounds like Brampton


def sister_scripts(name: str) -> tuple[str, ...]:
    """A Devanagari name written letter by letter in Gujarati and in Gurmukhi."""
    if not any("\u0900" <= character <= "\u097f" for character in name):
        return ()
    plain = name.replace("\u095e", "\u092b").replace("\u095b", "\u091c").replace("\u093c", "")
    gujarati = "".join(chr(ord(c) + 0x180) if "\u0900" < c <= "\u097f" else c for c in plain)
    gurmukhi = "".join(
        chr(ord(c) + 0x100) if "\u0900" < c <= "\u097f" else c
        for c in plain.replace("\u094d", "").replace("\u0949", "\u094b").replace("\u0937", "\u0936")
    )
    return gujarati, gurmukhi
