"""What services and locations share: people to ask for, numbers, hours and languages."""

from __future__ import annotations

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from directory_client.tables.base import Base, key, link


class Contact(Base):
    """A person or role to ask for."""

    __tablename__ = "contact"

    id: Mapped[str] = key()
    organization_id: Mapped[str | None] = link("organization")
    service_id: Mapped[str | None] = link("service")
    service_at_location_id: Mapped[str | None] = link("service_at_location")
    location_id: Mapped[str | None] = link("location")
    name: Mapped[str | None]
    title: Mapped[str | None]
    department: Mapped[str | None]
    email: Mapped[str | None]


class Phone(Base):
    """A number to call or to write to. `type` is "voice", "text", "tty", "fax", ..."""

    __tablename__ = "phone"

    id: Mapped[str] = key()
    location_id: Mapped[str | None] = link("location")
    service_id: Mapped[str | None] = link("service")
    organization_id: Mapped[str | None] = link("organization")
    contact_id: Mapped[str | None] = link("contact")
    service_at_location_id: Mapped[str | None] = link("service_at_location")
    number: Mapped[str]
    extension: Mapped[str | None] = mapped_column(String(20))
    """Text, against the specification's number: "0340" is not 340."""
    type: Mapped[str | None] = mapped_column(String(20))
    description: Mapped[str | None]
    # ours
    description_fr: Mapped[str | None]
    position: Mapped[int] = mapped_column(default=0)


class Schedule(Base):
    """Opening hours shaped like an iCalendar rule; several rows of one service add up."""

    __tablename__ = "schedule"

    id: Mapped[str] = key()
    service_id: Mapped[str | None] = link("service")
    location_id: Mapped[str | None] = link("location")
    service_at_location_id: Mapped[str | None] = link("service_at_location")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    dtstart: Mapped[date | None]
    timezone: Mapped[float | None]
    until: Mapped[date | None]
    count: Mapped[int | None]
    wkst: Mapped[str | None] = mapped_column(String(2))
    freq: Mapped[str | None] = mapped_column(String(10))
    interval: Mapped[int | None]
    byday: Mapped[str | None]
    byweekno: Mapped[str | None]
    bymonthday: Mapped[str | None]
    byyearday: Mapped[str | None]
    description: Mapped[str | None]
    opens_at: Mapped[str | None] = mapped_column(String(20))
    closes_at: Mapped[str | None] = mapped_column(String(20))
    schedule_link: Mapped[str | None]
    attending_type: Mapped[str | None]
    notes: Mapped[str | None]
    # ours
    description_fr: Mapped[str | None]
    on_holidays: Mapped[str | None] = mapped_column(String(10))
    """On public holidays: "closed" (taken when nothing is said), "open", or "only" (this row is for them)."""


class Language(Base):
    """A language that a service, a place or a number speaks; `code` is ISO 639-1, else 639-3."""

    __tablename__ = "language"

    id: Mapped[str] = key()
    service_id: Mapped[str | None] = link("service")
    location_id: Mapped[str | None] = link("location")
    phone_id: Mapped[str | None] = link("phone")
    name: Mapped[str | None]
    code: Mapped[str | None] = mapped_column(String(10))
    note: Mapped[str | None]
