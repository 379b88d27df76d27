"""Puts a signed correction into a record: one field of one service, with the day on which it was confirmed.

The record's other fields stay as they are. A later import that brings the record anew replaces it, as it replaces
everything of its record; the history of corrections stays with those who signed them.
"""

from __future__ import annotations

import re
import uuid
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory_client.index import reindex
from directory_client.models import Phone, SearchSite, Service
from directory_client.phones import dialled
from directory_client.records import records

FIELDS = MappingProxyType(
    {
        "phone": 40,
        "description": 2000,
        "description_fr": 2000,
        "application_process": 1000,
        "application_process_fr": 1000,
        "eligibility_description": 1000,
        "eligibility_description_fr": 1000,
        "fees_description": 500,
        "fees_description_fr": 500,
        "alert": 500,
        "alert_fr": 500,
        "url": 500,
        "email": 200,
    }
)
"""What can be corrected, and the most characters of it. Addresses are not among them: a place that must stay secret
would come out that way, and a move concerns more than one field."""


_NUMBER = re.compile(r"\+1[2-9]\d{9}|\d{3}|\d{5,6}")
"""A number of North America, or a short one."""


class NotPossible(ValueError):
    """The correction cannot be used; the text is a code: listing, field, empty, long, phone, same."""


def present(session: Session, listing: str, field: str) -> str:
    """What the record says now.

    Raises:
        NotPossible: for a listing or a field that is not there.
    """
    service = _service(session, listing)
    if field not in FIELDS:
        raise NotPossible("field")
    if field != "phone":
        return str(getattr(service, field) or "")
    phones = records(session, [listing])[0].phones
    return str(phones[0].number) if phones else ""


def checked(session: Session, listing: str, field: str, value: str) -> str:
    """The value as it would be stored.

    Raises:
        NotPossible: when it cannot be used or says what the record says already.
    """
    before = present(session, listing, field)
    value = value.strip()
    if not value:
        raise NotPossible("empty")
    if len(value) > FIELDS[field]:
        raise NotPossible("long")
    if field == "phone" and not (_NUMBER.fullmatch(dialled(value)) and re.search(r"\d{3}", value)):
        raise NotPossible("phone")
    if field == "url" and not value.startswith(("https://", "http://")):
        raise NotPossible("field")
    if value == before:
        raise NotPossible("same")
    return value


def correct(session: Session, listing: str, field: str, value: str, day: date) -> None:
    """Writes the value, sets the day of confirmation and makes the index of the service anew. Flushed, not committed.

    Raises:
        NotPossible: when the listing or the field is not there.
    """
    service = _service(session, listing)
    if field not in FIELDS:
        raise NotPossible("field")
    if field == "phone":
        _phone(session, service, listing, value)
    else:
        setattr(service, field, value)
    service.assured_date = day
    session.flush()
    reindex(session, [service.id])


def _service(session: Session, listing: str) -> Service:
    service_id = session.scalar(select(SearchSite.service_id).where(SearchSite.id == listing))
    service = session.get(Service, service_id) if service_id else None
    if service is None:
        raise NotPossible("listing")
    return service


def _phone(session: Session, service: Service, listing: str, number: str) -> None:
    """The first number of the listing. One that belongs to the place or the organization may stand for other services
    too: then this service gets numbers of its own, and theirs stay."""
    rows = list(records(session, [listing])[0].phones)
    if rows and rows[0].service_id == service.id:
        session.get_one(Phone, rows[0].id).number = number
        return
    kept: list[Any] = list(rows) or [None]
    for position, row in enumerate(kept):
        session.add(
            Phone(
                id=str(uuid.uuid4()), service_id=service.id, number=number if position == 0 else row.number,
                extension=row.extension if row is not None and position else None,
                type=row.type if row is not None else "voice", description=row.description if row is not None else None,
                description_fr=row.description_fr if row is not None else None, position=position,
            )
        )  # fmt: skip
