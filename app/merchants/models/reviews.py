"""What people say after they collected."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
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
    ReviewShowing,
)


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
