"""Whom a service takes, as far as its words say it without doubt; what is not said excludes nobody.

Records have no field for gender or status of residence, only a sentence ("Women and their children",
"Convention refugees and permanent residents"). A sentence that also names others, or everybody, excludes nobody.
"""

from __future__ import annotations

import re

from directory_client.words import fold

GENDERS = ("woman", "man")
"""Of a person, as far as a record can exclude by it. Whoever is neither is excluded by no record."""
STATUSES = ("citizen", "permanent_resident", "refugee", "claimant", "temporary")
"""Of residence in Canada: `refugee` is a protected person, `claimant` waits for the decision, `temporary` studies,
works or visits with a permit."""

_EVERYBODY = re.compile(
    r"\b(everyone|anyone|all (genders|people|residents|ages)|open to all|any gender|non.?binary|families|couples|"
    r"men and women|women and men|hommes et femmes|femmes et hommes|tous|toute personne|familles)\b"
)
_ONLY = {
    "woman": re.compile(r"\b(women|woman|girls|female|females|mothers|femmes|filles|meres)\b"),
    "man": re.compile(r"\b(men|man|boys|males?|fathers|hommes|garcons|peres)\b"),
}
_STATUS = {
    "citizen": re.compile(r"\b(canadian citizens?|citizens|citoyens?( canadiens?)?|citoyennes?)\b"),
    "permanent_resident": re.compile(r"\b(permanent residents?|landed immigrants?|residents? permanents?)\b"),
    "refugee": re.compile(
        r"\b(convention refugees?|protected persons?|refugies? (au sens|proteges?)|personnes? protegees?)"
    ),
    "claimant": re.compile(r"\b(refugee claimants?|asylum seekers?|demandeurs? d.asile)\b"),
    "temporary": re.compile(
        r"\b(international students?|work permit|study permit|temporary (foreign )?workers?|visitors?|"
        r"etudiants? internationaux|permis (d.etudes|de travail)|travailleurs? (etrangers? )?temporaires?)\b"
    ),
}
_ANY_STATUS = re.compile(
    r"\b(any (immigration )?status|regardless of (immigration )?status|sans egard au statut|newcomers)\b"
)


def audience(*texts: str | None) -> str:
    """Words between blanks for the genders and statuses that a record names as its own: " woman claimant "; else " ".

    texts: the description of who is eligible, in one or both languages.
    """
    said = fold(" . ".join(text for text in texts if text))
    if not said.strip():
        return " "
    found = []
    if not _EVERYBODY.search(said):
        genders = [gender for gender, words in _ONLY.items() if words.search(said)]
        found += genders if len(genders) == 1 else []
    if not _ANY_STATUS.search(said):
        found += [status for status, words in _STATUS.items() if words.search(said)]
    return " " + "".join(f"{word} " for word in found)


def takes(audience: str, gender: str | None, status: str | None) -> bool:
    """Whether a person of this gender and status is not excluded; None for what is not known of the person."""
    if gender is None and status is None:
        return True
    named = audience.split()
    genders = [word for word in named if word in GENDERS]
    statuses = [word for word in named if word in STATUSES]
    if gender in GENDERS and genders and gender not in genders:
        return False
    return not (status in STATUSES and statuses and status not in statuses)
