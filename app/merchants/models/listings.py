"""What shops sell."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime, choice
from app.merchants.types import (
    ListingKind,
)

# Both databases then read such an index in its order, whatever else is narrowed.
_ON_SALE: dict[str, Any] = {
    "sqlite_where": text("archived_at IS NULL"),
    "postgresql_where": text("archived_at IS NULL"),
}


class Listing(Base):
    """What a shop offers: goods with variants and stock, or a service with bookable times."""

    __tablename__ = "listings"
    __table_args__ = (
        CheckConstraint("name_zh <> '' OR name_en <> ''", name="named"),
        CheckConstraint("min_price_minor >= 0", name="min_price"),
        CheckConstraint("packaging_minor >= 0", name="packaging"),
        CheckConstraint(
            "(kind = 'service') = (duration_minutes IS NOT NULL)", name="service_has_duration"
        ),
        CheckConstraint(
            "duration_minutes IS NULL OR duration_minutes BETWEEN 5 AND 1440", name="duration"
        ),
        CheckConstraint("buffer_minutes BETWEEN 0 AND 480", name="buffer"),
        CheckConstraint("hidden_at IS NULL OR archived_at IS NOT NULL", name="hidden_off_shelf"),
        CheckConstraint("daily_total > 0 AND lead_days BETWEEN 0 AND 30", name="daily"),
        Index("ix_listings_merchant", "merchant_id", "archived_at", "position", "id"),
        Index("ix_listings_category", "category_id", "archived_at", "id"),
        Index("ix_listings_price", "archived_at", "min_price_minor", "id"),
        Index("ix_listings_new", "archived_at", "id"),
        Index("ix_listings_kind", "kind", "id", **_ON_SALE),
        Index("ix_listings_by_price", "min_price_minor", "id", **_ON_SALE),
        Index("ix_listings_publish_at", "publish_at"),
    )
    subject_kind = "listing"

    id: Mapped[int] = mapped_column(primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchants.id"))
    kind: Mapped[ListingKind] = mapped_column(choice(ListingKind, "listing_kind"))
    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id"))
    name_zh: Mapped[str] = mapped_column(String(120), default="")
    name_en: Mapped[str] = mapped_column(String(120), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    unit: Mapped[str] = mapped_column(String(80), default="")
    rules: Mapped[str] = mapped_column(Text, default="")
    allergens: Mapped[str] = mapped_column(String(200), default="")
    dietary: Mapped[str] = mapped_column(String(120), default="", server_default="")
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("pictures.id"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("threads.id"))
    min_price_minor: Mapped[int] = mapped_column(BigInteger)
    packaging_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    position: Mapped[int] = mapped_column(default=0)
    duration_minutes: Mapped[int | None]
    buffer_minutes: Mapped[int] = mapped_column(default=0)
    days_ahead: Mapped[int] = mapped_column(default=7)
    lead_minutes: Mapped[int] = mapped_column(default=60)
    is_call_out: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_together: Mapped[bool] = mapped_column(default=False, server_default=false())
    sold_out_on: Mapped[date | None]
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_draft: Mapped[bool] = mapped_column(default=False, server_default=false())
    publish_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    daily_total: Mapped[int | None]
    lead_days: Mapped[int] = mapped_column(default=0, server_default="0")
    section_id: Mapped[int | None] = mapped_column(ForeignKey("shelf_sections.id"))
    more_pictures: Mapped[list[int]] = mapped_column(JSON, default=list, server_default="[]")
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hidden_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    hidden_rule: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Variant(Base):
    """One size or kind of a listing, with its price and, for goods, its stock pool; a pack takes
    `pack_size` pieces out of the pool that it shares with the single one.
    """

    __tablename__ = "variants"
    __table_args__ = (
        CheckConstraint("price_minor >= 0", name="price"),
        CheckConstraint("pack_size > 0", name="pack_size"),
        Index("ix_variants_listing", "listing_id", "position", "id"),
        Index("ix_variants_pool", "pool_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id"))
    name_zh: Mapped[str] = mapped_column(String(80), default="")
    name_en: Mapped[str] = mapped_column(String(80), default="")
    price_minor: Mapped[int] = mapped_column(BigInteger)
    pool_id: Mapped[int | None] = mapped_column(ForeignKey("pools.id"))
    pack_size: Mapped[int] = mapped_column(default=1, server_default="1")
    position: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ShelfSection(Base):
    """A part of a shop's shelf under a name of its own."""

    __tablename__ = "shelf_sections"
    __table_args__ = (
        CheckConstraint("name_zh <> '' OR name_en <> ''", name="named"),
        Index("ix_shelf_sections_merchant", "merchant_id", "position", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchants.id"))
    name_zh: Mapped[str] = mapped_column(String(40), default="")
    name_en: Mapped[str] = mapped_column(String(40), default="")
    position: Mapped[int] = mapped_column(default=0)


class ShelfCount(Base):
    """How many of a size a shop put on its shelf on a day: the numbers of a morning."""

    __tablename__ = "shelf_counts"
    __table_args__ = (CheckConstraint("total >= 0", name="total"),)

    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    total: Mapped[int]


class PriceChange(Base):
    """Other prices for some sizes of a shop, from an instant on and, if so wished, until one."""

    __tablename__ = "price_changes"
    __table_args__ = (
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="forward"),
        Index("ix_price_changes_merchant", "merchant_id", "id"),
        Index("ix_price_changes_due", "undone_at", "applied_at", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchants.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PriceChangeLine(Base):
    """One size of a price change: what it cost before, what after, and whether that was done."""

    __tablename__ = "price_change_lines"
    __table_args__ = (CheckConstraint("before_minor >= 0 AND after_minor >= 0", name="prices"),)

    change_id: Mapped[int] = mapped_column(ForeignKey("price_changes.id"), primary_key=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"), primary_key=True)
    before_minor: Mapped[int] = mapped_column(BigInteger)
    after_minor: Mapped[int] = mapped_column(BigInteger)
    is_applied: Mapped[bool] = mapped_column(default=False)
