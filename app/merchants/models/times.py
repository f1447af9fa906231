"""Whose time is booked, and where and when things are picked up."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime, choice
from app.merchants.types import ResourceKind, SlotMeasure


class Resource(Base):
    """A person, chair or room of a shop, busy with one booking at a time."""

    __tablename__ = "resources"
    __table_args__ = (
        CheckConstraint("name_zh <> '' OR name_en <> ''", name="named"),
        Index("ix_resources_merchant", "merchant_id", "archived_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchants.id"))
    kind: Mapped[ResourceKind] = mapped_column(choice(ResourceKind, "resource_kind"))
    name_zh: Mapped[str] = mapped_column(String(60), default="")
    name_en: Mapped[str] = mapped_column(String(60), default="")
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ListingResource(Base):
    """Which resources may carry out which service."""

    __tablename__ = "listing_resources"

    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id"), primary_key=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"), primary_key=True)


class AvailabilityRule(Base):
    """Weekly working time of a resource; none at all means the shop's opening hours."""

    __tablename__ = "availability_rules"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("starts_minute >= 0 AND ends_minute <= 1440", name="in_day"),
        CheckConstraint("ends_minute > starts_minute", name="forward"),
        Index("ix_availability_rules_resource", "resource_id", "weekday"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"))
    weekday: Mapped[int]
    starts_minute: Mapped[int]
    ends_minute: Mapped[int]


class PickupPoint(Base):
    """A place where orders are collected; one without a shop is the site's own, one that delivers
    is an area to which its orders are brought.
    """

    __tablename__ = "pickup_points"
    __table_args__ = (
        CheckConstraint("name_zh <> '' OR name_en <> ''", name="named"),
        CheckConstraint("(lat IS NULL) = (lng IS NULL)", name="placed"),
        CheckConstraint("lead_minutes BETWEEN 0 AND 20160", name="lead"),
        CheckConstraint("cut_off_days BETWEEN 0 AND 14", name="cut_off_days"),
        CheckConstraint(
            "cut_off_minute IS NULL OR cut_off_minute BETWEEN 0 AND 1440", name="cut_off"
        ),
        CheckConstraint("days_ahead BETWEEN 0 AND 30", name="days_ahead"),
        Index("ix_pickup_points_merchant", "merchant_id", "archived_at"),
    )
    subject_kind = "pickup_point"

    id: Mapped[int] = mapped_column(primary_key=True)
    merchant_id: Mapped[int | None] = mapped_column(ForeignKey("merchants.id"))
    name_zh: Mapped[str] = mapped_column(String(80), default="")
    name_en: Mapped[str] = mapped_column(String(80), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    lat: Mapped[float | None]
    lng: Mapped[float | None]
    neighbourhood_id: Mapped[int | None] = mapped_column(ForeignKey("neighbourhoods.id"))
    note: Mapped[str] = mapped_column(String(300), default="")
    lead_minutes: Mapped[int] = mapped_column(default=60)
    cut_off_days: Mapped[int] = mapped_column(default=0)
    cut_off_minute: Mapped[int | None]
    days_ahead: Mapped[int] = mapped_column(default=6)
    delivers: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_home: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Days and times that are closed by hand, as the end of their keys: 2026-11-22,2026-11-23:0900.
    closed: Mapped[str] = mapped_column(Text, default="", server_default="")
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Rush(Base):
    """For how long a shop needs more notice than usual, and how much more."""

    __tablename__ = "rushes"
    __table_args__ = (CheckConstraint("minutes BETWEEN 5 AND 240", name="minutes"),)

    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchants.id"), primary_key=True)
    minutes: Mapped[int]
    until: Mapped[datetime] = mapped_column(UtcDateTime)


class MerchantPoint(Base):
    """A site's pickup point that a shop brings its orders to."""

    __tablename__ = "merchant_points"

    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchants.id"), primary_key=True)
    point_id: Mapped[int] = mapped_column(ForeignKey("pickup_points.id"), primary_key=True)


class SlotRule(Base):
    """Every week on this weekday, slots of one length between two times, each for so many orders,
    so many pieces or so much money.
    """

    __tablename__ = "slot_rules"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("starts_minute >= 0 AND ends_minute <= 1440", name="in_day"),
        CheckConstraint("ends_minute > starts_minute", name="forward"),
        CheckConstraint("slot_minutes BETWEEN 5 AND 1440", name="length"),
        CheckConstraint("capacity BETWEEN 1 AND 100000000", name="capacity"),
        UniqueConstraint("point_id", "weekday", "starts_minute"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    point_id: Mapped[int] = mapped_column(ForeignKey("pickup_points.id"))
    weekday: Mapped[int]
    starts_minute: Mapped[int]
    ends_minute: Mapped[int]
    slot_minutes: Mapped[int] = mapped_column(default=30)
    capacity: Mapped[int] = mapped_column(default=10)
    measure: Mapped[SlotMeasure] = mapped_column(
        choice(SlotMeasure, "slot_measure"), default=SlotMeasure.ORDERS, server_default="orders"
    )
