"""Orders of long ago, written in bulk, once, and their refunds."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.core.access import SYSTEM
from app.core.db import db, transaction
from app.core.pools.queries import count_pools
from app.orders.models import HandOver, Order
from app.orders.queries.orders import shop_orders
from app.orders.services.past import write_past_orders, write_past_refunds
from app.orders.types import OrderState, PastLine, PastOrder
from app.payments.queries import charge_of
from app.payments.types import PaymentState
from tests.factories.orders import Stall

LONG_AGO = datetime(2010, 12, 1, 8, 26, tzinfo=UTC)


def invoice(key: str) -> PastOrder:
    lines = (PastLine("WHITE METAL LANTERN", 6, 339, 500), PastLine("RED MUG", 2, 125, 500))
    return PastOrder(key, LONG_AGO, "Customer 17850", lines)


def test_past_orders_are_collected_and_paid_and_count_once(place: Stall) -> None:
    pools = count_pools()
    with transaction():
        written = write_past_orders(place.merchant.id, [invoice("536365"), invoice("536366")])
    order_id, line_ids, hand_over_id = written["536365"]
    assert len(line_ids) == 2
    hand = db.session.get(HandOver, hand_over_id)
    assert hand is not None
    assert hand.lines == [[line_ids[0], 6], [line_ids[1], 2]]
    row = charge_of(("order", order_id))
    assert (row.state, row.confirmed_minor) == (PaymentState.PAID, 6 * 339 + 2 * 125)
    with transaction():
        assert write_past_orders(place.merchant.id, [invoice("536365")]) == {}
    assert db.session.scalar(select(func.count()).select_from(Order)) == 2
    assert count_pools() == pools
    [first, second] = shop_orders(place.merchant.id).rows
    assert {first.state, second.state} == {OrderState.CLOSED}


def test_a_past_refund_is_given_back_and_never_above_the_order(place: Stall) -> None:
    with transaction():
        order_id, [lantern, _mug], _hand = write_past_orders(
            place.merchant.id, [invoice("536365")]
        )["536365"]
    parts = [(lantern, 4, 4 * 339)]
    with transaction():
        [refund_id] = write_past_refunds([(order_id, parts, LONG_AGO, "C536365")], actor=SYSTEM)
    assert refund_id
    row = charge_of(("order", order_id))
    assert (row.refunded_minor, row.state) == (4 * 339, PaymentState.PART_REFUNDED)
    with pytest.raises(IntegrityError), transaction():
        write_past_refunds([(order_id, parts, LONG_AGO, "again")], actor=SYSTEM)
