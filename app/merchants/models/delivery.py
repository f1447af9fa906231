"""Where a shop brings its orders, from which sum on, and what that costs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class DeliveryZone(Base):
    """The area of a pickup point that delivers: a circle around the shop, or an outline."""

    __tablename__ = "delivery_zones"
    __table_args__ = (
        CheckConstraint("(radius_metres IS NULL) <> (outline IS NULL)", name="one_shape"),
        CheckConstraint(
            "radius_metres IS NULL OR radius_metres BETWEEN 50 AND 50000", name="radius"
        ),
        CheckConstraint("minimum_minor >= 0 AND fee_minor >= 0", name="not_negative"),
    )

    point_id: Mapped[int] = mapped_column(ForeignKey("pickup_points.id"), primary_key=True)
    radius_metres: Mapped[int | None]
    outline: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    minimum_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    fee_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    steps: Mapped[list[Any]] = mapped_column(JSON, default=list)
