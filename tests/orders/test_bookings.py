"""Booked times: with whom, changed by their buyer within the policy, the same again, moved by the
shop; fifty for one time.
"""

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.access import Viewer
from app.core.db import db, transaction
from app.core.pools.models import Pool
from app.core.pools.queries import wrong_counts
from app.merchants.errors import TimeTakenError
from app.merchants.models import Listing
from app.merchants.queries import booking as times
from app.notifications.models import Notice
from app.orders.errors import BookedError, CannotRebookError, NobodyFreeError
from app.orders.models import Booking, Order
from app.orders.queries.baskets import basket_quote
from app.orders.services import basket, checkout, endings, preparation, rebooking
from app.orders.types import Contact, OrderState
from app.payments.types import PayWay
from tests.factories import accounts, merchants, orders
from tests.factories.notifications import follow
from tests.factories.orders import Stall
from tests.races import Race, nothing_counted
from tests.visitor import Visitor


@pytest.fixture
def salon(place: Stall) -> tuple[Listing, int, int]:
    """A haircut by one of two people."""
    man, yuan = (merchants.resource(place.merchant, name=name).id for name in ("小满", "阿元"))
    return merchants.service(place.merchant, (man, yuan), minutes=30), man, yuan


def book(place: Stall, cut: Listing, key: str, *, actor: Viewer | None = None) -> Order:
    buyer, at = actor or place.customer, clock.now()
    variant = orders.variant_of(cut)
    with transaction():
        basket.add_to_basket(buyer, token=None, variant_id=variant, time_key=key, at=at)
    total = basket_quote(buyer, None, at=at).total_minor
    with transaction():
        held = checkout.start_checkout(buyer, token=None, expected_total=total, at=at)
    with transaction():
        [order] = checkout.place_orders(
            buyer, held.id, token=None, wishes={}, contact=Contact("王梅", "138 1234 5678"),
            pay_way=PayWay.CASH, expected_total=total, at=at,
        )  # fmt: skip
    return order


def accept(place: Stall, order: Order) -> None:
    with transaction():
        preparation.accept(place.keeper, order.id, at=clock.now())


def taken() -> dict[str, int]:
    rows = db.session.execute(
        sa.select(Pool.subject_key, Pool.taken).where(Pool.kind == "quantum", Pool.taken > 0)
    )
    return dict(rows.all())


def helpers_of(order: Order) -> list[int]:
    line = orders.line_of(order).id
    return list(db.session.scalars(sa.select(Booking.resource_id).where(Booking.line_id == line)))


def test_whom_one_chose_is_whom_one_gets_and_it_is_written_down(place, salon) -> None:
    cut, man, yuan = salon
    found = times.times_with(cut.id, at=clock.now())
    order = book(place, cut, found.of(yuan)[0].key)
    assert helpers_of(order) == [yuan]
    assert {key.split(":")[0] for key in taken()} == {str(yuan)}
    second = book(place, cut, times.times_for(cut.id, at=clock.now())[0].key)
    assert helpers_of(second) == [man], "whoever is free first"
    with pytest.raises((BookedError, TimeTakenError)):
        book(place, cut, found.of(yuan)[0].key)


def test_another_time_takes_the_new_quarters_and_frees_the_old(place, salon) -> None:
    cut, man, yuan = salon
    first, second = times.times_with(cut.id, at=clock.now()).of(man)[:2]
    order = book(place, cut, first.key)
    accept(place, order)
    before = set(taken())
    with transaction():
        rebooking.rebook(
            place.customer, order.id, orders.line_of(order).id, second.key, at=clock.now()
        )
    order = orders.fresh(order)
    assert order.slot_starts_at == second.starts_at == orders.line_of(order).starts_at
    assert order.state == OrderState.ACCEPTED
    assert len(before & set(taken())) == 1, "a quarter that both touch is kept"
    assert len(taken()) == 2
    assert wrong_counts() == []
    third = times.times_with(cut.id, at=clock.now()).of(yuan)[0]
    with transaction():
        rebooking.rebook(
            place.customer, order.id, orders.line_of(order).id, third.key, at=clock.now()
        )
    assert helpers_of(order) == [yuan]
    assert {key.split(":")[0] for key in taken()} == {str(yuan)}
    with transaction():
        endings.cancel(place.customer, order.id, at=clock.now())
    assert taken() == {}


def test_a_time_that_is_taken_moves_nothing(place, salon) -> None:
    cut, man, _yuan = salon
    first, _second, third = times.times_with(cut.id, at=clock.now()).of(man)[:3]
    order, other = book(place, cut, first.key), accounts.viewer(accounts.person())
    book(place, cut, third.key, actor=other)
    before = taken()
    with pytest.raises(TimeTakenError), transaction():
        rebooking.rebook(
            place.customer, order.id, orders.line_of(order).id, third.key, at=clock.now()
        )
    assert taken() == before
    assert orders.fresh(order).slot_starts_at == first.starts_at


