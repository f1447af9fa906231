"""Orders that a shop's people enter for somebody on the phone or at the counter, by the same
checkout as everybody's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.core.access import GUEST, Viewer
from app.core.i18n import gettext as _
from app.orders import policies
from app.orders.errors import BasketEmptyError, WrongShopError
from app.orders.models import Order
from app.orders.services.basket import add_to_basket, empty_basket, new_token
from app.orders.services.checkout import place_orders, start_checkout
from app.orders.services.counter import hand_over
from app.orders.services.preparation import accept
from app.orders.types import Contact, SlotWish
from app.payments.types import PayWay


def enter_order(
    clerk: Viewer,
    merchant_id: int,
    wanted: Mapping[int, int],
    *,
    slot: SlotWish | None,
    contact: Contact,
    pay_way: PayWay = PayWay.CASH,
    note: str = "",
    expected_total: int,
    at: datetime,
) -> Order:
    """Take `{variant_id: quantity}` for somebody who is no visitor of the site, accepted at once.

    With a pickup time it is an order like any other and asks for a phone number; without one it
    goes over the counter and is paid in the same act. Refuses what `start_checkout` and
    `place_orders` refuse, and another shop's things.
    """
    if not policies.can_serve(clerk, merchant_id):
        raise WrongShopError
    if not wanted:
        raise BasketEmptyError
    token = new_token()
    for variant_id, quantity in wanted.items():
        add_to_basket(GUEST, token=token, variant_id=variant_id, quantity=quantity, at=at)
    checkout = start_checkout(GUEST, token=token, expected_total=expected_total, at=at)
    orders = place_orders(
        GUEST,
        checkout.id,
        token=token,
        wishes={merchant_id: slot} if slot else {},
        contact=contact if contact.name.strip() else _nameless(contact),
        pay_way=pay_way,
        note=note,
        expected_total=expected_total,
        at=at,
        clerk=clerk,
    )
    if [order.merchant_id for order in orders] != [merchant_id]:
        raise WrongShopError
    empty_basket(GUEST, token=token)
    order = accept(clerk, orders[0].id, at=at)
    if slot is None:
        hand_over(clerk, order.id, money=pay_way, at=at)
    return order


def _nameless(contact: Contact) -> Contact:
    """Name somebody who gave no name by what is known of them."""
    digits = "".join(sign for sign in contact.phone if sign.isdigit())[-4:]
    name = _("Caller …%(digits)s", digits=digits) if digits else _("Walk-in")
    return Contact(name, contact.phone, contact.mail)
