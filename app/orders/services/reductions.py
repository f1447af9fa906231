"""What comes off an order's lines: chosen at the checkout, frozen at placing, given back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, update

from app.core.access import Viewer
from app.core.db import db, moved, put
from app.orders.errors import CheckoutOverError
from app.orders.models import Checkout, Order, OrderLine, OrderReduction
from app.orders.queries.baskets import checkout_for
from app.orders.queries.reductions import contacts_of, is_first_collected
from app.orders.types import CheckoutState, Quote
from app.promotions import services as promotions
from app.promotions.queries import awaited
from app.promotions.types import Usage


def choose_coupon(
    actor: Viewer, checkout_id: int, shop_id: int, promotion_id: int, *, token: str | None
) -> None:
    """Say which coupon one shop's order shall take; nought is none. Refuses a checkout that is
    over, or not the actor's.
    """
    if checkout_for(actor, checkout_id, token).state != CheckoutState.OPEN:
        raise CheckoutOverError
    kept = db.session.scalar(select(Checkout.coupons).where(Checkout.id == checkout_id)) or {}
    step = update(Checkout).where(Checkout.id == checkout_id, Checkout.state == CheckoutState.OPEN)
    moved(step.values(coupons=kept | {str(shop_id): promotion_id}), CheckoutOverError())


def take_code(
    actor: Viewer, checkout_id: int, code: str, *, token: str | None, at: datetime
) -> None:
    """Take the coupon a code stands for and choose it wherever it fits; refuses as `take_by_code`
    does.
    """
    promotion_id = promotions.take_by_code(actor, code, at=at)
    choose_coupon(actor, checkout_id, 0, promotion_id, token=token)


def freeze_reductions(
    buyer_id: int | None,
    orders: Sequence[Order],
    quote: Quote,
    lines: Mapping[int, Sequence[OrderLine]],
    *,
    at: datetime,
) -> None:
    """Write down what came off each line and let the orders take it from its budgets.

    Refuses (all or nothing) what was used up meanwhile.
    """
    rows, usages = [], []
    for order, shop in zip(orders, quote.shops, strict=True):
        spent: dict[tuple[int, int | None], int] = {}
        for line, frozen in zip(shop.lines, lines[order.id], strict=True):
            for one in line.reductions:
                key = (one.promotion_id, one.use_id)
                spent[key] = spent.get(key, 0) + one.amount_minor
                rows.append(
                    {
                        "order_line_id": frozen.id,
                        "promotion_id": one.promotion_id,
                        "funder": one.funder,
                        "name_zh": one.name_zh,
                        "name_en": one.name_en,
                        "amount_minor": one.amount_minor,
                    }
                )
        usages += [Usage(*key, order.id, amount) for key, amount in sorted(spent.items(), key=str)]
    put(OrderReduction, rows)
    promotions.use(buyer_id, usages, at=at)


def give_back(order: Order, *, at: datetime) -> None:
    """Give back what an order took that ended uncollected."""
    promotions.give_back(order.id, at=at)


def reward_sharer(order: Order, *, at: datetime) -> None:
    """Let whoever brought the buyer have their reward, on the first order that is collected."""
    if order.person_id is None:
        return
    found = awaited(order.person_id)
    if found is None or not is_first_collected(order.person_id, order.id):
        return
    contacts = contacts_of(order.contact_phone, order.person_id)
    promotions.reward(found[0], contacts=contacts, at=at)
