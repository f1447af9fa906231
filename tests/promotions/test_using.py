"""A coupon from the shop's page to the bill: taken, used, frozen, given back, settled."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core import clock
from app.core.access import GUEST, Viewer
from app.core.db import db, transaction
from app.core.errors import FieldError, NotAllowedError, NotSignedInError
from app.core.ledger.queries import audit
from app.core.ledger.services import balance
from app.core.pools.models import Pool
from app.core.pools.queries import wrong_counts
from app.orders.errors import PriceChangedError
from app.orders.models import Order, OrderReduction
from app.orders.queries.baskets import basket_quote, checkout_quote
from app.orders.services import basket, cash, checkout, counter, endings, preparation
from app.orders.services.reductions import choose_coupon
from app.orders.types import Contact
from app.payments.queries import charge_of
from app.payments.types import PayWay
from app.promotions import queries, services
from app.promotions.errors import CouponLimitError, CouponOverError, CouponsGoneError
from app.promotions.models import Promotion, PromotionUse
from app.promotions.types import Audience, Form, Funder, Kind, UseState
from app.settlement.models import SettlementLine
from app.settlement.queries import drift
from app.settlement.services.bills import close_week
from tests.factories import accounts, orders
from tests.factories.orders import Stall
from tests.factories.promotions import promotion, taken

EACH = 2600


def in_basket(place: Stall, quantity: int = 2, actor: Viewer | None = None) -> Any:
    who = actor or place.customer
    with transaction():
        basket.add_to_basket(
            who, token=None, variant_id=place.variant_id, quantity=quantity, at=clock.now()
        )
    return basket_quote(who, None, at=clock.now())


def ordered(place: Stall, quantity: int = 2, actor: Viewer | None = None) -> Order:
    """Order so many for what the page says they cost, and let the shop accept."""
    who = actor or place.customer
    held = orders.started(place, quantity, actor=who)
    return placed(place, held, who)


def placed(place: Stall, held: int, who: Viewer, phone: str = "138 0000 0000") -> Order:
    _found, quote = checkout_quote(who, held, None, at=clock.now())
    with transaction():
        [order] = checkout.place_orders(
            who, held, token=None, contact=Contact("王梅", phone), pay_way=PayWay.CASH,
            wishes={place.merchant.id: orders.free_slot(place.point, place.merchant)},
            expected_total=quote.total_minor, at=clock.now(),
        )  # fmt: skip
    with transaction():
        preparation.accept(place.keeper, order.id, at=clock.now())
    return orders.fresh(order)


def handed(place: Stall, order: Order, count: int | None = None) -> None:
    line = orders.line_of(order)
    quantities = None if count is None else {line.id: count}
    with transaction():
        counter.hand_over(
            place.keeper, order.id, quantities=quantities, money=PayWay.CASH, at=clock.now()
        )


def due(order: Order) -> int:
    return charge_of(("order", order.id)).amount_minor


def pool_of(made: Promotion) -> tuple[int | None, int]:
    row = db.session.get_one(Promotion, made.id, populate_existing=True)
    pool = db.session.get_one(Pool, row.pool_id, populate_existing=True)
    return pool.total, pool.taken


def test_the_best_coupon_counts_by_itself_and_stands_on_the_order(place: Stall) -> None:
    made = promotion(place.merchant.id, budget=3)
    use_id = taken(place.customer, made)
    assert pool_of(made) == (3, 1)
    quote = in_basket(place)
    assert (quote.total_minor, quote.lines[0].reduced_minor) == (2 * EACH - 500, 500)
    order = ordered(place, 1)
    assert (order.total_minor, due(order)) == (3 * EACH - 500, 3 * EACH - 500)
    frozen = db.session.scalars(select(OrderReduction)).one()
    assert (frozen.promotion_id, frozen.amount_minor, frozen.funder) == (made.id, 500, "merchant")
    use = db.session.get_one(PromotionUse, use_id, populate_existing=True)
    assert (use.state, use.order_id, use.amount_minor) == (UseState.USED, order.id, 500)
    assert pool_of(made) == (3, 1)
    assert in_basket(place).lines[0].reduced_minor == 0  # one per person


def test_a_coupon_nobody_took_yet_is_taken_by_ordering(place: Stall) -> None:
    made = promotion(place.merchant.id, budget=1)
    assert ordered(place).total_minor == 2 * EACH - 500
    assert pool_of(made) == (1, 1)
    other = accounts.viewer(accounts.person("赵强"))
    assert in_basket(place, actor=other).total_minor == 2 * EACH


def test_the_last_of_a_budget_goes_to_one_and_the_other_is_told_the_new_sum(place: Stall) -> None:
    made = promotion(place.merchant.id, budget=1)
    held = orders.started(place)
    _found, quote = checkout_quote(place.customer, held, None, at=clock.now())
    taken(accounts.viewer(accounts.person("赵强")), made)
    wishes = {place.merchant.id: orders.free_slot(place.point, place.merchant)}
    with pytest.raises(PriceChangedError) as refused, transaction():
        checkout.place_orders(
            place.customer, held, token=None, wishes=wishes, contact=Contact("王梅", "138"),
            pay_way=PayWay.CASH, expected_total=quote.total_minor, at=clock.now(),
        )  # fmt: skip
    assert refused.value.data["total_minor"] == 2 * EACH
    assert placed(place, held, place.customer).total_minor == 2 * EACH


def test_budget_and_share_refuse_the_next_one(place: Stall) -> None:
    made = promotion(place.merchant.id, budget=2)
    taken(place.customer, made)
    with pytest.raises(CouponLimitError):
        taken(place.customer, made)
    taken(accounts.viewer(accounts.person("赵强")), made)
    with pytest.raises(CouponsGoneError):
        taken(accounts.viewer(accounts.person("李雷")), made)
    with pytest.raises(NotSignedInError):
        taken(GUEST, made)
    assert pool_of(made) == (2, 2)


def test_a_coupon_nobody_uses_is_free_again_after_its_days(place: Stall) -> None:
    made = promotion(place.merchant.id, budget=1, keep_days=3)
    taken(place.customer, made)
    other = accounts.viewer(accounts.person("赵强"))
    with pytest.raises(CouponsGoneError):
        taken(other, made)
    with clock.travel(clock.now() + timedelta(days=3, minutes=1)):
        assert taken(other, made)
        assert in_basket(place).lines[0].reduced_minor == 0


def test_a_stopped_coupon_counts_no_more_and_the_order_keeps_it(place: Stall) -> None:
    made = promotion(place.merchant.id)
    order = ordered(place)
    other = accounts.viewer(accounts.person("赵强"))
    with transaction():
        services.stop_promotion(place.keeper, made.id, at=clock.now())
    with pytest.raises(CouponOverError):
        taken(other, made)
    assert in_basket(place, actor=other).total_minor == 2 * EACH
    assert due(order) == 2 * EACH - 500
    with pytest.raises(NotAllowedError), transaction():
        services.stop_promotion(place.customer, made.id, at=clock.now())


def test_only_the_shop_makes_its_own_and_only_an_operator_lets_the_site_pay(place: Stall) -> None:
    assert promotion(place.merchant.id, actor=place.keeper)
    for funder, actor in ((Funder.MERCHANT, place.customer), (Funder.SITE, place.keeper)):
        with pytest.raises(NotAllowedError):
            promotion(place.merchant.id, actor=actor, funder=funder)
    for wrong in ({"value_minor": 0}, {"form": Form.NTH, "percent": 50}, {"form": Form.PRICE}):
        with pytest.raises(FieldError):
            promotion(place.merchant.id, **wrong)  # type: ignore[arg-type]


def test_another_coupon_or_none_may_be_chosen(place: Stall) -> None:
    small, large = promotion(place.merchant.id, value_minor=300), promotion(place.merchant.id)
    held = orders.started(place)

    def total() -> int:
        return checkout_quote(place.customer, held, None, at=clock.now())[1].total_minor

    assert total() == 2 * EACH - 500
    for chosen, off in ((small.id, 300), (0, 0), (large.id, 500)):
        with transaction():
            choose_coupon(place.customer, held, place.merchant.id, chosen, token=None)
        assert total() == 2 * EACH - off


def test_a_cancelled_order_gives_the_coupon_back_until_its_day(place: Stall) -> None:
    made = promotion(place.merchant.id, budget=1)
    use_id = taken(place.customer, made)
    order = ordered(place)
    with transaction():
        endings.cancel(place.customer, order.id, at=clock.now())
    use = db.session.get_one(PromotionUse, use_id, populate_existing=True)
    assert (use.state, use.order_id) == (UseState.TAKEN, None)
    assert pool_of(made) == (1, 1)
    assert ordered(place).total_minor == 2 * EACH - 500
    assert not wrong_counts()


def test_an_offer_of_a_cancelled_order_goes_back_into_the_budget(place: Stall) -> None:
    made = promotion(place.merchant.id, kind=Kind.OFFER, budget=5, per_person=None)
    order = ordered(place)
    assert pool_of(made) == (5, 1)
    with transaction():
        endings.cancel_by_shop(place.keeper, order.id, reason="停电", at=clock.now())
    assert pool_of(made) == (5, 0)
    assert due(order) == 0


def test_pieces_carry_their_share_so_that_every_way_ends_at_the_same_cent(place: Stall) -> None:
    promotion(place.merchant.id, value_minor=100)
    order = ordered(place, 3)
    line = orders.line_of(order)
    with transaction():
        preparation.prepare(place.keeper, order.id, {line.id: (2, 1)}, at=clock.now())
    assert due(order) == 2 * EACH - 66
    handed(place, order)
    assert charge_of(("order", order.id)).confirmed_minor == 2 * EACH - 66
    for _ in range(2):
        with transaction():
            cash.refund_lines(place.keeper, order.id, {line.id: 1}, reason="坏了", at=clock.now())
    charge = charge_of(("order", order.id))
    assert (charge.amount_minor, charge.refunded_minor) == (0, 2 * EACH - 66)


def test_the_shop_pays_commission_on_what_it_got_for_its_own_coupon(place: Stall) -> None:
    promotion(place.merchant.id, value_minor=600)
    order = ordered(place)
    handed(place, order)
    rows = db.session.scalars(select(SettlementLine)).all()
    bp = orders.line_of(order).commission_bp
    assert [(row.kind, row.gross_minor) for row in rows] == [("sale", 2 * EACH - 600)]
    assert rows[0].commission_minor == round((2 * EACH - 600) * bp / 10000)


def test_the_site_owes_the_shop_its_own_coupon_piece_by_piece_and_back(place: Stall) -> None:
    promotion(None, value_minor=500, funder=Funder.SITE)
    order = ordered(place, 3)
    assert (order.total_minor, orders.line_of(order).site_minor) == (3 * EACH - 500, 500)
    handed(place, order, 1)
    handed(place, order)
    account = f"merchant:{place.merchant.id}"
    rows = db.session.scalars(select(SettlementLine).order_by(SettlementLine.id)).all()
    commission = sum(row.commission_minor for row in rows)
    bp = orders.line_of(order).commission_bp
    assert sum(row.gross_minor for row in rows) == 3 * EACH
    assert commission == round(3 * EACH * bp / 10000)
    assert [row.fee_minor for row in rows if row.kind == "coupon"] == [-166, -334]
    assert balance(account) == 500 - commission
    assert balance("expense:coupons") == 500
    line = orders.line_of(order)
    with transaction():
        cash.refund_lines(place.keeper, order.id, {line.id: 3}, reason="坏了", at=clock.now())
    assert (balance("expense:coupons"), balance(account)) == (0, 0)
    week = clock.local(clock.now()).date() - timedelta(days=5)
    with transaction():
        bill = close_week(place.merchant.id, week, at=clock.now() + timedelta(days=9))
    assert (bill.coupons_minor, bill.payable_minor) == (0, 0)
    assert not any(drift().values())
    assert audit().is_clean


def test_a_first_order_is_a_first_order_once(place: Stall) -> None:
    promotion(place.merchant.id, audience=Audience.FIRST_ORDER, per_person=5)
    assert ordered(place).total_minor == 2 * EACH - 500
    assert ordered(place).total_minor == 2 * EACH


def test_the_sharer_is_rewarded_once_for_a_neighbour_and_never_for_the_household(
    place: Stall,
) -> None:
    thanks = promotion(place.merchant.id, value_minor=800, is_public=False, per_person=9)
    made = promotion(place.merchant.id, reward_id=thanks.id)
    sharer = accounts.viewer(accounts.person("张姐"))

    def earned() -> int:
        mine = (PromotionUse.promotion_id == thanks.id, PromotionUse.person_id == sharer.id)
        return db.session.scalar(select(func.count()).where(*mine)) or 0

    taken(place.customer, made, sharer_id=sharer.id)
    order = ordered(place)
    assert earned() == 0
    handed(place, order)
    assert earned() == 1
    handed(place, ordered(place))
    assert earned() == 1
    second = accounts.viewer(accounts.person("小号"))  # orders with the same phone
    taken(second, made, sharer_id=sharer.id)
    handed(place, ordered(place, 1, actor=second))
    assert earned() == 1


def test_a_code_takes_its_coupon_and_an_unknown_one_is_refused(place: Stall) -> None:
    made = promotion(place.merchant.id, code="bread5", is_public=False)
    assert in_basket(place).total_minor == 2 * EACH
    with transaction():
        assert services.take_by_code(place.customer, " BREAD5 ", at=clock.now()) == made.id
    assert in_basket(place, 1).total_minor == 3 * EACH - 500
    with pytest.raises(FieldError), transaction():
        services.take_by_code(place.customer, "nothing", at=clock.now())
    assert [one.promotion.id for one in queries.coupons_of(place.buyer.id, at=clock.now())] == [
        made.id
    ]
