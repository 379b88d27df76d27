"""The timetables of all places, each different one once, so that the order of a search knows what is open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Empty until the index is made anew, which the next start does: until then nobody knows what is open.
    op.add_column("search_site", sa.Column("hours", sa.String(24), nullable=True))
    op.create_table(
        "search_hours",
        sa.Column("name", sa.String(24), primary_key=True),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("rules", sa.String(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("search_hours")
    op.drop_column("search_site", "hours")
