"""Several plain readings of one text, so that a pattern written once meets every way of writing it.

People in danger write without accents, with stretched or separated letters, in look-alike alphabets or with
signs for letters, some of it on purpose. Each reading (a *view*) undoes some of that. A view can only add a
finding, never take one away, so a wrong reading costs a little time and nothing else.

The form of a view: tokens separated by one space, with a space at both ends; the token `,` stands where a
clause may end and `¦` where a sentence does. Letters are case-folded, accents and apostrophes are gone, a
letter written several times stands once, digits are ASCII, runs of Han characters have no spaces inside.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.safety._letters import HAN, LEET, ONE_AS, PLAIN, SAME, TO_CYRILLIC, TO_LATIN

# Longer texts are read in overlapping parts of this many characters; see `parts`.
PART = 4_000
OVERLAP = 400
# The first and the last characters of a text that are read at all. No channel accepts so much.
LIMIT = 60_000

SOFT, HARD = ",", "¦"
# Signs that mean something next to words; every other emoji is a space.
EMOJI = frozenset("🔪🗡💊🔫💉🪓🪒⚰🪦💀☠🩸😂🤣😹🆘💣🧨👊")
_STRAIGHT = "'"

_HARD_SIGNS = frozenset(".!?;:…\n\r\f\v\u2028\u2029。！？；：．؟؛۔।॥¿¡‽⁇⁈⁉።፧።")
_SOFT_SIGNS = frozenset(',،、，–—―()[]{}"«»“”„‟/\\|<>；﹐·・‧•|~=')
_HYPHENS = frozenset("-‐‑‒−﹣－_")
# Accents of Latin, Greek and Cyrillic; vowel marks of Arabic and Hebrew. The vowel signs of Indic scripts
# look alike to Unicode but carry the word, so they stay.
_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u093c\u09bc\u0a3c\u0abc\u0b3c\u0a71"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]+"
)


@dataclass(frozen=True, slots=True)
class Views:
    """The readings of one text.

    spaced: views in the form above, the plain one first.
    sounds: the same for words written by ear in Latin letters (romanised Punjabi, arabizi), see `sound`.
    pieces: strings without spaces inside, from letters written apart or words run together.
    """

    spaced: tuple[str, ...]
    sounds: tuple[str, ...]
    pieces: tuple[str, ...]


class _Table(dict[int, "str | None"]):
    """A table for str.translate that works out a character when it first meets it."""

    def __init__(self, meaning: Callable[[str], str | None]) -> None:
        super().__init__()
        self._meaning = meaning

    def __missing__(self, code: int) -> str | None:
        meaning = self._meaning(chr(code))
        if len(self) < 20_000:  # a hostile text with all of Unicode must not fill the memory
            self[code] = meaning
        return meaning


def _before(char: str) -> str | None:
    """First step: what must be undone before Unicode's own decomposition would hide it."""
    code = ord(char)
    if char in "\n\r\t":
        return char
    if PLAIN.get(code) == _STRAIGHT:
        return _STRAIGHT
    for first in (0x1F130, 0x1F150, 0x1F170, 0x1F1E6):  # letters in boxes and bubbles, flags
        if first <= code < first + 26:
            return chr(ord("a") + code - first)
    if unicodedata.category(char) in ("Cf", "Cs", "Co", "Cn"):  # zero-width and direction marks, tags
        return " " if unicodedata.category(char) == "Cn" else None
    if char == "\u3164" or char == "\u115f" or char == "\u1160" or char == "\uffa0":  # invisible letters
        return None
    return char


def _letter(char: str) -> str | None:
    """Last step: letters and digits stay, everything else becomes a separator."""
    code = ord(char)
    if char == _STRAIGHT or char == "*":
        return None
    if char in _HARD_SIGNS:
        return f" {HARD} "
    if char in _SOFT_SIGNS:
        return f" {SOFT} "
    if char in _HYPHENS:
        return " - "
    if char in EMOJI:
        return f" {char} "
    if code in PLAIN:
        return PLAIN[code]
    if code in SAME:
        return SAME[code]
    if code in HAN:
        return HAN[code]
    category = unicodedata.category(char)
    if category[0] in "LM":
        return char
    if category[0] == "N":
        value = unicodedata.digit(char, None)
        return " " if value is None else str(value)
    return " "


_BEFORE = _Table(_before)
_LETTER = _Table(_letter)
_TO_LATIN = {**TO_LATIN, **LEET}

