"""Goods in full: packs out of one stock, things made to order, what is to be known before ordering,
and waiting for what is sold out.
"""

from datetime import timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.db import db, transaction
from app.core.errors import ConflictError, FieldError, NotFoundError
from app.core.pools.models import Pool
from app.core.pools.queries import wrong_counts
from app.merchants.models import Listing, StockWait, Variant
from app.merchants.queries.collecting import slots_for
from app.merchants.services import listings, waits
from app.merchants.services.shelf import draft_of
from app.merchants.types import ListingDraft, ListingKind, VariantDraft
from app.merchants.types.waits import WaitState
from app.orders.errors import DayFullError, LineProblemError, TermsChangedError, TooSoonError
from app.orders.models import Order
from app.orders.queries.baskets import basket_quote
from app.orders.services import basket, checkout, counter, endings, moving, preparation
from app.orders.types import Contact
from app.payments.types import PayWay
from tests.factories import accounts, merchants, orders
from tests.factories.orders import Stall

PACKED = (
    VariantDraft(500, "单瓶", "Bottle", stock=30),
    VariantDraft(5400, "整箱", "Case", pack_size=12),
)


def pool_of(variant_id: int) -> tuple[int | None, int]:
    """Return total and taken of a size's pool."""
    pool = db.session.get_one(
        Pool, db.session.get_one(Variant, variant_id).pool_id, populate_existing=True
    )
    return pool.total, pool.taken


def sizes_of(listing: Listing) -> list[int]:
    """Return the ids of a listing's sizes, in order."""
    return [size.id or 0 for size in draft_of(listing).variants]


def buy(
    place: Stall, wanted: dict[int, int], *, actor: Any = None, slot: int = 0, **more: Any
) -> Order:
    """Order so many of some sizes of the stall."""
    buyer = actor or place.customer
    with transaction():
        for variant_id, quantity in wanted.items():
            basket.add_to_basket(
                buyer, token=None, variant_id=variant_id, quantity=quantity, at=clock.now()
            )
    total = basket_quote(buyer, None, at=clock.now()).total_minor
    try:
        with transaction():
            held = checkout.start_checkout(buyer, token=None, expected_total=total, at=clock.now())
        with transaction():
            [order] = checkout.place_orders(
                buyer, held.id, token=None, contact=Contact("王梅", "138 1234 5678"),
                wishes={place.merchant.id: orders.free_slot(place.point, place.merchant,
                                                            number=slot)},
                pay_way=PayWay.CASH, expected_total=total, at=clock.now(), **more,
            )  # fmt: skip
    finally:
        with transaction():
            basket.empty_basket(buyer, token=None)
    return order


# --- packs ---


def test_a_case_and_single_bottles_come_out_of_one_stock(place: Stall) -> None:
    water = merchants.goods(place.merchant, variants=PACKED)
    bottle, case = sizes_of(water)
    order = buy(place, {bottle: 3, case: 2})
    assert pool_of(bottle) == pool_of(case) == (30, 27)
    quote = basket_quote(place.customer, None, at=clock.now())
    assert quote.lines == ()
    with pytest.raises(LineProblemError):
        buy(place, {case: 1}, actor=accounts.viewer(accounts.person("赵")))
    with transaction():
        preparation.accept(place.keeper, order.id, at=clock.now())
    with transaction():
        counter.hand_over(place.keeper, order.id, money=PayWay.CASH, at=clock.now())
    assert pool_of(bottle) == (3, 0)
    assert wrong_counts() == []


def test_shorting_refunding_and_cancelling_a_case_count_its_bottles(place: Stall) -> None:
    water = merchants.goods(place.merchant, variants=PACKED)
    bottle, case = sizes_of(water)
    order = buy(place, {case: 2})
    with transaction():
        preparation.accept(place.keeper, order.id, at=clock.now())
    line = orders.line_of(order)
    assert line.pack_size == 12
    with transaction():
        preparation.prepare(
            place.keeper, order.id, {line.id: (0, 1)}, reason="漏了", at=clock.now()
        )
    assert pool_of(bottle) == (18, 12)
    with transaction():
        endings.cancel_by_shop(place.keeper, order.id, reason="停水", at=clock.now())
    assert pool_of(bottle) == (18, 0)
    assert wrong_counts() == []


