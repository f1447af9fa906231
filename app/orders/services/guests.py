"""Letters to guests, who have no inbox here: each with the link that opens their order."""

from __future__ import annotations

from app.core.activity.types import Verb
from app.core.i18n import gettext as _
from app.core.i18n import pick, speaking
from app.core.mail.services import send_mail
from app.core.settings import settings
from app.merchants.queries.selling import names_of
from app.orders import policies
from app.orders.models import Order
from app.orders.types import CANCELLED, DECLINED, PLACED, READY


def tell_guest(order: Order, verb: Verb, *, reason: str = "") -> None:
    """Write to a guest who left a mail address what became of the order; members get notices
    instead.
    """
    if order.person_id is not None or not order.contact_mail or not order.token_hash:
        return
    shop = names_of([order.merchant_id]).get(order.merchant_id, ("", ""))
    with speaking(order.language):
        subject = _sentence(verb, number=order.number, shop=pick(*shop))
        text = "\n\n".join(part for part in (subject, reason, _link(order)) if part)
        send_mail(order.contact_mail, subject, text, key=f"order:{order.id}:{verb.name}")


def _link(order: Order) -> str:
    return _("See it, show the code or cancel here: %(url)s", url=guest_url(order))


def guest_url(order: Order) -> str:
    """Return the address that opens a guest's order."""
    return f"{settings().base_url}/orders/{order.id}?key={policies.guest_key(order.number)}"


def guest_key(number: str) -> str:
    """Return the key that opens a guest's order."""
    return policies.guest_key(number)


def _sentence(verb: Verb, *, number: str, shop: str) -> str:
    if verb == PLACED:
        return _("%(shop)s has your order %(number)s", shop=shop, number=number)
    if verb == READY:
        return _("Your order %(number)s is ready at %(shop)s", shop=shop, number=number)
    if verb == DECLINED:
        return _("%(shop)s cannot take your order %(number)s", shop=shop, number=number)
    if verb == CANCELLED:
        return _("Your order %(number)s at %(shop)s is cancelled", shop=shop, number=number)
    return _("Your order %(number)s at %(shop)s has moved", shop=shop, number=number)
