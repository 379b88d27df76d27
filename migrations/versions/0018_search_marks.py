"""A mark for every writing of a site, so that a process reads once what many searches ask of it; who speaks what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

SPOT = ["number", "latitude", "longitude", "reach", "south", "west", "north", "east", "id"]
NEAR = ["need", "latitude", "longitude", "site_id"]
WIDE = ["need", "wide", "south", "west", "north", "east", "site_id"]
TOLD = ["position", "score"]


def upgrade() -> None:
    # Empty until the index is made anew, which the next start does before it serves: sites are read each time until
    # then, and nobody is looked for farther away for speaking a language.
    for table in ("search_site", "search_need"):
        op.add_column(table, sa.Column("mark", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("search_need", sa.Column("languages", sa.Text(), nullable=False, server_default=" "))
    _indexes(["mark"], ["languages"])


def downgrade() -> None:
    _indexes([], [])
    for table, column in (("search_need", "languages"), ("search_need", "mark"), ("search_site", "mark")):
        op.drop_column(table, column)


def _indexes(mark: list[str], spoken: list[str]) -> None:
    for name, table, columns in (
        ("ix_search_site_spot", "search_site", [*SPOT, *mark]),
        ("ix_search_need_near", "search_need", [*NEAR, *mark, *TOLD, *spoken]),
        ("ix_search_need_wide", "search_need", [*WIDE, *mark, *TOLD]),
    ):
        op.drop_index(name, table)
        op.create_index(name, table, columns)
