"""After-sale cases."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime, choice
from app.orders.types import (
    CaseState,
    CaseTimer,
    GoodsEnd,
    Liable,
    Problem,
    Remedy,
)


class OrderCase(Base):
    """Something wrong with what was collected of one line, until both sides or a ruling end it."""

    __tablename__ = "order_cases"
    subject_kind = "order_case"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"), index=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchants.id"))
    quantity: Mapped[int]
    problem: Mapped[Problem] = mapped_column(choice(Problem, "case_problem"))
    wish: Mapped[Remedy] = mapped_column(choice(Remedy, "case_wish"))
    words: Mapped[str] = mapped_column(String(2000))
    state: Mapped[CaseState] = mapped_column(choice(CaseState, "order_case_state"))
    turn: Mapped[int] = mapped_column(default=1)
    remedy: Mapped[Remedy | None] = mapped_column(choice(Remedy, "case_remedy"))
    amount_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    is_agreed: Mapped[bool] = mapped_column(default=False)
    liable: Mapped[Liable | None] = mapped_column(choice(Liable, "case_liable"))
    goods: Mapped[GoodsEnd] = mapped_column(choice(GoodsEnd, "case_goods"), default=GoodsEnd.NONE)
    set_aside: Mapped[int] = mapped_column(default=0)
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("refunds.id"))
    ruled_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_what: Mapped[CaseTimer | None] = mapped_column(choice(CaseTimer, "case_timer"))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("quantity > 0", name="about_something"),
        CheckConstraint(
            "amount_minor >= 0 AND set_aside >= 0 AND set_aside <= quantity", name="not_negative"
        ),
        CheckConstraint("(due_what IS NULL) = (due_at IS NULL)", name="timer_whole"),
        CheckConstraint("(state = 'closed') = (over_at IS NOT NULL)", name="over_has_time"),
        CheckConstraint(
            "state <> 'ruled' OR (remedy IS NOT NULL AND liable IS NOT NULL)", name="ruled_whole"
        ),
        Index(
            "uq_order_cases_under_way",
            "order_id",
            unique=True,
            sqlite_where=text("over_at IS NULL"),
            postgresql_where=text("over_at IS NULL"),
        ),
        Index("ix_order_cases_order", "order_id", "id"),
        Index("ix_order_cases_shop", "merchant_id", "id"),
        Index("ix_order_cases_state", "state", "moved_at"),
        Index(
            "ix_order_cases_due",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
    )
