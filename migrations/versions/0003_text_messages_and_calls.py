"""Text messages and calls: deliveries, opt-outs, calls, callbacks, codes that carry a conversation on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "delivery_event",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("sid", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sid", "status", name="uq_delivery_event"),
    )
    op.create_table(
        "opt_out",
        sa.Column("line", sa.String(length=64), nullable=False),
        sa.Column("pseudonym", sa.String(length=64), nullable=False),
        sa.Column("word", sa.String(length=20), nullable=False),
        sa.Column("told_by", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("line", "pseudonym"),
    )
    op.create_table(
        "call",
        sa.Column("sid", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("line", sa.String(length=64), nullable=False),
        sa.Column("withheld", sa.Boolean(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sid"),
    )
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_conversation_id"), ["conversation_id"], unique=False)

    op.create_table(
        "callback",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("safe_hours", sa.String(length=40), nullable=True),
        sa.Column("may_leave_message", sa.Boolean(), nullable=True),
        sa.Column("recording", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("callback", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_callback_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_index("ix_callback_state", ["state", "created_at"], unique=False)

    op.create_table(
        "resume_code",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("code_hash"),
    )
    with op.batch_alter_table("resume_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resume_code_conversation_id"), ["conversation_id"], unique=False)

    op.create_table(
        "call_page",
        sa.Column("sid", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sid"], ["call.sid"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sid", "step"),
    )
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("line", sa.String(length=64), nullable=True))
        batch_op.drop_index(batch_op.f("ix_conversation_person"))
        batch_op.create_index("ix_conversation_person", ["person_id", "line"], unique=False)

    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seq", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("priority", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("person_id", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("line", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("sid", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("status", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("error_code", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_outbox_sid"), ["sid"], unique=False)
        batch_op.create_foreign_key("fk_outbox_person", "person", ["person_id"], ["id"], ondelete="SET NULL")


def downgrade() -> None:
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_constraint("fk_outbox_person", type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_outbox_sid"))
        batch_op.drop_column("sent_at")
        batch_op.drop_column("error_code")
        batch_op.drop_column("status")
        batch_op.drop_column("sid")
        batch_op.drop_column("line")
        batch_op.drop_column("person_id")
        batch_op.drop_column("priority")
        batch_op.drop_column("seq")

    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.drop_index("ix_conversation_person")
        batch_op.create_index(batch_op.f("ix_conversation_person"), ["person_id"], unique=False)
        batch_op.drop_column("line")

    op.drop_table("call_page")
    with op.batch_alter_table("resume_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resume_code_conversation_id"))

    op.drop_table("resume_code")
    with op.batch_alter_table("callback", schema=None) as batch_op:
        batch_op.drop_index("ix_callback_state")
        batch_op.drop_index(batch_op.f("ix_callback_conversation_id"))

    op.drop_table("callback")
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_conversation_id"))

    op.drop_table("call")
    op.drop_table("opt_out")
    op.drop_table("delivery_event")
