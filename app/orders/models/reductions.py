"""What came off an order's lines, frozen as it stood."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, choice
from app.promotions.types import Funder


class OrderReduction(Base):
    """So much less for one line of an order, by which promotion, and who pays for it."""

    __tablename__ = "order_reductions"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"))
    promotion_id: Mapped[int] = mapped_column(ForeignKey("promotions.id"))
    funder: Mapped[Funder] = mapped_column(choice(Funder, "reduction_funder"))
    name_zh: Mapped[str] = mapped_column(String(60), default="")
    name_en: Mapped[str] = mapped_column(String(60), default="")
    amount_minor: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        UniqueConstraint("order_line_id", "promotion_id"),
        CheckConstraint("amount_minor > 0", name="something"),
        Index("ix_order_reductions_promotion", "promotion_id"),
    )
