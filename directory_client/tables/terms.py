"""Terms put on records, and the log of changes to them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from directory_client.tables.base import ID_LENGTH, Base, key, link


class Taxonomy(Base):
    """A scheme of terms. None ships with the product; codes of licensed ones come in with a feed."""

    __tablename__ = "taxonomy"

    id: Mapped[str] = key()
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    uri: Mapped[str | None]
    version: Mapped[str | None]


class TaxonomyTerm(Base):
    """A term of a scheme."""

    __tablename__ = "taxonomy_term"

    id: Mapped[str] = key()
    code: Mapped[str | None] = mapped_column(index=True)
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    parent_id: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    taxonomy: Mapped[str | None]
    language: Mapped[str | None] = mapped_column(String(10))
    taxonomy_id: Mapped[str | None] = link("taxonomy")
    term_uri: Mapped[str | None]


class Attribute(Base):
    """Puts a term on any record: `link_id` is its id, `link_entity` its table."""

    __tablename__ = "attribute"
    __table_args__ = (Index("ix_attribute_link", "link_entity", "link_id"),)

    id: Mapped[str] = key()
    link_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    taxonomy_term_id: Mapped[str | None] = link("taxonomy_term")
    link_type: Mapped[str | None]
    link_entity: Mapped[str] = mapped_column(String(40))
    value: Mapped[str | None]
    label: Mapped[str | None]


class Metadata(Base):
    """The log of changes to single fields."""

    __tablename__ = "metadata"
    __table_args__ = (Index("ix_metadata_resource", "resource_type", "resource_id"),)

    id: Mapped[str] = key()
    resource_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    resource_type: Mapped[str] = mapped_column(String(40))
    last_action_date: Mapped[date]
    last_action_type: Mapped[str] = mapped_column(String(20))
    field_name: Mapped[str]
    previous_value: Mapped[str]
    replacement_value: Mapped[str]
    updated_by: Mapped[str]
