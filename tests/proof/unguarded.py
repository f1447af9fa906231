"""The site with planted faults: whoever asks takes, gets or gives back, whatever was before.

Each fault takes one guard away, and the looks beforehand that would hide it where writers queue.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.dml import UpdateBase

from app.core.access import me
from app.core.db import changed, db, fetch
from app.core.pools import services
from app.core.pools.models import Pool
from app.merchants.queries import collecting
from app.orders import policies as rules
from app.orders.models import Basket, BasketLine, Order, OrderLine
from app.orders.queries import baskets
from app.orders.services import cash, checkout, counter, grouping, moves, sums
from app.orders.services.writing import written_lines
from app.orders.types import Quote
from app.payments import policies as money_rules
from app.payments import services as payments
from app.payments.queries import charge_of
from app.payments.types import ChargeRow
from wsgi import app

__all__ = ["app"]


# Count a taking without asking whether enough is left.
FAULTY_TAKING = (
    sa.update(Pool)
    .where(Pool.id == sa.bindparam("of_pool"))
    .values(taken=Pool.taken + sa.bindparam("count"))
)
IN_BASKET = (
    sa.select(BasketLine.variant_id, BasketLine.quantity)
    .join(Basket, Basket.id == BasketLine.basket_id)
    .where(Basket.person_id == sa.bindparam("person_id"))
)


def ignore_checks(connection: Any, _record: Any) -> None:
    """Take SQLite's wall behind the guard away; on PostgreSQL the proof drops the constraint."""
    connection.execute("PRAGMA ignore_check_constraints=ON")


def see_no_problem(*_row: Any, **_more: Any) -> str:
    """Do not look at the stock beforehand: where writers queue, that look is a guard too."""
    return ""


def see_no_places(*_keys: Any, **_more: Any) -> dict[str, Any]:
    """Do not look beforehand at what a pickup time has taken."""
    return {}


def read_the_basket_again(
    orders: Sequence[Order], quote: Quote, held: Mapping[int, list[int]]
) -> dict[int, list[OrderLine]]:
    """Write the lines from the basket as it is now, after the sum was reckoned."""
    now = {row[0]: row[1] for row in fetch(IN_BASKET, person_id=me().id)}
    shops = [
        replace(
            shop,
            lines=tuple(
                replace(line, quantity=now.get(line.variant_id, line.quantity))
                for line in shop.lines
            ),
        )
        for shop in quote.shops
    ]
    return written_lines(orders, replace(quote, shops=tuple(shops)), held)


def never_refuse(*_asked: Any, **_more: Any) -> None:
    """Let everybody go on."""


def ask_nobody(statement: UpdateBase, _error: Exception) -> None:
    """Carry a guarded step out without asking whether it moved anything."""
    changed(statement)


def all_of_it_again(
    lines: Sequence[OrderLine], quantities: Mapping[int, int]
) -> list[tuple[OrderLine, int]]:
    """Give every piece that was ordered, also where none is left to give."""
    if any(line.to_prepare + line.ready for line in lines):
        return given(lines, quantities)
    return [(line, line.quantity) for line in lines]


def as_many_as_asked(
    lines: Sequence[OrderLine], counts: Mapping[int, int]
) -> list[tuple[OrderLine, int]]:
    """Take back so many pieces, whatever was taken back before."""
    return [(moves.line_by_id(lines, line_id), count) for line_id, count in counts.items()]


def never_refunded(about: tuple[str, int]) -> ChargeRow:
    """See the money as it was before anything went back."""
    return replace(charge_of(about), refunded_minor=0)


given = counter._given
grouping.joining = grouping._TOUCHING
baskets.OPEN_ONE = sa.true()
services.taking = FAULTY_TAKING
baskets._problem = see_no_problem
collecting.pools_by_key = see_no_places
checkout.written_lines = read_the_basket_again
rules.check_can_hand_over = never_refuse
counter._given = all_of_it_again
cash._pieces = as_many_as_asked
cash.charge_of = sums.charge_of = never_refunded
money_rules.check_refundable = never_refuse
payments.moved = sums.moved = ask_nobody
with app.app_context():
    if db.engine.dialect.name == "sqlite":
        sa.event.listen(db.engine, "connect", ignore_checks)
        db.engine.dispose()  # a connection made at the start would still check
