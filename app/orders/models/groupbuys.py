"""Group-buys: the cycle, its products, the orders in it, and names from a pasted list."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime, choice
from app.orders.types.groupbuys import GroupBuyState, Measure

_OPEN: dict[str, Any] = {
    "sqlite_where": text("state = 'open'"),
    "postgresql_where": text("state = 'open'"),
}
_DUE: dict[str, Any] = {
    "sqlite_where": text("due_at IS NOT NULL"),
    "postgresql_where": text("due_at IS NOT NULL"),
}


class GroupBuy(Base):
    """A listing that neighbours order together until a cut-off, to be collected at one place and
    time; one is open for a listing at a time.
    """

    __tablename__ = "group_buys"
    subject_kind = "group_buy"

    id: Mapped[int] = mapped_column(primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchants.id"))
    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id"))
    state: Mapped[GroupBuyState] = mapped_column(choice(GroupBuyState, "group_buy_state"))
    measure: Mapped[Measure] = mapped_column(choice(Measure, "group_buy_measure"))
    threshold: Mapped[int]
    opens_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cut_off_at: Mapped[datetime] = mapped_column(UtcDateTime)
    point_id: Mapped[int] = mapped_column(ForeignKey("pickup_points.id"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    share_bp: Mapped[int] = mapped_column(default=0)
    leader_minor: Mapped[int | None] = mapped_column(BigInteger)
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("threads.id"))
    reason: Mapped[str] = mapped_column(String(300), default="")
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reached: Mapped[int | None]
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        CheckConstraint("threshold BETWEEN 1 AND 99999", name="threshold"),
        CheckConstraint("share_bp BETWEEN 0 AND 5000", name="share"),
        CheckConstraint(
            "opens_at < cut_off_at AND cut_off_at < starts_at AND starts_at < ends_at",
            name="forward",
        ),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_once"),
        Index("uq_group_buys_open", "listing_id", unique=True, **_OPEN),
        Index("ix_group_buys_listing", "listing_id"),
        Index("ix_group_buys_shop", "merchant_id", "id"),
        Index("ix_group_buys_state", "state", "cut_off_at"),
        Index("ix_group_buys_leader", "leader_id"),
        Index("ix_group_buys_thread", "thread_id"),
        Index("ix_group_buys_due", "due_at", **_DUE),
    )


class GroupBuyItem(Base):
    """One product of a group-buy: how it comes in cases, its price steps, and what came."""

    __tablename__ = "group_buy_items"

    id: Mapped[int] = mapped_column(primary_key=True)
    group_buy_id: Mapped[int] = mapped_column(ForeignKey("group_buys.id"))
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"))
    price_minor: Mapped[int] = mapped_column(BigInteger)
    case_size: Mapped[int] = mapped_column(default=1)
    tolerance: Mapped[int] = mapped_column(default=0)
    steps: Mapped[list[list[int]]] = mapped_column(JSON, default=list)
    cases: Mapped[int | None]
    arrived: Mapped[int | None]

    __table_args__ = (
        UniqueConstraint("group_buy_id", "variant_id"),
        CheckConstraint("case_size BETWEEN 1 AND 999", name="case_size"),
        CheckConstraint("tolerance >= 0 AND tolerance < case_size", name="tolerance"),
        CheckConstraint("arrived IS NULL OR arrived >= 0", name="arrived"),
    )


class GroupBuyOrder(Base):
    """An order in a group-buy; while `is_due` it waits to be set right, `gets` saying how much of
    each line it gets.
    """

    __tablename__ = "group_buy_orders"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    group_buy_id: Mapped[int] = mapped_column(ForeignKey("group_buys.id"))
    gets: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))
    is_due: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (Index("ix_group_buy_orders_cycle", "group_buy_id", "is_due", "order_id"),)


class GroupBuyDraft(Base):
    """Somebody from a pasted list, with how many of which product, until it is an order."""

    __tablename__ = "group_buy_drafts"

    id: Mapped[int] = mapped_column(primary_key=True)
    group_buy_id: Mapped[int] = mapped_column(ForeignKey("group_buys.id"))
    name: Mapped[str] = mapped_column(String(60))
    counts: Mapped[list[list[int]]] = mapped_column(JSON)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (Index("ix_group_buy_drafts_cycle", "group_buy_id", "id"),)
