"""What orders forget of a person who leaves: baskets, and the contact on what is over."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select, update

from app.accounts.types import Leaving
from app.core.db import changed
from app.orders.models import Basket, BasketLine, Order, OrderMove


def forget_person(leaving: Leaving, _at: datetime) -> dict[str, int]:
    """Empty baskets and the contact on orders; what was bought, and for how much, stays."""
    mine = select(Basket.id).where(Basket.person_id == leaving.person_id)
    lines = changed(delete(BasketLine).where(BasketLine.basket_id.in_(mine)))
    baskets = changed(delete(Basket).where(Basket.person_id == leaving.person_id))
    moves = update(OrderMove).where(_moved_by(leaving.person_id))
    changed(moves.values(actor_name=leaving.former_name))
    contact = update(Order).where(Order.person_id == leaving.person_id)
    emptied = contact.values(contact_name=leaving.former_name, **EMPTY_CONTACT)
    return {"basket_lines": lines, "baskets": baskets, "orders": changed(emptied)}


EMPTY_CONTACT = {"contact_phone": "", "contact_mail": "", "phone_last4": "", "note": ""}


def _moved_by(person_id: int) -> ColumnElement[bool]:
    """Moves of the person, and those on their orders under the name they gave."""
    named = select(Order.id).where(
        Order.person_id == person_id, Order.contact_name == OrderMove.actor_name
    )
    return or_(OrderMove.actor_id == person_id, OrderMove.order_id.in_(named))


def forget_contacts(before: datetime) -> int:
    """Empty the contact on orders that were over before an instant; return how many."""
    named = select(Order.id).where(
        Order.over_at < before, Order.contact_name == OrderMove.actor_name
    )
    changed(update(OrderMove).where(OrderMove.order_id.in_(named)).values(actor_name=""))
    old = update(Order).where(Order.over_at < before, Order.contact_name != "")
    return changed(old.values(contact_name="", **EMPTY_CONTACT))
