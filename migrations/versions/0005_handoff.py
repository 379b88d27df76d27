"""Handoffs: who waits, who took them, who is on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "handoff",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=True),
        sa.Column("door", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("risk_level", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=True),
        sa.Column("skill", sa.String(length=40), nullable=True),
        sa.Column("mark", sa.String(length=40), nullable=True),
        sa.Column("sign", sa.String(length=20), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("raise_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("alerted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pages", sa.Integer(), server_default="0", nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.String(length=36), nullable=True),
        sa.Column("first_answer_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("callback_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["callback_id"], ["callback.id"], name="fk_handoff_callback", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("handoff", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handoff_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_index("ix_handoff_times", ["ended_at", "asked_at"], unique=False)
        batch_op.create_index("ix_handoff_asked", ["asked_at"], unique=False)
        batch_op.create_index(
            "uq_handoff_open",
            ["conversation_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
    op.create_table(
        "presence",
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("staff_id"),
    )
    op.create_table(
        "taking",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("handoff_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("how", sa.String(length=12), nullable=False),
        sa.Column("ended_how", sa.String(length=12), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["handoff_id"], ["handoff.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("taking", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_taking_handoff_id"), ["handoff_id"], unique=False)
        batch_op.create_index("ix_taking_staff", ["staff_id", "ended_at"], unique=False)

    op.add_column("conversation", sa.Column("held_to", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("callback", sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("callback", sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("callback", sa.Column("outcome", sa.String(length=12), nullable=True))
    op.add_column("callback", sa.Column("done_by", sa.String(length=36), nullable=True))
    op.add_column("callback", sa.Column("done_at", sa.DateTime(timezone=True), nullable=True))
    # Whoever waits already is not to be forgotten.
    op.execute(
        "INSERT INTO handoff (id, conversation_id, door, channel, language, reason, risk_level, priority, asked_at, "
        "pages) SELECT id, id, door, channel, language, 'asked', risk_level, priority, "
        "COALESCE(waiting_since, updated_at), 0 FROM conversation WHERE owner IN ('waiting', 'held')"
    )


def downgrade() -> None:
    for name in ("done_at", "done_by", "outcome", "tried_at", "tries"):
        with op.batch_alter_table("callback", schema=None) as batch_op:
            batch_op.drop_column(name)
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.drop_column("held_to")
    with op.batch_alter_table("taking", schema=None) as batch_op:
        batch_op.drop_index("ix_taking_staff")
        batch_op.drop_index(batch_op.f("ix_taking_handoff_id"))
    op.drop_table("taking")
    op.drop_table("presence")
    with op.batch_alter_table("handoff", schema=None) as batch_op:
        batch_op.drop_index("uq_handoff_open")
        batch_op.drop_index("ix_handoff_asked")
        batch_op.drop_index("ix_handoff_times")
        batch_op.drop_index(batch_op.f("ix_handoff_conversation_id"))
    op.drop_table("handoff")
