"""A referral slip. It names kinds of help, and neither a person nor an illness: there is no field for them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.conversations.models import Base, new_id


class ReferralSlip(Base):
    """What a paramedic has given somebody. `uses` counts conversations that came with it, and names none."""

    __tablename__ = "referral_slip"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    door: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(8))
    # of the patient
    language: Mapped[str] = mapped_column(String(8))
    # options of the door's questions: social needs, and needs for health care apart from them
    social: Mapped[list[Any]] = mapped_column(default=list)
    health: Mapped[list[Any]] = mapped_column(default=list)
    written_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    uses: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]

    __table_args__ = (
        Index("ux_referral_slip_code", "door", "code", unique=True),
        Index("ix_referral_slip_made", "door", "created_at"),
    )
