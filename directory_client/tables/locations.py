"""Where services are given."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from directory_client.tables.base import ID_LENGTH, Base, key, link, parent


class Location(Base):
    """A place of an organization, in the world or online."""

    __tablename__ = "location"

    id: Mapped[str] = key()
    location_type: Mapped[str] = mapped_column(String(20), default="physical")
    url: Mapped[str | None]
    organization_id: Mapped[str | None] = link("organization")
    name: Mapped[str | None]
    alternate_name: Mapped[str | None]
    description: Mapped[str | None]
    transportation: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    external_identifier: Mapped[str | None]
    external_identifier_type: Mapped[str | None]
    # ours
    name_fr: Mapped[str | None]
    timezone: Mapped[str | None] = mapped_column(String(40))
    """IANA name where it is not America/Toronto (the far north-west keeps Central time)."""
    confidential: Mapped[bool] = mapped_column(default=False)
    """The address must never be told (shelters for abused women), nor a distance that would give it away."""
    sample: Mapped[bool] = mapped_column(default=False)


class ServiceAtLocation(Base):
    """A service given at a location; its id is the id of the listing."""

    __tablename__ = "service_at_location"
    __table_args__ = (Index("ix_service_at_location_pair", "service_id", "location_id"),)

    id: Mapped[str] = key()
    service_id: Mapped[str] = mapped_column(String(ID_LENGTH), ForeignKey("service.id", ondelete="CASCADE"))
    location_id: Mapped[str] = parent("location")
    description: Mapped[str | None]


class Address(Base):
    """A postal or street address of a location."""

    __tablename__ = "address"

    id: Mapped[str] = key()
    location_id: Mapped[str] = parent("location")
    attention: Mapped[str | None]
    address_1: Mapped[str]
    address_2: Mapped[str | None]
    city: Mapped[str]
    region: Mapped[str | None]
    state_province: Mapped[str] = mapped_column(default="ON")
    postal_code: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(String(2), default="CA")
    address_type: Mapped[str] = mapped_column(String(20), default="physical")
    address_1_fr: Mapped[str | None]  # ours


class Accessibility(Base):
    """How a place serves people with disabilities."""

    __tablename__ = "accessibility"

    id: Mapped[str] = key()
    location_id: Mapped[str] = parent("location")
    description: Mapped[str | None]
    details: Mapped[str | None]
    url: Mapped[str | None]
    description_fr: Mapped[str | None]  # ours
