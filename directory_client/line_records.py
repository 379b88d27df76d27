"""Turns the shipped lines into records of the directory."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from directory_client.index import reindex
from directory_client.lines import Line, areas, lines
from directory_client.models import (
    Language,
    Organization,
    Phone,
    Schedule,
    SearchNeed,
    SearchSite,
    Service,
    ServiceArea,
    ServiceNeed,
    ServiceText,
)
from directory_client.phones import dialled
from directory_client.rules import week

_CHILDREN = (SearchSite, ServiceText, ServiceNeed, ServiceArea, Language, Schedule, Phone)
_REACH = {"canada": "national", "ontario": "province"}


def load_lines(session: Session) -> int:
    """Write the lines that can be reached, in place of what an earlier version wrote; returns how many.

    The session is flushed, not committed.
    """
    ids = list(lines())
    session.execute(delete(SearchNeed).where(SearchNeed.site_id.in_(ids)))
    for child in _CHILDREN:
        session.execute(delete(child).where(child.service_id.in_(ids)))
    session.execute(delete(Service).where(Service.id.in_(ids)))
    session.execute(delete(Organization).where(Organization.id.in_(ids)))
    # A line whose number nobody could confirm would be a dead end in a list of services.
    shipped = [line for line in lines().values() if line.reachable]
    session.execute(insert(Organization), [_organization(line) for line in shipped])
    session.execute(insert(Service), [_service(line) for line in shipped])
    session.execute(insert(ServiceArea), [_area(line) for line in shipped])
    session.execute(insert(Phone), [phone for line in shipped for phone in _phones(line)])
    session.execute(insert(Schedule), [schedule for line in shipped for schedule in _schedules(line)])
    session.execute(insert(Language), [language for line in shipped for language in _languages(line)])
    session.execute(insert(ServiceNeed), [need for line in shipped for need in _needs(line)])
    reindex(session, [line.id for line in shipped])
    return len(shipped)


def _organization(line: Line) -> dict[str, Any]:
    return {"id": line.id, "name": line.name, "name_fr": line.name_fr, "source": line.source}


def _service(line: Line) -> dict[str, Any]:
    return {
        "id": line.id,
        "organization_id": line.id,
        "name": line.name,
        "name_fr": line.name_fr,
        "description": line.description,
        "description_fr": line.description_fr,
        "url": line.url,
        "email": line.email,
        "eligibility_description": line.eligibility,
        "eligibility_description_fr": line.eligibility_fr,
        "interpretation_services": line.languages_note,
        "interpretation_services_fr": line.languages_note_fr,
        "free": line.free,
        "source": line.source,
        "grade": line.grade,
        "assured_date": line.checked,
    }


def _area(line: Line) -> dict[str, Any]:
    if reach := _REACH.get(line.reach):
        name = "Canada" if reach == "national" else "Ontario"
        area, extent = (name, name), None
    else:
        reach, region = "area", areas()[line.reach]
        area, extent = (region.name, region.name_fr), region.geojson
    return {
        "id": line.id,
        "service_id": line.id,
        "name": area[0],
        "name_fr": area[1],
        "reach": reach,
        "extent": extent,
        "extent_type": "geojson" if extent else None,
    }


def _phones(line: Line) -> list[dict[str, Any]]:
    numbers: list[tuple[str, str | None, str | None, str | None, str | None]] = []
    if line.voice:
        numbers.append((line.voice, "voice", line.extension, None, None))
    numbers += [(number, "voice", None, None, None) for number in line.other_voice]
    if line.text:
        numbers.append((line.text, "text", None, line.text_word, line.text_word_fr))
    if line.tty:
        numbers += [(number, "tty", None, None, None) for number in (line.tty, *line.other_tty)]
    return [
        {
            "id": f"{line.id}-{position}",
            "service_id": line.id,
            "number": dialled(number),
            "type": kind,
            "extension": extension,
            "description": word,
            "description_fr": word_fr,
            "position": position,
        }
        for position, (number, kind, extension, word, word_fr) in enumerate(numbers)
    ]


def _schedules(line: Line) -> list[dict[str, Any]]:
    # Nobody says that a helpline closes on public holidays, so what is said is taken for every day.
    rules = week(line.hours, on_holidays="open") if line.hours else []
    if not rules and line.hours_note:
        rules = [dict.fromkeys(("freq", "byday", "opens_at", "closes_at", "on_holidays"))]
    return [
        {
            "id": f"{line.id}-{position}",
            "service_id": line.id,
            "description": line.hours_note,
            "description_fr": line.hours_note_fr,
            **rule,
        }
        for position, rule in enumerate(rules)
    ]


def _languages(line: Line) -> list[dict[str, Any]]:
    return [{"id": f"{line.id}-{code}", "service_id": line.id, "code": code} for code in line.languages]


def _needs(line: Line) -> list[dict[str, Any]]:
    return [{"service_id": line.id, "need": need, "position": position} for position, need in enumerate(line.needs)]
