"""Past orders with their bookings, for tests of settlement."""

from datetime import datetime
from itertools import count

from app.core.access import Grant, Viewer
from app.core.db import transaction
from app.orders.services.past import write_past_orders
from app.orders.types import PastLine, PastOrder
from app.settlement.services.booking import book
from app.settlement.types import Booking, LineKind

_numbers = count(1)
OPERATOR = Viewer(name="operator", grants=frozenset({Grant("operator")}))


def sale(merchant_id: int, *prices: int, at: datetime, bp: int = 500) -> tuple[int, int]:
    """Write one past order of single pieces at these prices, booked; return id and gross."""
    lines = tuple(PastLine("loaf", 1, price, bp) for price in prices)
    key = f"test-{next(_numbers)}"
    with transaction():
        written = write_past_orders(merchant_id, [PastOrder(key, at, "somebody", lines)])
        order_id, _lines, hand_id = written[key]
        gross = sum(prices)
        cause = ("hand_over", hand_id)
        name = f"hand_over:{hand_id}"
        book([Booking(name, LineKind.SALE, merchant_id, order_id, cause, at, gross, {bp: gross})])
    return order_id, gross


def refund(merchant_id: int, order_id: int, amount: int, *, at: datetime, bp: int = 500) -> None:
    """Book money given back for goods of an order."""
    key = f"refund-test-{next(_numbers)}"
    fact = Booking(
        key, LineKind.REFUND, merchant_id, order_id, ("refund", 1), at, -amount, {bp: -amount}
    )
    with transaction():
        book([fact])
