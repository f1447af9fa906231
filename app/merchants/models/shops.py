"""Shops, their terms and what they asked for."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime, choice
from app.merchants.types import (
    CollectMode,
    MerchantState,
    NoShowRule,
    RequestKind,
    RequestState,
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
    # What the desk took down is suspended; this is how it stood before.
    hidden_state: Mapped[str | None] = mapped_column(String(40))
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hidden_by_id: Mapped[int | None]
    hidden_rule: Mapped[str | None] = mapped_column(String(200))
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
