"""The search index: derived from the other tables by `directory_client.index`, written by nothing else."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from directory_client.tables.base import ID_LENGTH, Base, parent


class SearchSite(Base):
    """Everything that search ranks by: one row for each place of a service, one for a service without.

    `id` is what a listing is called outside: the id of the service, or "service@location" where it has
    several places. Ids of `service_at_location` would not do: some feeds number every table from 1.
    """

    __tablename__ = "search_site"
    __table_args__ = (
        Index("ix_search_site_point", "latitude", "longitude"),
        Index("ix_search_site_street", "street", "latitude", "longitude"),
        # All that the full-text search asks of a site, so that the words of a whole province are joined in the index.
        Index(
            "ix_search_site_spot",
            "number",
            "latitude",
            "longitude",
            "reach",
            "south",
            "west",
            "north",
            "east",
            "id",
            "mark",
        ),
    )

    id: Mapped[str] = mapped_column(String(2 * ID_LENGTH + 1), primary_key=True)
    service_id: Mapped[str] = parent("service")
    number: Mapped[int]
    """`ServiceText.number` of the service."""
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
    area_lat: Mapped[float | None]
    """Middle in degrees, and radius, of the area where it is the place of a name: a circle."""
    area_lon: Mapped[float | None]
    area_km: Mapped[float | None]
    languages: Mapped[str]
    """ISO codes between blanks: " en fr "."""
    interpretation: Mapped[bool]
    assured_date: Mapped[date | None]
    sample: Mapped[bool]
    approximate: Mapped[bool] = mapped_column(default=False)
    """The point is that of the town or postal area: the record has none, or one that cannot be right."""
    free: Mapped[bool | None]
    minimum_age: Mapped[float | None]
    maximum_age: Mapped[float | None]
    accessible: Mapped[bool | None]
    """For a wheelchair; None when nothing is said."""
    audience: Mapped[str] = mapped_column(default=" ")
    """Genders and statuses of residence between blanks, as `directory_client.eligibility` reads them: " woman "."""
    street: Mapped[str | None] = mapped_column(String(80))
    """The street of its address in one spelling (`directory_client.streets`); None of a confidential place, and of one
    whose point is not that of its address."""
    twin: Mapped[str | None] = mapped_column(String(32), index=True)
    """The same for records that stand for one door: same number and same address."""
    hours: Mapped[str | None] = mapped_column(String(24))
    """`SearchHours.name` of its timetable; None when nobody knows when it opens."""
    mark: Mapped[int] = mapped_column(BigInteger, default=0)
    """Of this writing of this row alone, for all time: whoever has read the row, and the records that it was made of,
    under a mark need not read them again (`directory_client.marked`). 0: of a version that gave none."""


class SearchHours(Base):
    """Each different timetable once; written and read by `directory_client.timetables`. A row never changes."""

    __tablename__ = "search_hours"

    name: Mapped[str] = mapped_column(String(24), primary_key=True)
    """Made of the other two."""
    zone: Mapped[str] = mapped_column(String(64))
    """Where its clock hangs: "America/Toronto"."""
    rules: Mapped[str]
    """JSON of `directory_client.rules.Rule`."""


class ServiceText(Base):
    """The words of a service, folded and without endings, in fields of falling weight.

    The database's own full-text index lies over them (`directory_client.fulltext`). What it gets are words that
    are cut already, so that SQLite and PostgreSQL index the same ones.
    """

    __tablename__ = "service_text"

    number: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[str] = mapped_column(
        String(ID_LENGTH), ForeignKey("service.id", ondelete="CASCADE"), unique=True
    )
    names: Mapped[str]
    """Names and alternate names in both languages."""
    terms: Mapped[str]
    """Terms of taxonomies, the needs that it meets, organization and programme."""
    description: Mapped[str]
    """Description and eligibility in both languages."""
    south: Mapped[float | None]
    """Edges in degrees around all places and areas of the service; none when anybody in the province may use it, or
    nothing is known of where it is. What lies beyond them need not be ranked."""
    west: Mapped[float | None]
    north: Mapped[float | None]
    east: Mapped[float | None]


class SearchNeed(Base):
    """Where each need is met: what a search by need and place reads first, thousands of rows in some milliseconds."""

    __tablename__ = "search_need"
    __table_args__ = (
        Index(
            "ix_search_need_near",
            "need",
            "latitude",
            "longitude",
            "site_id",
            "mark",
            "position",
            "score",
            "languages",
        ),
        Index(
            "ix_search_need_wide",
            "need",
            "wide",
            "south",
            "west",
            "north",
            "east",
            "site_id",
            "mark",
            "position",
            "score",
        ),
        Index("ix_search_need_site", "site_id"),
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    need: Mapped[str] = mapped_column(String(40))
    site_id: Mapped[str] = mapped_column(String(2 * ID_LENGTH + 1), ForeignKey("search_site.id", ondelete="CASCADE"))
    mark: Mapped[int] = mapped_column(BigInteger, default=0)
    """That of its site, as is what follows of it."""
    languages: Mapped[str] = mapped_column(default=" ")
    position: Mapped[int]
    score: Mapped[float]
    wide: Mapped[int]
    """2: the province or the country; 1: an area, within the edges below; 0: whoever comes."""
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    south: Mapped[float | None]
    west: Mapped[float | None]
    north: Mapped[float | None]
    east: Mapped[float | None]


class SearchEdition(Base):
    """By which edition of `directory_client.index` the index was made; one row."""

    __tablename__ = "search_edition"

    edition: Mapped[str] = mapped_column(String(20), primary_key=True)


class SearchWord(Base):
    """Every word of the index with the number of services that have it: for rarity, and for mending spelling."""

    __tablename__ = "search_word"

    word: Mapped[str] = mapped_column(String(40), primary_key=True)
    services: Mapped[int]
