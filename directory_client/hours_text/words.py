"""The words of opening hours in English and French, as tables.

A word that is in no table is not understood, and the text it stands in stays text. That is why words which
change what hours mean ("appointment", "vary", "vacances", "ET") must never be added here without a meaning.
Texts come without accents ("ferie", "a compter du"), "à" excepted; see `text.plain`.
"""

from __future__ import annotations

Table = dict[str, tuple[str, object, str]]

DAYS_EN = (
    "monday mondays mon mo m",
    "tuesday tuesdays tues tue tu",
    "wednesday wednesdays weds wed we w",
    "thursday thursdays thurs thur thu th",
    "friday fridays fri fr f",
    "saturday saturdays sat sa",
    "sunday sundays sun su",
)
"""No "S" (Saturday or Sunday?), no "R"; "T" only in `letters`."""
DAYS_FR = (
    "lundi lundis lun lu",
    "mardi mardis ma",
    "mercredi mercredis mer me",
    "jeudi jeudis jeu je",
    "vendredi vendredis ven ve",
    "samedi samedis sam",
    "dimanche dimanches dim di",
)
MARDI_OR_MARCH = "mar"

MONTHS = (
    "january jan janvier janv",
    "february feb fevrier fevr fev",
    "march mars",
    "april apr avril avr",
    "may mai",
    "june jun juin",
    "july jul juillet juil",
    "august aug aout",
    "september sept sep septembre",
    "october oct octobre",
    "november nov novembre",
    "december dec decembre",
)

ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "last": -1,
    "premier": 1,
    "premiers": 1,
    "deuxieme": 2,
    "deuxiemes": 2,
    "troisieme": 3,
    "troisiemes": 3,
    "quatrieme": 4,
    "quatriemes": 4,
    "cinquieme": 5,
    "dernier": -1,
    "derniers": -1,
}

WEEK = (0, 1, 2, 3, 4, 5, 6)
WEEKDAYS = (0, 1, 2, 3, 4)
WEEKEND = (5, 6)

WORDS: dict[str, tuple[str, object]] = {
    **dict.fromkeys(("weekdays", "weekday"), ("days", WEEKDAYS)),
    **dict.fromkeys(("weekends", "weekend"), ("days", WEEKEND)),
    **dict.fromkeys(("daily", "everyday", "quotidiennement"), ("days", WEEK)),
    **dict.fromkeys(("holidays", "holiday"), ("holiday", None)),
    **dict.fromkeys(("noon", "midi", "midday"), ("named", 12)),
    **dict.fromkeys(("midnight", "minuit"), ("named", 0)),
    **dict.fromkeys(("to", "til", "till", "until", "thru", "through"), ("to", "en")),
    **dict.fromkeys(("au", "à", "a"), ("to", "fr")),
    **dict.fromkeys(("and",), ("and", "en")),
    **dict.fromkeys(("et",), ("and", "fr")),
    **dict.fromkeys(("from",), ("from", "en")),
    **dict.fromkeys(("du", "de", "des", "d'"), ("from", "fr")),
    **dict.fromkeys(("every", "each"), ("every", "en")),
    **dict.fromkeys(("chaque",), ("every", "fr")),
    **dict.fromkeys(("open",), ("open", "en")),
    **dict.fromkeys(("ouvert", "ouverte", "ouverts", "ouvertes"), ("open", "fr")),
    **dict.fromkeys(("closed",), ("closed", "en")),
    **dict.fromkeys(("ferme", "fermee", "fermes", "fermees"), ("closed", "fr")),
    **dict.fromkeys(("except", "excluding", "excl"), ("except", "en")),
    **dict.fromkeys(("sauf", "excepte"), ("except", "fr")),
    **dict.fromkeys(("including", "includes", "incl"), ("including", "en")),
    **dict.fromkeys(("incluant", "inclus"), ("including", "fr")),
    **dict.fromkeys(("on", "the"), ("noise", "en")),
    **dict.fromkeys(("le", "la", "les", "l'"), ("noise", "fr")),
    **dict.fromkeys(("monthly",), ("of month", "en")),
    **dict.fromkeys(("hours", "heures", "horaire", "horaires"), ("label", None)),
    **dict.fromkeys(("starting", "effective", "beginning"), ("since", "en")),
}

