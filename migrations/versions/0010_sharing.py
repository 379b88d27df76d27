"""Sharing: agreements with partners, disclosures, exclusions, overrides, corrections to listings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _moment(name: str, *, empty: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=empty)


def _text(name: str, length: int, *, empty: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=empty)


def upgrade() -> None:
    op.create_table(
        "agreement",
        _text("id", 36),
        _text("recipient", 60),
        _text("purpose", 40),
        _text("kind", 40),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("grounds", sa.JSON(), nullable=False),
        sa.Column("keep_days", sa.Integer(), nullable=False),
        _moment("since"),
        _moment("until"),
        _text("reference", 120),
        _text("author", 64),
        _moment("superseded_at", empty=True),
        _moment("ended_at", empty=True),
        _text("ended_by", 64, empty=True),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_agreement_recipient", "agreement", ["recipient", "purpose", "since"])
    op.create_table(
        "partner_member",
        _text("staff_id", 36),
        _text("recipient", 60),
        _text("author", 64),
        _moment("created_at"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("staff_id", "recipient"),
    )
    op.create_table(
        "disclosure",
        _text("id", 36),
        _text("conversation_id", 36, empty=True),
        _text("door", 40),
        _text("recipient", 80),
        _text("purpose", 40),
        sa.Column("fields", sa.JSON(), nullable=False),
        _text("ground", 20),
        _moment("ends_at"),
        _text("by", 64),
        _text("rule_version", 20),
        _text("agreement_id", 36, empty=True),
        _text("override_id", 36, empty=True),
        _text("consent_id", 36, empty=True),
        sa.Column("packet", sa.LargeBinary(), nullable=True),
        _text("code_hash", 64, empty=True),
        _moment("withdrawn_at", empty=True),
        _moment("created_at"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_disclosure_conversation_id", "disclosure", ["conversation_id"])
    op.create_index("ix_disclosure_code_hash", "disclosure", ["code_hash"])
    op.create_index("ix_disclosure_recipient", "disclosure", ["recipient", "created_at"])
    op.create_table(
        "exclusion",
        _text("id", 36),
        _text("conversation_id", 36),
        _text("kind", 40, empty=True),
        _text("recipient", 60, empty=True),
        _text("by", 64),
        _moment("created_at"),
        _moment("lifted_at", empty=True),
        _text("lifted_by", 64, empty=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_exclusion_conversation_id", "exclusion", ["conversation_id"])
    op.create_table(
        "sharing_override",
        _text("id", 36),
        _text("conversation_id", 36, empty=True),
        _text("door", 40),
        _text("recipient", 60),
        _text("purpose", 40),
        sa.Column("fields", sa.JSON(), nullable=False),
        _text("ground", 20),
        _text("reason", 40),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        _text("asked_by", 64),
        _moment("asked_at"),
        _text("state", 10),
        _text("decided_by", 64, empty=True),
        _moment("decided_at", empty=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_sharing_override_conversation_id", "sharing_override", ["conversation_id"])
    op.create_index("ix_sharing_override_state", "sharing_override", ["state", "asked_at"])
    op.create_table(
        "listing_correction",
        _text("id", 36),
        _text("listing", 80),
        _text("field", 40),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        _text("author", 64),
        _text("state", 10),
        _text("reviewed_by", 64, empty=True),
        _moment("reviewed_at", empty=True),
        _text("reason", 40, empty=True),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_listing_correction_listing", "listing_correction", ["listing"])
    op.create_index("ix_listing_correction_state", "listing_correction", ["state", "created_at"])


def downgrade() -> None:
    for table in ("listing_correction", "sharing_override", "exclusion", "disclosure", "partner_member", "agreement"):
        op.drop_table(table)