def test_a_pack_needs_its_single_piece_and_has_no_count_of_its_own(place: Stall) -> None:
    alone = (VariantDraft(5400, "整箱", "Case", pack_size=12),)
    with pytest.raises(FieldError):
        merchants.goods(place.merchant, variants=alone)
    water = merchants.goods(place.merchant, variants=PACKED)
    bottle, case = sizes_of(water)
    with transaction():
        listings.set_stock(place.keeper, bottle, 48, at=clock.now())
    with pytest.raises(ConflictError), transaction():
        listings.set_stock(place.keeper, case, 3, at=clock.now())
    draft = draft_of(water)
    only = ListingDraft(ListingKind.GOODS, "水", "", variants=draft.variants[1:])
    with pytest.raises(FieldError), transaction():
        listings.change_listing(place.keeper, water.id, only, at=clock.now())


# --- made to order ---


def cakes(place: Stall, *, daily: int = 3, days: int = 1) -> int:
    """Put cakes on the shelf of which so many are made a day; return the size's id."""
    cake = merchants.goods(
        place.merchant,
        stock=None,
        name_zh="生日蛋糕",
        name_en="Birthday cake",
        daily_total=daily,
        lead_days=days,
    )
    return orders.variant_of(cake)


def slot_on(place: Stall, days: int) -> int:
    """Return the number of the first free pickup time so many days on."""
    there = slots_for(place.point.id, merchant_ids=[place.merchant.id], at=clock.now())
    free = [one for one in there if one.is_free]
    day = clock.local(clock.now()).date() + timedelta(days=days)
    return next(n for n, one in enumerate(free) if one.day == day)


def test_what_is_made_to_order_needs_its_days_and_no_more_of_it_than_a_day_allows(
    place: Stall,
) -> None:
    cake = cakes(place)
    with pytest.raises(TooSoonError):
        buy(place, {cake: 1}, slot=slot_on(place, 0))
    buy(place, {cake: 2}, slot=slot_on(place, 1))
    with pytest.raises(DayFullError):
        buy(place, {cake: 2}, slot=slot_on(place, 1))
    buy(place, {cake: 1}, slot=slot_on(place, 1))
    buy(place, {cake: 3}, slot=slot_on(place, 2))
    assert wrong_counts() == []


def test_a_cancelled_cake_gives_its_day_back_and_a_collected_one_does_not(place: Stall) -> None:
    cake = cakes(place, days=0)
    first = buy(place, {cake: 2}, slot=slot_on(place, 1))
    second = buy(place, {cake: 1}, slot=slot_on(place, 1))
    with transaction():
        endings.cancel_by_shop(place.keeper, first.id, reason="没奶油", at=clock.now())
    with transaction():
        preparation.accept(place.keeper, second.id, at=clock.now())
    with clock.travel(second.slot_starts_at or orders.NOON), transaction():
        counter.hand_over(place.keeper, second.id, money=PayWay.CASH, at=clock.now())
    with pytest.raises(DayFullError):
        buy(place, {cake: 3}, slot=slot_on(place, 1))
    buy(place, {cake: 2}, slot=slot_on(place, 1))
    assert wrong_counts() == []


def test_an_order_that_moves_takes_its_cakes_to_a_day_that_has_room(place: Stall) -> None:
    cake = cakes(place, days=0)
    order = buy(place, {cake: 2}, slot=slot_on(place, 1))
    buy(place, {cake: 2}, slot=slot_on(place, 2))
    with transaction():
        moving.move_on(place.keeper, order.id, at=clock.now())
    moved = orders.fresh(order)
    assert moved.slot_starts_at is not None
    day = clock.local(moved.slot_starts_at).date() - clock.local(clock.now()).date()
    assert day.days == 3
    buy(place, {cake: 3}, slot=slot_on(place, 1))
    assert wrong_counts() == []


