"""What a shop writes down about its customers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete

from app.core.access import Role, Viewer
from app.core.db import changed, upsert
from app.core.errors import NotAllowedError
from app.orders.models import CustomerNote
from app.orders.queries.customers import customer_for


def write_note(actor: Viewer, merchant_id: int, order_id: int, text: str, *, at: datetime) -> int:
    """Keep the shop's note about the customer of an order, or without words take it away; return
    the first order, by which they are known. Refuses who does not keep the shop.
    """
    if not actor.is_staff_of(merchant_id, Role.OWNER, Role.MANAGER):
        raise NotAllowedError
    customer, _orders = customer_for(merchant_id, order_id)
    if not text:
        changed(delete(CustomerNote).where(CustomerNote.order_id == customer.id))
        return customer.id
    row = {"order_id": customer.id, "text": text, "written_at": at, "written_by": actor.id}
    upsert(
        CustomerNote,
        [row],
        keys=["order_id"],
        update=lambda new: {
            "text": new.text, "written_at": new.written_at, "written_by": new.written_by
        },
    )  # fmt: skip
    return customer.id
