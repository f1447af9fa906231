"""A time that closes: who stands there is found, asked, and chooses another or the money back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.db import db, transaction
from app.core.errors import FieldError, NotAllowedError, NotFoundError
from app.core.pools.models import Hold
from app.core.pools.queries import wrong_counts
from app.merchants.errors import SlotFullError
from app.merchants.queries.collecting import slots_for
from app.merchants.services import points
from app.merchants.types import PointDraft, SlotMeasure, SlotRuleDraft, SlotState
from app.notifications.models import Notice
from app.orders.errors import CannotCancelError, OrderMovedError
from app.orders.jobs import remind_of_questions, sweep
from app.orders.models import Order
from app.orders.queries.closings import choices_of, concerned, open_question
from app.orders.services import cash, closings, counter, endings
from app.orders.types import OrderState
from app.payments.types import PayWay
from tests.factories import accounts, merchants, orders
from tests.factories.notifications import follow
from tests.factories.orders import Stall, fresh
from tests.visitor import Visitor

WHY = "The lobby is being painted."


def close(place: Stall, order: Order, *, day: bool = False) -> str:
    """Close the order's time, or its whole day, at its point; return what was closed."""
    assert order.slot_starts_at
    here = clock.local(order.slot_starts_at)
    text = f"{here:%Y-%m-%d}" if day else f"{here:%Y-%m-%d}:{here:%H%M}"
    with transaction():
        points.close_times(place.keeper, place.point.id, [text], True, at=clock.now())
    return text


def ask(place: Stall, order: Order) -> None:
    with transaction():
        closings.ask(place.keeper, order.id, reason=WHY, at=clock.now())


@pytest.fixture
def order(place: Stall) -> Order:
    """An accepted order whose time was closed and whose buyer is asked."""
    found = orders.accepted(place, 2)
    close(place, found)
    ask(place, found)
    return found


def test_a_closed_time_is_offered_to_nobody_and_its_neighbours_are(place: Stall) -> None:
    order = orders.accepted(place, 1)
    text = close(place, order)
    slots = {
        one.starts_at: one
        for one in slots_for(place.point.id, merchant_ids=[place.merchant.id], at=clock.now())
    }
    assert order.slot_starts_at
    assert not slots[order.slot_starts_at].is_free
    assert slots[order.slot_starts_at].state == SlotState.CLOSED
    assert slots[order.slot_starts_at + timedelta(hours=1)].is_free
    with transaction():
        points.close_times(place.keeper, place.point.id, [text], False, at=clock.now())
    assert concerned(merchant_id=place.merchant.id, at=clock.now()) == []


def test_nonsense_is_no_time_to_close_and_a_stranger_closes_nothing(place: Stall) -> None:
    for text in ("2026-13-01", "tomorrow", "2026-11-22:9", "2026-11-22:٠٩٠٠", ""):
        with pytest.raises(NotFoundError), transaction():
            points.close_times(place.keeper, place.point.id, [text], True, at=clock.now())
    with pytest.raises(NotAllowedError), transaction():
        points.close_times(place.customer, place.point.id, ["2026-11-22"], True, at=clock.now())


@pytest.mark.parametrize("what", ["time", "day", "point"])
def test_closing_a_time_a_day_or_a_point_finds_the_orders_that_stand_there(
    place: Stall, what: str
) -> None:
    there, other = orders.accepted(place, 1), orders.accepted(place, 1, slot=30)
    if what == "point":
        with transaction():
            points.archive_point(place.keeper, place.point.id, True, at=clock.now())
    else:
        close(place, there, day=what == "day")
    found = {row.order.id for row in concerned(merchant_id=place.merchant.id, at=clock.now())}
    assert found == ({there.id, other.id} if what == "point" else {there.id})
    by_point = {row.order.id for row in concerned(point_id=place.point.id, at=clock.now())}
    assert by_point == found


def test_one_tap_moves_an_order_and_takes_the_new_place_before_the_old_is_free(
    place: Stall, order: Order
) -> None:
    choice, held = choices_of(order.id, at=clock.now())[0], order.slot_hold_id
    with transaction():
        closings.choose(place.customer, order.id, choice.key, at=clock.now())
    moved = fresh(order)
    assert moved.slot_starts_at == choice.starts_at
    assert db.session.get_one(Hold, held, populate_existing=True).state == "released"
    assert open_question(order.id) is None
    assert wrong_counts() == []
    with pytest.raises(OrderMovedError), transaction():
        closings.choose(place.customer, order.id, choice.key, at=clock.now())
    with pytest.raises(OrderMovedError), transaction():
        closings.take_back(place.customer, order.id, at=clock.now())


