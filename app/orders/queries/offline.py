"""What a counter may keep for a time without a network, and what came of what it noted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import pbkdf2_hmac

from sqlalchemy import select

from app.core.db import db
from app.core.i18n import pick
from app.orders.models import OfflineHand, Order
from app.orders.queries.boards import counter_of
from app.orders.queries.orders import lines_of
from app.orders.types import OfflineRow
from app.payments.models import Charge

ROUNDS = 2000


@dataclass(frozen=True, slots=True)
class KeptOrder:
    """One of today's orders as a device keeps it: a name, what it is, and what fits its code."""

    id: int
    name: str
    number: str
    code: str
    what: str
    pieces: int
    owed_minor: int
    slot_starts_at: datetime | None
    slot_ends_at: datetime | None


def orders_to_keep(merchant_id: int, *, salt: bytes, at: datetime) -> list[KeptOrder]:
    """Return today's orders for a device of the counter: no phone, no address, and of the code only
    what a code can be compared with. Five statements.
    """
    rows = [row.order for group in counter_of(merchant_id, at=at) for row in group.rows]
    ids = [row.id for row in rows]
    lines = lines_of(ids)
    codes = dict(db.session.execute(select(Order.id, Order.code).where(Order.id.in_(ids))).all())
    charged = select(
        Charge.about_id, Charge.amount_minor - Charge.confirmed_minor + Charge.refunded_minor
    ).where(Charge.about_kind == "order", Charge.about_id.in_(ids))
    owed = dict(db.session.execute(charged).all())
    return [
        KeptOrder(
            row.id,
            row.contact_name,
            row.number,
            compared(codes[row.id], salt),
            ", ".join(
                f"{pick(line.name_zh, line.name_en)} ×{line.waiting}"
                for line in lines.get(row.id, ())
                if line.waiting
            ),
            row.waiting,
            max(0, owed.get(row.id, 0)),
            row.slot_starts_at,
            row.slot_ends_at,
        )
        for row in rows
    ]


def compared(code: str, salt: bytes) -> str:
    """Return what a device compares a code with: slow to guess, and another for every device."""
    return pbkdf2_hmac("sha256", code.encode(), salt, ROUNDS, 16).hex()


def unseen(merchant_id: int) -> list[OfflineRow]:
    """Return the conflicts of a shop's offline hand-overs that nobody has seen, oldest first."""
    rows = db.session.execute(
        select(
            OfflineHand.id, OfflineHand.client_key, OfflineHand.order_id, Order.number,
            Order.contact_name, OfflineHand.given_at, OfflineHand.by_name, OfflineHand.conflict,
            OfflineHand.data,
        )
        .outerjoin(Order, Order.id == OfflineHand.order_id)
        .where(
            OfflineHand.merchant_id == merchant_id,
            OfflineHand.conflict.is_not(None),
            OfflineHand.seen_at.is_(None),
        )
        .order_by(OfflineHand.given_at, OfflineHand.id)
        .limit(100)
    )  # fmt: skip
    return [OfflineRow(*row) for row in rows]
