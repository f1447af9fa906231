"""Tables of pools and holds."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime, choice
from app.core.pools.types import HoldState


class Pool(Base):
    """A number of places for one thing; a total of NULL means that there is no limit."""

    __tablename__ = "pools"
    __table_args__ = (
        sa.UniqueConstraint("kind", "subject_key"),
        sa.CheckConstraint(
            "taken >= 0 AND (total IS NULL OR taken <= total)", name="never_oversold"
        ),
    )
    subject_kind = "pool"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    subject_key: Mapped[str] = mapped_column(sa.String(120))
    total: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)


class Hold(Base):
    """A quantity of a pool kept for an owner; `consumed` of it has been handed over."""

    __tablename__ = "holds"
    __table_args__ = (
        sa.CheckConstraint("quantity > 0", name="something"),
        sa.CheckConstraint("consumed >= 0 AND consumed <= quantity", name="consumed_within"),
        sa.CheckConstraint("(state = 'held') = (expires_at IS NOT NULL)", name="expires_when_held"),
        sa.CheckConstraint("state <> 'consumed' OR consumed = quantity", name="wholly_consumed"),
        sa.Index("ix_holds_pool_id_state_expires_at", "pool_id", "state", "expires_at"),
        sa.Index("ix_holds_owner_kind_owner_id", "owner_kind", "owner_id"),
    )
    subject_kind = "hold"

    id: Mapped[int] = mapped_column(primary_key=True)
    pool_id: Mapped[int] = mapped_column(sa.ForeignKey("pools.id"))
    quantity: Mapped[int]
    consumed: Mapped[int] = mapped_column(default=0)
    owner_kind: Mapped[str] = mapped_column(sa.String(40))
    owner_id: Mapped[int]
    state: Mapped[HoldState] = mapped_column(choice(HoldState, "hold_state"))
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
