"""The basket: what somebody means to order. A guest's hangs on an opaque token, stored hashed."""

from __future__ import annotations

import secrets
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Delete, Select, bindparam, case, delete, select, update

from app.core.access import Viewer, token_hash
from app.core.db import changed, changing, db, fetch, inserting
from app.core.errors import FieldError, NotFoundError
from app.core.i18n import lazy_gettext as _l
from app.merchants.errors import NotOrderableError
from app.merchants.queries.booking import time_for
from app.merchants.queries.selling import offers_for
from app.merchants.types import ListingKind
from app.orders.models import Basket, BasketLine
from app.orders.queries.baskets import baskets_of, own_baskets
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
    mine, owner = _mine(actor, token), own_baskets(actor, token)
    own = (BasketLine.id == line_id) & BasketLine.basket_id.in_(mine)
    if quantity <= 0:
        found = changed(delete(BasketLine).where(own), **owner)
    else:
        step = update(BasketLine).where(own).values(quantity=min(quantity, MOST_OF_ONE))
        found = changed(step.where(BasketLine.time_key == ""), **owner)
    if found == 0:
        raise NotFoundError
    changed(update(Basket).where(Basket.id.in_(mine)).values(touched_at=at), **owner)


def empty_basket(actor: Viewer, *, token: str | None) -> None:
    """Take everything out, for good."""
    _delete([row[0] for row in fetch(_mine(actor, token), **own_baskets(actor, token))])


def take_out(actor: Viewer, *, token: str | None, variant_ids: list[int]) -> None:
    """Take what became an order out of the basket, leaving the rest."""
    step = _taking_out(is_member=actor.is_member, has_token=bool(token))
    changed(step, variant_ids=variant_ids, **own_baskets(actor, token))


@cache
def _taking_out(*, is_member: bool, has_token: bool) -> Delete:
    mine = baskets_of(is_member=is_member, has_token=has_token)
    return delete(BasketLine).where(
        BasketLine.basket_id.in_(mine),
        BasketLine.variant_id.in_(bindparam("variant_ids", expanding=True)),
    )


def _mine(actor: Viewer, token: str | None) -> Select[int]:
    return baskets_of(is_member=actor.is_member, has_token=bool(token))


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
    """Return the id of the actor's basket, touched now, made unless it is there."""
    if actor.is_guest and not token:
        raise NotFoundError
    owner = {"person_id": actor.id} if actor.is_member else {"token_hash": token_hash(token or "")}
    [row] = changing(_touching(next(iter(owner))), touched_at=at, **owner)
    return int(row[0])


@cache
def _touching(owner: str) -> Any:
    made = inserting(Basket)
    kept = made.on_conflict_do_update(
        index_elements=[owner], set_={"touched_at": made.excluded.touched_at}
    )
    return kept.returning(Basket.__table__.c.id)


def _put(row: dict[str, Any], *, most: int) -> None:
    """Insert a line or add to the one that is there, never above what one line may hold."""
    changing(_adding(most), **row)


@cache
def _adding(most: int) -> Any:
    made = inserting(BasketLine)
    total = BasketLine.__table__.c.quantity + made.excluded.quantity
    kept = made.on_conflict_do_update(
        index_elements=["basket_id", "variant_id", "time_key"],
        set_={
            "quantity": case((total > most, most), else_=total),
            "seen_minor": made.excluded.seen_minor,
        },
    )
    return kept.returning(BasketLine.__table__.c.id)


def _delete(basket_ids: list[int]) -> None:
    if basket_ids:
        changed(delete(BasketLine).where(BasketLine.basket_id.in_(basket_ids)))
        changed(delete(Basket).where(Basket.id.in_(basket_ids)))
