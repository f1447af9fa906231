"""Group-buys: joining, the cut-off that decides for all, the price of the step, whole cases, a
short delivery, and what undoes itself; each once, however late.
"""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core import clock
from app.core.access import SYSTEM
from app.core.activity.models import LogEntry
from app.core.db import db, transaction
from app.core.errors import ConflictError, FieldError, NotAllowedError, NotFoundError
from app.core.pools.models import Hold, Pool
from app.core.pools.queries import wrong_counts
from app.core.pools.types import HoldState
from app.merchants.models import Listing
from app.orders.errors import (
    GroupBuyDecidingError,
    GroupBuyOpenError,
    GroupBuyOverError,
    LineProblemError,
)
from app.orders.jobs import sweep_group_buys
from app.orders.models import GroupBuyItem, OrderLine
from app.orders.queries import groupbuys as queries
from app.orders.queries.baskets import checkout_quote
from app.orders.services import (
    basket,
    checkout,
    counter,
    deciding,
    endings,
    groupbuys,
    grouping,
)
from app.orders.services.deciding import receive
from app.orders.services.preparation import decline
from app.orders.types import Contact, OrderState
from app.orders.types.groupbuys import GroupBuyState, Measure, Step
from app.payments.models import Charge, Refund
from app.payments.types import PayWay
from tests.factories import accounts, orders
from tests.factories import groupbuys as made
from tests.factories.groupbuys import HOUR, joined, opened, two_kinds
from tests.factories.orders import Stall
from tests.races import Race


@pytest.fixture
def place(noon: None) -> Stall:
    return orders.stall(stock=100)


def after_cut_off(hours: int = 25) -> Any:
    return clock.travel(orders.NOON + hours * HOUR)


def money(order: Any) -> tuple[int, int, int]:
    """What is asked for an order, what came in, what goes back."""
    charge = db.session.execute(
        select(Charge.amount_minor, Charge.confirmed_minor, Charge.refunded_minor).where(
            Charge.about_kind == "order", Charge.about_id == order.id
        )
    ).one()
    return tuple(charge)


def told(verb: str) -> int:
    return db.session.scalar(select(func.count()).where(LogEntry.verb == verb)) or 0


def test_a_join_is_an_order_by_the_same_chain_at_the_place_and_time_of_the_group_buy(
    place: Stall,
) -> None:
    cycle = opened(place)
    order = joined(place, 2)
    assert order.state == OrderState.PLACED
    assert (order.point_id, order.slot_starts_at) == (place.point.id, cycle.starts_at)
    assert order.due_at is None
    assert order.slot_hold_id is None
    row = queries.group_buy(cycle.id, at=clock.now())
    assert (row.people, row.pieces, row.missing, row.items[0].free) == (1, 2, 3, 98)
    assert not wrong_counts()


def test_what_is_in_a_group_buy_becomes_an_order_of_its_own_beside_what_is_not(
    place: Stall,
) -> None:
    cycle = opened(place)
    other, small, _large = two_kinds(place)
    buyer = place.customer
    at = clock.now()
    with transaction():
        for variant_id in (place.variant_id, small):
            basket.add_to_basket(buyer, token=None, variant_id=variant_id, at=at)
    with transaction():
        held = checkout.start_checkout(buyer, token=None, expected_total=3600, at=at)
    with transaction():
        placed = checkout.place_orders(
            buyer, held.id, token=None,
            wishes={place.merchant.id: orders.free_slot(place.point, place.merchant)},
            contact=Contact("王梅"), pay_way=PayWay.CASH, expected_total=3600, at=at,
        )  # fmt: skip
    assert len(placed) == 2
    assert [order.slot_hold_id is None for order in placed] == [True, False]
    assert queries.group_buy(cycle.id, at=at).pieces == 1
    assert other.id


def test_enough_pieces_let_it_go_ahead_at_the_price_of_the_step_for_everybody(
    place: Stall,
) -> None:
    cycle = opened(place, items={place.variant_id: {"steps": made.STEPS}})
    early, late = joined(place, 4, paid=True), joined(place, 7)
    assert money(early) == (4 * 2600, 4 * 2600, 0)
    with after_cut_off():
        assert sweep_group_buys(clock.now()) == 1
        assert made.fresh(cycle).state == GroupBuyState.REACHED
        assert made.fresh(cycle).reached == 11
        for order in (early, late):
            assert orders.fresh(order).state == OrderState.ACCEPTED
            assert orders.line_of(order).unit_minor == 2200
        assert money(early) == (4 * 2200, 4 * 2600, 4 * 400)
        assert money(late) == (7 * 2200, 0, 0)
        [refund] = db.session.scalars(select(Refund))
        assert refund.amount_minor == 1600
        assert db.session.get_one(Listing, place.listing.id).archived_at is not None
        assert sweep_group_buys(clock.now()) == 0
    assert told("order.accepted") == 2
    assert told("group_buy.reached") == 1


