"""The street of every site in one spelling, so that an address or a corner is found among a whole province."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Empty until the index is made anew, which the next start does: until then its town is found for a street.
    op.add_column("search_site", sa.Column("street", sa.String(80), nullable=True))
    op.create_index("ix_search_site_street", "search_site", ["street", "latitude", "longitude"])


def downgrade() -> None:
    op.drop_index("ix_search_site_street", "search_site")
    op.drop_column("search_site", "street")
