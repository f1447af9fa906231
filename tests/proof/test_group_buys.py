"""Many join a group-buy at the instant in which its cut-off is decided: each is counted or refused,
and ends as it was decided; and what comes out when joining asks nobody.
"""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.access import SYSTEM
from app.core.db import db, transaction
from app.merchants.queries.collecting import points_for
from app.orders.jobs import carry_out
from app.orders.models import GroupBuy, GroupBuyOrder, Order
from app.orders.services.deciding import decide
from app.orders.services.groupbuys import open_group_buy
from app.orders.types import OrderState
from app.orders.types.groupbuys import GroupBuyDraft, GroupBuyState, ItemDraft, Measure
from tests.proof.test_last_units import all_at_once, kind, take_the_constraint_away
from tests.sizes import Proven, Size
from tools import live
from tools.shop import Shop, audit, fill_basket, inside, open_shop, send_order, start_checkout

ACTORS = {0: 6, 1: 6, 2: 50}


@pytest.fixture(scope="module", params=["SQLite", "PostgreSQL"])
def server(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """The database server, or None for SQLite."""
    if request.param == "SQLite":
        yield None
        return
    with live.postgresql() as address:
        yield address


def together(site: live.Site, shop: Shop, threshold: int, stock: int) -> int:
    """Let the shop's thing be ordered together; its cut-off is an hour away."""
    now, hour = clock.now(), timedelta(hours=1)
    with inside(site):
        point = points_for([shop.merchant_id])[shop.merchant_id][0]
        item = ItemDraft(shop.variant_id, stock=stock)
        draft = GroupBuyDraft(
            shop.listing_id, now - hour, now + hour, Measure.PEOPLE, threshold, point.id,
            now + 2 * hour, now + 3 * hour, (item,),
        )  # fmt: skip
        with transaction():
            return open_group_buy(SYSTEM, shop.merchant_id, draft, at=now).id


def race(site: live.Site, actors: int) -> tuple[GroupBuyState, int | None, list[OrderState]]:
    """Let all send their order at once for the last pieces, and decide among them, the last of
    them coming right behind; return what was decided, on how many, and how each order stands once
    all is carried out.
    """
    shop = open_shop(site, stock=actors, buyers=actors)
    group_buy_id = together(site, shop, actors // 3, actors)
    site.start()
    buyers = [shop.buyer(number) for number in range(actors)]
    pages = all_at_once(
        actors, lambda one: start_checkout(buyers[one], fill_basket(buyers[one], shop))
    )
    over = clock.now() + timedelta(hours=1, seconds=1)
    decided = threading.Event()
    joined = sa.select(sa.func.count()).select_from(GroupBuyOrder)

    def act(one: int) -> None:
        if one == actors - 1:
            decided.wait(60)
        if one < actors:
            send_order(buyers[one], pages[one])
            return
        for _round in range(200):
            if (db.session.scalar(joined) or 0) >= actors // 3:
                break
            db.session.rollback()
            time.sleep(0.01)
        db.session.rollback()
        with transaction():
            decide(group_buy_id, at=over)
        decided.set()

    with inside(site) as app:

        def each(one: int) -> None:
            with app.app_context():
                act(one)

        all_at_once(actors + 1, each)
        carry_out(group_buy_id, at=over)
        found = db.session.get_one(GroupBuy, group_buy_id, populate_existing=True)
        states = list(db.session.scalars(sa.select(Order.state)))
        return found.state, found.reached, states


@pytest.mark.timeout(600)
def test_who_joins_while_the_cut_off_is_decided_is_counted_or_refused(
    server: str | None, size: Size, proven: Proven
) -> None:
    actors = ACTORS[size]
    with live.site(server, LINLI_TESTING="1", workers=2) as site:
        state, reached, states = race(site, actors)
        assert state == GroupBuyState.REACHED
        assert reached == len(states)
        assert set(states) == {OrderState.ACCEPTED}
        audit(site)
    proven(
        f"{actors} join a group-buy while its cut-off is decided, {kind(server)}",
        f"{len(states)} counted and accepted, the others refused",
        "every order is counted",
    )


@pytest.mark.timeout(600)
def test_the_same_race_sees_late_joins_when_nobody_asks(
    server: str | None, size: Size, proven: Proven
) -> None:
    actors = ACTORS[size]
    with live.site(server, target="tests.proof.unguarded:app", LINLI_TESTING="1") as site:
        take_the_constraint_away(site)
        _state, reached, states = race(site, actors)
        assert OrderState.PLACED in states
        assert len(states) > (reached or 0)
    proven(
        f"the same race without the guard, {kind(server)}",
        f"{len(states)} orders in a group-buy that counted {reached}",
        "the fault is seen",
    )
