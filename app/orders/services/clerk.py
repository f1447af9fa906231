"""Orders that a shop's people enter for somebody on the phone or at the counter, by the same
checkout as everybody's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.core.access import GUEST, Viewer
from app.core.i18n import gettext as _
from app.merchants.queries.selling import offers_for
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
    goes over the counter and is paid in the same act. What is in a group-buy waits for its cut-off
    and its own time. Refuses what `start_checkout` and `place_orders` refuse, and another shop's
    things.
    """
    if not policies.can_serve(clerk, merchant_id):
        raise WrongShopError
    token = _filled(wanted, at)
    order = _entered(
        clerk, merchant_id, token, slot=slot, contact=contact, pay_way=pay_way, note=note,
        expected_total=expected_total, at=at,
    )  # fmt: skip
    if order.accept_by is None:
        return order
    order = accept(clerk, order.id, at=at)
    if slot is None:
        hand_over(clerk, order.id, money=pay_way, at=at)
    return order


def enter_for(
    leader: Viewer, merchant_id: int, wanted: Mapping[int, int], *, contact: Contact, at: datetime
) -> Order:
    """Take `{variant_id: quantity}` for somebody who told the leader of a group-buy, to be paid
    when it is collected; whoever calls has looked that the actor leads it.
    """
    offers = offers_for(wanted, at=at)
    total = sum(
        (offer.price_minor + offer.packaging_minor) * wanted[key] for key, offer in offers.items()
    )
    return _entered(
        leader, merchant_id, _filled(wanted, at), slot=None, contact=contact, pay_way=PayWay.CASH,
        note="", expected_total=total, at=at,
    )  # fmt: skip


def enter_booking(
    clerk: Viewer,
    merchant_id: int,
    variant_id: int,
    time_key: str,
    *,
    contact: Contact,
    note: str = "",
    expected_total: int,
    at: datetime,
) -> Order:
    """Book a service for somebody on the phone, accepted at once; they pay when they come. Refuses
    what `start_checkout` and `place_orders` refuse, and another shop's service.
    """
    if not policies.can_serve(clerk, merchant_id):
        raise WrongShopError
    token = new_token()
    add_to_basket(GUEST, token=token, variant_id=variant_id, time_key=time_key, at=at)
    order = _entered(
        clerk, merchant_id, token, slot=None, contact=contact, pay_way=PayWay.CASH, note=note,
        expected_total=expected_total, at=at,
    )  # fmt: skip
    return accept(clerk, order.id, at=at)


def _filled(wanted: Mapping[int, int], at: datetime) -> str:
    """Put things into a basket of nobody's; return its token."""
    if not wanted:
        raise BasketEmptyError
    token = new_token()
    for variant_id, quantity in wanted.items():
        add_to_basket(GUEST, token=token, variant_id=variant_id, quantity=quantity, at=at)
    return token


def _entered(
    clerk: Viewer,
    merchant_id: int,
    token: str,
    *,
    slot: SlotWish | None,
    contact: Contact,
    pay_way: PayWay,
    note: str,
    expected_total: int,
    at: datetime,
) -> Order:
    """Place what a clerk put into a basket of nobody's."""
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
    return orders[0]


def _nameless(contact: Contact) -> Contact:
    """Name somebody who gave no name by what is known of them."""
    digits = "".join(sign for sign in contact.phone if sign.isdigit())[-4:]
    name = _("Caller …%(digits)s", digits=digits) if digits else _("Walk-in")
    return Contact(name, contact.phone, contact.mail)
