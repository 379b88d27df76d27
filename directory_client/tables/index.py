"""The search index: derived from the other tables by `directory_client.index`, written by nothing else."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from directory_client.tables.base import ID_LENGTH, Base, parent


class SearchSite(Base):
    """Everything that search ranks by: one row for each place of a service, one for a service without.

    `id` is what a listing is called outside: the id of the service, or "service@location" where it has
    several places. Ids of `service_at_location` would not do: some feeds number every table from 1.
    """

    __tablename__ = "search_site"
    __table_args__ = (Index("ix_search_site_point", "latitude", "longitude"),)

    id: Mapped[str] = mapped_column(String(2 * ID_LENGTH + 1), primary_key=True)
    service_id: Mapped[str] = parent("service")
    location_id: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    organization_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    program_id: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    folded_name: Mapped[str]
    latitude: Mapped[float | None]
    """Degrees; of a confidential place only to the nearest tenth, so that no answer can be narrowed down."""
    longitude: Mapped[float | None]
    confidential: Mapped[bool]
    reach: Mapped[str] = mapped_column(String(10), index=True)
    """Whom it serves: "local" (nothing is said), "area" (the box below), "province" or "national"."""
    south: Mapped[float | None]
    west: Mapped[float | None]
    north: Mapped[float | None]
    east: Mapped[float | None]
    languages: Mapped[str]
    """ISO codes between blanks: " en fr "."""
    interpretation: Mapped[bool]
    assured_date: Mapped[date | None]
    sample: Mapped[bool]


class ServiceWord(Base):
    """The words of a service's names and descriptions, folded, with the weight of the field."""

    __tablename__ = "service_word"
    __table_args__ = (Index("ix_service_word_service", "service_id"),)

    word: Mapped[str] = mapped_column(String(40), primary_key=True)
    service_id: Mapped[str] = mapped_column(
        String(ID_LENGTH), ForeignKey("service.id", ondelete="CASCADE"), primary_key=True
    )
    weight: Mapped[int]
