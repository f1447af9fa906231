"""Waiting for what is sold out: what comes back is kept for the first in line, for a while."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from app.core.access import SYSTEM, Viewer
from app.core.activity.services import record
from app.core.db import changed, db
from app.core.errors import ConflictError, NotFoundError, NotSignedInError
from app.core.i18n import lazy_gettext as _l
from app.core.pools import services as pools
from app.core.pools.errors import HoldGoneError, PoolEmptyError
from app.core.pools.queries import free
from app.merchants.errors import NotOrderableError
from app.merchants.models import Listing, StockWait, Variant
from app.merchants.queries.selling import offers_for
from app.merchants.types.waits import BACK_IN_STOCK, KEPT_MINUTES, WAITED, WaitState

# So many are offered in one act; the worker goes on.
AT_ONCE = 20
_OPEN = (WaitState.WAITING, WaitState.OFFERED)


def wait_for(actor: Viewer, variant_id: int, *, at: datetime) -> None:
    """Put a member in line for a size that is sold out; asking twice is asking once. Refuses what
    is not for sale, and what is there.
    """
    if actor.id is None:
        raise NotSignedInError
    offer = offers_for([variant_id], at=at).get(variant_id)
    if offer is None or offer.pool_id is None:
        raise NotFoundError
    if offer.listing_archived or not offer.is_open_shop:
        raise NotOrderableError(variant_id=variant_id)
    if offer.free is None or offer.free > 0:
        raise ConflictError(_l("It is there. Put it into your basket."))
    wait = StockWait(
        variant_id=variant_id, pool_id=offer.pool_id, person_id=actor.id,
        quantity=offer.pack_size, state=WaitState.WAITING, asked_at=at,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(wait)
    except IntegrityError:  # in line already
        return
    record(actor, WAITED, ("listing", offer.listing_id), at=at)


def leave_line(actor: Viewer, variant_id: int) -> None:
    """Take a member out of the line; what was kept goes to the next. Refuses who is not in it."""
    step = (
        update(StockWait)
        .where(
            StockWait.person_id == actor.id,
            StockWait.variant_id == variant_id,
            StockWait.state.in_(_OPEN),
        )
        .values(state=WaitState.LEFT)
        .returning(StockWait.hold_id)
    )
    found = list(db.session.execute(step, execution_options={"synchronize_session": False}))
    if not found:
        raise NotFoundError
    pools.release([row[0] for row in found if row[0] is not None])


def offer_back(pool_ids: Sequence[int], *, at: datetime) -> int:
    """Keep what is free in these pools for those who wait for it, first come first; return how many
    were told. Where too little is there for a pack, who waits for less is served.
    """
    waiting = db.session.execute(
        select(StockWait.id, StockWait.pool_id, StockWait.quantity, StockWait.person_id,
               StockWait.variant_id, Variant.listing_id)
        .join(Variant, Variant.id == StockWait.variant_id)
        .join(Listing, Listing.id == Variant.listing_id)
        .where(
            StockWait.pool_id.in_(pool_ids),
            StockWait.state == WaitState.WAITING,
            Listing.archived_at.is_(None),
            Variant.archived_at.is_(None),
        )
        .order_by(StockWait.pool_id, StockWait.id)
        .limit(AT_ONCE)
    ).all()  # fmt: skip
    told = 0
    too_many: dict[int, int] = {}
    for wait_id, pool_id, quantity, person_id, variant_id, listing_id in waiting:
        if quantity >= too_many.get(pool_id, quantity + 1):
            continue
        if not _kept(wait_id, pool_id, quantity, at):
            too_many[pool_id] = quantity
            continue
        told += 1
        record(
            SYSTEM, BACK_IN_STOCK, ("listing", listing_id), at=at,
            data={"person_id": person_id, "variant_id": variant_id,
                  "until": (at + timedelta(minutes=KEPT_MINUTES)).isoformat()},
        )  # fmt: skip
    return told


def _kept(wait_id: int, pool_id: int, quantity: int, at: datetime) -> bool:
    """Keep a piece for one who waits; return whether there was one. Somebody who was served
    meanwhile keeps what they have.
    """
    until = at + timedelta(minutes=KEPT_MINUTES)
    try:
        [hold] = pools.take([(pool_id, quantity)], owner=("stock_wait", wait_id), until=until,
                            at=at)  # fmt: skip
    except PoolEmptyError:
        return False
    step = update(StockWait).where(StockWait.id == wait_id, StockWait.state == WaitState.WAITING)
    if not changed(step.values(state=WaitState.OFFERED, hold_id=hold, due_at=until)):
        pools.release([hold])
    return True


def take_kept(
    hold_ids: Sequence[int], owner: tuple[str, int], *, until: datetime, at: datetime
) -> None:
    """Give what was kept for a buyer to their checkout; refuses what is not kept any more."""
    if not hold_ids:
        return
    step = update(StockWait).where(
        StockWait.hold_id.in_(hold_ids), StockWait.state == WaitState.OFFERED, StockWait.due_at > at
    )
    if changed(step.values(state=WaitState.TAKEN)) != len(set(hold_ids)):
        raise HoldGoneError(hold_id=min(hold_ids))
    pools.hand_on(hold_ids, to=owner, until=until)


def take_back(hold_ids: Sequence[int], *, at: datetime) -> set[int]:
    """Keep for those who waited what their checkout gives back before their time is over; return
    these holds. Who has asked anew meanwhile waits in line.
    """
    other = aliased(StockWait)
    anew = exists().where(
        other.person_id == StockWait.person_id,
        other.variant_id == StockWait.variant_id,
        other.state.in_(_OPEN),
    )
    step = (
        update(StockWait)
        .where(
            StockWait.hold_id.in_(hold_ids),
            StockWait.state == WaitState.TAKEN,
            StockWait.due_at > at,
            ~anew,
        )
        .values(state=WaitState.OFFERED)
        .returning(StockWait.id, StockWait.hold_id, StockWait.due_at)
    )
    rows: Any = db.session.execute(step, execution_options={"synchronize_session": False}).all()
    for wait_id, hold_id, due_at in rows:
        pools.hand_on([hold_id], to=("stock_wait", wait_id), until=due_at)
    return {row[1] for row in rows}


def end_offers(*, at: datetime, limit: int = 100) -> int:
    """Give what was kept and not taken in time to the next in line; return how many it was."""
    late = (
        select(StockWait.id)
        .where(StockWait.state == WaitState.OFFERED, StockWait.due_at <= at)
        .order_by(StockWait.due_at, StockWait.id)
        .limit(limit)
    )
    step = (
        update(StockWait)
        .where(StockWait.id.in_(late), StockWait.state == WaitState.OFFERED)
        .values(state=WaitState.PASSED)
        .returning(StockWait.hold_id)
    )
    holds: list[Any] = [
        row[0] for row in db.session.execute(step, execution_options={"synchronize_session": False})
    ]
    pools.release(holds)
    return len(holds)


def offer_waiting(*, at: datetime, limit: int = 100) -> int:
    """Offer what lies free in pools that people wait for, however it came there; return to how
    many.
    """
    waited = db.session.scalars(
        select(StockWait.pool_id)
        .where(StockWait.state == WaitState.WAITING)
        .group_by(StockWait.pool_id)
        .order_by(func.min(StockWait.id))
        .limit(limit)
    ).all()
    some = [pool_id for pool_id, left in free(waited, at=at).items() if left is None or left > 0]
    return offer_back(some, at=at) if some else 0


def forget_person(person_id: int) -> None:
    """Take somebody who leaves out of every line."""
    kept = (StockWait.person_id == person_id, StockWait.state == WaitState.OFFERED)
    pools.release(list(db.session.scalars(select(StockWait.hold_id).where(*kept))))
    changed(delete(StockWait).where(StockWait.person_id == person_id))
