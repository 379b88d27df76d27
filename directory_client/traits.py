"""What a record says of where, how and when a class is given: the attributes that learners choose by. Pure.

A record has no field for the culture of a program or for its mode. They are read from what it has: languages, needs,
places, hours, and words of its name, description and eligibility. What is not said is not guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time

from directory_client.listings import Listing

STREAMS = ("english", "french", "indigenous", "deaf")
"""The streams of Ontario's Literacy and Basic Skills program (literacybasics.ca)."""
MODES = ("in_person", "online")
TIMES = ("day", "evening", "weekend")
_SIGNED = frozenset(("ase", "fcs", "sgn"))
"""American Sign Language, Quebec Sign Language, sign languages."""
_INDIGENOUS = re.compile(
    r"\b(indigenous|first nations?|m[ée]tis|inuit|autochtones?|premi[èe]res nations|native)\b", re.I
)
_DEAF = re.compile(r"\b(deaf|deafblind|sourde?s?|sign language|langue des signes)\b", re.I)
_ONLINE = re.compile(r"\b(online|on-line|virtual|remote|distance|en ligne|virtuel(?:le)?s?|à distance)\b", re.I)
_EVENING = time(17, 0)
_ENDS_LATE = time(18, 30)


@dataclass(frozen=True, slots=True)
class Traits:
    """`streams` is empty of what the record does not say; an unknown time is an empty set."""

    streams: frozenset[str]
    modes: frozenset[str]
    times: frozenset[str]

    def fits(self, stream: str | None, mode: str | None, when: str | None) -> tuple[bool, bool, bool]:
        """Whether each wish is met; no wish and "any" always are, and so is an hour that nobody knows."""
        return (
            stream in (None, "any") or stream in self.streams,
            mode in (None, "any") or mode in self.modes,
            when in (None, "any") or not self.times or when in self.times,
        )


def traits(listing: Listing) -> Traits:
    """The attributes of a listing."""
    parts = (listing.name, listing.description, listing.eligibility, listing.name_fr, listing.description_fr)
    words = " ".join(part for part in parts if part)
    spoken = set(listing.languages)
    streams = set()
    if "indigenous.services" in listing.needs or _INDIGENOUS.search(words):
        streams.add("indigenous")
    if spoken & _SIGNED or _DEAF.search(words):
        streams.add("deaf")
    if "fr" in spoken:
        streams.add("french")
    if not spoken or "en" in spoken:
        streams.add("english")
    modes = set()
    if listing.address or listing.lat is not None or listing.confidential:
        modes.add("in_person")
    if _ONLINE.search(words) or (not modes and listing.scope in ("province", "national", "area")):
        modes.add("online")
    return Traits(frozenset(streams), frozenset(modes), _times(listing))


def _times(listing: Listing) -> frozenset[str]:
    if listing.hours.always:
        return frozenset(TIMES)
    found = set()
    for one in listing.hours.weekly:
        if one.day >= 5:
            found.add("weekend")
            continue
        if one.opens < _EVENING:
            found.add("day")
        if one.closes > _ENDS_LATE or one.closes <= one.opens:
            found.add("evening")
    return frozenset(found)
