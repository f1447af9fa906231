"""Tables of promotions: what there is, and every use of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime, choice
from app.promotions.types import Audience, Form, Funder, Kind, UseState


class Promotion(Base):
    """A coupon or an offer of a shop, or of the site for all shops, with who pays for it."""

    __tablename__ = "promotions"
    subject_kind = "promotion"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(choice(Kind, "promotion_kind"))
    form: Mapped[Form] = mapped_column(choice(Form, "promotion_form"))
    name_zh: Mapped[str] = mapped_column(String(60), default="")
    name_en: Mapped[str] = mapped_column(String(60), default="")
    merchant_id: Mapped[int | None]
    shop_zh: Mapped[str] = mapped_column(String(120), default="")
    shop_en: Mapped[str] = mapped_column(String(120), default="")
    funder: Mapped[Funder] = mapped_column(choice(Funder, "promotion_funder"))
    audience: Mapped[Audience] = mapped_column(choice(Audience, "promotion_audience"))
    value_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    percent: Mapped[int] = mapped_column(default=0)
    most_minor: Mapped[int | None] = mapped_column(BigInteger)
    every: Mapped[int] = mapped_column(default=0)
    least_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    category_id: Mapped[int | None]
    listing_id: Mapped[int | None]
    listing_kind: Mapped[str] = mapped_column(String(40), default="")
    combines: Mapped[bool] = mapped_column(default=False)
    is_public: Mapped[bool] = mapped_column(default=True)
    code: Mapped[str | None] = mapped_column(String(20), unique=True)
    pool_id: Mapped[int | None] = mapped_column(ForeignKey("pools.id"))
    per_person: Mapped[int | None]
    keep_days: Mapped[int]
    reward_id: Mapped[int | None] = mapped_column(ForeignKey("promotions.id"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("name_zh <> '' OR name_en <> ''", name="named"),
        CheckConstraint("ends_at > starts_at", name="forward"),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        CheckConstraint(
            "value_minor >= 0 AND least_minor >= 0 AND (most_minor IS NULL OR most_minor > 0)",
            name="not_negative",
        ),
        CheckConstraint("merchant_id IS NOT NULL OR funder = 'site'", name="funded"),
        Index("ix_promotions_shop", "merchant_id", "ends_at"),
    )


class PromotionUse(Base):
    """One use: a coupon that somebody took and the order it went into, or an offer's own order."""

    __tablename__ = "promotion_uses"
    subject_kind = "coupon"

    id: Mapped[int] = mapped_column(primary_key=True)
    promotion_id: Mapped[int] = mapped_column(ForeignKey("promotions.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    state: Mapped[UseState] = mapped_column(choice(UseState, "promotion_use_state"))
    hold_ids: Mapped[list[int]] = mapped_column(JSON, default=list)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    order_id: Mapped[int | None] = mapped_column(index=True)
    amount_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    sharer_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    rewarded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("amount_minor >= 0", name="not_negative"),
        CheckConstraint("(order_id IS NULL) = (used_at IS NULL)", name="used_whole"),
        Index("ix_promotion_uses_promotion", "promotion_id", "id"),
        Index("ix_promotion_uses_person", "person_id", "id"),
        Index("ix_promotion_uses_sharer", "sharer_id", "promotion_id"),
    )
