"""Tables of HSDS that search does not use: kept so that a package that was taken in can be given out whole."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from directory_client.tables.base import ID_LENGTH, Base, key, link, parent


class OrganizationIdentifier(Base):
    """A number under which others know an organization, such as that of a register of charities."""

    __tablename__ = "organization_identifier"

    id: Mapped[str] = key()
    organization_id: Mapped[str] = parent("organization")
    identifier_scheme: Mapped[str | None]
    identifier_type: Mapped[str]
    identifier: Mapped[str]


class Funding(Base):
    """Who pays for an organization or a service."""

    __tablename__ = "funding"

    id: Mapped[str] = key()
    organization_id: Mapped[str | None] = link("organization")
    service_id: Mapped[str | None] = link("service")
    source: Mapped[str | None]


class Unit(Base):
    """What a capacity is counted in: beds, places."""

    __tablename__ = "unit"

    id: Mapped[str] = key()
    name: Mapped[str]
    scheme: Mapped[str | None]
    identifier: Mapped[str | None]
    uri: Mapped[str | None]


class ServiceCapacity(Base):
    """How much of a service is free, and when that was counted."""

    __tablename__ = "service_capacity"

    id: Mapped[str] = key()
    service_id: Mapped[str] = parent("service")
    unit_id: Mapped[str | None] = link("unit")
    available: Mapped[float]
    maximum: Mapped[float | None]
    description: Mapped[str | None]
    updated: Mapped[str]
    """An ISO time, as it came: nobody counts with it, and the offset of the source matters to its reader."""


class Url(Base):
    """A further address on the web of an organization or a service."""

    __tablename__ = "url"

    id: Mapped[str] = key()
    label: Mapped[str | None]
    url: Mapped[str]
    organization_id: Mapped[str | None] = link("organization")
    service_id: Mapped[str | None] = link("service")


class MetaTableDescription(Base):
    """What a feed says about one of its own tables."""

    __tablename__ = "meta_table_description"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    name: Mapped[str | None]
    language: Mapped[str | None]
    character_set: Mapped[str | None]
