"""Who waits for what is sold out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime, choice
from app.merchants.types.waits import WaitState

_OPEN = text("state IN ('waiting', 'offered')")


class StockWait(Base):
    """Somebody waits for a size that is sold out; what comes back is kept for the first in line, in
    a hold of the size's pool.
    """

    __tablename__ = "stock_waits"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="something"),
        CheckConstraint(
            "state <> 'offered' OR (hold_id IS NOT NULL AND due_at IS NOT NULL)",
            name="offered_whole",
        ),
        Index("ix_stock_waits_line", "pool_id", "state", "id"),
        Index("ix_stock_waits_due", "state", "due_at"),
        Index("ix_stock_waits_hold", "hold_id"),
        Index(
            "uq_stock_waits_open", "person_id", "variant_id", unique=True,
            sqlite_where=_OPEN, postgresql_where=_OPEN,
        ),
    )  # fmt: skip
    subject_kind = "stock_wait"

    id: Mapped[int] = mapped_column(primary_key=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"))
    pool_id: Mapped[int] = mapped_column(ForeignKey("pools.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    quantity: Mapped[int]
    state: Mapped[WaitState] = mapped_column(choice(WaitState, "wait_state"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("holds.id"))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
