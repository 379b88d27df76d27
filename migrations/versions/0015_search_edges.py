"""Edges around the places and areas of a service beside its words, so that words of far away are not ranked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

EDGES = ("south", "west", "north", "east")


def upgrade() -> None:
    # Empty until the index is made anew, which the next start does: until then everything is ranked, as before.
    for edge in EDGES:
        op.add_column("service_text", sa.Column(edge, sa.Float(), nullable=True))


def downgrade() -> None:
    # Not as a copy of the table: the triggers of the full-text index would be lost with it.
    for edge in reversed(EDGES):
        op.drop_column("service_text", edge)
