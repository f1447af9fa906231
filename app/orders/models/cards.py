"""Punch cards that were handed over, and each time one was used."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime


class Card(Base):
    """A punch card somebody has; how often it can still be used is told by its pool."""

    __tablename__ = "cards"
    __table_args__ = (
        CheckConstraint("uses > 0", name="uses"),
        CheckConstraint("paid_back_minor >= 0", name="paid_back"),
        Index("ix_cards_order", "order_id"),
        Index("ix_cards_line", "line_id"),
        Index("ix_cards_hand_over", "hand_over_id"),
    )
    subject_kind = "card"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"))
    hand_over_id: Mapped[int] = mapped_column(ForeignKey("hand_overs.id"))
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchants.id"))
    pool_id: Mapped[int] = mapped_column(ForeignKey("pools.id"), unique=True)
    uses: Mapped[int]
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    void_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paid_back_minor: Mapped[int] = mapped_column(BigInteger, default=0)


class CardUse(Base):
    """One use of a card at the counter, and whether it was taken back."""

    __tablename__ = "card_uses"
    __table_args__ = (Index("ix_card_uses_card", "card_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("cards.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    hold_id: Mapped[int] = mapped_column(ForeignKey("holds.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
