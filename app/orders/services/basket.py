"""The basket: what somebody means to order. A guest's hangs on an opaque token, stored hashed."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import case, delete, insert, select, update

from app.core.access import Viewer, token_hash
from app.core.db import changed, db, upsert
from app.core.errors import FieldError, NotFoundError
from app.core.i18n import lazy_gettext as _l
from app.merchants.errors import NotOrderableError
from app.merchants.queries.booking import time_for
from app.merchants.queries.selling import offers_for
from app.merchants.types import ListingKind
from app.orders.models import Basket, BasketLine
from app.orders.queries.baskets import baskets_of
from app.orders.types import MOST_OF_ONE

KEEP_DAYS = 30


def new_token() -> str:
    """Return a fresh token for a guest's basket."""
    return secrets.token_urlsafe(24)


def add_to_basket(
    actor: Viewer,
    *,
    token: str | None,
    variant_id: int,
    quantity: int = 1,
    time_key: str = "",
    at: datetime,
) -> None:
    """Put so many of a variant into the basket, on top of what is there; a service needs its time.

    Refuses what cannot be ordered and a time that is taken; takes nothing from any pool.
    """
    offer = offers_for([variant_id], at=at).get(variant_id)
    if offer is None:
        raise NotFoundError
    if not offer.is_orderable:
        raise NotOrderableError(variant_id=variant_id)
    if offer.kind == ListingKind.SERVICE:
        if not time_key:
            raise FieldError("time_key", _l("Choose a time first."))
        time_key = time_for(offer.listing_id, time_key, at=at).key
        quantity = 1
    else:
        time_key = ""
    if not 1 <= quantity <= MOST_OF_ONE:
        raise FieldError("quantity", _l("Choose between 1 and 999."))
    basket_id = _basket(actor, token, at)
    row = {
        "basket_id": basket_id,
        "variant_id": variant_id,
        "time_key": time_key,
        "quantity": quantity,
        "seen_minor": offer.price_minor + offer.packaging_minor,
        "added_at": at,
    }
    _put(row, most=1 if time_key else MOST_OF_ONE)


def change_quantity(
    actor: Viewer, line_id: int, quantity: int, *, token: str | None, at: datetime
) -> None:
    """Set how many of a line are wanted; nought takes it out. Refuses a line that is not the
    actor's.
    """
    own = (BasketLine.id == line_id) & BasketLine.basket_id.in_(baskets_of(actor, token))
    if quantity <= 0:
        found = changed(delete(BasketLine).where(own))
    else:
        step = update(BasketLine).where(own).values(quantity=min(quantity, MOST_OF_ONE))
        found = changed(step.where(BasketLine.time_key == ""))
    if found == 0:
        raise NotFoundError
    changed(update(Basket).where(Basket.id.in_(baskets_of(actor, token))).values(touched_at=at))


def empty_basket(actor: Viewer, *, token: str | None) -> None:
    """Take everything out, for good."""
    _delete(list(db.session.scalars(baskets_of(actor, token))))


def take_out(actor: Viewer, *, token: str | None, variant_ids: list[int]) -> None:
    """Take what became an order out of the basket, leaving the rest."""
    changed(
        delete(BasketLine).where(
            BasketLine.basket_id.in_(baskets_of(actor, token)),
            BasketLine.variant_id.in_(variant_ids),
        )
    )


def merge_baskets(person_id: int, token: str, *, at: datetime) -> None:
    """Put what a guest had chosen into the person's own basket; the guest's basket is gone."""
    guest_id = db.session.scalar(select(Basket.id).where(Basket.token_hash == token_hash(token)))
    if guest_id is None:
        return
    own_id = _basket(Viewer(id=person_id), None, at)
    rows = db.session.execute(
        select(
            BasketLine.variant_id,
            BasketLine.time_key,
            BasketLine.quantity,
            BasketLine.seen_minor,
            BasketLine.added_at,
        ).where(BasketLine.basket_id == guest_id)
    ).mappings()
    for row in list(rows):
        most = 1 if row["time_key"] else MOST_OF_ONE
        _put({**row, "basket_id": own_id}, most=most)
    _delete([guest_id])


def forget_old_baskets(*, before: datetime) -> int:
    """Delete baskets nobody touched since; a draft really goes."""
    old = list(db.session.scalars(select(Basket.id).where(Basket.touched_at < before).limit(500)))
    _delete(old)
    return len(old)


def _basket(actor: Viewer, token: str | None, at: datetime) -> int:
    owner = {"person_id": actor.id} if actor.is_member else {"token_hash": token_hash(token or "")}
    if actor.is_guest and not token:
        raise NotFoundError
    [(name, value)] = owner.items()
    mine = getattr(Basket, name) == value
    plain = {"synchronize_session": False}
    kept = update(Basket).where(mine).values(touched_at=at).returning(Basket.id)
    found = db.session.scalar(kept, execution_options=plain)
    if found is None:
        made = insert(Basket).values(touched_at=at, **owner).returning(Basket.id)
        found = db.session.scalar(made)
    assert found is not None
    return found


def _put(row: dict[str, Any], *, most: int) -> None:
    """Insert a line or add to the one that is there, never above what one line may hold."""
    total = BasketLine.quantity + row["quantity"]
    upsert(
        BasketLine,
        [row],
        keys=["basket_id", "variant_id", "time_key"],
        update=lambda new: {
            "quantity": case((total > most, most), else_=total),
            "seen_minor": new.seen_minor,
        },
    )


def _delete(basket_ids: list[int]) -> None:
    if basket_ids:
        changed(delete(BasketLine).where(BasketLine.basket_id.in_(basket_ids)))
        changed(delete(Basket).where(Basket.id.in_(basket_ids)))
