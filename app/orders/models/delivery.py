"""An order that is brought to its buyer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime, choice
from app.orders.types import DeliveryState


class Delivery(Base):
    """Where an order is brought and how far that is; that it arrived is told by its lines."""

    __tablename__ = "deliveries"
    subject_kind = "delivery"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchants.id"))
    state: Mapped[DeliveryState] = mapped_column(choice(DeliveryState, "delivery_state"))
    address: Mapped[str] = mapped_column(String(200))
    detail: Mapped[str] = mapped_column(String(120), default="")
    name: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    lat: Mapped[float | None]
    lng: Mapped[float | None]
    metres: Mapped[int]
    tries: Mapped[int] = mapped_column(default=0)
    courier_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    taken_by: Mapped[str] = mapped_column(String(60), default="")
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("metres >= 0 AND tries >= 0", name="not_negative"),
        CheckConstraint("state <> 'on_way' OR left_at IS NOT NULL", name="left_when"),
        Index("ix_deliveries_shop", "merchant_id", "state"),
    )
