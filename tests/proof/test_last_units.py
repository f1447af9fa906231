"""Fifty buyers over real HTTP for the last seven units; one form sent twenty times at once."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from app.core.db import db
from app.core.pools.models import Pool
from app.merchants.models import Variant
from app.orders.models import Order
from tests.sizes import Proven, Size
from tools import live
from tools.shop import (
    Shop,
    audit,
    fill_basket,
    inside,
    open_shop,
    order_id,
    place_order,
    send_order,
    start_checkout,
)

BUYERS, UNITS, SENDINGS = 50, 7, 20
ROUNDS = {0: 1, 1: 1, 2: 10}


@pytest.fixture(scope="module", params=["SQLite", "PostgreSQL"])
def server(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """The database server, or None for SQLite."""
    if request.param == "SQLite":
        yield None
        return
    with live.postgresql() as address:
        yield address


def kind(server: str | None) -> str:
    return "PostgreSQL" if server else "SQLite"


def all_at_once(number: int, work: Callable[[int], Any]) -> list[Any]:
    """Let so many threads begin at the same moment; return what each came back with."""
    barrier = threading.Barrier(number)
    results: list[Any] = [None] * number

    def run(index: int) -> None:
        barrier.wait()
        try:
            results[index] = work(index)
        except Exception as error:
            results[index] = error

    threads = [threading.Thread(target=run, args=(index,)) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    failed = [result for result in results if isinstance(result, Exception)]
    if failed:
        raise failed[0]
    return results


def race(site: live.Site) -> tuple[Shop, list[int]]:
    """Let every buyer walk from the listing to the order at once; return the orders they got."""
    shop = open_shop(site, stock=UNITS, buyers=BUYERS)
    site.start()
    got = all_at_once(BUYERS, lambda number: place_order(shop.buyer(number), shop))
    return shop, [found for found in got if found]


def stock_of(site: live.Site, shop: Shop) -> tuple[int, int, int]:
    """Return total and taken of the variant's pool, and how many orders there are."""
    with inside(site):
        chosen = sa.select(Variant.pool_id).where(Variant.id == shop.variant_id)
        pool = db.session.execute(
            sa.select(Pool.total, Pool.taken).where(Pool.id == chosen.scalar_subquery())
        ).one()
        orders = db.session.scalar(sa.select(sa.func.count()).select_from(Order))
        return pool.total, pool.taken, orders or 0


@pytest.mark.timeout(1800)
def test_fifty_buyers_for_the_last_seven_units_give_seven_orders(
    server: str | None, size: Size, proven: Proven
) -> None:
    for _ in range(ROUNDS[size]):
        with live.site(server, LINLI_TESTING="1", workers=2) as site:
            shop, orders = race(site)
            assert len(set(orders)) == UNITS
            assert stock_of(site, shop) == (UNITS, UNITS, UNITS)
            audit(site)
    proven(
        f"{BUYERS} buyers over HTTP for the last {UNITS} units, {kind(server)}, "
        f"{ROUNDS[size]} races",
        f"{UNITS} orders each time",
        f"{UNITS} orders every time",
    )


@pytest.mark.timeout(300)
def test_the_same_race_sees_the_fault_when_the_guard_is_off(
    server: str | None, proven: Proven
) -> None:
    with live.site(server, target="tests.proof.unguarded:app", LINLI_TESTING="1") as site:
        take_the_constraint_away(site)
        _shop, orders = race(site)
        assert len(set(orders)) > UNITS
        assert site.flask("pools", "check").returncode != 0
    proven(
        f"the same race without the guard, {kind(server)}",
        f"{len(set(orders))} orders, and `pools check` objects",
        "the fault is seen",
    )


def take_the_constraint_away(site: live.Site) -> None:
    """Remove the wall behind the guard too; on SQLite the faulty site ignores it by itself."""
    if site.database.startswith("sqlite"):
        return
    with inside(site), db.engine.begin() as connection:
        names = connection.scalars(
            sa.text("SELECT conname FROM pg_constraint WHERE contype = 'c' "
                    "AND conrelid = 'pools'::regclass")
        ).all()  # fmt: skip
        for name in names:
            connection.execute(sa.text(f"ALTER TABLE pools DROP CONSTRAINT {name}"))


@pytest.mark.timeout(300)
def test_one_form_sent_twenty_times_at_once_is_one_order(
    server: str | None, proven: Proven
) -> None:
    with live.site(server, LINLI_TESTING="1", workers=2) as site:
        shop = open_shop(site, stock=100, buyers=1)
        site.start()
        checkout = start_checkout(shop.buyer(0), fill_basket(shop.buyer(0), shop))
        assert checkout.status == 200
        answers = all_at_once(SENDINGS, lambda _: send_order(shop.buyer(0), checkout))
        assert {order_id(answer) for answer in answers} == {1}
        assert stock_of(site, shop) == (100, 1, 1)
    proven(
        f"the same form sent {SENDINGS} times at once, {kind(server)}",
        "1 order, and every sender is led to it",
        "1 order",
    )
