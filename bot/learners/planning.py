"""For planners: where nothing was near, and where several programs of one kind stand side by side. No persons."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from bot.console.floor.protection import LEAST, protected, written
from bot.directory import Directory
from bot.learners.models import LearnerSearch
from bot.learners.store import region_of
from directory_client.listings import Listing
from directory_client.search import Query
from directory_client.traits import traits

NEEDS = ("learn.literacy", "learn.language")
ANY = "any"
MOST = 2_000
__all__ = ["LEAST", "Gap", "Overlap", "gaps", "overlaps", "written", "years"]


@dataclass(frozen=True, slots=True)
class Gap:
    """Searches of a year in a region for one kind and stream; None for a count that is too small to be shown."""

    region: str | None
    need: str
    stream: str
    searches: int | None
    gaps: int | None


@dataclass(frozen=True, slots=True)
class Overlap:
    """Programs of one stream in one region."""

    region: str
    need: str
    stream: str
    programs: tuple[str, ...]


def gaps(session: Session, year: int) -> list[Gap]:
    """What was looked for in a year, most often in vain first.

    Small counts are hidden. Searches are the sum of those in vain and the others, so that all three are hidden
    together where one is small.
    """
    row = LearnerSearch
    counted = select(
        row.region, row.need, row.stream, func.count(), func.sum(case((row.gap, 1), else_=0))
    ).where(row.year == year).group_by(row.region, row.need, row.stream)  # fmt: skip
    found = []
    for region, need, stream, searches, vain in session.execute(counted).all():
        none, some = protected([int(vain), int(searches) - int(vain)])
        whole = None if none is None or some is None else int(searches)
        found.append((int(vain), Gap(region, need, stream or ANY, whole, none)))
    found.sort(key=lambda pair: (-pair[0], pair[1].region or "", pair[1].need, pair[1].stream))
    return [one for _, one in found]


def years(session: Session, at_least: int) -> list[int]:
    """Years with searches, the newest first."""
    return sorted({at_least, *session.scalars(select(LearnerSearch.year).distinct())}, reverse=True)


def overlaps(directory: Directory, now: datetime) -> list[Overlap]:
    """Regions with two or more programs of one stream, by the directory as it is now. Stale listings do not count."""
    placed: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for need in NEEDS:
        for one in _all(directory, need, now):
            region = region_of(one.city)
            if region is None or one.stale:
                continue
            for stream in traits(one).streams or {ANY}:
                placed[region, need, stream].add(one.name)
    found = [Overlap(*key, tuple(sorted(names))) for key, names in placed.items() if len(names) > 1]
    return sorted(found, key=lambda one: (one.region, one.need, one.stream))


def _all(directory: Directory, need: str, now: datetime) -> tuple[Listing, ...]:
    return directory.look(now)(Query(need=need, limit=MOST)).listings
