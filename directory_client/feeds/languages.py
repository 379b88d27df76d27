"""Languages out of what a record says it offers: "English; French; interpretation on request".

Names are those of Unicode CLDR (through Babel) in English and French, and the other names that Ontario
directories use. A name that nobody knows is kept without a code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from babel import Locale

from directory_client.words import fold

_OTHER_NAMES = """
    bengali=bn bangla=bn mandarin=zh mandarin chinese=zh chinese (mandarin)=zh chinese (cantonese)=yue chinois=zh
    cantonais=yue farsi=fa persian (farsi)=fa persan=fa dari=prs farsi (dari)=prs filipino=tl filipino (tagalog)=tl
    tagalog (filipino)=tl pilipino=tl panjabi=pa pendjabi=pa haitian=ht haitian creole=ht creole=ht creole haitien=ht
    ojibwe=oj ojibway=oj ojibwa=oj ojibwé=oj anishinaabemowin=oj cri=cr swampy cree=cr inuktitut=iu mohawk=moh
    kanien'keha=moh oji-cree=ojs oneida=one cayuga=cay pashtu=ps pushto=ps sinhalese=si singhalese=si
    cambodian=km laotian=lo burmese=my serbo-croatian=sh moldovan=ro flemish=nl castilian=es chaldean=cld
    assyrian=aii twi=tw fukien=nan hokkien=nan taiwanese=nan toisan=yue toishanese=yue hakka=hak
    american sign language=ase american sign language (asl)=ase asl=ase langue des signes americaine=ase
    langue des signes quebecoise=fcs langue des signes quebecoise (lsq)=fcs lsq=fcs
    sign language=sgn langage gestuel=sgn langue des signes=sgn
"""
_SEPARATORS = re.compile(r"[;|•\n\r\t]|,(?![^()]*\))|\s[-–—/*]\s|/(?![^()]*\))|\s(?:and|et|&)\s")
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Spoken:
    """A language as the record names it; `code` is ISO 639-1, else 639-3, None when the name is not known."""

    name: str
    code: str | None


@dataclass(frozen=True, slots=True)
class Offer:
    """The languages of a record, and what it says about interpreters, in its own words."""

    languages: tuple[Spoken, ...] = ()
    interpretation: str | None = None


def offer(text: str) -> Offer:
    """Read a list of languages; never raises. Parts about interpreters become `interpretation`."""
    found: dict[str, Spoken] = {}
    rest: list[str] = []
    for part in _SEPARATORS.split(text):
        name = part.strip(" .:*-")
        if not name:
            continue
        if re.search(r"interpr[eéè]t|translat|traduct|multiling|language line", name, re.IGNORECASE):
            rest.append(name)
        elif len(name) <= _LONGEST_NAME and not re.search(r"\d", name):
            code = code_of(name)
            found.setdefault(code or fold(name), Spoken(name, code))
        else:
            rest.append(name)
    return Offer(tuple(found.values()), "; ".join(rest) or None)


def code_of(name: str) -> str | None:
    """The code of a language by its English or French name; brackets are tried with and without."""
    known = _codes()
    folded = " ".join(fold(name).replace("’", "'").split())
    without = re.sub(r"\s*\([^()]*\)", "", folded).strip()
    return known.get(folded) or known.get(without) or known.get(re.sub(r" (?:language|langue)$", "", without))


@cache
def _codes() -> dict[str, str]:
    codes: dict[str, str] = {}
    for locale in ("fr", "en"):
        for code, name in Locale(locale).languages.items():
            if re.fullmatch(r"[a-z]{2,3}", code):
                codes[fold(name)] = code
    codes["filipino"] = "tl"
    for entry in re.findall(r"\S[^=]*=\S+", _OTHER_NAMES):
        name, _, code = entry.rpartition("=")
        codes[fold(" ".join(name.split()))] = code
    return codes
