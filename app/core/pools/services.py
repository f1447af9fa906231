"""Taking, keeping, handing over and giving back what is scarce.

Taking is one guarded UPDATE per pool, in id order, all or nothing; every other step is a
compare-and-swap on the hold's state. Holds are always touched before pools, so that two steps never
wait for each other in a ring.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.core import clock
from app.core.db import changed, changing, db, fetch, insert_ignoring, put
from app.core.pools.errors import HoldGoneError, PoolEmptyError, PoolTooLowError
from app.core.pools.models import Hold, Pool
from app.core.pools.queries import free, holds_on
from app.core.pools.signals import places_came_back
from app.core.pools.types import HoldState

Part = tuple[int, int]


GUARDED_TAKING = (
    sa.update(Pool)
    .where(
        Pool.id == sa.bindparam("of_pool"),
        sa.or_(Pool.total.is_(None), Pool.taken + sa.bindparam("count") <= Pool.total),
    )
    .values(taken=Pool.taken + sa.bindparam("count"))
)
# The proofs put a faulty statement here to show that their races would notice; nothing else may.
taking = GUARDED_TAKING
_GIVING_BACK = (
    sa.update(Pool)
    .where(Pool.id == sa.bindparam("of_pool"))
    .values(taken=Pool.taken - sa.bindparam("count"))
)
_CONFIRMING: Any = (
    sa.update(Hold)
    .where(
        Hold.id.in_(sa.bindparam("ids", expanding=True)),
        Hold.state.in_((HoldState.HELD, HoldState.CONFIRMED)),
    )
    .values(state=HoldState.CONFIRMED, expires_at=None)
    .returning(Hold.id)
)
_IDS_BY_KEY: Any = sa.select(Pool.subject_key, Pool.id).where(
    Pool.kind == sa.bindparam("of_kind"),
    Pool.subject_key.in_(sa.bindparam("keys", expanding=True)),
)
_HANDING_ON: Any = (
    sa.update(Hold)
    .where(
        Hold.id.in_(sa.bindparam("ids", expanding=True)),
        Hold.state.in_((HoldState.HELD, HoldState.CONFIRMED)),
    )
    .values(owner_kind=sa.bindparam("to_kind"), owner_id=sa.bindparam("to_id"))
)


def make_pool(kind: str, subject_key: str, total: int | None) -> Pool:
    """Return the pool of this kind and key, made with `total` unless it is there; safe when two
    make it at once.
    """
    wanted = sa.select(Pool).where(Pool.kind == kind, Pool.subject_key == subject_key)
    found = db.session.scalar(wanted)
    if found is None:
        make_pools(kind, {subject_key: total})
        found = db.session.scalars(wanted).one()
    return found


def make_pools(kind: str, totals: Mapping[str, int | None]) -> dict[str, int]:
    """Make the pools of one kind that are not there; return the id by key. Two statements for any
    number up to 500.
    """
    keys = sorted(totals)
    for start in range(0, len(keys), 500):
        rows = [
            {"kind": kind, "subject_key": key, "total": totals[key], "taken": 0}
            for key in keys[start : start + 500]
        ]
        insert_ignoring(Pool, rows, keys=["kind", "subject_key"])
    return {row.subject_key: row.id for row in fetch(_IDS_BY_KEY, of_kind=kind, keys=keys)}


def take(
    parts: Iterable[Part],
    *,
    owner: tuple[str, int],
    until: datetime | None = None,
    at: datetime | None = None,
) -> list[int]:
    """Keep a quantity of each pool for an owner, all or nothing; return the hold ids in the order
    of `parts`.

    With `until` the holds expire then; without it they are confirmed at once. Refuses with
    PoolEmptyError.
    """
    wanted = list(parts)
    counted: list[Part] = []
    for pool_id, quantity in sorted(_summed(wanted).items()):
        if not _counted(pool_id, quantity, at or clock.now()):
            for given_id, given in counted:
                _give_back(given_id, given)
            raise PoolEmptyError(
                pool_id=pool_id, wanted=quantity, free=free([pool_id]).get(pool_id, 0)
            )
        counted.append((pool_id, quantity))
    return _written_holds(wanted, owner=owner, until=until)


def confirm(hold_ids: Sequence[int]) -> None:
    """Make held places lasting; a hold that is already confirmed stays so. Refuses with
    HoldGoneError.
    """
    if not hold_ids:
        return
    kept = (row[0] for row in changing(_CONFIRMING, ids=sorted(hold_ids)))
    gone = set(hold_ids) - set(kept)
    if gone:
        raise HoldGoneError(hold_id=min(gone))


def release(hold_ids: Sequence[int]) -> None:
    """Give back what the holds still keep; one that is released or consumed already is left as it
    is.
    """
    if hold_ids:
        _released(
            Hold.id.in_(sorted(hold_ids)), Hold.state.in_((HoldState.HELD, HoldState.CONFIRMED))
        )


def release_part(hold_id: int, quantity: int) -> None:
    """Give back part of what a confirmed hold keeps, as when a line is short. Refuses with
    HoldGoneError.
    """
    _shrunk(hold_id, quantity)
    hold = db.session.execute(
        sa.select(Hold.pool_id, Hold.quantity, Hold.consumed).where(Hold.id == hold_id)
    ).one()
    if hold.quantity == hold.consumed:
        changed(sa.update(Hold).where(Hold.id == hold_id).values(state=HoldState.CONSUMED))
    _give_back(hold.pool_id, quantity)
    _tell([hold.pool_id])


def consume(hold_id: int, quantity: int) -> None:
    """Hand over part or all of a confirmed hold: it leaves the pool and its total. Refuses with
    HoldGoneError.
    """
    step = (
        sa.update(Hold)
        .where(
            Hold.id == hold_id,
            Hold.state == HoldState.CONFIRMED,
            Hold.consumed + quantity <= Hold.quantity,
        )
        .values(
            consumed=Hold.consumed + quantity,
            state=_state_after(Hold.consumed + quantity),
        )
        .returning(Hold.pool_id)
    )
    pool_id = _stepped(hold_id, quantity, step)
    changed(
        sa.update(Pool)
        .where(Pool.id == pool_id)
        .values(total=Pool.total - quantity, taken=Pool.taken - quantity)
    )


def restore(hold_id: int, quantity: int) -> None:
    """Undo a hand-over: what was consumed is confirmed again and back in the total. Refuses with
    HoldGoneError.
    """
    step = (
        sa.update(Hold)
        .where(
            Hold.id == hold_id,
            Hold.state.in_((HoldState.CONFIRMED, HoldState.CONSUMED)),
            Hold.consumed >= quantity,
        )
        .values(consumed=Hold.consumed - quantity, state=HoldState.CONFIRMED)
        .returning(Hold.pool_id)
    )
    pool_id = _stepped(hold_id, quantity, step)
    changed(
        sa.update(Pool)
        .where(Pool.id == pool_id)
        .values(total=Pool.total + quantity, taken=Pool.taken + quantity)
    )


def hand_on(hold_ids: Sequence[int], *, to: tuple[str, int], until: datetime | None = None) -> None:
    """Give open holds to another owner, as an offer becomes an order; with `until`, those that are
    not confirmed expire then. Refuses with HoldGoneError.
    """
    ids = sorted(set(hold_ids))
    if ids and changed(_HANDING_ON, ids=ids, to_kind=to[0], to_id=to[1]) != len(ids):
        raise HoldGoneError(hold_id=min(hold_ids, default=0))
    if ids and until is not None:
        held = sa.update(Hold).where(Hold.id.in_(ids), Hold.state == HoldState.HELD)
        changed(held.values(expires_at=until))


def merge(into: int, others: Sequence[int]) -> None:
    """Make one hold of several confirmed ones of the same pool; the pool's count stays as it is.
    Refuses with HoldGoneError.
    """
    confirmed = Hold.state == HoldState.CONFIRMED
    for hold_id in others:
        step = sa.update(Hold).where(Hold.id == hold_id, confirmed, Hold.consumed == 0)
        gone = step.values(state=HoldState.RELEASED).returning(Hold.quantity)
        quantity = db.session.execute(gone, execution_options=_PLAIN).scalar_one_or_none()
        kept = sa.update(Hold).where(Hold.id == into, confirmed)
        if quantity is None or not changed(kept.values(quantity=Hold.quantity + quantity)):
            raise HoldGoneError(hold_id=hold_id)


def set_total(pool_id: int, total: int | None) -> None:
    """Say how many there are, promised ones included. Below what is promised it refuses with
    PoolTooLowError.
    """
    step = sa.update(Pool).where(Pool.id == pool_id).values(total=total)
    guard = step if total is None else step.where(Pool.taken <= total)
    if changed(guard) or (reclaim(pool_id, at=clock.now()) and changed(guard)):
        _tell([pool_id])
    else:
        _refuse_total(pool_id)


def add_total(pool_id: int, quantity: int) -> None:
    """Put more on the shelf, or take off with a negative quantity, whatever the total was. An
    unlimited pool stays unlimited. Refuses with PoolTooLowError below what is promised.
    """
    step = (
        sa.update(Pool)
        .where(
            Pool.id == pool_id,
            sa.or_(Pool.total.is_(None), Pool.taken <= Pool.total + quantity),
        )
        .values(total=Pool.total + quantity)
    )
    if changed(step) or (reclaim(pool_id, at=clock.now()) and changed(step)):
        _tell([pool_id])
    else:
        _refuse_total(pool_id)


def reclaim(pool_id: int, *, at: datetime) -> int:
    """Release what has expired in one pool; return the quantity that came back."""
    return sum(_released(Hold.pool_id == pool_id, *_expired(at), is_patient=False).values())


def reclaim_all(*, at: datetime, limit: int = 500) -> int:
    """Release up to `limit` expired holds of all pools; return how many pools got something
    back.
    """
    return len(_released(*_expired(at), limit=limit, is_patient=False))


def _expired(at: datetime) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return Hold.state == HoldState.HELD, Hold.expires_at <= at


def _released(
    *conditions: sa.ColumnElement[bool], limit: int | None = None, is_patient: bool = True
) -> dict[int, int]:
    """Release the holds that meet the conditions and give back what they kept, pool by pool in id
    order.

    One who reclaims may keep pools already, so it skips holds that somebody else is about to move
    (PostgreSQL).
    """
    candidates = sa.select(Hold.id).where(*conditions).order_by(Hold.id).limit(limit)
    step = (
        sa.update(Hold)
        .where(Hold.id.in_(candidates.with_for_update(skip_locked=not is_patient)), *conditions)
        .values(state=HoldState.RELEASED, expires_at=None)
        .returning(Hold.pool_id, Hold.quantity - Hold.consumed)
    )
    back = _summed([(row[0], row[1]) for row in db.session.execute(step, execution_options=_PLAIN)])
    for pool_id, quantity in sorted(back.items()):
        _give_back(pool_id, quantity)
    _tell(sorted(back))
    return back


def _tell(pool_ids: list[int]) -> None:
    if pool_ids:
        places_came_back.send(None, pool_ids=pool_ids, at=clock.now())


_PLAIN = {"synchronize_session": False}


def _counted(pool_id: int, quantity: int, at: datetime) -> bool:
    if quantity <= 0:
        raise ValueError("a taking needs a quantity above zero")
    if changed(taking, of_pool=pool_id, count=quantity):
        return True
    return reclaim(pool_id, at=at) > 0 and changed(taking, of_pool=pool_id, count=quantity) > 0


def _give_back(pool_id: int, quantity: int) -> None:
    changed(_GIVING_BACK, of_pool=pool_id, count=quantity)


def _summed(parts: Iterable[Part]) -> dict[int, int]:
    sums: dict[int, int] = {}
    for pool_id, quantity in parts:
        sums[pool_id] = sums.get(pool_id, 0) + quantity
    return sums


def _written_holds(
    parts: Sequence[Part], *, owner: tuple[str, int], until: datetime | None
) -> list[int]:
    kept = {
        "owner_kind": owner[0],
        "owner_id": owner[1],
        "state": HoldState.CONFIRMED if until is None else HoldState.HELD,
        "expires_at": until,
    }
    return put(Hold, [{"pool_id": pool, "quantity": many, **kept} for pool, many in parts])


def _shrunk(hold_id: int, quantity: int) -> None:
    """Lower a confirmed hold's quantity; a hold that keeps nothing and gave nothing is released
    instead.
    """
    still_open = Hold.quantity - Hold.consumed
    here = sa.and_(Hold.id == hold_id, Hold.state == HoldState.CONFIRMED)
    less = (
        sa.update(Hold)
        .where(here, still_open >= quantity, Hold.quantity > quantity)
        .values(quantity=Hold.quantity - quantity)
    )
    whole = (
        sa.update(Hold)
        .where(here, Hold.consumed == 0, Hold.quantity == quantity)
        .values(state=HoldState.RELEASED)
    )
    if quantity <= 0 or not (changed(less) or changed(whole)):
        raise HoldGoneError(hold_id=hold_id)


def _state_after(consumed: sa.ColumnElement[int]) -> sa.ColumnElement[HoldState]:
    kind = Hold.__table__.c.state.type
    return sa.case(
        (consumed == Hold.quantity, sa.literal(HoldState.CONSUMED, kind)),
        else_=sa.literal(HoldState.CONFIRMED, kind),
    )


def _stepped(hold_id: int, quantity: int, step: sa.Executable) -> int:
    pool_id = None
    if quantity > 0:
        pool_id = db.session.execute(step, execution_options=_PLAIN).scalar_one_or_none()
    if pool_id is None:
        raise HoldGoneError(hold_id=hold_id)
    return int(pool_id)


def _refuse_total(pool_id: int) -> None:
    holds = holds_on(pool_id)
    raise PoolTooLowError(
        pool_id=pool_id,
        taken=sum(hold.open_quantity for hold in holds),
        owners=[(hold.owner_kind, hold.owner_id, hold.open_quantity) for hold in holds],
    )
