"""Small records for tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from directory_client.index import reindex
from directory_client.models import (
    Address,
    Language,
    Location,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceNeed,
)

AJAX = (43.8501, -79.0329)
"""Latitude and longitude."""
CHECKED = date(2026, 10, 1)


def north_of(point: tuple[float, float], km: float) -> tuple[float, float]:
    """A point that many kilometres to the north."""
    return point[0] + km / 111.195, point[1]


def add_service(
    session: Session,
    id: str,
    *,
    needs: Sequence[str] = ("food.pantry",),
    at: tuple[float, float] | Sequence[tuple[float, float]] | None = None,
    organization: str | None = None,
    name: str | None = None,
    area: str | None = None,
    reach: str | None = None,
    area_name: str | None = None,
    languages: Sequence[str] = (),
    schedules: Sequence[dict[str, Any]] = (),
    phone: str | None = None,
    confidential: bool = False,
    checked: date | None = CHECKED,
    timezone: str | None = None,
    **fields: Any,
) -> str:
    """Add a service with its organization, places, area and needs, and index it."""
    organization = organization or f"org-{id}"
    if session.get(Organization, organization) is None:
        session.add(Organization(id=organization, name=f"Organization {organization}"))
        session.flush()
    session.add(
        Service(id=id, organization_id=organization, name=name or f"Service {id}", assured_date=checked, **fields)
    )
    session.flush()
    points = [] if at is None else [at] if isinstance(at[0], float) else list(at)
    for nth, (lat, lon) in enumerate(points):  # type: ignore[misc]
        place = f"{id}-place-{nth}"
        session.add(
            Location(
                id=place,
                organization_id=organization,
                latitude=lat,
                longitude=lon,
                confidential=confidential,
                timezone=timezone,
            )
        )
        session.flush()
        session.add(Address(id=place, location_id=place, address_1="1 Main Street", city="Anytown", postal_code=""))
        session.add(ServiceAtLocation(id=f"{id}-at-{nth}", service_id=id, location_id=place))
    if area or reach or area_name:
        session.add(
            ServiceArea(
                id=f"{id}-area",
                service_id=id,
                name=area_name,
                extent=area,
                extent_type="geojson" if area else None,
                reach=reach,
            )
        )
    session.add_all(Language(id=f"{id}-{code}", service_id=id, code=code) for code in languages)
    session.add_all(Schedule(id=f"{id}-{nth}", service_id=id, **one) for nth, one in enumerate(schedules))
    if phone:
        session.add(Phone(id=f"{id}-phone", service_id=id, number=phone, type="voice"))
    session.add_all(ServiceNeed(service_id=id, need=need, position=nth) for nth, need in enumerate(needs))
    session.flush()
    reindex(session, [id])
    return id
