"""Feeds, the rest of the tables of HSDS, and a full-text index in the place of a table of words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Written out: what the product makes of them later must not change what this step did.
SQLITE = (
    "CREATE VIRTUAL TABLE service_fts USING fts5(names, terms, description, content='service_text', content_rowid='number', tokenize='unicode61')",  # noqa: E501
    "CREATE VIRTUAL TABLE service_fts_words USING fts5vocab('service_fts', 'row')",
    "CREATE TRIGGER service_text_added AFTER INSERT ON service_text BEGIN INSERT INTO service_fts(rowid, names, terms, description) VALUES (new.number, new.names, new.terms, new.description); END",  # noqa: E501
    "CREATE TRIGGER service_text_removed AFTER DELETE ON service_text BEGIN INSERT INTO service_fts(service_fts, rowid, names, terms, description) VALUES ('delete', old.number, old.names, old.terms, old.description); END",  # noqa: E501
)
POSTGRESQL = (
    "ALTER TABLE service_text ADD COLUMN document tsvector GENERATED ALWAYS AS (setweight(to_tsvector('simple', names), 'A') || setweight(to_tsvector('simple', terms), 'B') || setweight(to_tsvector('simple', description), 'D')) STORED",  # noqa: E501
    "CREATE INDEX ix_service_text_document ON service_text USING gin (document)",
)


def upgrade() -> None:
    op.create_table(
        "feed_record",
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("entity", sa.String(length=40), nullable=False),
        sa.Column("feed_id", sa.String(length=200), nullable=False),
        sa.Column("record_id", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("run_id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("source", "entity", "feed_id"),
    )
    with op.batch_alter_table("feed_record", schema=None) as batch_op:
        batch_op.create_index("ix_feed_record_run", ["source", "entity", "run_id"], unique=False)

    op.create_table(
        "feed_run",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("feed_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feed_run_source"), ["source"], unique=False)

    op.create_table(
        "meta_table_description",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("character_set", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "search_word",
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column("services", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("word"),
    )
    op.create_table(
        "search_edition",
        sa.Column("edition", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("edition"),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=True),
        sa.Column("identifier", sa.Text(), nullable=True),
        sa.Column("uri", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "organization_identifier",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("organization_id", sa.String(length=100), nullable=False),
        sa.Column("identifier_scheme", sa.Text(), nullable=True),
        sa.Column("identifier_type", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("organization_identifier", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_organization_identifier_organization_id"), ["organization_id"], unique=False
        )

    op.create_table(
        "funding",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("organization_id", sa.String(length=100), nullable=True),
        sa.Column("service_id", sa.String(length=100), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("funding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_funding_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_funding_service_id"), ["service_id"], unique=False)

    op.create_table(
        "service_capacity",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("service_id", sa.String(length=100), nullable=False),
        sa.Column("unit_id", sa.String(length=100), nullable=True),
        sa.Column("available", sa.Float(), nullable=False),
        sa.Column("maximum", sa.Float(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("updated", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("service_capacity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_service_capacity_service_id"), ["service_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_service_capacity_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "service_text",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.String(length=100), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("service_id"),
    )
    op.create_table(
        "url",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.String(length=100), nullable=True),
        sa.Column("service_id", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("url", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_url_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_url_service_id"), ["service_id"], unique=False)

    with op.batch_alter_table("service_word", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_word_service"))

    op.drop_table("service_word")
    with op.batch_alter_table("search_site", schema=None) as batch_op:
        batch_op.add_column(sa.Column("approximate", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("free", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("minimum_age", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("maximum_age", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("accessible", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("area_lat", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("area_lon", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("area_km", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("audience", sa.Text(), nullable=False, server_default=" "))
        batch_op.add_column(sa.Column("twin", sa.String(length=32), nullable=True))
        batch_op.create_index(batch_op.f("ix_search_site_twin"), ["twin"], unique=False)

    # Derived: whoever reads the records next makes them anew.
    op.execute("DELETE FROM search_site")
    with op.batch_alter_table("search_site", schema=None) as batch_op:
        batch_op.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_index(
            "ix_search_site_spot",
            ["number", "latitude", "longitude", "reach", "south", "west", "north", "east", "id"],
            unique=False,
        )
    op.create_table(
        "search_need",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("need", sa.String(length=40), nullable=False),
        sa.Column("site_id", sa.String(length=201), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("wide", sa.Integer(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("south", sa.Float(), nullable=True),
        sa.Column("west", sa.Float(), nullable=True),
        sa.Column("north", sa.Float(), nullable=True),
        sa.Column("east", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["search_site.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number"),
    )
    near = ["need", "latitude", "longitude", "site_id", "position", "score"]
    wide = ["need", "wide", "south", "west", "north", "east", "site_id", "position", "score"]
    op.create_index("ix_search_need_near", "search_need", near)
    op.create_index("ix_search_need_wide", "search_need", wide)
    op.create_index("ix_search_need_site", "search_need", ["site_id"])

    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.add_column(sa.Column("wait_time", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("fees", sa.Text(), nullable=True))

    with op.batch_alter_table("service_need", schema=None) as batch_op:
        batch_op.add_column(sa.Column("score", sa.Float(), nullable=False, server_default="1"))

    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(sa.DDL(statement))


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER service_text_added")
        op.execute("DROP TRIGGER service_text_removed")
        op.execute("DROP TABLE service_fts_words")
        op.execute("DROP TABLE service_fts")
    with op.batch_alter_table("service_need", schema=None) as batch_op:
        batch_op.drop_column("score")

    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.drop_column("fees")
        batch_op.drop_column("wait_time")

    op.drop_table("search_need")
    with op.batch_alter_table("search_site", schema=None) as batch_op:
        batch_op.drop_index("ix_search_site_spot")
        batch_op.drop_column("number")
        batch_op.drop_index(batch_op.f("ix_search_site_twin"))
        batch_op.drop_column("twin")
        batch_op.drop_column("audience")
        batch_op.drop_column("area_km")
        batch_op.drop_column("area_lon")
        batch_op.drop_column("area_lat")
        batch_op.drop_column("accessible")
        batch_op.drop_column("maximum_age")
        batch_op.drop_column("minimum_age")
        batch_op.drop_column("free")
        batch_op.drop_column("approximate")

    op.create_table(
        "service_word",
        sa.Column("word", sa.VARCHAR(length=40), nullable=False),
        sa.Column("service_id", sa.VARCHAR(length=100), nullable=False),
        sa.Column("weight", sa.INTEGER(), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("word", "service_id"),
    )
    with op.batch_alter_table("service_word", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_service_word_service"), ["service_id"], unique=False)

    with op.batch_alter_table("url", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_url_service_id"))
        batch_op.drop_index(batch_op.f("ix_url_organization_id"))

    op.drop_table("url")
    op.drop_table("service_text")
    with op.batch_alter_table("service_capacity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_capacity_unit_id"))
        batch_op.drop_index(batch_op.f("ix_service_capacity_service_id"))

    op.drop_table("service_capacity")
    with op.batch_alter_table("funding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_funding_service_id"))
        batch_op.drop_index(batch_op.f("ix_funding_organization_id"))

    op.drop_table("funding")
    with op.batch_alter_table("organization_identifier", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organization_identifier_organization_id"))

    op.drop_table("organization_identifier")
    op.drop_table("unit")
    op.drop_table("search_word")
    op.drop_table("search_edition")
    op.drop_table("meta_table_description")
    with op.batch_alter_table("feed_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feed_run_source"))

    op.drop_table("feed_run")
    with op.batch_alter_table("feed_record", schema=None) as batch_op:
        batch_op.drop_index("ix_feed_record_run")

    op.drop_table("feed_record")
