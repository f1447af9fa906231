"""Short, declined, cancelled, not collected, refunded, closed: what each gives back and what it
asks.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.db import db, transaction
from app.core.errors import ConflictError, FieldError, NotAllowedError
from app.core.pools.queries import wrong_counts
from app.merchants.queries.selling import offers_for
from app.orders.errors import (
    CannotCancelError,
    NothingPaidError,
    OrderMovedError,
    QuantityError,
)
from app.orders.jobs import sweep
from app.orders.models import Order, Strike
from app.orders.queries.desk import counts_for_operator, stuck_orders
from app.orders.queries.orders import timeline_of
from app.orders.services import cash, counter, endings, preparation
from app.orders.types import OrderState, Stuck
from app.payments.errors import NothingOwedError, RefundGivenError
from app.payments.models import Refund
from app.payments.queries import charge_of, refunds_of
from app.payments.types import PaymentState, PayWay, RefundCause, RefundStatus
from tests.factories import accounts, orders
from tests.factories.orders import Stall
from tests.visitor import Visitor


def free(place: Stall) -> int | None:
    return offers_for([place.variant_id], at=clock.now())[place.variant_id].free


def charge(order: Order) -> Any:
    return charge_of(("order", order.id))


def paid(place: Stall, quantity: int = 3) -> Order:
    """An accepted order whose buyer said paid and whose shop confirmed it."""
    order = orders.accepted(place, quantity, pay_way=PayWay.OWN_CODE)
    with transaction():
        cash.say_paid(place.customer, order.id, at=clock.now())
    with transaction():
        cash.confirm_money(place.keeper, order.id, at=clock.now())
    return order


def collected(place: Stall, quantity: int = 3) -> Order:
    order = orders.accepted(place, quantity)
    with transaction():
        counter.hand_over(place.keeper, order.id, money=PayWay.CASH, at=clock.now())
    return order


# --- before it is ready ---


def test_a_short_line_is_asked_less_and_the_missing_piece_leaves_the_shelf(place: Stall) -> None:
    order = orders.accepted(place, 4)
    line = orders.line_of(order)
    with transaction():
        preparation.prepare(place.keeper, order.id, {line.id: (3, 1)}, at=clock.now())
    line = orders.line_of(order)
    assert (line.ready, line.short, line.to_prepare) == (3, 1, 0)
    assert charge(order).amount_minor == 3 * 2600
    assert orders.fresh(order).ready_at is not None
    assert free(place) == 3
    assert wrong_counts() == []


def test_money_that_came_in_for_a_short_line_is_owed_back(place: Stall) -> None:
    order = paid(place)
    line = orders.line_of(order)
    with transaction():
        preparation.prepare(place.keeper, order.id, {line.id: (2, 1)}, at=clock.now())
    [refund] = refunds_of(charge(order).id)
    assert (refund.amount_minor, refund.cause) == (2600, RefundCause.SHORT)
    assert refund.status == RefundStatus.OWED
    with transaction():
        cash.give_money_back(place.keeper, order.id, refund.id, at=clock.now())
    with pytest.raises(RefundGivenError), transaction():
        cash.give_money_back(place.keeper, order.id, refund.id, at=clock.now())
    assert charge(order).owed_minor == 0


def test_an_order_of_which_nothing_is_there_is_cancelled(place: Stall) -> None:
    order = orders.accepted(place, 2)
    line = orders.line_of(order)
    with transaction():
        preparation.prepare(place.keeper, order.id, {line.id: (0, 2)}, at=clock.now())
    assert orders.fresh(order).state == OrderState.CANCELLED
    assert charge(order).amount_minor == 0
    assert wrong_counts() == []


def test_more_than_was_ordered_cannot_be_laid_ready(place: Stall) -> None:
    order = orders.accepted(place, 2)
    line = orders.line_of(order)
    with pytest.raises(QuantityError), transaction():
        preparation.prepare(place.keeper, order.id, {line.id: (2, 1)}, at=clock.now())
    with transaction():
        preparation.make_ready(place.keeper, order.id, at=clock.now())
    with transaction():
        preparation.unready(place.keeper, order.id, {line.id: 1}, at=clock.now())
    assert orders.line_of(order).to_prepare == 1


def test_a_declined_order_frees_everything_and_needs_a_reason(place: Stall) -> None:
    order = orders.placed(place, 7)
    with pytest.raises(FieldError), transaction():
        preparation.decline(place.keeper, order.id, reason=" ", at=clock.now())
    with transaction():
        preparation.decline(place.keeper, order.id, reason="oven broken", at=clock.now())
    assert orders.fresh(order).state == OrderState.DECLINED
    assert free(place) == 7
    assert wrong_counts() == []
    with pytest.raises(OrderMovedError), transaction():
        preparation.accept(place.keeper, order.id, at=clock.now())


# --- the resident changes their mind ---


@pytest.mark.parametrize("is_accepted", [False, True])
def test_cancelling_in_time_is_free_and_gives_everything_back(
    place: Stall, is_accepted: bool
) -> None:
    order = orders.accepted(place, 5) if is_accepted else orders.placed(place, 5)
    stranger = accounts.viewer(accounts.person())
    with pytest.raises(NotAllowedError), transaction():
        endings.cancel(stranger, order.id, at=clock.now())
    with transaction():
        endings.cancel(place.customer, order.id, at=clock.now())
    assert orders.fresh(order).state == OrderState.CANCELLED
    assert (charge(order).amount_minor, free(place)) == (0, 7)
    assert db.session.scalars(select(Strike)).all() == []
    assert wrong_counts() == []


def test_cancelling_a_paid_order_owes_the_money_back(place: Stall) -> None:
    order = paid(place, 2)
    with transaction():
        endings.cancel(place.customer, order.id, at=clock.now())
    [refund] = refunds_of(charge(order).id)
    assert (refund.amount_minor, refund.cause) == (5200, RefundCause.CANCELLED)
    assert charge(order).state == PaymentState.REFUNDED


def test_cancelling_late_counts_as_not_coming_and_the_page_says_so_before(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    order = orders.accepted(place, 2)
    late = order.slot_starts_at - timedelta(minutes=10)
    with clock.travel(late):
        visitor = sign_in(place.buyer)
        page = visitor.visit(f"/orders/{order.id}/cancel")
        assert "counts as not coming" in page
        visitor.post(f"/orders/{order.id}/cancel", page.forms("cancel")[0], status=303)
    assert orders.line_of(order).uncollected == 2
    assert db.session.scalars(select(Strike)).one().person_id == place.buyer.id
    assert free(place) == 7
    assert wrong_counts() == []


def test_what_was_collected_cannot_be_cancelled(place: Stall) -> None:
    order = collected(place)
    with pytest.raises(CannotCancelError), transaction():
        endings.cancel(place.customer, order.id, at=clock.now())


# --- time ---


def test_an_unanswered_order_reminds_twice_then_ends_and_frees_everything(place: Stall) -> None:
    order = orders.placed(place, 7, slot=6)
    assert order.accept_by == orders.NOON + timedelta(minutes=30)
    assert sweep(orders.NOON + timedelta(minutes=29)) == 0
    for minutes, reminders in ((30, 1), (60, 2)):
        assert sweep(orders.NOON + timedelta(minutes=minutes)) == 1
        assert orders.fresh(order).reminders == reminders
    at = orders.NOON + timedelta(minutes=90)
    assert [row.why for row in stuck_orders(at)] == [Stuck.NOT_ACCEPTED]
    assert sweep(at) == 1
    assert orders.fresh(order).state == OrderState.EXPIRED
    assert free(place) == 7
    assert sweep(at + timedelta(days=30)) == 0
    assert wrong_counts() == []


def test_a_site_that_slept_does_late_work_once(place: Stall) -> None:
    order = orders.accepted(place, 2)
    late = orders.NOON + timedelta(days=40)
    assert sweep(late) == 1
    assert orders.line_of(order).uncollected == 2
    assert sweep(late) == 0
    assert sweep(late + timedelta(days=7)) == 1
    assert orders.fresh(order).state == OrderState.CLOSED


def test_nobody_answers_at_night(place: Stall) -> None:
    with clock.travel(orders.NOON + timedelta(hours=9, minutes=50)):  # 21:50 in the town
        order = orders.placed(place, slot=2)
    assert clock.local(order.accept_by).strftime("%H:%M") == "08:20"


def test_the_shop_answers_before_the_buyer_comes_whatever_it_promised(noon: None) -> None:
    place = orders.stall(accept_minutes=600)
    order = orders.placed(place)
    assert order.accept_by == order.slot_starts_at - timedelta(minutes=30)
    assert sweep(order.accept_by) == 1
    assert sweep(order.slot_starts_at - timedelta(minutes=15)) == 1
    assert orders.fresh(order).state == OrderState.EXPIRED


def test_uncollected_pieces_go_back_on_the_shelf_after_the_grace(place: Stall) -> None:
    order = orders.accepted(place, 2)
    with pytest.raises(ConflictError), transaction():
        endings.mark_uncollected(place.keeper, order.id, at=clock.now())
    due = order.slot_ends_at + timedelta(minutes=60)
    assert sweep(due - timedelta(minutes=1)) == 0
    assert [row.why for row in stuck_orders(due - timedelta(minutes=1))] == [Stuck.NOT_COLLECTED]
    assert sweep(due) == 1
    assert (orders.line_of(order).uncollected, charge(order).amount_minor) == (2, 0)
    assert db.session.scalars(select(Strike)).one().order_id == order.id
    assert free(place) == 7
    assert wrong_counts() == []


def test_where_the_policy_says_so_the_price_of_what_nobody_collected_stays_owed(
    noon: None,
) -> None:
    place = orders.stall(no_show_rule="owed")
    order = orders.accepted(place, 2)
    sweep(order.slot_ends_at + timedelta(minutes=60))
    assert charge(order).owed_minor == 5200


# --- money ---


def test_said_paid_waits_for_the_shop_and_either_side_may_dispute(place: Stall) -> None:
    order = orders.accepted(place, 2, pay_way=PayWay.OWN_CODE)
    with pytest.raises(NothingOwedError), transaction():
        cash.confirm_money(place.keeper, order.id, at=clock.now())
    for _ in range(2):
        with transaction():
            cash.say_paid(place.customer, order.id, at=clock.now())
    assert charge(order).state == PaymentState.SAID_PAID
    later = clock.now() + timedelta(hours=25)
    assert Stuck.NOT_CONFIRMED in {row.why for row in stuck_orders(later)}
    from app.payments.queries import payments_of

    [payment] = payments_of(charge(order).id)
    with transaction():
        cash.dispute_money(
            place.keeper, order.id, payment.id, reason="nothing came", at=clock.now()
        )
    assert charge(order).state == PaymentState.DISPUTED
    assert counts_for_operator(clock.now())["stuck"] == 1
    with transaction():
        cash.confirm_money(place.keeper, order.id, at=clock.now())
    assert charge(order).state == PaymentState.PAID
    with pytest.raises(NothingOwedError), transaction():
        cash.say_paid(place.customer, order.id, at=clock.now())


def test_a_refund_by_line_gives_back_no_more_than_was_collected_and_paid(place: Stall) -> None:
    order = collected(place, 3)
    line = orders.line_of(order)
    with pytest.raises(FieldError), transaction():
        cash.refund_lines(place.keeper, order.id, {line.id: 1}, reason="", at=clock.now())
    with transaction():
        cash.refund_lines(place.keeper, order.id, {line.id: 2}, reason="stale", at=clock.now())
    row = charge(order)
    assert (row.refunded_minor, row.amount_minor, row.owed_minor) == (5200, 2600, 0)
    assert row.state == PaymentState.PART_REFUNDED
    with pytest.raises(QuantityError), transaction():
        cash.refund_lines(place.keeper, order.id, {line.id: 2}, reason="again", at=clock.now())
    with transaction():
        cash.refund_lines(place.keeper, order.id, {line.id: 1}, reason="the rest", at=clock.now())
    assert charge(order).state == PaymentState.REFUNDED
    assert db.session.scalars(select(Refund.cause).distinct()).all() == [RefundCause.AFTER_SALE]


def test_nothing_goes_back_where_nothing_came_in(place: Stall) -> None:
    order = orders.accepted(place, 2)
    with transaction():
        counter.hand_over(place.keeper, order.id, money=None, at=clock.now())
    line = orders.line_of(order)
    with pytest.raises(NothingPaidError), transaction():
        cash.refund_lines(place.keeper, order.id, {line.id: 1}, reason="stale", at=clock.now())
    with transaction():
        cash.take_money(place.keeper, order.id, way=PayWay.CASH, at=clock.now())
    with transaction():
        cash.refund_lines(place.keeper, order.id, {line.id: 1}, reason="stale", at=clock.now())


def test_an_overpaid_order_owes_the_difference_back(place: Stall) -> None:
    order = orders.accepted(place, 3, pay_way=PayWay.OWN_CODE)
    with transaction():
        cash.say_paid(place.customer, order.id, at=clock.now())
    line = orders.line_of(order)
    with transaction():
        preparation.prepare(place.keeper, order.id, {line.id: (2, 1)}, at=clock.now())
    with transaction():
        cash.confirm_money(place.keeper, order.id, at=clock.now())
    [refund] = refunds_of(charge(order).id)
    assert (refund.amount_minor, refund.cause) == (2600, RefundCause.OVERPAID)


def test_every_move_is_on_the_timeline_with_who_and_how_many(place: Stall) -> None:
    order = collected(place, 2)
    moves = timeline_of(order.id)
    assert [move.verb for move in moves] == [
        "order.money_taken",
        "order.handed_over",
        "order.accepted",
        "order.placed",
    ]
    assert moves[1].actor_name == "小李"
    assert moves[1].data["lines"][0]["quantity"] == 2