def test_too_late_by_the_policy_frozen_on_the_order_the_time_stands(place, salon) -> None:
    cut, man, _yuan = salon
    late = times.times_with(cut.id, at=clock.now()).of(man)[-1]
    order = book(place, cut, late.key)
    accept(place, order)
    with transaction():
        db.session.execute(
            sa.update(Order).values(frozen={**orders.fresh(order).frozen, "cancel_minutes": 120})
        )
    line = orders.line_of(order).id
    with clock.travel(late.starts_at - timedelta(minutes=119)):
        free = times.times_for(cut.id, at=clock.now())[-1]
        with pytest.raises(CannotRebookError), transaction():
            rebooking.rebook(place.customer, order.id, line, free.key, at=clock.now())
    with clock.travel(late.starts_at - timedelta(minutes=121)):
        free = times.times_for(cut.id, at=clock.now())[-1]
        with transaction():
            rebooking.rebook(place.customer, order.id, line, free.key, at=clock.now())
    assert orders.fresh(order).slot_starts_at == free.starts_at


def test_the_same_again_is_the_next_time_with_the_same_person(place, salon) -> None:
    cut, _man, yuan = salon
    order = book(place, cut, times.times_with(cut.id, at=clock.now()).of(yuan)[0].key)
    with transaction():
        time = rebooking.book_again(place.customer, order.id, token=None, at=clock.now())
    assert time.person_id == yuan
    assert time.starts_at > orders.line_of(order).starts_at
    [line] = basket_quote(place.customer, None, at=clock.now()).lines
    assert line.helper_id == yuan
    later = clock.travel(clock.now() + timedelta(days=60))
    with later, pytest.raises(NobodyFreeError), transaction():
        rebooking.book_again(place.customer, order.id, token=None, at=clock.now())


def test_a_buyer_changes_the_time_on_the_page_and_the_shop_is_told(
    place: Stall, salon: Any, sign_in: Any
) -> None:
    cut, man, _yuan = salon
    first, second = times.times_with(cut.id, at=clock.now()).of(man)[:2]
    order = book(place, cut, first.key)
    accept(place, order)
    line = orders.line_of(order).id
    buyer: Visitor = sign_in(place.buyer)
    assert "小满" in buyer.visit(f"/orders/{order.id}")
    page = buyer.visit(f"/orders/{order.id}/lines/{line}/time")
    assert f'value="{second.key}"' in page.text
    assert buyer.visit(f"/orders/{order.id}/lines/{line}/time?who=0")
    assert buyer.post(f"/orders/{order.id}/lines/{line}/time", {}).status == 422
    sent = buyer.post(f"/orders/{order.id}/lines/{line}/time", {"time_key": second.key}, status=303)
    assert "the buyer chose another time" in buyer.follow(sent)
    refused = buyer.post(
        f"/orders/{order.id}/lines/{line}/time", {"time_key": "20261121T0000Z"}, status=409
    )
    assert "That time is taken" in refused
    stranger = sign_in(accounts.person())
    assert stranger.get(f"/orders/{order.id}/lines/{line}/time").status == 404
    follow(clock.now())
    kinds = set(
        db.session.scalars(sa.select(Notice.kind).where(Notice.person_id == place.owner.id))
    )
    assert "order_rebooked" in kinds


def test_the_shops_page_lets_one_choose_the_person(place: Stall, salon: Any, guest: Any) -> None:
    cut, man, yuan = salon
    page = guest.visit(f"/merchants/listings/{cut.id}")
    assert re.search(rf'href="[^"]*who={yuan}"', page.text)
    keys = re.findall(r'name="time_key"[^>]*value="([^"]+)"', page.text)
    assert not any("." in key for key in keys)
    keys = re.findall(
        r'name="time_key"[^>]*value="([^"]+)"',
        guest.visit(f"/merchants/listings/{cut.id}?who={yuan}").text,
    )
    assert keys
    assert all(key.endswith(f".{yuan:x}") for key in keys)


# --- fifty for one time ---


def fifty_booked(place: Stall) -> tuple[list[tuple[Viewer, int, int]], str]:
    """Book fifty people with one helper each; return who, order and line, and a later time of the
    first helper.
    """
    people = [merchants.resource(place.merchant, name=f"师傅 {n}").id for n in range(50)]
    cut = merchants.service(place.merchant, tuple(people), minutes=15, days_ahead=0)
    found = times.times_with(cut.id, at=clock.now())
    booked = []
    for one in people:
        buyer = accounts.viewer(accounts.person())
        order = book(place, cut, found.of(one)[0].key, actor=buyer)
        booked.append((buyer, order.id, orders.line_of(order).id))
    return booked, found.of(people[0])[3].key


def all_move(race: Race, booked: list[tuple[Viewer, int, int]], key: str) -> list[Any]:
    """Let all of them wish for the same time at once."""
    at = clock.now()

    def move(number: int) -> Any:
        buyer, order_id, line_id = booked[number]
        with transaction():
            rebooking.rebook(buyer, order_id, line_id, key, at=at)
        return order_id

    return race(move, runners=len(booked))


def test_fifty_who_wish_for_one_time_are_one_and_the_others_keep_theirs(
    place: Stall, race: Race
) -> None:
    answers = all_move(race, *fifty_booked(place))
    assert sum(isinstance(answer, int) for answer in answers) == 1, answers[:3]
    assert all(isinstance(one, int | TimeTakenError) for one in answers)
    assert sum(taken().values()) == 50
    assert wrong_counts() == []


def test_the_same_race_sees_the_fault_when_nothing_is_counted(place: Stall, race: Race) -> None:
    booked, key = fifty_booked(place)
    with nothing_counted():
        answers = all_move(race, booked, key)
    assert sum(isinstance(answer, int) for answer in answers) > 1, answers[:3]