def test_a_time_that_filled_meanwhile_leaves_the_order_where_it_was(
    place: Stall, order: Order
) -> None:
    choice = choices_of(order.id, at=clock.now())[0]
    for _ in range(3):
        orders.placed(place, 1, actor=accounts.viewer(accounts.person()))
    before = fresh(order).slot_starts_at, order.slot_hold_id
    with pytest.raises(SlotFullError), transaction():
        closings.choose(place.customer, order.id, choice.key, at=clock.now())
    assert (fresh(order).slot_starts_at, fresh(order).slot_hold_id) == before
    assert open_question(order.id) is not None


def test_the_money_comes_back_in_one_tap_however_late(place: Stall, order: Order) -> None:
    with transaction():
        cash.take_money(place.keeper, order.id, way=PayWay.CASH, at=clock.now())
    assert order.slot_starts_at
    with clock.travel(order.slot_starts_at + timedelta(days=1)), transaction():
        closings.take_back(place.customer, order.id, at=clock.now())
    assert fresh(order).state == OrderState.CANCELLED
    line = orders.line_of(order)
    assert (line.cancelled, line.uncollected) == (2, 0)


def test_somebody_elses_answer_is_refused_and_so_is_a_point_of_another_shop(
    place: Stall, order: Order
) -> None:
    stranger = accounts.viewer(accounts.person())
    choice = choices_of(order.id, at=clock.now())[0]
    with pytest.raises(NotAllowedError), transaction():
        closings.choose(stranger, order.id, choice.key, at=clock.now())
    elsewhere = orders.stall()
    key = orders.free_slot(elsewhere.point, elsewhere.merchant).slot_key
    with pytest.raises(NotFoundError), transaction():
        closings.choose(place.customer, order.id, key, at=clock.now())
    with pytest.raises(FieldError), transaction():
        closings.ask(place.keeper, order.id, reason=" ", at=clock.now())


def test_who_does_not_answer_is_reminded_twice_stays_on_the_list_and_misses_nothing(
    place: Stall, order: Order
) -> None:
    at = clock.now()
    for hours in (6, 12, 18, 24 * 5):
        sweep(at + timedelta(hours=hours, minutes=1))
        remind_of_questions(at + timedelta(hours=hours, minutes=1))
    question = open_question(order.id)
    assert question is not None
    assert question.reminders == 2
    later = at + timedelta(days=5)
    with pytest.raises(CannotCancelError), transaction():
        endings.mark_uncollected(place.keeper, order.id, at=later)
    assert orders.line_of(order).uncollected == 0
    follow(later)
    kinds = db.session.scalars(
        sa.select(Notice.kind).where(Notice.person_id == place.buyer.id)
    ).all()
    assert [kind.value for kind in kinds].count("order_asked") == 3


def test_an_order_handed_over_all_the_same_asks_nobody_any_more(place: Stall, order: Order) -> None:
    with transaction():
        counter.hand_over(place.keeper, order.id, at=clock.now())
    assert open_question(order.id) is None
    assert concerned(merchant_id=place.merchant.id, at=clock.now()) == []


def test_a_closed_point_leads_to_the_shops_other_point(place: Stall) -> None:
    order = orders.accepted(place, 1)
    second = merchants.point(place.merchant, name_zh="后门", name_en="Back door")
    with transaction():
        points.archive_point(place.keeper, place.point.id, True, at=clock.now())
    ask(place, order)
    choice = choices_of(order.id, at=clock.now())[0]
    assert choice.point_id == second.id
    with transaction():
        closings.choose(place.customer, order.id, choice.key, at=clock.now())
    assert fresh(order).point_id == second.id


# --- what a time counts ---


def counted(measure: SlotMeasure, capacity: int) -> Stall:
    place = orders.stall(stock=40)
    rules = tuple(SlotRuleDraft(day, 480, 1200, 60, capacity, measure) for day in range(7))
    with transaction():
        draft = PointDraft("店门口", "At the shop", lead_minutes=30, rules=rules)
        points.save_point(
            place.keeper, place.merchant.id, draft, at=clock.now(), point_id=place.point.id
        )
    return place