_SPACES = re.compile(r"\s+")
_ENDS = re.compile(rf"(?: [{SOFT}{HARD}])+(?= )")
# French "m'attaque" is two words, English "don't" is one.
_ELISION = re.compile(r"(?<![^\W_])([jmtsldnc]|qu)'(?=[^\W\d_])")
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_HAN_GAP = re.compile(f"(?<=[{_HAN}]) +(?=[{_HAN}])")
_STRETCHED = re.compile(f"([^\\W\\d_{_HAN}])\\1+")
# Two or more letters that stand alone, with nothing but separators between them.
_APART = re.compile(rf"(?<![^ ])[^ {SOFT}{HARD}-](?:[ {SOFT}{HARD}-]+[^ {SOFT}{HARD}-](?![^ ]))+")
_ALONE = re.compile(rf"([ {SOFT}{HARD}-]+)")
_TWO_APART = re.compile(rf" [^\W\d][ {SOFT}{HARD}-]+[^\W\d][ {SOFT}{HARD}-]")
_SIGNS = frozenset("0123456789@$€£+¢(!¡§©®¥|")
_TAIL = "!.,?;:)(|+"
_MASKED = re.compile(r"(?<!\w)\w{1,20}[*#]{1,8}\w{0,20}(?!\w)")
_CYRILLIC_LATIN = re.compile(r"[a-z][\u0400-\u052f]|[\u0400-\u052f][a-z]")
_LONG = re.compile(r"[^\W\d_]{9,}")
_LATIN = re.compile("[a-z]")
_PIECE = 80


def flat(text: str) -> str:
    """Decomposed, without accents and invisible characters, case-folded; punctuation still there.

    Accents go before Unicode's normal form is asked for, because that takes quadratic time on a long run
    of them ("Zalgo").
    """
    if text.isascii():
        return text.lower()
    text = _MARKS.sub("", text.translate(_BEFORE))
    text = _MARKS.sub("", unicodedata.normalize("NFKD", text))
    return _MARKS.sub("", unicodedata.normalize("NFC", text).casefold())


def _loose(flattened: str) -> str:
    """Letters, digits and separator tokens only; spaces and stretched letters as the person wrote them."""
    if _STRAIGHT in flattened:
        flattened = _ELISION.sub(r"\1 ", flattened)
    return f" {flattened.translate(_LETTER)} "


def _tidy(loose: str) -> str:
    """The form of a view, from the outcome of `_loose` or `_joined`."""
    text = _SPACES.sub(" ", loose.replace("-", " "))
    text = _ENDS.sub(lambda m: f" {HARD}" if HARD in m.group() else f" {SOFT}", text)
    return _STRETCHED.sub(r"\1", _HAN_GAP.sub("", text))


def fold(text: str) -> str:
    """One word or phrase of a pattern, in the letters that views are made of (no spaces at its ends)."""
    return _tidy(_loose(flat(text))).strip()


def _joined(loose: str) -> str | None:
    """The view with letters that stood apart put together, or None when there are none.

    In "k.i.l.l m.y.s.e.l.f" the dot is the commoner separator, so the space ends a word; in
    "k i l l  m y" the single space is.
    """
    if not _TWO_APART.search(_SPACES.sub(" ", loose)):
        return None

    def join(match: re.Match[str]) -> str:
        bits = _ALONE.split(match.group())
        letters, gaps = bits[0::2], bits[1::2]
        if len(letters) < 3:
            return match.group()
        common = max(set(gaps), key=gaps.count)
        word = letters[0]
        for gap, letter in zip(gaps, letters[1:], strict=True):
            word += letter if gap == common else f" {letter}"
        return word

    return _APART.sub(join, loose)


