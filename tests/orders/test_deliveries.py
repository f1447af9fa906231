"""Orders that are brought: the fee, the way, the door, and what came back."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.db import db, transaction
from app.core.errors import FieldError, NotAllowedError
from app.core.pools.models import Pool
from app.merchants.errors import SlotFullError
from app.merchants.models import DeliveryZone
from app.merchants.queries.collecting import points_by_id, slots_of_points
from app.merchants.types import FeeStep
from app.orders.errors import (
    CannotCancelError,
    CodeUnknownError,
    DeliveryRefusedError,
    NotBroughtError,
    OrderMovedError,
    PriceChangedError,
)
from app.orders.models import Order, Strike
from app.orders.queries.deliveries import delivery_of, run_of
from app.orders.services import cash, checkout, counter, deliveries, endings, preparation, timers
from app.orders.services.basket import empty_basket
from app.orders.types import Contact, DeliveryState, OrderState, SlotWish, Timer
from app.payments.models import Charge, RefundLine
from app.payments.queries import charge_of
from app.payments.types import ChargeRow, PayWay
from app.places.models import Address
from tests.factories import accounts, orders
from tests.factories.orders import Stall


@pytest.fixture
def area(place: Stall) -> DeliveryZone:
    return orders.zone(place)


@pytest.fixture
def home(place: Stall) -> Address:
    return orders.home(place.buyer)


def money(order: Order) -> ChargeRow:
    return charge_of(("order", order.id))


def state_of(order: Order) -> DeliveryState:
    found = delivery_of(order.id)
    assert found is not None
    return found.state


def test_the_fee_is_part_of_the_total_and_frozen(
    place: Stall, area: DeliveryZone, home: Address
) -> None:
    order = orders.sent(place, area, home)
    assert (order.total_minor, order.fee_minor) == (5700, 500)
    assert money(order).amount_minor == 5700
    with transaction():
        db.session.execute(sa.update(DeliveryZone).values(fee_minor=900))
        preparation.accept(place.keeper, order.id, at=clock.now())
    assert money(order).amount_minor == 5700
    found = delivery_of(order.id)
    assert found is not None
    assert (found.address, found.detail, found.phone) == (
        "泊林小区 3 号楼",
        "2 单元 501",
        "13900008888",
    )
    assert 550 < found.metres < 560


def test_another_fee_than_the_buyer_saw_is_refused(
    place: Stall, area: DeliveryZone, home: Address
) -> None:
    with pytest.raises(PriceChangedError):
        orders.sent(place, area, home, fee=0)


@pytest.mark.parametrize(
    ("north", "quantity", "fee"), [(0.005, 1, 500), (0.001, 1, 200), (0.005, 3, 0)]
)
def test_the_lowest_step_that_distance_and_sum_reach_is_asked(
    place: Stall, north: float, quantity: int, fee: int
) -> None:
    steps = (FeeStep(200, up_to_metres=300), FeeStep(0, from_minor=7800))
    area = orders.zone(place, steps=steps)
    order = orders.sent(place, area, orders.home(place.buyer, north=north), quantity, fee=fee)
    assert order.fee_minor == fee


@pytest.mark.parametrize("shape", [{"radius_metres": 500}, {"minimum_minor": 9900}])
def test_outside_the_area_and_under_the_minimum_nothing_is_ordered(
    place: Stall, home: Address, shape: dict[str, Any]
) -> None:
    area = orders.zone(place, **shape)
    with pytest.raises(DeliveryRefusedError):
        orders.sent(place, area, home)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Order)) == 0


def test_inside_an_outline_it_is_brought_and_outside_not(place: Stall) -> None:
    square = ((30.76, 103.97), (30.76, 103.99), (30.775, 103.99), (30.775, 103.97))
    area = orders.zone(place, radius_metres=None, outline=square)
    assert orders.sent(place, area, orders.home(place.buyer, north=0.005)).fee_minor == 500
    with pytest.raises(DeliveryRefusedError):
        orders.sent(place, area, orders.home(place.buyer, north=0.02, text="远"))


def test_nobody_has_it_brought_to_an_address_that_is_not_theirs(
    place: Stall, area: DeliveryZone, home: Address
) -> None:
    stranger = accounts.viewer(accounts.person("路人"))
    with pytest.raises(DeliveryRefusedError):
        orders.sent(place, area, home, actor=stranger)


def wished(place: Stall, point_id: int, *, address: int | None, total: int) -> list[Order]:
    """Order one piece for the first time of a point that is not too soon."""
    [slots] = slots_of_points(
        list(points_by_id([point_id]).values()), merchant_ids=[place.merchant.id], at=clock.now()
    ).values()
    checkout_id = orders.started(place, 1)
    with transaction():
        return checkout.place_orders(
            place.customer,
            checkout_id,
            token=None,
            wishes={place.merchant.id: SlotWish(point_id, slots[1].key, address)},
            contact=Contact("王梅", "13812345678"),
            pay_way=PayWay.CASH,
            expected_total=total,
            at=clock.now(),
        )


@pytest.mark.parametrize("is_brought", [False, True])
def test_a_delivery_time_is_no_pickup_time_and_the_other_way_round(
    place: Stall, area: DeliveryZone, home: Address, is_brought: bool
) -> None:
    wrong, right = place.point.id, area.point_id
    address: int | None = home.id
    total = 3100
    if not is_brought:
        wrong, right, address, total = right, wrong, None, 2600
    with pytest.raises(FieldError):
        wished(place, wrong, address=address, total=total)
    with transaction():
        empty_basket(place.customer, token=None)
    assert wished(place, right, address=address, total=total)


def test_a_full_delivery_time_refuses_the_next(place: Stall, home: Address) -> None:
    area = orders.zone(place, capacity=1)
    wished(place, area.point_id, address=home.id, total=3100)
    pool = db.session.scalars(sa.select(Pool).where(Pool.kind == "slot")).one()
    assert (pool.total, pool.taken) == (1, 1)
    with pytest.raises(SlotFullError):
        wished(place, area.point_id, address=home.id, total=3100)


def test_a_shop_that_declines_owes_the_fee_too(
    place: Stall, area: DeliveryZone, home: Address
) -> None:
    order = orders.sent(place, area, home, pay_way=PayWay.OWN_CODE)
    with transaction():
        preparation.accept(place.keeper, order.id, at=clock.now())
        cash.take_money(place.keeper, order.id, way=PayWay.OWN_CODE, at=clock.now())
    assert money(order).owed_minor == 0
    with transaction():
        endings.cancel_by_shop(place.keeper, order.id, reason="没货", at=clock.now())
    assert (money(order).amount_minor, money(order).refunded_minor) == (0, 5700)
    parts = db.session.execute(
        sa.select(RefundLine.about_kind, RefundLine.amount_minor).order_by(RefundLine.id)
    ).all()
    assert sorted(parts) == [("order", 500), ("order_line", 5200)]


def test_what_is_short_lowers_the_sum_but_not_the_fee(
    place: Stall, area: DeliveryZone, home: Address
) -> None:
    order = orders.sent(place, area, home)
    with transaction():
        preparation.accept(place.keeper, order.id, at=clock.now())
    with transaction():
        counts = {orders.line_of(order).id: (1, 1)}
        preparation.prepare(place.keeper, order.id, counts, reason="没了", at=clock.now())
    assert money(order).amount_minor == 3100


def test_at_the_door_the_code_hands_over_and_money_is_taken_with_the_fee(
    place: Stall, area: DeliveryZone, home: Address
) -> None:
    order = orders.on_way(place, area, home)
    assert state_of(order) == DeliveryState.ON_WAY
    with pytest.raises(CodeUnknownError), transaction():
        deliveries.deliver(place.keeper, order.id, code="34679ACD", at=clock.now())
    with transaction():
        deliveries.deliver(
            place.keeper, order.id, code=order.code, money=PayWay.CASH, at=clock.now()
        )
    assert orders.line_of(order).handed_over == 2
    assert money(order).confirmed_minor == 5700
    assert run_of(place.merchant.id, at=clock.now()) == []


def test_without_the_code_a_name_or_a_picture_is_needed(
    place: Stall, area: DeliveryZone, home: Address
) -> None:
    order = orders.on_way(place, area, home)
    with pytest.raises(FieldError), transaction():
        deliveries.deliver(place.keeper, order.id, at=clock.now())
    with transaction():
        deliveries.deliver(place.keeper, order.id, taken_by="邻居老张", at=clock.now())
    found = delivery_of(order.id)
    assert found is not None
    assert found.taken_by == "邻居老张"


def test_of_two_who_take_it_along_the_second_is_told(
    place: Stall, area: DeliveryZone, home: Address
) -> None:
    order = orders.on_way(place, area, home)
    with pytest.raises(OrderMovedError), transaction():
        deliveries.send_out(place.keeper, [order.id], at=clock.now())
    collected = orders.accepted(place, 1)
    with pytest.raises(NotBroughtError), transaction():
        deliveries.send_out(place.keeper, [collected.id], at=clock.now())
    other = accounts.viewer(accounts.person("别家"))
    with pytest.raises(NotAllowedError), transaction():
        deliveries.fail(other, order.id, reason="x", is_again=False, at=clock.now())


def test_another_try_takes_a_new_time_and_lets_the_old_one_go(
    place: Stall, area: DeliveryZone, home: Address
) -> None:
    order = orders.on_way(place, area, home)
    was = order.slot_starts_at
    with pytest.raises(FieldError), transaction():
        deliveries.fail(place.keeper, order.id, reason=" ", is_again=True, at=clock.now())
    with transaction():
        deliveries.fail(place.keeper, order.id, reason="没人应门", is_again=True, at=clock.now())
    now = orders.fresh(order)
    assert now.slot_starts_at is not None
    assert was is not None
    assert now.slot_starts_at > was
    assert state_of(order) == DeliveryState.WAITING
    taken = db.session.scalars(sa.select(Pool.taken).where(Pool.kind == "slot")).all()
    assert sorted(taken) == [0, 1]
    with transaction():
        deliveries.send_out(place.keeper, [order.id], at=clock.now())


@pytest.mark.parametrize(("rule", "owed"), [("let_go", 0), ("owed", 5700)])
def test_what_came_back_ends_by_the_policy_that_stands_on_it(
    place: Stall, area: DeliveryZone, home: Address, rule: str, owed: int
) -> None:
    order = orders.on_way(place, area, home)
    with transaction():
        frozen = {**order.frozen, "no_show_rule": rule}
        db.session.execute(sa.update(Order).where(Order.id == order.id).values(frozen=frozen))
    with pytest.raises(CannotCancelError), transaction():
        endings.mark_uncollected(place.keeper, order.id, at=clock.now() + timedelta(days=2))
    with transaction():
        deliveries.fail(place.keeper, order.id, reason="拒收", is_again=False, at=clock.now())
    now = orders.fresh(order)
    assert (now.due_what, state_of(order)) == (Timer.NO_SHOW, DeliveryState.BACK)
    with clock.travel(now.due_at or clock.now()), transaction():
        timers.run_timer(order.id, at=clock.now())
    line = orders.line_of(order)
    assert (line.uncollected, line.quantity) == (2, 2)
    assert money(order).amount_minor == owed
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Strike)) == 1


def test_what_came_back_can_still_be_fetched_at_the_counter(
    place: Stall, area: DeliveryZone, home: Address
) -> None:
    order = orders.on_way(place, area, home)
    with transaction():
        deliveries.fail(place.keeper, order.id, reason="没人", is_again=False, at=clock.now())
    with transaction():
        counter.hand_over(place.keeper, order.id, money=PayWay.CASH, at=clock.now())
    assert orders.line_of(order).handed_over == 2


def test_a_courier_who_is_late_is_no_strike_of_the_buyer(
    place: Stall, area: DeliveryZone, home: Address
) -> None:
    order = orders.on_way(place, area, home)
    assert orders.fresh(order).due_at is None
    late = (order.slot_ends_at or clock.now()) + timedelta(minutes=1)
    with clock.travel(late), transaction():
        endings.cancel(place.customer, order.id, at=clock.now())
    assert orders.fresh(order).state == OrderState.CANCELLED
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Strike)) == 0


def test_the_run_goes_time_by_time_each_stop_the_nearest_to_the_one_before(
    place: Stall, area: DeliveryZone
) -> None:
    far, near, middle = (
        orders.home(place.buyer, north=north, text=name)
        for north, name in ((0.015, "远"), (0.004, "近"), (0.008, "中"))
    )
    for address in (far, near, middle):
        orders.on_way(place, area, address, quantity=1)
    later = orders.on_way(place, area, near, quantity=1, slot=1)
    run = run_of(place.merchant.id, at=clock.now())
    assert [stop.delivery.address for stop in run] == ["近", "中", "远", "近"]
    assert run[-1].delivery.order_id == later.id
    assert run[0].owed_minor == 3100


def test_a_charge_is_never_more_than_lines_and_fee(
    place: Stall, area: DeliveryZone, home: Address
) -> None:
    order = orders.sent(place, area, home)
    line = orders.line_of(order)
    charged = db.session.scalar(sa.select(Charge.amount_minor))
    assert charged == line.quantity * (line.unit_minor + line.packaging_minor) + order.fee_minor
