"""Punch cards that were bought, and each time one was used."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime


class Card(Base):
    """A punch card somebody has; how often it can still be used is told by its pool."""

    __tablename__ = "cards"
    __table_args__ = (
        CheckConstraint("uses > 0", name="uses"),
        Index("ix_cards_person", "person_id", "id"),
        Index("ix_cards_order", "order_id"),
        Index("ix_cards_shop", "merchant_id", "id"),
    )
    subject_kind = "card"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"))
    hand_over_id: Mapped[int] = mapped_column(ForeignKey("hand_overs.id"))
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchants.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    pool_id: Mapped[int] = mapped_column(ForeignKey("pools.id"), unique=True)
    name_zh: Mapped[str] = mapped_column(String(120), default="")
    name_en: Mapped[str] = mapped_column(String(120), default="")
    uses: Mapped[int]
    bought_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    void_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("refunds.id"))


class CardUse(Base):
    """One use of a card at the counter, and whether it was taken back."""

    __tablename__ = "card_uses"
    __table_args__ = (Index("ix_card_uses_card", "card_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("cards.id"))
    hold_id: Mapped[int] = mapped_column(ForeignKey("holds.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
