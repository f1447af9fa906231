"""An order comes into a group-buy and leaves it: only while it is open, whoever closes it
meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from app.core.db import UtcDateTime, changed, db, fetch_one
from app.orders.errors import GroupBuyDecidingError, GroupBuyOverError
from app.orders.models import GroupBuy, GroupBuyOrder, Order
from app.orders.types import OrderState, Quote
from app.orders.types.groupbuys import GroupBuyState

_NOW: Any = bindparam("now", type_=UtcDateTime)
_TOUCHING = (
    update(GroupBuy)
    .where(GroupBuy.id == bindparam("of_group_buy"))
    .values(version=GroupBuy.version + 1)
)
GUARDED_JOINING = _TOUCHING.where(
    GroupBuy.state == GroupBuyState.OPEN, GroupBuy.opens_at <= _NOW, GroupBuy.cut_off_at > _NOW
)
# The proofs put a faulty statement here to show that their races would notice; nothing else may.
joining = GUARDED_JOINING
_OF_ORDER: Any = select(GroupBuyOrder.group_buy_id).where(
    GroupBuyOrder.order_id == bindparam("order_id")
)


def check_open(quote: Quote, *, at: datetime) -> None:
    """Keep each group-buy of a quote open until this transaction ends; refuses one that is over
    or not open yet.
    """
    for group_buy_id in sorted({shop.together.id for shop in quote.shops if shop.together}):
        if not changed(joining, of_group_buy=group_buy_id, now=at):
            raise GroupBuyOverError(group_buy_id=group_buy_id)


def join(orders: Sequence[Order], quote: Quote) -> list[Order]:
    """Note which of the orders just written are in which group-buy; return those that are in
    none.
    """
    alone = []
    for order, shop in zip(orders, quote.shops, strict=True):
        if shop.together is None:
            alone.append(order)
            continue
        group_buy_id = shop.together.id
        db.session.add(GroupBuyOrder(order_id=order.id, group_buy_id=group_buy_id, is_due=False))
    db.session.flush()
    return alone


def leave(order: Order, *, at: datetime) -> None:
    """Let an order that is about to end no longer count; refuses (GroupBuyDecidingError) while
    the cut-off is past and what it means is not written yet.
    """
    row = fetch_one(_OF_ORDER, order_id=order.id)
    if row is None or changed(GUARDED_JOINING, of_group_buy=row[0], now=at):
        return
    if order.state == OrderState.PLACED:
        raise GroupBuyDecidingError(group_buy_id=row[0])
