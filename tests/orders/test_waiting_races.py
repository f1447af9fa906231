"""Many at the same moment for the one piece that came back: it is kept for one who waited, sold to
one, and never oversold; and what comes out when nobody counts.
"""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.db import db, transaction
from app.core.pools.models import Pool
from app.core.pools.queries import wrong_counts
from app.merchants.models import StockWait, Variant
from app.merchants.services import waits
from app.merchants.types.waits import WaitState
from app.orders.services import basket, checkout
from tests.factories import accounts, orders
from tests.races import Race, nothing_counted
from tests.sizes import sample

ACTORS = 50


def raced(race: Race, fault: AbstractContextManager[None] | None = None) -> tuple[list[Any], Any]:
    """Sell out, let every second actor wait, then let one piece come back while all of the others
    try to hold it; return what each came back with, and the pool.
    """
    place = orders.stall(stock=1)
    first = orders.started(place, 1)
    everybody = len(sample(range(ACTORS), quick=5))
    actors = [accounts.viewer(accounts.person()) for _ in range(max(8, everybody))]
    waiting, buying = actors[::2], actors[1::2]
    for actor in waiting:
        with transaction():
            waits.wait_for(actor, place.variant_id, at=clock.now())
    for actor in buying:
        with transaction():
            basket.add_to_basket(actor, token=None, variant_id=place.variant_id, at=clock.now())
    customer = place.customer

    def act(number: int) -> Any:
        with transaction():
            if number == 0:
                checkout.leave_checkout(customer, first, token=None, at=clock.now())
                return None
            if number % 3 == 0:
                waits.offer_waiting(at=clock.now())
                return None
            buyer = buying[number % len(buying)]
            held = checkout.start_checkout(buyer, token=None, expected_total=2600, at=clock.now())
            return held.id

    with fault or nullcontext():
        answers = race(act, runners=len(actors))
    with transaction():
        waits.offer_waiting(at=clock.now())
    pool = db.session.get_one(
        Pool, db.session.get_one(Variant, place.variant_id).pool_id, populate_existing=True
    )
    return [one for one in answers if isinstance(one, int)], pool


def kept() -> int:
    """Return how many have a piece kept for them."""
    wanted = select(StockWait.id).where(StockWait.state == WaitState.OFFERED)
    return len(db.session.scalars(wanted).all())


def test_the_piece_that_came_back_goes_to_one_of_many(race: Race) -> None:
    held, pool = raced(race)
    assert len(held) + kept() == 1
    assert (pool.total, pool.taken) == (1, 1)
    assert kept() == 1  # who waited comes before who only tries
    assert wrong_counts() == []


def test_the_same_race_gives_it_to_many_when_nobody_counts(race: Race) -> None:
    held, _pool = raced(race, nothing_counted())
    assert len(held) + kept() > 1
