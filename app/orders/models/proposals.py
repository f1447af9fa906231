"""What a shop proposes: a change to an order, or a quote."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime, choice
from app.orders.types.proposals import ProposalKind, ProposalState


class Proposal(Base):
    """Lines at a price until a time: on an order they join it once accepted, as a quote for one
    person they become an order.
    """

    __tablename__ = "proposals"
    subject_kind = "proposal"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ProposalKind] = mapped_column(choice(ProposalKind, "proposal_kind"))
    state: Mapped[ProposalState] = mapped_column(choice(ProposalState, "proposal_state"))
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchants.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("threads.id"), index=True)
    wish: Mapped[str] = mapped_column(String(1000), default="")
    words: Mapped[str] = mapped_column(String(500), default="")
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint(
            "kind = 'quote' OR (order_id IS NOT NULL AND person_id IS NULL)",
            name="change_has_order",
        ),
        CheckConstraint(
            "kind = 'change' OR person_id IS NOT NULL", name="quote_has_buyer"
        ),
        CheckConstraint("state <> 'open' OR ends_at IS NOT NULL", name="open_ends"),
        CheckConstraint(
            "(state IN ('asked', 'open')) = (over_at IS NULL)", name="over_has_time"
        ),
        Index("ix_proposals_order", "order_id", "id"),
        Index("ix_proposals_person", "person_id", "id"),
        Index("ix_proposals_shop", "merchant_id", "id"),
        Index(
            "ix_proposals_due",
            "ends_at",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )  # fmt: skip


class ProposalLine(Base):
    """One line that is proposed, with what keeps it, and the pieces of an order's line that it
    would stand in for.
    """

    __tablename__ = "proposal_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposals.id", ondelete="CASCADE"), index=True
    )
    is_work: Mapped[bool] = mapped_column(default=False)
    listing_id: Mapped[int | None] = mapped_column(ForeignKey("listings.id"))
    variant_id: Mapped[int | None] = mapped_column(ForeignKey("variants.id"))
    name_zh: Mapped[str] = mapped_column(String(120), default="")
    name_en: Mapped[str] = mapped_column(String(120), default="")
    variant_zh: Mapped[str] = mapped_column(String(80), default="")
    variant_en: Mapped[str] = mapped_column(String(80), default="")
    unit_minor: Mapped[int] = mapped_column(BigInteger)
    packaging_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    quantity: Mapped[int]
    line_id: Mapped[int | None] = mapped_column(ForeignKey("order_lines.id"), index=True)
    replaces: Mapped[int] = mapped_column(default=0)
    hold_ids: Mapped[list[int]] = mapped_column(JSON, default=list)

    __table_args__ = (
        CheckConstraint("quantity BETWEEN 1 AND 999", name="quantity"),
        CheckConstraint("unit_minor >= 0 AND packaging_minor >= 0", name="price_not_negative"),
        CheckConstraint("(line_id IS NULL) = (replaces = 0)", name="replaces_something"),
        CheckConstraint("replaces >= 0", name="replaces_not_negative"),
    )