@pytest.mark.parametrize(
    ("measure", "capacity"), [(SlotMeasure.ITEMS, 5), (SlotMeasure.MONEY, 2600 * 5)]
)
def test_a_time_counts_pieces_or_money_and_has_no_room_for_more(
    noon: None, measure: SlotMeasure, capacity: int
) -> None:
    place = counted(measure, capacity)
    first = orders.free_slot(place.point, place.merchant).slot_key
    orders.placed(place, 3)
    slot = next(
        one
        for one in slots_for(place.point.id, merchant_ids=[place.merchant.id], at=clock.now())
        if one.key == first
    )
    assert (slot.capacity, slot.free) == (capacity, capacity * 2 // 5)
    assert slot.is_free
    with pytest.raises(SlotFullError):
        orders.placed(place, 3)
    orders.placed(place, 2, actor=accounts.viewer(accounts.person()))
    assert wrong_counts() == []


def test_what_a_time_counts_is_not_changed_under_who_ordered_for_it(noon: None) -> None:
    place = counted(SlotMeasure.ITEMS, 5)
    order = orders.placed(place, 3)
    rules = tuple(SlotRuleDraft(day, 480, 1200, 60, 5) for day in range(7))
    draft = PointDraft("店门口", "At the shop", lead_minutes=30, rules=rules)
    known = {"at": clock.now(), "point_id": place.point.id}
    with pytest.raises(FieldError), transaction():
        points.save_point(place.keeper, place.merchant.id, draft, **known)
    with transaction():
        endings.cancel(place.customer, order.id, at=clock.now())
    with transaction():
        points.save_point(place.keeper, place.merchant.id, draft, **known)


def test_the_address_of_a_home_is_shown_only_to_who_ordered(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    desk = accounts.viewer(accounts.person(roles=("operator",)))
    rules = tuple(SlotRuleDraft(day, 480, 1200, 60, 5) for day in range(7))
    draft = PointDraft(
        "王阿姨家", "At Mrs Wang's", address="静安里 3 号 502 室", note="Ring twice.", lat=31.2,
        lng=121.4, lead_minutes=30, is_home=True, rules=rules,
    )  # fmt: skip
    with transaction():
        hub = points.save_point(desk, None, draft, at=clock.now())
        points.use_point(place.keeper, place.merchant.id, hub.id, True, at=clock.now())
    buyer = sign_in(place.buyer)
    for path in (f"/merchants/{place.merchant.id}", f"/merchants/listings/{place.listing.id}"):
        page = buyer.visit(path)
        assert "At Mrs Wang" in page
        assert "502" not in page
    hubbed = Stall(place.merchant, place.listing, hub, place.owner, place.buyer)
    order = orders.placed(hubbed, 1)
    page = buyer.visit(f"/orders/{order.id}")
    assert "502" in page


# --- through the pages ---


def test_a_shop_closes_a_time_asks_and_the_buyer_answers_with_one_tap(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    order = orders.accepted(place, 2)
    assert order.slot_starts_at
    keeper, base = sign_in(place.owner), f"/workbench/{place.merchant.id}"
    times = f"{base}/points/{place.point.id}/times"
    here = clock.local(order.slot_starts_at)
    assert "1 of 3 orders" in keeper.visit(times)
    sent = {"time": f"{here:%Y-%m-%d}:{here:%H%M}", "on": "y"}
    page = keeper.follow(keeper.post(times, sent, status=303))
    assert order.number in page
    assert "not asked yet" in page
    form = {"reason": WHY, "once": "a"}
    assert keeper.post(f"{base}/closed-times/ask", {"reason": "", "once": "b"}).status == 422
    page = keeper.follow(keeper.post(f"{base}/closed-times/ask", form, status=303))
    assert "not asked yet" not in page
    buyer = sign_in(place.buyer)
    page = buyer.visit(f"/orders/{order.id}")
    assert WHY in page
    forms = page.forms(f"/orders/{order.id}/choose")
    assert len(forms) == 4
    buyer.post(f"/orders/{order.id}/choose", forms[0], status=303)
    assert "Your time is closed" not in buyer.visit(f"/orders/{order.id}")
    assert "No order stands at a closed time" in keeper.visit(f"{base}/closed-times")
    assert sign_in(accounts.person()).get(times).status == 403


def test_a_shop_that_is_closed_today_lets_its_buyers_choose(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    order = orders.accepted(place, 1)
    keeper, base = sign_in(place.owner), f"/workbench/{place.merchant.id}"
    assert "Let each buyer choose" not in keeper.visit(f"{base}/due-today")
    keeper.post(f"{base}/closed-today", {"on": "y", "once": "a"}, status=303)
    assert "Let each buyer choose" in keeper.visit(f"{base}/due-today")
    assert order.number in keeper.visit(f"{base}/closed-times")


def test_the_desk_closes_a_day_of_a_hub_for_all_shops_that_use_it(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    desk = accounts.person(roles=("operator",), language="en")
    rules = tuple(SlotRuleDraft(day, 480, 1200, 60, 5) for day in range(7))
    other = orders.stall()
    with transaction():
        hub = points.save_point(
            accounts.viewer(desk), None, PointDraft("大堂", "The lobby", rules=rules),
            at=clock.now(),
        )  # fmt: skip
        for one in (place, other):
            points.use_point(one.keeper, one.merchant.id, hub.id, True, at=clock.now())
    found = [
        orders.accepted(Stall(one.merchant, one.listing, hub, one.owner, one.buyer), 1)
        for one in (place, other)
    ]
    visitor, times = sign_in(desk), f"/operator/points/{hub.id}/times"
    day = f"{clock.local(found[0].slot_starts_at):%Y-%m-%d}"
    page = visitor.follow(visitor.post(times, {"time": day, "on": "y"}, status=303))
    assert all(one.number in page for one in found)
    visitor.post(f"/operator/points/{hub.id}/ask", {"reason": WHY, "once": "a"}, status=303)
    assert all(open_question(one.id) for one in found)
    assert sign_in(place.owner).get(times).status == 403