@pytest.mark.parametrize("measure", list(Measure))
def test_too_few_undo_it_all_once_however_late_the_worker_comes(
    place: Stall, measure: Measure
) -> None:
    cycle = opened(place, threshold=3, measure=measure)
    paid, unpaid = joined(place, 1, paid=True), joined(place, 1)
    with clock.travel(orders.NOON + timedelta(days=9)):
        assert sweep_group_buys(clock.now()) == 1
        assert sweep_group_buys(clock.now()) == 0
        assert made.fresh(cycle).state == GroupBuyState.FAILED
        for order in (paid, unpaid):
            assert orders.fresh(order).state == OrderState.CANCELLED
        assert money(paid) == (0, 2600, 2600)
        assert money(unpaid) == (0, 0, 0)
    assert told("order.cancelled") == 2
    assert told("group_buy.failed") == 1
    open_holds = select(func.count()).where(Hold.state.in_((HoldState.HELD, HoldState.CONFIRMED)))
    assert db.session.scalar(open_holds) == 0
    assert set(db.session.scalars(select(Pool.taken))) == {0}
    assert not wrong_counts()


def test_a_crash_between_two_orders_leaves_the_rest_to_the_next_round(place: Stall) -> None:
    opened(place, threshold=50)
    first, second = joined(place, 1), joined(place, 1)
    with after_cut_off():
        with transaction():
            deciding.decide(1, at=clock.now())
        with transaction():
            assert deciding.set_right(first.id, at=clock.now())
        assert orders.fresh(second).state == OrderState.PLACED
        sweep_group_buys(clock.now())
        assert orders.fresh(second).state == OrderState.CANCELLED
        with transaction():
            assert not deciding.set_right(first.id, at=clock.now())
    assert told("order.cancelled") == 2


def test_people_are_counted_once_however_many_orders_they_send(place: Stall) -> None:
    cycle = opened(place, threshold=2, measure=Measure.PEOPLE)
    joined(place, 1, actor=place.customer)
    joined(place, 5, actor=place.customer)
    assert queries.group_buy(cycle.id, at=clock.now()).count == 1
    joined(place, 1)
    with after_cut_off():
        sweep_group_buys(clock.now())
        assert made.fresh(cycle).state == GroupBuyState.REACHED


def test_nobody_joins_before_it_opens_or_after_its_cut_off(place: Stall) -> None:
    opened(place, opens_at=orders.NOON + HOUR)
    with pytest.raises(LineProblemError):
        joined(place, 1)
    with clock.travel(orders.NOON + 2 * HOUR):
        joined(place, 1)
        held = orders.started(place, 1)
    with after_cut_off(), pytest.raises(ConflictError), transaction():
        checkout.place_orders(
            place.customer, held, token=None, wishes={}, contact=Contact("王梅"),
            pay_way=PayWay.CASH, expected_total=2600, at=clock.now(),
        )  # fmt: skip


def test_a_checkout_that_was_begun_in_time_is_refused_once_it_was_called_off(
    place: Stall,
) -> None:
    cycle = opened(place)
    held = orders.started(place, 1)
    with transaction():
        groupbuys.call_off(place.keeper, cycle.id, reason="No lorry.", at=clock.now())
    with pytest.raises(ConflictError), transaction():
        checkout.place_orders(
            place.customer, held, token=None, wishes={}, contact=Contact("王梅"),
            pay_way=PayWay.CASH, expected_total=2600, at=clock.now(),
        )  # fmt: skip


def test_the_join_itself_asks_whether_it_is_open(place: Stall) -> None:
    opened(place)
    held = orders.started(place, 1)
    _found, quote = checkout_quote(place.customer, held, None, at=clock.now())
    with transaction():
        grouping.check_open(quote, at=clock.now())
    with pytest.raises(GroupBuyOverError), transaction():
        grouping.check_open(quote, at=clock.now() + 25 * HOUR)
    with transaction():
        deciding.fail(SYSTEM, 1, reason="x", at=clock.now())
    with pytest.raises(GroupBuyOverError), transaction():
        grouping.check_open(quote, at=clock.now())


