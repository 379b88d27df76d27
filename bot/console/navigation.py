"""Where the console's pages are, and who is shown the way to them.

A page that is not for somebody is not in their menu; the gate refuses it too, so the menu is only courtesy.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the menu. `name` is an id of the interface, `right` the right that shows it."""

    name: str
    href: str
    right: str


PLACES = (
    Place("nav_desk", "/console", "desk"),
    Place("nav_callbacks", "/console/callbacks", "desk"),
    Place("nav_follow_ups", "/console/follow-ups", "desk"),
    Place("nav_plans", "/console/plans", "cases"),
    Place("nav_situations", "/console/situations", "desk"),
    Place("nav_diversions", "/console/diversions", "desk"),
    Place("nav_tables", "/console/tables", "table"),
    Place("nav_floor", "/console/floor", "floor"),
    Place("nav_figures", "/console/figures", "figures"),
    Place("literacy_nav_learners", "/console/learners", "learners"),
    Place("literacy_nav_planning", "/console/literacy", "planning"),
    Place("nav_cases", "/console/cases", "case_files"),
    Place("nav_reports", "/console/reports", "reports"),
    Place("nav_canned", "/console/canned", "canned"),
    Place("nav_hours", "/console/hours", "hours"),
    Place("nav_quality", "/console/quality", "quality"),
    Place("sharing_nav_overrides", "/console/overrides", "override"),
    Place("sharing_nav_corrections", "/console/corrections", "sign_listings"),
    Place("sharing_nav_shared", "/console/shared", "partner"),
    Place("sharing_nav_corrections", "/console/corrections", "partner"),
    Place("sharing_nav", "/console/agreements", "agreements"),
    Place("nav_unmet", "/console/unmet", "reports"),
    Place("nav_evaluation", "/console/evaluation", "evaluation"),
    Place("incidents_nav_form", "/console/reports-in-person", "incidents"),
    Place("incidents_nav_counts", "/console/incidents", "incident_counts"),
    Place("registers_nav", "/console/registers", "registers"),
    Place("slips_nav", "/console/slips", "slips"),
    Place("nav_staff", "/console/staff", "staff"),
    Place("nav_audit", "/console/audit", "audit"),
)


def places_for(rights: Iterable[str]) -> list[Place]:
    """The menu of somebody with these rights, in its order."""
    held = {str(right) for right in rights}
    return [place for place in PLACES if place.right in held]


def is_here(place: Place, path: str) -> bool:
    """Whether the page at `path` belongs to this entry of the menu."""
    path = path.rstrip("/")
    return path == place.href or (place.href != "/console" and path.startswith(place.href + "/"))
