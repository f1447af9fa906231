"""kill -9 of the server under load: no acknowledged order is lost, none is half written."""

import random
import threading
import time
from collections.abc import Iterator
from http.client import HTTPException

import pytest
import sqlalchemy as sa

from app.core.backup.database import reading
from app.core.db import db
from tests.sizes import Proven, Size
from tools import live
from tools.shop import Shop, acknowledged_order, audit, inside, open_shop

ROUNDS = {0: 2, 1: 10, 2: 100}
CUSTOMERS = 6

# Each of these finds orders that are not whole; every one of them has to find nothing.
HALVES = {
    "without lines": "SELECT o.id FROM orders o LEFT JOIN order_lines l ON l.order_id = o.id "
    "WHERE l.id IS NULL",
    "whose lines do not add up": "SELECT o.id FROM orders o "
    "JOIN order_lines l ON l.order_id = o.id GROUP BY o.id, o.total_minor "
    "HAVING sum(l.quantity * (l.unit_minor + l.packaging_minor)) <> o.total_minor",
    "without its one placing on the timeline": "SELECT o.id FROM orders o LEFT JOIN order_moves m "
    "ON m.order_id = o.id AND m.verb = 'order.placed' GROUP BY o.id HAVING count(m.id) <> 1",
    "without its one row in the log": "SELECT o.id FROM orders o LEFT JOIN activity a "
    "ON a.subject_kind = 'order' AND a.subject_id = o.id AND a.verb = 'order.placed' "
    "GROUP BY o.id HAVING count(a.id) <> 1",
    "that keep another quantity than they promise": "SELECT o.id FROM orders o "
    "JOIN order_lines l ON l.order_id = o.id LEFT JOIN holds h ON h.owner_kind = 'order' "
    "AND h.owner_id = o.id AND h.state = 'confirmed' GROUP BY o.id, l.quantity "
    "HAVING coalesce(sum(h.quantity), 0) <> l.quantity + 1",
}


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def site(request: pytest.FixtureRequest) -> Iterator[live.Site]:
    """A site on each database, with the worker thread running as under `make run`."""
    given = {"LINLI_TESTING": "1", "LINLI_JOBS_EMBEDDED": "1"}
    if request.param == "SQLite":
        with live.site(**given) as made:
            yield made
        return
    with live.postgresql() as server, live.site(server, **given) as made:
        yield made


class Customers:
    """People who order again and again until the server goes away."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.acknowledged: set[int] = set()
        self.surprises: list[str] = []
        self.warm = threading.Event()

    def order_until(self, killed: threading.Event) -> list[threading.Thread]:
        """Let every customer begin; `warm` is set with the first order of the round."""
        self.warm.clear()
        threads = [
            threading.Thread(target=self._order, args=(number, killed))
            for number in range(CUSTOMERS)
        ]
        for thread in threads:
            thread.start()
        return threads

    def _order(self, number: int, killed: threading.Event) -> None:
        customer = self.shop.buyer(number)
        while not killed.is_set():
            try:
                self.acknowledged.add(acknowledged_order(customer, self.shop))
                self.warm.set()
            except (OSError, HTTPException):
                return
            except AssertionError as surprise:
                if not killed.is_set():
                    self.surprises.append(str(surprise))
                return


def found_wrong(site: live.Site, acknowledged: set[int]) -> dict[str, list[int]]:
    """Name what is lost and what is half written."""
    wrong: dict[str, list[int]] = {}
    with reading(site.database) as connection:
        there = set(connection.scalars(sa.text("SELECT id FROM orders")))
        wrong["acknowledged and lost"] = sorted(acknowledged - there)
        for name, statement in HALVES.items():
            wrong[name] = list(connection.scalars(sa.text(statement)))
    return {name: ids for name, ids in wrong.items() if ids}


@pytest.mark.timeout(3600)
def test_no_acknowledged_order_is_lost_and_none_is_half_written(
    site: live.Site, size: Size, proven: Proven
) -> None:
    customers = Customers(open_shop(site, stock=1_000_000, buyers=CUSTOMERS))
    chance = random.Random(20261121)
    for _ in range(ROUNDS[size]):
        site.start()
        killed = threading.Event()
        threads = customers.order_until(killed)
        assert customers.warm.wait(60)
        time.sleep(chance.uniform(0, 1.5))
        killed.set()
        site.kill()
        for thread in threads:
            thread.join()
        assert customers.surprises == []
        assert found_wrong(site, customers.acknowledged) == {}
    audit(site)
    count = len(customers.acknowledged)
    assert count > ROUNDS[size]
    proven(
        f"kill -9 under load, {'SQLite' if site.database.startswith('sqlite') else 'PostgreSQL'}, "
        f"{ROUNDS[size]} rounds",
        f"{count} acknowledged orders, none lost, none half written, audits clean",
        "none lost, none half written",
    )


def test_a_lost_and_a_half_written_order_would_be_seen(site: live.Site) -> None:
    customers = Customers(open_shop(site, stock=10, buyers=CUSTOMERS))
    site.start()
    order_id = acknowledged_order(customers.shop.buyer(0), customers.shop)
    site.stop()
    assert found_wrong(site, {order_id}) == {}
    assert found_wrong(site, {order_id, order_id + 1}) == {"acknowledged and lost": [order_id + 1]}
    with inside(site), db.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM order_moves"))
        connection.execute(sa.text("UPDATE order_lines SET unit_minor = unit_minor + 1"))
    assert len(found_wrong(site, {order_id})) == 2