def test_leaving_is_free_until_the_cut_off_waits_while_it_is_decided_and_is_late_afterwards(
    place: Stall,
) -> None:
    cycle = opened(place, threshold=2)
    buyer = place.customer
    leaves, stays = joined(place, 3, actor=buyer), joined(place, 2, actor=buyer)
    with transaction():
        endings.cancel(buyer, leaves.id, at=clock.now())
    assert orders.fresh(leaves).state == OrderState.CANCELLED
    assert queries.group_buy(cycle.id, at=clock.now()).pieces == 2
    with after_cut_off():
        with pytest.raises(GroupBuyDecidingError), transaction():
            endings.cancel(buyer, stays.id, at=clock.now())
        with pytest.raises(GroupBuyDecidingError), transaction():
            decline(place.keeper, stays.id, reason="no", at=clock.now())
        sweep_group_buys(clock.now())
        with transaction():
            endings.cancel(buyer, stays.id, at=clock.now())
        assert orders.line_of(stays).uncollected == 2


@pytest.mark.parametrize(
    ("tolerance", "bought", "kept"), [(0, 2, [3, 3, 2, 2]), (3, 3, [3, 3, 3, 3]), (2, 2, None)]
)
def test_whole_cases_are_bought_and_a_rest_is_filled_or_cut_fairly(
    place: Stall, tolerance: int, bought: int, kept: list[int] | None
) -> None:
    sizes = {"case_size": 5, "tolerance": tolerance}
    opened(place, items={place.variant_id: sizes})
    kept_by = [joined(place, 3) for _ in range(4)]
    with after_cut_off():
        sweep_group_buys(clock.now())
        assert db.session.scalar(select(GroupBuyItem.cases)) == bought
        left = [orders.line_of(order).to_prepare for order in kept_by]
        assert left == (kept or [3, 3, 2, 2])
        assert money(kept_by[3])[0] == 2600 * left[3]
    assert not wrong_counts()


def test_not_one_whole_case_undoes_it(place: Stall) -> None:
    cycle = opened(place, threshold=1, items={place.variant_id: {"case_size": 12}})
    order = joined(place, 3)
    with after_cut_off():
        sweep_group_buys(clock.now())
        assert made.fresh(cycle).state == GroupBuyState.FAILED
        assert orders.fresh(order).state == OrderState.CANCELLED


def test_a_short_delivery_is_shared_fairly_and_the_difference_goes_back(place: Stall) -> None:
    leader = accounts.person("团长", language="en", mail="leader@linli.test")
    cycle = opened(place, leader=leader)
    chief = accounts.viewer(leader)
    big, small, tiny = (
        joined(place, 6, paid=True), joined(place, 2, paid=True), joined(place, 1, paid=True)
    )  # fmt: skip
    with after_cut_off():
        sweep_group_buys(clock.now())
    with after_cut_off(47):
        [item] = queries.group_buy(cycle.id, at=clock.now()).items
        assert item.needed == 9
        with pytest.raises(NotFoundError), transaction():
            receive(place.customer, cycle.id, {item.id: 6}, at=clock.now())
        with transaction():
            receive(chief, cycle.id, {item.id: 6}, at=clock.now())
        with pytest.raises(ConflictError), transaction():
            receive(chief, cycle.id, {item.id: 9}, at=clock.now())
        sweep_group_buys(clock.now())
        lines = [orders.line_of(order) for order in (big, small, tiny)]
        assert [line.ready for line in lines] == [4, 1, 1]
        assert [line.short for line in lines] == [2, 1, 0]
        assert money(big) == (4 * 2600, 6 * 2600, 2 * 2600)
        assert orders.fresh(big).ready_at is not None
    with after_cut_off(49), transaction():
        counter.hand_over(place.keeper, big.id, at=clock.now())
    with after_cut_off(50 + 24 * 8):
        sweep_group_buys(clock.now())
        assert made.fresh(cycle).state == GroupBuyState.CLOSED
        assert made.fresh(cycle).leader_minor == 4 * 2600 * 5 // 100
    assert not wrong_counts()
    refunds = db.session.scalar(select(func.sum(Refund.amount_minor)))
    assert refunds == 3 * 2600


def test_nothing_that_came_cancels_what_was_ordered(place: Stall) -> None:
    cycle = opened(place)
    order = joined(place, 5, paid=True)
    with after_cut_off():
        sweep_group_buys(clock.now())
        [item] = queries.group_buy(cycle.id, at=clock.now()).items
        with transaction():
            receive(place.keeper, cycle.id, {item.id: 0}, at=clock.now())
        sweep_group_buys(clock.now())
    assert orders.fresh(order).state == OrderState.CANCELLED
    assert money(order) == (0, 5 * 2600, 5 * 2600)


