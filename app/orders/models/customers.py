"""What shops write down about who orders there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime


class CustomerNote(Base):
    """A shop's own note about a customer, who is known by their first order there."""

    __tablename__ = "customer_notes"
    __table_args__ = (CheckConstraint("text <> ''", name="said"),)

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    text: Mapped[str] = mapped_column(String(500))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    written_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
