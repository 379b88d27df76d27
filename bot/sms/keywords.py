"""Words that a carrier's rules give a meaning of their own, and words that name a door.

Sources: Twilio's documentation (STOP UNSUBSCRIBE END QUIT STOPALL REVOKE OPTOUT CANCEL, START YES UNSTOP, HELP INFO by
default; ARRET and its spellings with Advanced Opt-Out, which says what it saw in `OptOutType`) and the Canadian short
code guidelines of the CWTA (STOP, ARRET, HELP, AIDE and INFO, in any case, answered in the language of the word).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Literal, get_args

from bot.sms.folding import letters

Keyword = Literal["stop", "start", "help"]

_STOP = ("stop", "stop all", "end", "quit", "cancel")
_STOP_PLAIN = ("stopall", "unsubscribe", "un subscribe", "unsub", "revoke", "optout", "opt out")
_ARRET = ("arret", "arrets", "arrete", "arretes", "arrett", "arreter", "arretez")
_ARRET_PLAIN = ("desabonner", "desabonnement", "desinscrire", "desinscription")
_DEBUT = ("demarrer", "reabonner", "reprendre")
_WORDS: Mapping[str, Keyword] = {
    **dict.fromkeys((*_STOP, *_STOP_PLAIN, *_ARRET, *_ARRET_PLAIN), "stop"),
    **dict.fromkeys(("start", "unstop", "un stop", *_DEBUT), "start"),
    **dict.fromkeys(("help", "aide", "info"), "help"),
}
# To Twilio "yes" opens again, but to us it is the answer to a question unless the person has opted out.
_YES = frozenset(("yes", "oui"))
_FRENCH = frozenset((*_ARRET, *_ARRET_PLAIN, "aide"))
_BOTH = frozenset(("info",))
_AMBIGUOUS = frozenset((*_STOP, *_ARRET, "help", "aide"))
_LONGEST = 40
_SLIP = re.compile(r" ?(?:(?:no|nr|code|slip|fiche) ?)?(?P<sign>(?=[a-z]*\d)[a-z0-9]{4})(?= |$)")
_SIGN = re.compile(r" ?(?:(?:no|nr|num|numero|number|sign|panneau|code) ?)?(?P<sign>\d{1,6}[a-z]?)(?= |$)")


def keyword(body: str, opt_out_type: str | None = None, *, opted_out: bool = False) -> Keyword | None:
    """What the whole of a message means as a keyword, or None for ordinary words.

    Args:
        body: the message. A keyword is all of it, but for case, accents, punctuation, emoji and wide letters.
        opt_out_type: `OptOutType` of the webhook: what the carrier took it for, and has acted on already.
        opted_out: the person gets no texts from this number; only then "YES" and "OUI" mean START.
    """
    word = _word(body)
    kind = (opt_out_type or "").strip().lower()
    if kind == "stop":
        return "stop"  # whatever it said: nothing that is sent now would arrive
    if word in _YES:
        return "start" if opted_out else None
    if found := _WORDS.get(word):
        return found
    if kind in get_args(Keyword) and word and " " not in word:
        return kind  # type: ignore[return-value]  # a keyword of the operator's own, set up at the carrier
    return None


def ambiguous(body: str) -> bool:
    """Whether somebody in danger could mean this keyword as a word: "help", "end", "quit", "arrête"."""
    return _word(body) in _AMBIGUOUS


def language(body: str) -> Literal["en", "fr"] | None:
    """The language in which the carriers' rules want STOP and HELP words answered: HELP in English, AIDE in French.

    None for INFO, which is a word of both, for START words, and for what is no keyword.
    """
    word = _word(body)
    if word in _BOTH or _WORDS.get(word) not in ("stop", "help"):
        return None
    return "fr" if word in _FRENCH else "en"


def answered_in(body: str, spoken: str, kind: str) -> str:
    """The language of the answer to a keyword.

    Short codes answer in the language of the word, as their rules say. On other numbers somebody who writes Punjabi
    and was told to text STOP gets the answer in Punjabi; between English and French the word decides.

    Args:
        spoken: the language of the conversation.
        kind: of our number ("short" for a short code).
    """
    wanted = language(body)
    if wanted is None:
        return spoken
    return wanted if kind == "short" or spoken in ("en", "fr") else spoken


def plain_word(body: str) -> str:
    """A keyword as it is kept in the list of opt-outs: at most 20 letters, never anything else that was said."""
    word = _word(body)
    return word[:20] if word in _WORDS or word in _YES else ""


def door_code(body: str, codes: Mapping[str, str], slips: Collection[str] = ()) -> tuple[str, str | None] | None:
    """The door that a message names, with the number of the sign on which the word was read.

    "RAIL" alone names a door; "RAIL 12" also at the start of a longer message, because somebody who reads a sign at
    a crossing and is in need writes the rest right behind it.

    Args:
        codes: the doors' words and their doors, {"RAIL": "rail-northumberland"}.
        slips: those of the words after which the code of a slip comes ("EMS 4F7K").

    Returns:
        (door, sign in capitals or None), or None when no door is named.
    """
    doors, coded = _in_letters(tuple(codes.items()), tuple(slips))
    said = letters(body[:200])
    if said in doors:
        return doors[said], None
    for word, door in doors.items():
        rest = said.removeprefix(word)
        if rest == said:
            continue
        match = _SIGN.match(rest) or (_SLIP.match(rest) if word in coded else None)
        if match:
            return door, match["sign"].upper()
    return None


@lru_cache(maxsize=8)
def _in_letters(codes: tuple[tuple[str, str], ...], slips: tuple[str, ...]) -> tuple[dict[str, str], set[str]]:
    """The doors' words in letters, the longest first, and those before codes: the same for every text."""
    doors = {letters(word): door for word, door in sorted(codes, key=lambda one: -len(one[0])) if letters(word)}
    return doors, {letters(word) for word in slips}


def _word(body: str) -> str:
    return letters(body) if len(body) <= _LONGEST else ""