def _pieces(loose: str) -> list[str]:
    """Long strings of letters: words run together, and letters apart with every gap taken out."""
    found = _LONG.findall(loose)
    if _TWO_APART.search(_SPACES.sub(" ", loose)):
        found += [bare for run in _APART.findall(loose) if len(bare := _ALONE.sub("", run)) >= 7]
    cut: list[str] = []
    for piece in found[:400]:
        starts = range(0, max(1, len(piece) - _PIECE // 2), _PIECE // 2)
        cut += [piece[start : start + _PIECE] for start in starts]
    return cut


def _looks(flattened: str) -> list[str]:
    """The text as it looks: other alphabets' look-alikes and signs for letters read as Latin letters."""
    readings: list[str] = []
    if not flattened.isascii():
        latin = flattened.translate(TO_LATIN)
        if latin != flattened:
            readings.append(latin)
        if _CYRILLIC_LATIN.search(flattened):
            readings.append(flattened.translate(TO_CYRILLIC))
    base = readings[0] if readings else flattened
    for one in ONE_AS:
        unsigned = _unsigned(base, {**LEET, **one})
        if unsigned is not None and unsigned not in readings:
            readings.append(unsigned)
    return readings


def _unsigned(text: str, table: Mapping[int, str]) -> str | None:
    """The text with signs inside words read as letters, or None when no word has any."""
    if _SIGNS.isdisjoint(text):
        return None
    words = text.split()
    changed = False
    for place, word in enumerate(words):
        core = word.rstrip(_TAIL)
        if len(core) > _PIECE or _SIGNS.isdisjoint(core) or not _LATIN.search(core):
            continue
        words[place] = core.translate(table) + word[len(core) :]
        changed = True
    return " ".join(words) if changed else None


def sound(view: str) -> str:
    """A view of words written by ear in Latin letters: spellings that sound alike become the same.

    "chahunda", "chaunda" and "chonda" meet, so do "3ayez", "3ayiz" and "aayez". Far too loose for English;
    only files of patterns that say `by_ear: true` are read against it.
    """
    for pattern, replacement in _BY_EAR:
        view = pattern.sub(replacement, view)
    return _STRETCHED.sub(r"\1", view)


# In this order. Digits are letters only inside or next to a word: "3" alone stays a number.
_BY_EAR: tuple[tuple[re.Pattern[str], str], ...] = (
    # Laughter stays a word of its own; without its h it would be every "a".
    (re.compile(r"(?<![a-z])a?(?:h[aei]){2,}h?(?![a-z])"), "lol"),
    (re.compile(r"2(?=[a-z])|(?<=[a-z])2"), ""),
    (re.compile(r"3'?(?=[a-z])|(?<=[a-z])3"), "a"),
    (re.compile(r"5(?=[a-z])|(?<=[a-z])5"), "k"),
    (re.compile(r"6(?=[a-z])|(?<=[a-z])6"), "t"),
    (re.compile(r"7(?=[a-z])|(?<=[a-z])7"), "h"),
    (re.compile(r"8(?=[a-z])|(?<=[a-z])8"), "g"),
    (re.compile(r"9(?=[a-z])|(?<=[a-z])9"), "k"),
    (re.compile(r"sh"), "ś"),
    (re.compile(r"ch+"), "ć"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"[qc]k?|x"), "k"),
    (re.compile(r"(?<! )h|h(?! )"), ""),  # alone it is a word of its own: "h" for "hai"
    (re.compile(r"w(?=[aeiouy])|v"), "v"),
    (re.compile(r"z"), "j"),
    (re.compile(r"[aeiyouw]*[ouw][aeiyouw]*"), "u"),
    (re.compile(r"[aeiy]*[eiy][aeiy]*"), "i"),
    (re.compile(r"a+"), "a"),
)


def parts(text: str) -> list[str]:
    """The text in overlapping parts, so that time grows with length and a finding at a cut is still whole."""
    if len(text) > LIMIT:
        text = text[: LIMIT // 2] + " \n " + text[-LIMIT // 2 :]
    if len(text) <= PART:
        return [text]
    return [text[start : start + PART] for start in range(0, len(text) - OVERLAP, PART - OVERLAP)]


def views(text: str, *, unmask: Callable[[str], str] | None = None) -> Views:
    """Every reading of the text (at most `PART` characters; use `parts` for more).

    unmask: turns a word with stars in it ("su*cide", flattened) into the word meant, or returns it unchanged.
    """
    flattened = flat(text)
    if unmask is not None and ("*" in flattened or "#" in flattened):
        flattened = _MASKED.sub(lambda match: unmask(match.group()), flattened)
    spaced: dict[str, None] = {}
    heard: dict[str, None] = {}
    pieces: dict[str, None] = {}
    for number, reading in enumerate((flattened, *_looks(flattened))):
        loose = _loose(reading)
        joined = _joined(loose)
        views = [_tidy(one) for one in (loose, joined) if one is not None]
        spaced.update(dict.fromkeys(views))
        pieces.update(dict.fromkeys(_pieces(loose)))
        if number == 0:  # digits are letters of their own in words written by ear, not signs for others
            heard.update(dict.fromkeys(sound(view) for view in views if _LATIN.search(view)))
    return Views(tuple(spaced), tuple(heard), tuple(pieces))
