"""What a counter handed over while it had no network."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime, choice
from app.orders.types import OfflineConflict


class OfflineHand(Base):
    """One hand-over as a device noted it, under the device's own key: told twice, it is one; where
    it could not stand it says why until somebody of the shop has seen it.
    """

    __tablename__ = "offline_hands"

    id: Mapped[int] = mapped_column(primary_key=True)
    client_key: Mapped[str] = mapped_column(String(64))
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchants.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), index=True)
    hand_over_id: Mapped[int | None] = mapped_column(ForeignKey("hand_overs.id"))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    came_at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    by_name: Mapped[str] = mapped_column(String(60), default="")
    conflict: Mapped[OfflineConflict | None] = mapped_column(
        choice(OfflineConflict, "offline_conflict")
    )
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("merchant_id", "client_key"),
        Index(
            "ix_offline_hands_unseen",
            "merchant_id",
            sqlite_where=text("conflict IS NOT NULL AND seen_at IS NULL"),
            postgresql_where=text("conflict IS NOT NULL AND seen_at IS NULL"),
        ),
    )
