"""A shop that must close for a day moves its orders on, or calls them off; nobody comes in vain."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.access import Viewer
from app.core.db import db, transaction
from app.core.pools.models import Hold, Pool
from app.merchants.services.hours import mark_closed_today
from app.notifications.models import Notice
from app.orders.errors import NoFreeTimeError, OrderOverError, WrongShopError
from app.orders.models import Order
from app.orders.queries.moving import due_today
from app.orders.services import cash, endings, moving
from app.orders.types import OrderState, Timer
from app.payments.types import PayWay
from tests.factories import accounts, merchants, orders
from tests.factories.notifications import follow
from tests.factories.orders import Stall
from tests.visitor import Visitor

EARLY = timedelta(hours=2)


@pytest.fixture
def morning(place: Stall) -> Iterator[list[Order]]:
    """The morning of a day with two orders, one of them not answered yet."""
    found = [orders.accepted(place, 1), orders.placed(place, 1)]
    first = found[0].slot_starts_at
    assert first is not None
    with clock.travel(first - EARLY):
        yield found


def close(place: Stall) -> None:
    with transaction():
        mark_closed_today(place.keeper, place.merchant.id, True, at=clock.now())


def fresh(order: Order) -> Order:
    """The order as the database has it now."""
    return db.session.get_one(Order, order.id, populate_existing=True)


def places_taken() -> dict[str, int]:
    rows = db.session.execute(
        sa.select(Pool.subject_key, Pool.taken).where(Pool.kind == "slot", Pool.taken > 0)
    )
    return dict(rows.all())


def test_an_order_moves_to_the_next_free_time_and_takes_its_place_there(
    place: Stall, morning: list[Order]
) -> None:
    close(place)
    order, other = morning
    was, held = order.slot_starts_at, order.slot_hold_id
    with transaction():
        moving.move_on(place.keeper, order.id, at=clock.now())
    order = fresh(order)
    assert was
    assert order.slot_starts_at
    assert order.slot_ends_at
    assert clock.local(order.slot_starts_at).date() > clock.local(was).date()
    assert order.state == OrderState.ACCEPTED
    assert order.due_what == Timer.NO_SHOW
    assert order.due_at
    assert order.due_at > order.slot_ends_at
    old = db.session.get_one(Hold, held)
    assert old.state == "released"
    assert sum(places_taken().values()) == 2
    assert [one.id for one in due_today(place.merchant.id, at=clock.now())] == [other.id]
    assert orders.line_of(order).to_prepare == 1


def test_an_unanswered_order_moves_and_its_answer_is_promised_anew(
    place: Stall, morning: list[Order]
) -> None:
    order = morning[1]
    with transaction():
        moving.move_on(place.keeper, order.id, at=clock.now())
    order = fresh(order)
    assert order.state == OrderState.PLACED
    assert order.reminders == 0
    assert order.accept_by
    assert order.slot_starts_at
    assert order.accept_by < order.slot_starts_at
    assert order.accept_by > clock.now()


def test_who_was_moved_may_cancel_freely_until_it_begins(
    place: Stall, morning: list[Order]
) -> None:
    order = morning[0]
    with transaction():
        moving.move_on(place.keeper, order.id, at=clock.now())
    starts_at = fresh(order).slot_starts_at
    assert starts_at
    with clock.travel(starts_at - timedelta(minutes=1)), transaction():
        endings.cancel(place.customer, order.id, at=clock.now())
    assert fresh(order).state == OrderState.CANCELLED
    assert orders.line_of(order).cancelled == 1


def test_a_stranger_moves_nothing_and_what_is_over_stays(
    place: Stall, morning: list[Order]
) -> None:
    stranger: Viewer = accounts.viewer(accounts.person())
    with pytest.raises(WrongShopError), transaction():
        moving.move_on(stranger, morning[0].id, at=clock.now())
    with transaction():
        endings.cancel_by_shop(place.keeper, morning[0].id, reason="ill", at=clock.now())
    with pytest.raises(OrderOverError), transaction():
        moving.move_on(place.keeper, morning[0].id, at=clock.now())


def test_without_a_free_time_the_order_stays_where_it_was(place: Stall) -> None:
    order = orders.accepted(place, 1)
    was, held = order.slot_starts_at, order.slot_hold_id
    assert was
    with clock.travel(was - EARLY):
        with transaction():
            db.session.execute(sa.text("DELETE FROM slot_rules"))
        with pytest.raises(NoFreeTimeError), transaction():
            moving.move_on(place.keeper, order.id, at=clock.now())
        with transaction():
            assert moving.move_day(place.keeper, place.merchant.id, at=clock.now()) == (0, 1)
    order = fresh(order)
    assert (order.slot_starts_at, order.slot_hold_id) == (was, held)
    assert db.session.get_one(Hold, held).state == "confirmed"


def test_a_full_next_day_leads_to_the_day_after(noon: None) -> None:
    place = orders.stall(capacity=1)
    first, second = orders.accepted(place, 1), orders.accepted(place, 1, slot=1)
    assert first.slot_starts_at
    with clock.travel(first.slot_starts_at - EARLY), transaction():
        moved, left = moving.move_day(place.keeper, place.merchant.id, at=clock.now())
    assert (moved + left, left) == (moved, 0)
    starts = {fresh(one).slot_starts_at for one in (first, second)}
    assert len(starts) == 2
    assert max(places_taken().values()) == 1


def test_a_booked_time_moves_to_another_day_and_frees_its_quarters(noon: None) -> None:
    place = orders.stall()
    cut = merchants.service(place.merchant, (merchants.resource(place.merchant).id,))
    order = orders.booked(place, cut)
    was, holds = order.slot_starts_at, list(orders.line_of(order).hold_ids)
    assert was
    with clock.travel(was - EARLY), transaction():
        moving.move_on(place.keeper, order.id, at=clock.now())
    order, line = fresh(order), orders.line_of(order)
    assert line.starts_at == order.slot_starts_at
    assert line.starts_at
    assert line.starts_at > was
    assert clock.local(line.starts_at).date() > clock.local(was).date()
    states = {db.session.get_one(Hold, one).state.value for one in holds}
    assert states == {"released"}
    assert not set(holds) & set(line.hold_ids)


def test_closing_leads_to_the_orders_of_the_day_and_moves_them_all(
    place: Stall, morning: list[Order], sign_in: Callable[..., Visitor]
) -> None:
    keeper, base = sign_in(place.owner), f"/workbench/{place.merchant.id}"
    answer = keeper.post(f"{base}/closed-today", {"on": "y", "once": "a"}, status=303)
    page = keeper.follow(answer)
    assert "2 orders for today" in page
    assert "Move all" in page
    [form] = page.forms(f"{base}/due-today/{morning[0].id}/move")
    keeper.post(f"{base}/due-today/{morning[0].id}/move", form, status=303)
    assert "1 order for today" in keeper.visit(f"{base}/due-today")
    keeper.post(f"{base}/due-today/move", {"once": "b"}, status=303)
    page = keeper.visit(f"{base}/due-today")
    assert "No orders for today" in page
    assert "Nobody is waiting" in page
    buyer = sign_in(place.buyer).visit(f"/orders/{morning[0].id}")
    assert "moved to" in buyer
    follow(clock.now())
    kinds = db.session.scalars(
        sa.select(Notice.kind).where(Notice.person_id == place.buyer.id)
    ).all()
    assert [kind.value for kind in kinds].count("order_moved") == 2
    assert "cannot serve you then" in sign_in(place.buyer).visit("/me/notifications/")


def test_calling_the_day_off_cancels_each_and_owes_back_what_was_paid(
    place: Stall, morning: list[Order], sign_in: Callable[..., Visitor]
) -> None:
    keeper, base = sign_in(place.owner), f"/workbench/{place.merchant.id}"
    with transaction():
        cash.take_money(place.keeper, morning[0].id, way=PayWay.CASH, at=clock.now())
    keeper.post(f"{base}/due-today/{morning[1].id}/cancel", status=303)
    assert fresh(morning[1]).state == OrderState.CANCELLED
    keeper.post(f"{base}/due-today/cancel", {"once": "c"}, status=303)
    assert fresh(morning[0]).state == OrderState.CANCELLED
    assert "Money back" in sign_in(place.buyer).visit(f"/orders/{morning[0].id}")
    stranger = sign_in(accounts.person())
    assert stranger.post(f"{base}/due-today/cancel").status == 403
    assert stranger.get(f"{base}/due-today").status == 403
