"""Who provides services, and what they provide on which terms."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from directory_client.tables.base import ID_LENGTH, Base, key, link, parent


class Organization(Base):
    """Who provides services."""

    __tablename__ = "organization"

    id: Mapped[str] = key()
    name: Mapped[str]
    alternate_name: Mapped[str | None]
    description: Mapped[str] = mapped_column(default="")
    email: Mapped[str | None]
    website: Mapped[str | None]
    tax_status: Mapped[str | None]
    tax_id: Mapped[str | None]
    year_incorporated: Mapped[int | None]
    legal_status: Mapped[str | None]
    logo: Mapped[str | None]
    uri: Mapped[str | None]
    parent_organization_id: Mapped[str | None] = mapped_column(String(ID_LENGTH), index=True)
    # ours
    name_fr: Mapped[str | None]
    description_fr: Mapped[str | None]
    website_fr: Mapped[str | None]
    source: Mapped[str | None] = mapped_column(index=True)
    external_id: Mapped[str | None] = mapped_column(index=True)
    sample: Mapped[bool] = mapped_column(default=False)


class Program(Base):
    """A name under which an organization groups services."""

    __tablename__ = "program"

    id: Mapped[str] = key()
    organization_id: Mapped[str] = parent("organization")
    name: Mapped[str]
    alternate_name: Mapped[str | None]
    description: Mapped[str] = mapped_column(default="")
    name_fr: Mapped[str | None]  # ours


class Service(Base):
    """What a person can get, from whom, on which terms."""

    __tablename__ = "service"

    id: Mapped[str] = key()
    organization_id: Mapped[str] = parent("organization")
    program_id: Mapped[str | None] = link("program")
    name: Mapped[str]
    alternate_name: Mapped[str | None]
    description: Mapped[str | None]
    url: Mapped[str | None]
    email: Mapped[str | None]
    status: Mapped[str] = mapped_column(String(30), default="active")
    interpretation_services: Mapped[str | None]
    application_process: Mapped[str | None]
    fees_description: Mapped[str | None]
    wait_time: Mapped[str | None]
    """Deprecated by the specification, and still what many feeds fill."""
    fees: Mapped[str | None]
    """Deprecated by the specification."""
    accreditations: Mapped[str | None]
    eligibility_description: Mapped[str | None]
    minimum_age: Mapped[float | None]
    maximum_age: Mapped[float | None]
    assured_date: Mapped[date | None]
    assurer_email: Mapped[str | None]
    licenses: Mapped[str | None]
    alert: Mapped[str | None]
    last_modified: Mapped[datetime | None]
    # ours
    name_fr: Mapped[str | None]
    alternate_name_fr: Mapped[str | None]
    description_fr: Mapped[str | None]
    url_fr: Mapped[str | None]
    application_process_fr: Mapped[str | None]
    fees_description_fr: Mapped[str | None]
    eligibility_description_fr: Mapped[str | None]
    interpretation_services_fr: Mapped[str | None]
    alert_fr: Mapped[str | None]
    free: Mapped[bool | None]
    """True: costs nothing; False: may cost something; None: the record does not say."""
    source: Mapped[str | None] = mapped_column(index=True)
    grade: Mapped[str | None] = mapped_column(String(10))
    """How well the source is established: "A" the service's own or an official page, "B" a secondary one."""
    external_id: Mapped[str | None] = mapped_column(index=True)
    sample: Mapped[bool] = mapped_column(default=False, index=True)


class CostOption(Base):
    """One price of a service."""

    __tablename__ = "cost_option"

    id: Mapped[str] = key()
    service_id: Mapped[str] = parent("service")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    option: Mapped[str | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    amount: Mapped[float | None]
    amount_description: Mapped[str | None]


class RequiredDocument(Base):
    """A paper that a person must bring."""

    __tablename__ = "required_document"

    id: Mapped[str] = key()
    service_id: Mapped[str] = parent("service")
    document: Mapped[str | None]
    uri: Mapped[str | None]
    document_fr: Mapped[str | None]  # ours


class ServiceArea(Base):
    """Where people must live, or be, for a service to take them."""

    __tablename__ = "service_area"

    id: Mapped[str] = key()
    service_id: Mapped[str | None] = link("service")
    service_at_location_id: Mapped[str | None] = link("service_at_location")
    name: Mapped[str | None]
    description: Mapped[str | None]
    extent: Mapped[str | None]
    extent_type: Mapped[str | None] = mapped_column(String(10))
    uri: Mapped[str | None]
    # ours
    name_fr: Mapped[str | None]
    reach: Mapped[str | None] = mapped_column(String(10))
    """"area", "province" or "national"; None: worked out from the name."""


class ServiceNeed(Base):
    """Which needs of the shared vocabulary a service meets; position 0 is what it is there for."""

    __tablename__ = "service_need"
    __table_args__ = (Index("ix_service_need_need", "need", "service_id"),)

    service_id: Mapped[str] = mapped_column(
        String(ID_LENGTH), ForeignKey("service.id", ondelete="CASCADE"), primary_key=True
    )
    need: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    score: Mapped[float] = mapped_column(default=1.0)
    """How sure that is, from 0 to 1: 1 when a person or the feed said it, less when it was told from its words."""
