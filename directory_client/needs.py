"""The needs of the shared vocabulary, as the directory uses them."""

from __future__ import annotations

_CODES = """
    food.pantry food.meals housing.shelter housing.search housing.eviction housing.rent utilities.bills
    goods.clothing goods.baby goods.holiday money.benefits money.tax money.debt work.jobs work.training
    learn.literacy learn.language learn.school_supplies newcomer.settlement newcomer.refugee legal.aid
    legal.identification health.doctor health.dental health.medication health.sexual mental.counselling
    mental.crisis addiction.treatment addiction.harm_reduction violence.partner violence.sexual
    violence.trafficking violence.elder violence.victim family.childcare family.parenting youth.services
    student.support senior.home_care caregiver.respite disability.developmental disability.access
    indigenous.services lgbtq.services transport.rides community.internet report.discrimination
    report.abuse_disability government.information disaster.relief animal.pets
"""
NEEDS: tuple[str, ...] = tuple(_CODES.split())

LINE_FIRST = frozenset(
    {
        "mental.crisis",
        "violence.partner",
        "violence.sexual",
        "violence.trafficking",
        "violence.elder",
        "report.abuse_disability",
    }
)
"""Needs for which a line that answers now comes before any door to walk to."""

PRESSING = LINE_FIRST | {
    "addiction.harm_reduction",
    "disaster.relief",
    "food.meals",
    "housing.shelter",
    "violence.victim",
}
"""Needs of tonight: what opens in two days does not meet them."""

_INSTEAD = {
    # A person who asked for one of these is served by the other; the order of the area says nothing there.
    "goods.baby": ("goods.clothing", "food.pantry"),
    "goods.holiday": ("food.pantry", "goods.clothing"),
    "utilities.bills": ("housing.rent", "money.benefits"),
    "housing.rent": ("utilities.bills", "money.benefits"),
    "housing.eviction": ("legal.aid",),
    "newcomer.refugee": ("newcomer.settlement", "legal.aid"),
    "mental.counselling": ("mental.crisis",),
    "mental.crisis": ("mental.counselling",),
    "violence.elder": ("violence.victim",),
    "violence.partner": ("violence.victim", "violence.sexual"),
    "violence.sexual": ("violence.victim", "violence.partner"),
    "violence.trafficking": ("violence.victim",),
    "violence.victim": (),
    "report.discrimination": ("legal.aid",),
    "report.abuse_disability": (),
    "student.support": ("mental.counselling",),
    "senior.home_care": ("caregiver.respite",),
    "caregiver.respite": ("senior.home_care",),
}


def instead(need: str) -> tuple[str, ...]:
    """Needs to try when nothing meets this one, nearest in use first: by default those of the same area."""
    if need in _INSTEAD:
        return _INSTEAD[need]
    area = need.partition(".")[0] + "."
    return tuple(code for code in NEEDS if code.startswith(area) and code != need)
