"""How a shop keeps its word, from its latest orders."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from functools import cache
from statistics import median
from typing import Any

from sqlalchemy import bindparam, select

from app.core.db import UtcDateTime, fetch
from app.orders.models import GroupBuyOrder, Order
from app.orders.types import CaseState, OrderState, ShopStanding

# The latest orders of half a year at most: a page reads no more rows than these.
LATEST, SINCE = 300, timedelta(days=182)
KEPT_STATES = {OrderState.ACCEPTED, OrderState.CLOSED}


def standing_of(merchant_id: int, *, at: datetime) -> ShopStanding:
    """Return how many came back, how fast orders are answered and how many were complained about;
    one statement, nothing kept.
    """
    rows = fetch(_latest(), merchant_id=merchant_id, since=at - SINCE, size=LATEST)
    kept = [row for row in rows if row.state in KEPT_STATES]
    bought = Counter(row.person_id for row in kept if row.person_id is not None)
    waits = [row.accepted_at - row.placed_at for row in rows if row.accepted_at and row.answers]
    return ShopStanding(
        orders=len(kept),
        customers=len(bought),
        came_back=sum(count > 1 for count in bought.values()),
        answered=len(waits),
        answer_time=median(waits) if waits else None,
        complaints=sum(row.case_state != CaseState.NONE for row in kept),
    )


@cache
def _latest() -> Any:
    columns: Any = (
        Order.person_id, Order.state, Order.case_state, Order.placed_at, Order.accepted_at,
        GroupBuyOrder.order_id.is_(None).label("answers"),
    )  # fmt: skip
    return (
        select(*columns)
        .outerjoin(GroupBuyOrder, GroupBuyOrder.order_id == Order.id)
        .where(
            Order.merchant_id == bindparam("merchant_id"),
            Order.placed_at > bindparam("since", type_=UtcDateTime),
            Order.imported_key.is_(None),
        )
        .order_by(Order.id.desc())
        .limit(bindparam("size"))
    )
