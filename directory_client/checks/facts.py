"""What checks look at: records with all that belongs to them, without a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Number:
    """A phone, with the name and source of whom it belongs to."""

    id: str
    number: str
    type: str | None = None
    description: str | None = None
    description_fr: str | None = None
    name: str = ""
    source: str = ""
    table = "phone"


@dataclass(frozen=True, slots=True)
class Hours:
    """One row of hours; `text` is what it says in words."""

    opens_at: str | None = None
    closes_at: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Region:
    """A service area."""

    name: str | None
    extent: str | None = None
    reach: str | None = None


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """An active service. `phones` are the types of all numbers that a person is given for it, of its places too."""

    id: str
    name: str = ""
    source: str = ""
    name_fr: str | None = None
    description: str | None = None
    description_fr: str | None = None
    alternate_name: str | None = None
    eligibility: str | None = None
    eligibility_fr: str | None = None
    application: str | None = None
    email: str | None = None
    url: str | None = None
    url_fr: str | None = None
    website: str | None = None
    """Of its organization."""
    assured_date: date | None = None
    phones: tuple[str | None, ...] = ()
    has_address: bool = False
    hours: tuple[Hours, ...] = ()
    areas: tuple[Region, ...] = ()
    needs: int = 0
    table = "service"

    @property
    def texts(self) -> Mapping[str, str | None]:
        return {
            "name": self.name,
            "name_fr": self.name_fr,
            "alternate_name": self.alternate_name,
            "description": self.description,
            "description_fr": self.description_fr,
            "eligibility_description": self.eligibility,
            "eligibility_description_fr": self.eligibility_fr,
            "application_process": self.application,
        }

    @property
    def addresses(self) -> Mapping[str, str | None]:
        return {"email": self.email, "url": self.url, "url_fr": self.url_fr}


@dataclass(frozen=True, slots=True)
class OrganizationFacts:
    """An organization that has active services."""

    id: str
    name: str = ""
    source: str = ""
    name_fr: str | None = None
    description: str | None = None
    email: str | None = None
    website: str | None = None
    website_fr: str | None = None
    table = "organization"

    @property
    def texts(self) -> Mapping[str, str | None]:
        return {"name": self.name, "name_fr": self.name_fr, "description": self.description}

    @property
    def addresses(self) -> Mapping[str, str | None]:
        return {"email": self.email, "website": self.website, "website_fr": self.website_fr}


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """A physical place where active services are given."""

    id: str
    name: str = ""
    source: str = ""
    latitude: float | None = None
    longitude: float | None = None
    street: str | None = None
    city: str | None = None
    postal_code: str | None = None
    province: str | None = None
    country: str | None = None
    confidential: bool = False
    told: Mapping[str, str | None] | None = None
    """Of a confidential place: every text about it that a person may be shown, by field."""
    table = "location"

    @property
    def texts(self) -> Mapping[str, str | None]:
        return {} if self.confidential else {"name": self.name}


@dataclass(frozen=True, slots=True)
class TermFacts:
    """A term of a taxonomy."""

    id: str
    name: str = ""
    code: str | None = None
    source: str = ""
    table = "taxonomy_term"


Facts = ServiceFacts | OrganizationFacts | PlaceFacts | Number | TermFacts
