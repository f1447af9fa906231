"""What is counted each night of shops and neighbourhoods, so that lists may ask for it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime


class ShopRating(Base):
    """How many public reviews a shop had last night, and their mean in tenths of a star; fewer than
    three make none.
    """

    __tablename__ = "shop_ratings"
    __table_args__ = (
        CheckConstraint("tenths BETWEEN 10 AND 50", name="tenths"),
        CheckConstraint("reviews >= 3", name="enough"),
        Index("ix_shop_ratings_tenths", "tenths", "merchant_id"),
    )

    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchants.id"), primary_key=True)
    reviews: Mapped[int]
    tenths: Mapped[int]


class NearbyOrders(Base):
    """How many people of a neighbourhood ordered a thing lately; fewer than five are not told."""

    __tablename__ = "nearby_orders"
    __table_args__ = (
        CheckConstraint("people >= 5", name="enough"),
        Index("ix_nearby_orders_most", "neighbourhood_id", "people", "listing_id"),
    )

    neighbourhood_id: Mapped[int] = mapped_column(ForeignKey("neighbourhoods.id"), primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id"), primary_key=True)
    people: Mapped[int]


class NearbyLeftOut(Base):
    """Somebody who neither sees what neighbours order nor is counted in it."""

    __tablename__ = "nearby_left_out"

    person_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
