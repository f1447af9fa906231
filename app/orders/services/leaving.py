"""What orders forget of a person who leaves: baskets, and the contact on what is over."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, or_, select, update

from app.accounts.types import Leaving
from app.core.db import changed, db
from app.core.media.models import Picture
from app.core.media.services import drop_pictures
from app.orders.models import (
    Basket,
    BasketLine,
    CustomerNote,
    Delivery,
    Order,
    OrderCase,
    OrderMove,
    Proposal,
)
from app.orders.types.proposals import ProposalState


def forget_person(leaving: Leaving, at: datetime) -> dict[str, int]:
    """Empty baskets and the contact on orders; what was bought, and for how much, stays."""
    mine = select(Basket.id).where(Basket.person_id == leaving.person_id)
    lines = changed(delete(BasketLine).where(BasketLine.basket_id.in_(mine)))
    baskets = changed(delete(Basket).where(Basket.person_id == leaving.person_id))
    moves = update(OrderMove).where(_moved_by(leaving.person_id))
    changed(moves.values(actor_name=leaving.former_name))
    mine_ordered = select(Order.id).where(Order.person_id == leaving.person_id)
    _empty_cases(mine_ordered)
    _empty_deliveries(mine_ordered)
    quotes = update(Proposal).where(Proposal.person_id == leaving.person_id)
    changed(quotes.values(wish=""))
    unanswered = quotes.where(Proposal.over_at.is_(None))
    changed(unanswered.values(state=ProposalState.DECLINED, over_at=at))
    _drop_notes(Order.person_id == leaving.person_id)
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
    """Empty the contact on orders that were over before an instant, and what their buyers wrote
    and showed in cases; return how many orders.
    """
    named = select(Order.id).where(
        Order.over_at < before, Order.contact_name == OrderMove.actor_name
    )
    changed(update(OrderMove).where(OrderMove.order_id.in_(named)).values(actor_name=""))
    _empty_cases(select(Order.id).where(Order.over_at < before))
    _empty_deliveries(select(Order.id).where(Order.over_at < before))
    _drop_notes(Order.over_at < before)
    old = update(Order).where(Order.over_at < before, Order.contact_name != "")
    return changed(old.values(contact_name="", **EMPTY_CONTACT))


def _empty_deliveries(order_ids: Select[Any]) -> None:
    """Forget where orders were brought, who took them, and the pictures of it."""
    brought = select(Delivery.order_id).where(
        Delivery.order_id.in_(order_ids), Delivery.address != ""
    )
    shown = select(Picture.id).where(
        Picture.owner_kind == "delivery", Picture.owner_id.in_(brought)
    )
    drop_pictures(db.session.scalars(shown).all())
    emptied = {"address": "", "detail": "", "name": "", "phone": "", "taken_by": ""}
    emptied_rows = update(Delivery).where(Delivery.order_id.in_(brought))
    changed(emptied_rows.values(lat=None, lng=None, **emptied))


def _drop_notes(of: ColumnElement[bool]) -> None:
    """Take away what shops noted of the people behind some orders."""
    theirs = select(Order.id).where(of)
    changed(delete(CustomerNote).where(CustomerNote.order_id.in_(theirs)))


def _empty_cases(order_ids: Select[Any]) -> None:
    cases = select(OrderCase.id).where(OrderCase.order_id.in_(order_ids), OrderCase.words != "")
    shown = select(Picture.id).where(
        Picture.owner_kind == "order_case", Picture.owner_id.in_(cases)
    )
    drop_pictures(db.session.scalars(shown).all())
    changed(update(OrderCase).where(OrderCase.id.in_(cases)).values(words=""))