def test_its_shop_calls_it_off_with_a_reason_and_a_stranger_does_not(place: Stall) -> None:
    cycle = opened(place)
    order = joined(place, 2)
    with pytest.raises(NotFoundError), transaction():
        groupbuys.call_off(place.customer, cycle.id, reason="x", at=clock.now())
    with pytest.raises(FieldError), transaction():
        groupbuys.call_off(place.keeper, cycle.id, reason=" ", at=clock.now())
    with transaction():
        groupbuys.call_off(place.keeper, cycle.id, reason="The lorry broke.", at=clock.now())
    sweep_group_buys(clock.now())
    assert orders.fresh(order).state == OrderState.CANCELLED
    with pytest.raises(ConflictError), transaction():
        groupbuys.call_off(place.keeper, cycle.id, reason="again", at=clock.now())


def test_a_listing_opened_by_many_at_once_is_in_one_group_buy(race: Race, place: Stall) -> None:
    def open_it(_number: int) -> None:
        with clock.travel(orders.NOON):
            opened(place)

    answers = race(open_it, runners=6)
    assert answers.count(None) == 1
    assert all(isinstance(one, GroupBuyOpenError) for one in answers if one is not None), answers


def test_a_listing_is_in_one_open_group_buy_and_in_the_next_when_that_is_over(
    place: Stall,
) -> None:
    cycle = opened(place)
    with pytest.raises(GroupBuyOpenError):
        opened(place)
    with after_cut_off():
        sweep_group_buys(clock.now())
        again = opened(place)
        assert db.session.get_one(Listing, place.listing.id).archived_at is None
    assert again.id != cycle.id


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("cut_off_at", {"cut_off_at": orders.NOON}),
        ("starts_at", {"starts_at": orders.NOON + 20 * HOUR}),
        ("ends_at", {"ends_at": orders.NOON + 48 * HOUR}),
        ("leader_mail", {"leader_mail": "nobody@linli.test"}),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(
    place: Stall, field: str, wrong: dict[str, Any]
) -> None:
    with pytest.raises(FieldError) as refused:
        opened(place, **wrong)
    assert refused.value.field == field
    assert opened(place).id


def test_a_step_must_be_further_and_cheaper(place: Stall) -> None:
    for steps in ((Step(5, 2600),), (Step(5, 2000), Step(4, 1500))):
        with pytest.raises(FieldError):
            opened(place, items={place.variant_id: {"steps": steps}})
    assert opened(place, items={place.variant_id: {"steps": (Step(5, 2000),)}}).id


def test_another_shops_things_are_refused(place: Stall) -> None:
    other = orders.stall()
    with pytest.raises(NotAllowedError):
        made.opened(Stall(other.merchant, other.listing, other.point, place.owner, place.buyer))
    with pytest.raises(NotFoundError):
        opened(place, listing=other.listing)


def test_a_pasted_list_becomes_orders_by_name_and_each_counts(place: Stall) -> None:
    cycle = opened(place, threshold=3)
    chief = place.keeper
    text = "#接龙\n1. 王阿姨 2份\n2. 李叔\n3. 3号楼张姐 x1\n随便说一句"
    with transaction():
        count, lost = groupbuys.read_list(chief, cycle.id, text, at=clock.now())
    assert count == 2
    assert [(line.number, line.text) for line in lost] == [(3, "2. 李叔"), (5, "随便说一句")]
    drafts = queries.drafts_of(cycle.id)
    assert [(draft.name, draft.counts) for draft in drafts] == [
        ("王阿姨", ((place.variant_id, 2),)), ("3号楼张姐", ((place.variant_id, 1),)),
    ]  # fmt: skip
    with pytest.raises(NotFoundError), transaction():
        groupbuys.enter_draft(place.customer, drafts[0].id, at=clock.now())
    for draft in drafts:
        with transaction():
            order = groupbuys.enter_draft(chief, draft.id, at=clock.now())
    assert order.contact_name == "3号楼张姐"
    assert orders.fresh(order).state == OrderState.PLACED
    with pytest.raises(ConflictError), transaction():
        groupbuys.enter_draft(chief, drafts[0].id, at=clock.now())
    assert queries.drafts_of(cycle.id) == []
    row = queries.group_buy(cycle.id, at=clock.now())
    assert (row.people, row.pieces) == (2, 3)
    with after_cut_off():
        sweep_group_buys(clock.now())
        assert orders.fresh(order).state == OrderState.ACCEPTED
    assert db.session.scalar(select(func.count()).select_from(OrderLine)) == 2