PHRASES: tuple[tuple[str, object, str], ...] = (
    (
        "holiday",
        None,
        r"(?:all )?(?:statutory|stat\.?|public|legal)(?: and (?:statutory|public|legal))? holidays?"
        r"|(?:tous les )?(?:jours?|conges?) (?:feries?|statutaires?)|feries?",
    ),
    ("always", True, r"24 ?/ ?7 ?/ ?365"),
    ("always", False, r"24 ?[/x-] ?7"),
    ("all day", True, r"(?:24|twenty-four)[ -]?(?:hours?|hrs?|h) ?(?:a|per|/) ?day"),
    ("all day", True, r"24 ?h(?:eures)? ?(?:par |/ ?)jour"),
    ("all day", True, r"24 ?h?(?:eures)? ?(?:/|sur) ?24(?: ?h(?:eures)?)?"),
    ("all day", True, r"(?:a|)round[ -]the[ -]clock|day (?:and|or|&) night|jour et nuit"),
    ("all day", False, r"24[ -]?(?:hours?|hrs?|heures?|h)"),
    ("days", WEEK, r"every ?day of the year"),
    ("days", WEEK, r"(?:7|seven) ?days ?(?:a|per|/|each|every) ?week|7 days|seven days|every day|all week"),
    ("days", WEEK, r"(?:7|sept) ?j(?:ours|rs|)? ?(?:par|/|sur|à|a|la) ?(?:semaine|7|sept)|7 ?/ ?7|7 jours"),
    ("days", WEEK, r"(?:tous les|chaque) jours?"),
    ("every", "fr", r"tou(?:s|tes) les"),
    ("days", WEEKDAYS, r"(?:en|les jours de|jours de|jour de) semaine"),
    ("days", WEEKEND, r"(?:la |les |en )?fins? de semaine|(?:le |les )?week-ends?"),
    ("all year", None, r"365 days(?: (?:a|per) year)?|365 jours(?: par (?:annee|an))?|365 ?j"),
    ("noise", None, r"all year(?: round)?|year[ -]round|(?:à|a) l'annee|toute l'annee"),
    ("of month", "en", r"(?:of|in) (?:the|each|every|a) (?:month|mth)|of month|(?:each|every|per|a) month"),
    ("of month", "fr", r"(?:du|de chaque|par|de tous les) mois"),
    ("lunch", None, r"(?:for|during|at) lunch|pour (?:le )?(?:diner|dejeuner|lunch)"),
    ("including", "fr", r"y compris"),
    ("and", "fr", r"ainsi que"),
    ("and", "en", r"as well as"),
    ("except", "fr", r"(?:à|a) l'exception d(?:u|es|e)"),
    ("except", "en", r"except (?:for|on)|other than"),
    ("since", "fr", r"(?:à|a) (?:partir|compter) du"),
    ("since", "en", r"(?:starting|effective|beginning) (?:on|from)|as of"),
    ("to", "fr", r"jusqu'au"),
    (
        "label",
        None,
        r"(?:hours of (?:operation|service)|(?:office|business|opening|open|service|operating) hours"
        r"|heures (?:d'ouverture|de bureau|d'affaires|de service|normales d'ouverture))",
    ),
)
"""(kind, value, pattern), the first that fits. They go before single words and before times ("24 h")."""


def table() -> Table:
    """Every single word with its (kind, value, language)."""
    words: Table = {}
    for word, (kind, value) in WORDS.items():
        words[word] = (kind, value, value if value in ("en", "fr") else "")
    for language, days in (("en", DAYS_EN), ("fr", DAYS_FR)):
        for number, names in enumerate(days):
            words.update(dict.fromkeys(names.split(), ("day", number, language)))
    for number, names in enumerate(MONTHS, start=1):
        words.update(dict.fromkeys(names.split(), ("month", number, "")))
    words.update({word: ("ordinal", number, "") for word, number in ORDINALS.items()})
    return words
