"""A worker that was off for three days: every move of orders that fell due is made once when it is
back, in whatever order its work is done, and by however many at once.
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core import clock
from app.core.activity.models import LogEntry
from app.core.db import db, transaction
from app.core.jobs.registry import timed
from app.core.pools.models import Pool
from app.core.pools.queries import wrong_counts
from app.merchants.models import Variant
from app.orders.models import Checkout, Order, OrderCase, Strike
from app.orders.services import cases, counter
from app.orders.types import CaseState, CheckoutState, OrderState, Problem, Remedy
from app.payments.types import PayWay
from app.settlement.queries import drift
from tests.factories import accounts, orders
from tests.factories.orders import Stall
from tests.races import Race

AWAY, STOCK = timedelta(days=3), 20
# What falls due in those days, and how often each is to happen.
DUE = {
    "order.reminded": 1,
    "order.expired": 1,
    "order.no_show": 1,
    "order.closed": 1,
    "order.case_to_desk": 1,
}
ORDERS: dict[str, Callable[[list[str]], list[str]]] = {
    "as they are named": sorted,
    "backwards": lambda keys: sorted(keys, reverse=True),
    "shuffled": lambda keys: random.Random(1).sample(sorted(keys), len(keys)),
    "shuffled again": lambda keys: random.Random(2).sample(sorted(keys), len(keys)),
}


@dataclass
class Left:
    """What stood open when the worker went off."""

    place: Stall
    unanswered: int
    missed: int
    finished: int
    case: int
    checkout: int


def collected(place: Stall) -> Order:
    order = orders.accepted(place, 1)
    with transaction():
        counter.hand_over(place.keeper, order.id, money=PayWay.CASH, at=clock.now())
    return order


@pytest.fixture
def left(app: Flask) -> Left:
    """Orders that wait for time, an open case, and a checkout that holds pieces."""
    with clock.travel(orders.NOON - timedelta(days=5)):
        place = orders.stall(stock=STOCK, capacity=20)
        finished = collected(place)
    with clock.travel(orders.NOON):
        broken = collected(place)
        with transaction():
            case = cases.open_case(
                place.customer, broken.id, line_id=orders.line_of(broken).id, quantity=1,
                problem=Problem.BROKEN, wish=Remedy.MONEY_BACK, words="The corner is off.",
                at=clock.now(),
            )  # fmt: skip
        other = accounts.viewer(accounts.person())
        return Left(
            place,
            unanswered=orders.placed(place, 2).id,
            missed=orders.accepted(place, 3).id,
            finished=finished.id,
            case=case.id,
            checkout=orders.started(place, 4, actor=other),
        )


def seen() -> Counter[str]:
    """Count the deeds of orders in the log."""
    rows = db.session.execute(select(LogEntry.verb, func.count()).group_by(LogEntry.verb)).all()
    return Counter({verb: many for verb, many in rows if verb in DUE})


def check_all_done_once(left: Left) -> None:
    """Look at what came of each, at the shelf, and at the money."""
    assert seen() == Counter(DUE)
    states = {row.id: row.state for row in db.session.scalars(select(Order))}
    assert states[left.unanswered] == OrderState.EXPIRED
    assert states[left.missed] == OrderState.ACCEPTED  # until it closes in a week
    assert states[left.finished] == OrderState.CLOSED
    assert orders.line_of(left.missed).uncollected == 3
    assert db.session.get_one(OrderCase, left.case).state == CaseState.WITH_OPERATOR
    assert db.session.get_one(Checkout, left.checkout).state == CheckoutState.EXPIRED
    assert db.session.scalars(select(Strike.order_id)).all() == [left.missed]
    own = select(Variant.pool_id).where(Variant.id == left.place.variant_id).scalar_subquery()
    shelf = db.session.execute(select(Pool.total, Pool.taken).where(Pool.id == own)).one()
    assert tuple(shelf) == (STOCK - 2, 0)
    assert wrong_counts() == []
    assert not any(drift().values())


@pytest.mark.parametrize("order", ORDERS)
def test_a_worker_that_was_off_makes_every_due_move_once(left: Left, order: str) -> None:
    assert not seen()
    for minutes in range(3):
        now = orders.NOON + AWAY + timedelta(minutes=minutes)
        with clock.travel(now):
            for key in ORDERS[order](list(timed)):
                timed[key].sweep(now)
    check_all_done_once(left)


def test_workers_that_come_back_at_once_make_every_due_move_once(race: Race, left: Left) -> None:
    def work(_number: int) -> None:
        for minutes in range(3):
            timed["orders.timers"].sweep(orders.NOON + AWAY + timedelta(minutes=minutes))

    assert race(work, runners=4) == [None] * 4
    db.session.expire_all()
    check_all_done_once(left)