def test_a_shop_that_makes_more_a_day_opens_days_that_were_full(place: Stall) -> None:
    cake = cakes(place, days=0)
    listing = db.session.get_one(Listing, db.session.get_one(Variant, cake).listing_id)
    buy(place, {cake: 3}, slot=slot_on(place, 1))
    draft = draft_of(listing)
    for total in (5, 1):
        wanted = ListingDraft(
            ListingKind.GOODS, draft.name_zh, "", variants=draft.variants, daily_total=total
        )
        with transaction():
            listings.change_listing(place.keeper, listing.id, wanted, at=clock.now())
        if total == 5:
            buy(place, {cake: 2}, slot=slot_on(place, 1))
    with pytest.raises(DayFullError):
        buy(place, {cake: 1}, slot=slot_on(place, 1))


def test_the_checkout_says_which_days_are_too_soon_or_full(place: Stall, sign_in: Any) -> None:
    cake = cakes(place)
    buy(place, {cake: 3}, slot=slot_on(place, 1))
    visitor = sign_in(place.buyer)
    visitor.post("/orders/basket/add", {"variant_id": cake, "quantity": 1}, status=303)
    page = visitor.follow(
        visitor.post(
            "/orders/checkout", visitor.visit("/orders/basket").forms("/orders/checkout")[0],
            status=303,
        )
    )  # fmt: skip
    assert "Needs a day's notice" in page
    assert "No more of Birthday cake that day" in page


# --- to be known before ordering ---


def test_rules_and_allergens_are_shown_before_ordering_and_frozen_on_the_order(
    place: Stall, sign_in: Any
) -> None:
    bread = merchants.goods(place.merchant, rules="当天吃完。", allergens="小麦、牛奶")
    size = orders.variant_of(bread)
    order = buy(place, {size: 1})
    draft = draft_of(bread)
    other = ListingDraft(ListingKind.GOODS, draft.name_zh, "", variants=draft.variants)
    with transaction():
        listings.change_listing(place.keeper, bread.id, other, at=clock.now())
    line = orders.line_of(order)
    assert (line.rules, line.allergens) == ("当天吃完。", "小麦、牛奶")
    page = sign_in(place.buyer).visit(f"/orders/{order.id}")
    assert "当天吃完。" in page
    assert "Contains: 小麦、牛奶" in page


def test_rules_that_changed_while_the_checkout_was_open_are_shown_first(place: Stall) -> None:
    bread = merchants.goods(place.merchant, rules="当天吃完。")
    size = orders.variant_of(bread)
    with pytest.raises(TermsChangedError):
        buy(place, {size: 1}, seen_terms="another")
    with transaction():
        basket.add_to_basket(place.customer, token=None, variant_id=size, at=clock.now())
    key = basket_quote(place.customer, None, at=clock.now()).terms_key
    with transaction():
        basket.empty_basket(place.customer, token=None)
    assert buy(place, {size: 1}, seen_terms=key).id


# --- waiting for what is sold out ---


def wait_of(person: Any, variant_id: int) -> StockWait:
    """Return somebody's last wait for a size, as it stands."""
    return (
        db.session.query(StockWait)
        .populate_existing()
        .filter_by(person_id=person.id, variant_id=variant_id)
        .order_by(StockWait.id.desc())
        .first()
    )


def queue(variant_id: int, *people: Any) -> None:
    """Let people ask to be told, one after the other."""
    for person in people:
        with transaction():
            waits.wait_for(accounts.viewer(person), variant_id, at=clock.now())


