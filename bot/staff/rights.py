"""What each role may do, right by right. A route asks for a right, never for a role."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

EVERY_DOOR = "*"


class Right(StrEnum):
    """One thing that a member of staff may do."""

    DESK = "desk"
    """See the queue, claim, read what waits or is one's own, write, close."""
    HISTORY = "history"
    """See that the same pseudonym was here before, and how it ended."""
    FLOOR = "floor"
    """See who holds what, who waits how long, where danger is open."""
    READ_ALONG = "read_along"
    """Read a conversation that a colleague holds."""
    REASSIGN = "reassign"
    """Give a conversation to another colleague."""
    TAKE_OVER = "take_over"
    """Take a conversation from a colleague, or write in it beside them."""
    CANNED = "canned"
    """Write the replies that all use."""
    HOURS = "hours"
    """Change the hours of a door."""
    QUALITY = "quality"
    """Draw and review samples of closed conversations."""
    FIGURES = "figures"
    """See counts of the queue."""
    STAFF = "staff"
    """Make and change accounts."""
    AUDIT = "audit"
    """Read the record of who has seen and changed what."""
    REPORTS = "reports"
    """See reports: counts, never words."""
    EXPORT = "export"
    """Take reports out of the console."""
    CASES = "cases"
    """Follow one person's several needs with an owner and a next date."""
    TABLE = "table"
    """Work on a situation table."""
    EVALUATION = "evaluation"
    """See answers to program evaluations, in aggregate."""
    SIGN_LISTINGS = "sign_listings"
    """Sign a correction to a listing of the directory."""
    AGREEMENTS = "agreements"
    """Make and end agreements with partners, and see what was shared with whom: fields, never what they held."""
    OVERRIDE = "override"
    """Decide, as a second person, whether something is shared against what a person has excluded."""
    PARTNER = "partner"
    """See what one's own organization was told under a code, and propose corrections to listings."""
    INCIDENTS = "incidents"
    """Write down anonymous reports of people who stand at the counter or call, and see single reports."""
    INCIDENT_COUNTS = "incident_counts"
    """See counts of anonymous reports, never a single one."""


_SPECIALIST = frozenset({Right.DESK, Right.HISTORY, Right.CASES, Right.INCIDENTS})
ROLES: dict[str, frozenset[Right]] = {
    "specialist": _SPECIALIST,
    "supervisor": _SPECIALIST
    | {
        Right.FLOOR,
        Right.READ_ALONG,
        Right.REASSIGN,
        Right.TAKE_OVER,
        Right.CANNED,
        Right.HOURS,
        Right.QUALITY,
        Right.FIGURES,
        Right.REPORTS,
        Right.SIGN_LISTINGS,
        Right.OVERRIDE,
        Right.INCIDENT_COUNTS,
    },
    # Looks after accounts and settings, and therefore sees nobody's words.
    "administrator": frozenset({Right.STAFF, Right.AUDIT, Right.HOURS, Right.CANNED, Right.AGREEMENTS}),
    # Works for a partner: sees nothing of ours but what was shared with it.
    "partner": frozenset({Right.PARTNER}),
    "reporter": frozenset({Right.FIGURES, Right.REPORTS, Right.EXPORT, Right.INCIDENT_COUNTS}),
    # A city that answers for what is reported: counts of the doors it is given, and no story.
    "city": frozenset({Right.INCIDENT_COUNTS, Right.EXPORT}),
}
"""Role → its rights. Somebody with several roles has the rights of all of them."""


def rights_of(roles: Iterable[str]) -> frozenset[Right]:
    """The rights of all these roles together. A role that is not known (any more) gives none."""
    return frozenset().union(*(ROLES.get(role, frozenset()) for role in roles))
