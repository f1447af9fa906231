"""Who delivers for a shop hands over and takes money; its no, and its money, are for others."""

from collections.abc import Callable
from typing import Any

import pytest

from app.core import clock
from app.core.access import Viewer
from app.core.db import transaction
from app.core.errors import NotAllowedError
from app.orders.services import cash, counter, endings, moving, preparation
from app.payments.queries import payments_of, refunds_of
from app.payments.types import PayWay
from tests.factories import accounts, orders
from tests.factories.orders import Stall
from tests.orders.test_endings import charge, collected
from tests.visitor import Visitor

Deed = Callable[[Viewer, int], Any]


@pytest.fixture
def courier(place: Stall) -> Any:
    return accounts.person("小送", language="en", staff_of={place.merchant.id: "courier"})


def _short(actor: Viewer, order_id: int) -> Any:
    counts = {orders.line_of(order_id).id: (0, 1)}
    return preparation.prepare(actor, order_id, counts, reason="none", at=clock.now())


DEEDS: dict[str, tuple[Callable[..., Any], Deed]] = {
    "decline": (
        orders.placed,
        lambda who, one: preparation.decline(who, one, reason="no", at=clock.now()),
    ),
    "short": (orders.accepted, _short),
    "cancel": (
        orders.accepted,
        lambda who, one: endings.cancel_by_shop(who, one, reason="no", at=clock.now()),
    ),
    "move on": (orders.accepted, lambda who, one: moving.move_on(who, one, at=clock.now())),
    "refund": (
        collected,
        lambda who, one: cash.refund_lines(
            who, one, {orders.line_of(one).id: 1}, reason="no", at=clock.now()
        ),
    ),
}


@pytest.mark.parametrize("name", DEEDS)
def test_what_ends_an_order_or_gives_money_back_is_not_for_who_delivers(
    place: Stall, courier: Any, name: str
) -> None:
    made, deed = DEEDS[name]
    order = made(place, 2)
    with pytest.raises(NotAllowedError), transaction():
        deed(accounts.viewer(courier), order.id)
    clerk = accounts.person(staff_of={place.merchant.id: "clerk"})
    with transaction():
        deed(accounts.viewer(clerk), order.id)


def test_nobody_came_is_not_for_who_delivers(place: Stall, courier: Any) -> None:
    order = orders.accepted(place)
    with clock.travel(order.slot_ends_at or clock.now()):
        clock_at = clock.now()
        with pytest.raises(NotAllowedError), transaction():
            endings.mark_uncollected(accounts.viewer(courier), order.id, at=clock_at)


def test_a_payment_is_doubted_and_a_refund_given_by_others_than_who_delivers(
    place: Stall, courier: Any
) -> None:
    order = orders.accepted(place, pay_way=PayWay.OWN_CODE)
    with transaction():
        cash.say_paid(place.customer, order.id, at=clock.now())
    [said] = payments_of(charge(order).id)
    for actor, is_refused in ((accounts.viewer(courier), True), (place.keeper, False)):
        if is_refused:
            with pytest.raises(NotAllowedError), transaction():
                cash.dispute_money(actor, order.id, said.id, reason="no", at=clock.now())
        else:
            with transaction():
                cash.dispute_money(actor, order.id, said.id, reason="no", at=clock.now())
    done = collected(place)
    with transaction():
        cash.refund_lines(
            place.keeper, done.id, {orders.line_of(done).id: 1}, reason="no", at=clock.now()
        )
    [owed] = refunds_of(charge(done).id)
    with pytest.raises(NotAllowedError), transaction():
        cash.give_money_back(accounts.viewer(courier), done.id, owed.id, at=clock.now())
    with transaction():
        cash.give_money_back(place.keeper, done.id, owed.id, at=clock.now())


def test_who_delivers_hands_over_takes_the_money_and_takes_it_back(
    place: Stall, courier: Any
) -> None:
    order, actor = orders.accepted(place), accounts.viewer(courier)
    with transaction():
        preparation.make_ready(actor, order.id, at=clock.now())
    with transaction():
        given = counter.hand_over(actor, order.id, money=PayWay.CASH, at=clock.now())
    with transaction():
        counter.undo_hand_over(actor, given.id, at=clock.now())


def test_the_pages_of_who_delivers_offer_only_what_they_may_do(
    place: Stall, courier: Any, sign_in: Callable[..., Visitor]
) -> None:
    waiting, taken = orders.placed(place), orders.accepted(place)
    base = f"/workbench/{place.merchant.id}"
    theirs, whole = sign_in(courier), sign_in(place.owner)
    words = ("Decline", " short", "Cancel what is left")
    for url in (f"{base}/board", f"{base}/orders/{waiting.id}", f"{base}/orders/{taken.id}"):
        shown, full = theirs.visit(url), whole.visit(url)
        assert not [word for word in words if word in shown]
        assert [word for word in words if word in full]
    page = theirs.visit(f"{base}/orders/{taken.id}")
    assert page.forms("money")
    sent = page.forms("money")[0] | {"reason": "no"}
    for deed in ("cancel", "decline", "refund", "uncollected"):
        assert theirs.post(f"{base}/orders/{taken.id}/{deed}", sent).status == 403