def test_what_comes_back_is_kept_for_the_first_in_line_and_then_for_the_next(place: Stall) -> None:
    size = place.variant_id
    order = buy(place, {size: 7})
    first, second = accounts.person("周"), accounts.person("吴")
    queue(size, first, first, second)
    with transaction():
        endings.cancel_by_shop(place.keeper, order.id, reason="错了", at=clock.now())
    assert [wait_of(one, size).state for one in (first, second)] == [WaitState.OFFERED] * 2
    assert pool_of(size) == (7, 2)
    bought = buy(place, {size: 2}, actor=accounts.viewer(first))
    assert wait_of(first, size).state is WaitState.TAKEN
    assert pool_of(size) == (7, 3)
    assert orders.line_of(bought).hold_ids == [wait_of(first, size).hold_id]
    with transaction():
        endings.cancel_by_shop(place.keeper, bought.id, reason="错了", at=clock.now())
    assert pool_of(size) == (7, 1)
    assert wrong_counts() == []


def test_one_piece_goes_down_the_line_as_each_lets_it_go_by(place: Stall) -> None:
    size = place.variant_id
    buy(place, {size: 7})
    first, second, third = (accounts.person(name) for name in "周吴郑")
    queue(size, first, second, third)
    with transaction():
        listings.set_stock(place.keeper, size, 8, at=clock.now())
    with pytest.raises(LineProblemError):
        buy(place, {size: 1})
    late = clock.now() + timedelta(days=3)
    with clock.travel(late):
        with transaction():
            assert waits.end_offers(at=late) == 1
        assert wait_of(first, size).state is WaitState.PASSED
        assert wait_of(second, size).state is WaitState.OFFERED
        assert wait_of(second, size).due_at == late + timedelta(hours=2)
        with transaction():
            assert waits.end_offers(at=late) == 0
            waits.leave_line(accounts.viewer(second), size)
        assert wait_of(third, size).state is WaitState.OFFERED
    assert wrong_counts() == []


def test_a_checkout_that_is_left_keeps_the_piece_until_its_time_is_over(place: Stall) -> None:
    size = place.variant_id
    buy(place, {size: 7})
    first = accounts.person("周")
    queue(size, first)
    with transaction():
        listings.set_stock(place.keeper, size, 8, at=clock.now())
    held = orders.started(place, 1, actor=accounts.viewer(first))
    assert wait_of(first, size).state is WaitState.TAKEN
    with transaction():
        checkout.leave_checkout(accounts.viewer(first), held, token=None, at=clock.now())
        basket.empty_basket(accounts.viewer(first), token=None)
    assert wait_of(first, size).state is WaitState.OFFERED
    with pytest.raises(LineProblemError):
        buy(place, {size: 1})
    order = buy(place, {size: 1}, actor=accounts.viewer(first))
    with transaction():
        preparation.accept(place.keeper, order.id, at=clock.now())
    assert wrong_counts() == []


def test_only_what_is_sold_out_and_for_sale_can_be_waited_for(place: Stall) -> None:
    with pytest.raises(ConflictError):
        queue(place.variant_id, place.buyer)
    with pytest.raises(NotFoundError), transaction():
        waits.leave_line(place.customer, place.variant_id)


def test_who_waits_for_a_case_does_not_keep_single_pieces_from_others(place: Stall) -> None:
    water = merchants.goods(place.merchant, variants=PACKED)
    bottle, case = sizes_of(water)
    order = buy(place, {bottle: 30})
    big, small = accounts.person("周"), accounts.person("吴")
    queue(case, big)
    queue(bottle, small)
    with transaction():
        listings.set_stock(place.keeper, bottle, 33, at=clock.now())
    assert wait_of(big, case).state is WaitState.WAITING
    assert wait_of(small, bottle).state is WaitState.OFFERED
    with transaction():
        endings.cancel_by_shop(place.keeper, order.id, reason="错了", at=clock.now())
    assert wait_of(big, case).state is WaitState.OFFERED
    assert pool_of(bottle) == (33, 13)
