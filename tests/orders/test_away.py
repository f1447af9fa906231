"""A shop that is away for some days: its page says so, its times close, its orders are moved on."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.core import clock
from app.core.access import SYSTEM
from app.core.db import db, transaction
from app.core.errors import FieldError, NotAllowedError
from app.merchants.queries import browsing
from app.merchants.queries.collecting import page_slots
from app.merchants.queries.hours import spans_of
from app.merchants.services import hours
from app.orders.models import Order
from app.orders.types import OrderState
from tests.factories import accounts, orders
from tests.factories.orders import Stall
from tests.visitor import Visitor


def open_days(place: Stall) -> list[int]:
    """Return on which of the coming days, counted from today, something can be collected."""
    today = clock.today()
    points = page_slots(place.merchant.id, at=clock.now(), days=6)
    return sorted({(slot.day - today).days for _, some in points for slot in some if slot.is_free})


def test_days_away_close_times_and_hours_and_end_by_themselves(place: Stall) -> None:
    shop_id, today, now = place.merchant.id, clock.today(), clock.now()
    before = open_days(place)
    first, last = today + timedelta(days=1), today + timedelta(days=3)
    with transaction():
        hours.begin_closure(place.keeper, shop_id, first, last, note="看父母", at=now)
    assert open_days(place) == [day for day in before if day not in (1, 2, 3)]
    spans = spans_of([shop_id], first=now, last=now + timedelta(days=9))[shop_id]
    opened = {clock.local(span.starts_at).date() for span in spans}
    assert not opened & {first, first + timedelta(days=1), last}
    assert last + timedelta(days=1) in opened
    with clock.travel(now + timedelta(days=2)):
        assert shop_id not in browsing.shops_to_collect_from_today(at=clock.now())
    with clock.travel(now + timedelta(days=4)):
        assert 0 in open_days(place)
        page = browsing.merchant_for(SYSTEM, shop_id)
        assert not page.will_be_away(clock.today())
    with transaction():
        hours.end_closure(place.keeper, shop_id, at=now)
    assert open_days(place) == before


def test_what_is_no_absence_is_refused_and_a_stranger_says_none(place: Stall) -> None:
    today, stranger = clock.today(), accounts.viewer(accounts.person())
    for first, last in ((-1, 2), (3, 2), (1, 200)):
        with pytest.raises(FieldError), transaction():
            hours.begin_closure(
                place.keeper, place.merchant.id, today + timedelta(days=first),
                today + timedelta(days=last), at=clock.now(),
            )  # fmt: skip
    with pytest.raises(NotAllowedError), transaction():
        hours.begin_closure(stranger, place.merchant.id, today, today, at=clock.now())


def test_who_goes_away_is_led_to_the_orders_of_these_days_and_moves_them_behind(
    place: Stall, guest: Visitor, sign_in: Callable[..., Visitor]
) -> None:
    order = orders.accepted(place, 1)
    other = orders.placed(place, 1)
    assert order.slot_starts_at
    first = clock.local(order.slot_starts_at).date()
    last = first + timedelta(days=2)
    keeper, base = sign_in(place.owner), f"/workbench/{place.merchant.id}"
    typed = {"first": str(first), "last": str(first - timedelta(days=1)), "note": "回老家"}
    assert "回老家" in keeper.post(f"{base}/away", typed, status=422)
    answer = keeper.post(f"{base}/away", typed | {"last": str(last), "once": "a"}, status=303)
    page = keeper.follow(answer)
    assert "2 orders for these days" in page
    assert "回老家" in guest.visit(f"/merchants/{place.merchant.id}")
    keeper.post(f"{base}/due-today/{order.id}/move?of=away", status=303)
    order = db.session.get_one(Order, order.id, populate_existing=True)
    assert order.slot_starts_at
    assert clock.local(order.slot_starts_at).date() > last
    keeper.post(f"{base}/due-today/cancel?of=away", {"once": "b"}, status=303)
    other = db.session.get_one(Order, other.id, populate_existing=True)
    assert other.state == OrderState.CANCELLED
    assert "No orders for these days" in keeper.visit(f"{base}/due-today?of=away")
    assert "away" in keeper.visit(f"{base}/hours")
    keeper.post(f"{base}/away/end", {"once": "c"}, status=303)
    assert "回老家" not in guest.visit(f"/merchants/{place.merchant.id}?again=1")
    assert sign_in(accounts.person()).get(f"{base}/away").status == 403
