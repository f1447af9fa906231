"""The papers that shops trade by."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime, choice
from app.merchants.types.papers import (
    HOLDER_LENGTH,
    NUMBER_LENGTH,
    PAPER_ANSWER_LENGTH,
    PaperKind,
    PaperState,
)


class MerchantPaper(Base):
    """One paper of a kind by shop: sent anew, it waits for the desk again."""

    __tablename__ = "merchant_papers"
    __table_args__ = (
        UniqueConstraint("merchant_id", "kind"),
        Index("ix_merchant_papers_state", "state", "sent_at", "id"),
        Index("ix_merchant_papers_until", "valid_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchants.id"))
    kind: Mapped[PaperKind] = mapped_column(choice(PaperKind, "paper_kind"))
    number: Mapped[str] = mapped_column(String(NUMBER_LENGTH))
    holder: Mapped[str] = mapped_column(String(HOLDER_LENGTH))
    valid_until: Mapped[date | None]
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("pictures.id"))
    state: Mapped[PaperState] = mapped_column(choice(PaperState, "paper_state"))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    answer: Mapped[str] = mapped_column(String(PAPER_ANSWER_LENGTH), default="")
    # The last day of which the shop was warned.
    warned_for: Mapped[date | None]
