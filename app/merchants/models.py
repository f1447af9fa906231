"""Tables of merchants: shops, terms, listings, stock, resources, hours, pickup points, reviews."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime, choice
from app.merchants.types import (
    CollectMode,
    ListingKind,
    MerchantState,
    NoShowRule,
    RequestKind,
    RequestState,
    ResourceKind,
    ReviewShowing,
    SpecialDayKind,
)


class Category(Base):
    """A trade, in two languages, with the drawing that stands where there is no picture."""

    __tablename__ = "categories"
    __table_args__ = (
        UniqueConstraint("slug"),
        CheckConstraint("name_zh <> '' OR name_en <> ''", name="named"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(40))
    name_zh: Mapped[str] = mapped_column(String(60), default="")
    name_en: Mapped[str] = mapped_column(String(60), default="")
    drawing: Mapped[str] = mapped_column(String(40), default="shop")
    position: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Merchant(Base):
    """A shop: who it is, where, when it is open, how it is paid and what it promises."""

    __tablename__ = "merchants"
    __table_args__ = (
        CheckConstraint("name_zh <> '' OR name_en <> ''", name="named"),
        CheckConstraint("(lat IS NULL) = (lng IS NULL)", name="placed"),
        CheckConstraint("lat BETWEEN -90 AND 90 AND lng BETWEEN -180 AND 180", name="on_earth"),
        CheckConstraint("accept_minutes BETWEEN 1 AND 10080", name="accept_minutes"),
        CheckConstraint("cancel_minutes >= 0", name="cancel_minutes"),
        CheckConstraint("grace_minutes >= 0", name="grace_minutes"),
        UniqueConstraint("source_key"),
        Index("ix_merchants_state_category", "state", "category_id", "id"),
        Index("ix_merchants_lat_lng", "lat", "lng"),
        Index("ix_merchants_neighbourhood", "neighbourhood_id", "state"),
    )
    subject_kind = "merchant"

    id: Mapped[int] = mapped_column(primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(120), default="")
    name_en: Mapped[str] = mapped_column(String(120), default="")
    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id"))
    description: Mapped[str] = mapped_column(Text, default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    lat: Mapped[float | None]
    lng: Mapped[float | None]
    neighbourhood_id: Mapped[int | None] = mapped_column(ForeignKey("neighbourhoods.id"))
    phone: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[MerchantState] = mapped_column(choice(MerchantState, "merchant_state"))
    opening_hours: Mapped[str] = mapped_column(String(500), default="")
    spans_until: Mapped[date | None]
    closed_on: Mapped[date | None]
    accept_minutes: Mapped[int] = mapped_column(default=30)
    cancel_minutes: Mapped[int] = mapped_column(default=60)
    no_show_rule: Mapped[NoShowRule] = mapped_column(
        choice(NoShowRule, "no_show_rule"), default=NoShowRule.LET_GO
    )
    grace_minutes: Mapped[int] = mapped_column(default=60)
    collect_mode: Mapped[CollectMode] = mapped_column(
        choice(CollectMode, "collect_mode"), default=CollectMode.MERCHANT_COLLECTS
    )
    pay_code_text: Mapped[str] = mapped_column(String(300), default="")
    pay_picture_id: Mapped[int | None] = mapped_column(ForeignKey("pictures.id"))
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("pictures.id"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("threads.id"))
    source: Mapped[str] = mapped_column(String(120), default="")
    source_key: Mapped[str | None] = mapped_column(String(120))
    applied_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    application: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MerchantTerms(Base):
    """A commission or a yearly fee from an instant on; a row without a shop is the site's
    default.
    """

    __tablename__ = "merchant_terms"
    __table_args__ = (
        CheckConstraint("commission_bp BETWEEN 0 AND 5000", name="commission_bp"),
        CheckConstraint("yearly_fee_minor >= 0", name="yearly_fee"),
        CheckConstraint("commission_bp = 0 OR yearly_fee_minor = 0", name="one_way"),
        UniqueConstraint("merchant_id", "valid_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    merchant_id: Mapped[int | None] = mapped_column(ForeignKey("merchants.id"))
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    commission_bp: Mapped[int]
    yearly_fee_minor: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    note: Mapped[str] = mapped_column(String(200), default="")
    set_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class MerchantRequest(Base):
    """Somebody's word about an unclaimed page: it is mine, or take it down."""

    __tablename__ = "merchant_requests"
    __table_args__ = (
        Index("ix_merchant_requests_state", "state", "id"),
        Index("ix_merchant_requests_merchant", "merchant_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchants.id"))
    kind: Mapped[RequestKind] = mapped_column(choice(RequestKind, "request_kind"))
    state: Mapped[RequestState] = mapped_column(
        choice(RequestState, "request_state"), default=RequestState.OPEN
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    phone: Mapped[str] = mapped_column(String(40), default="")
    licence: Mapped[str] = mapped_column(String(80), default="")
    message: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    answer: Mapped[str] = mapped_column(String(300), default="")


class OpeningSpanEntry(Base):
    """One stretch in which a shop is open, kept fourteen days ahead."""

    __tablename__ = "opening_spans"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="forward"),
        UniqueConstraint("merchant_id", "starts_at"),
        Index("ix_opening_spans_now", "starts_at", "ends_at", "merchant_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchants.id"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    comment: Mapped[str] = mapped_column(String(120), default="")


class Closure(Base):
    """From when to when a shop is away, both days included, and what it says about that."""

    __tablename__ = "closures"
    __table_args__ = (CheckConstraint("first <= last", name="in_order"),)

    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchants.id"), primary_key=True)
    first: Mapped[date]
    last: Mapped[date]
    note: Mapped[str] = mapped_column(String(200), default="")


class SpecialDay(Base):
    """A public holiday or a make-up work day, over and above those that Linli knows."""

    __tablename__ = "special_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[SpecialDayKind] = mapped_column(choice(SpecialDayKind, "special_day_kind"))
    name: Mapped[str] = mapped_column(String(60), default="")


class SchoolBreak(Base):
    """School holidays from their first day to their last."""

    __tablename__ = "school_breaks"
    __table_args__ = (CheckConstraint("first <= last", name="in_order"),)

    first: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[date]
    name: Mapped[str] = mapped_column(String(60), default="")


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
    sold_out_on: Mapped[date | None]
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_draft: Mapped[bool] = mapped_column(default=False, server_default=false())
    publish_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Variant(Base):
    """One size or kind of a listing, with its price and, for goods, its stock pool."""

    __tablename__ = "variants"
    __table_args__ = (
        CheckConstraint("price_minor >= 0", name="price"),
        Index("ix_variants_listing", "listing_id", "position", "id"),
        UniqueConstraint("pool_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id"))
    name_zh: Mapped[str] = mapped_column(String(80), default="")
    name_en: Mapped[str] = mapped_column(String(80), default="")
    price_minor: Mapped[int] = mapped_column(BigInteger)
    pool_id: Mapped[int | None] = mapped_column(ForeignKey("pools.id"))
    position: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


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
    """A place where orders are collected; one without a shop is the site's own."""

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
    """Every week on this weekday, slots of one length between two times, each for so many
    orders.
    """

    __tablename__ = "slot_rules"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("starts_minute >= 0 AND ends_minute <= 1440", name="in_day"),
        CheckConstraint("ends_minute > starts_minute", name="forward"),
        CheckConstraint("slot_minutes BETWEEN 5 AND 1440", name="length"),
        CheckConstraint("capacity BETWEEN 1 AND 10000", name="capacity"),
        UniqueConstraint("point_id", "weekday", "starts_minute"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    point_id: Mapped[int] = mapped_column(ForeignKey("pickup_points.id"))
    weekday: Mapped[int]
    starts_minute: Mapped[int]
    ends_minute: Mapped[int]
    slot_minutes: Mapped[int] = mapped_column(default=30)
    capacity: Mapped[int] = mapped_column(default=10)


class Review(Base):
    """The right to review one collected line, and what its buyer and its shop wrote with it."""

    __tablename__ = "reviews"
    __table_args__ = (
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
        CheckConstraint("(stars IS NULL) = (wrote_at IS NULL)", name="written_whole"),
        UniqueConstraint("line_id"),
        Index("ix_reviews_merchant", "merchant_id", "wrote_at", "id"),
        Index("ix_reviews_listing", "listing_id", "wrote_at", "id"),
        Index("ix_reviews_window", "merchant_id", "opens_at"),
        Index("ix_reviews_order", "order_id"),
        Index("ix_reviews_person", "person_id", "id"),
    )
    subject_kind = "review"

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int]
    order_id: Mapped[int]
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchants.id"))
    listing_id: Mapped[int | None] = mapped_column(ForeignKey("listings.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    name_zh: Mapped[str] = mapped_column(String(120), default="")
    name_en: Mapped[str] = mapped_column(String(120), default="")
    earned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # When both sides may read each other: seven days on, or at once when both wrote.
    opens_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Set while nothing of the line is collected, because the hand-over was taken back.
    void_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stars: Mapped[int | None]
    body: Mapped[str] = mapped_column(Text, default="")
    wrote_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    showing: Mapped[ReviewShowing] = mapped_column(
        choice(ReviewShowing, "review_showing"), default=ReviewShowing.SHOWN
    )
    # What the shop wrote before it could read the review, then its answer to it.
    word: Mapped[str] = mapped_column(Text, default="")
    word_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    word_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    answer_showing: Mapped[ReviewShowing] = mapped_column(
        choice(ReviewShowing, "answer_showing"), default=ReviewShowing.SHOWN
    )
