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
    CASE_FILES = "case_files"
    """Work on the cases that people at one's doors have agreed to pass on; see nothing else of them."""
    TABLE = "table"
    """Work on a situation table."""
    EVALUATION = "evaluation"
    """See answers to program evaluations, in aggregate."""
    SIGN_LISTINGS = "sign_listings"
    """Sign a correction to a listing of the directory."""
    INCIDENTS = "incidents"
    """Write down anonymous reports of people who stand at the counter or call, and see single reports."""
    INCIDENT_COUNTS = "incident_counts"
    """See counts of anonymous reports, never a single one."""
    AGREEMENTS = "agreements"
    """Make and end agreements with partners, and see what was shared with whom: fields, never what they held."""
    OVERRIDE = "override"
    """Decide, as a second person, whether something is shared against what a person has excluded."""
    LEARNERS = "learners"
    """Read and answer the forms of learners: a partner those of its own programs, 211 those that no partner reads."""
    PLANNING = "planning"
    """See where programs are missing and where several stand side by side: counts and listings, no persons."""
    PARTNER = "partner"
    """See what one's own organization was told under a code, and propose corrections to listings."""

    REGISTERS = "registers"
    """See the households on the registers of one's doors, and decide about unclear ones."""
    SLIPS = "slips"
    """Write referral slips, and see how many were made and used."""


_SPECIALIST = frozenset({Right.REGISTERS, Right.DESK, Right.HISTORY, Right.LEARNERS, Right.CASES, Right.INCIDENTS})
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
        Right.SLIPS,
        Right.INCIDENT_COUNTS,
        Right.OVERRIDE,
    },
    # Looks after accounts and settings, and therefore sees nobody's words.
    "administrator": frozenset({Right.STAFF, Right.AUDIT, Right.HOURS, Right.CANNED, Right.AGREEMENTS}),
    # Works for a partner: sees nothing of ours but what was shared with it.
    "partner": frozenset({Right.LEARNERS, Right.PARTNER}),
    # A paramedic who sends people to 211: writes slips, and sees nothing else.
    "referrer": frozenset({Right.SLIPS}),
    # Runs a seasonal program: its register, and nothing of any conversation.
    "registrar": frozenset({Right.REGISTERS}),
    "caseworker": frozenset({Right.CASE_FILES}),
    # Speaks for an agency (skill agency_<id>) at a situation table.
    "table_member": frozenset({Right.TABLE}),
    # Reads sums of evaluations, and nothing of any conversation.
    "evaluator": frozenset({Right.EVALUATION}),
    # Plans programs for a region: sees counts and listings.
    "planner": frozenset({Right.PLANNING, Right.REPORTS, Right.EXPORT}),
    "reporter": frozenset({Right.FIGURES, Right.REPORTS, Right.EXPORT, Right.INCIDENT_COUNTS}),
    # A city that answers for what is reported: counts of the doors it is given, and no story.
    "city": frozenset({Right.INCIDENT_COUNTS, Right.EXPORT}),
}
"""Role → its rights. Somebody with several roles has the rights of all of them."""


def rights_of(roles: Iterable[str]) -> frozenset[Right]:
    """The rights of all these roles together. A role that is not known (any more) gives none."""
    return frozenset().union(*(ROLES.get(role, frozenset()) for role in roles))
