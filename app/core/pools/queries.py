"""Reads of pools: what is free, who holds, and whether the counts are right."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

import sqlalchemy as sa

from app.core import clock
from app.core.db import db, fetch
from app.core.pools.models import Hold, Pool
from app.core.pools.types import HoldRow, HoldState, PoolRow

_OPEN = (HoldState.HELD, HoldState.CONFIRMED)


def free(pool_ids: Iterable[int], *, at: datetime | None = None) -> dict[int, int | None]:
    """Return how many are free in each pool, None for no limit; what has expired counts as free.
    One statement.
    """
    wanted = sorted(set(pool_ids))
    return {row.id: row.free for row in pools_where(Pool.id.in_(wanted), at=at)} if wanted else {}


def pools_by_key(
    kind: str, subject_keys: Iterable[str], *, at: datetime | None = None
) -> dict[str, PoolRow]:
    """Return the pools of one kind that exist among the keys, by key. One statement."""
    wanted = sorted(set(subject_keys))
    if not wanted:
        return {}
    rows = fetch(_by_key(), kind=kind, keys=wanted, now=at or clock.now())
    return {row.subject_key: PoolRow(*row) for row in rows}


def pools_between(
    kind: str, spans: Sequence[tuple[str, str]], *, at: datetime | None = None
) -> dict[str, PoolRow]:
    """Return the pools of one kind whose key lies in one of the spans, both ends included, by key.
    One statement.
    """
    if not spans:
        return {}
    values: dict[str, Any] = {"kind": kind, "now": at or clock.now()}
    for number, (first, last) in enumerate(spans):
        values |= {f"first_{number}": first, f"last_{number}": last}
    return {row.subject_key: PoolRow(*row) for row in fetch(_between(len(spans)), **values)}


def pools_where(condition: sa.ColumnElement[bool], *, at: datetime | None = None) -> list[PoolRow]:
    """Return the pools that meet a condition on `Pool`, with what has expired in them. One
    statement.
    """
    rows = db.session.execute(_pools().where(condition), {"now": at or clock.now()})
    return [PoolRow(*row) for row in rows]


@cache
def _pools() -> sa.Select[Any]:
    expired = (
        sa.select(sa.func.coalesce(sa.func.sum(Hold.quantity - Hold.consumed), 0))
        .where(
            Hold.pool_id == Pool.id,
            Hold.state == HoldState.HELD,
            Hold.expires_at <= sa.bindparam("now"),
        )
        .correlate(Pool)
        .scalar_subquery()
    )
    columns = (Pool.id, Pool.kind, Pool.subject_key, Pool.total, Pool.taken, expired)
    return sa.select(*columns).order_by(Pool.id)


@cache
def _by_key() -> sa.Select[Any]:
    keys: Any = sa.bindparam("keys", expanding=True)
    return _pools().where(Pool.kind == sa.bindparam("kind"), Pool.subject_key.in_(keys))


@lru_cache(maxsize=64)
def _between(count: int) -> sa.Select[Any]:
    spans = (
        Pool.subject_key.between(sa.bindparam(f"first_{number}"), sa.bindparam(f"last_{number}"))
        for number in range(count)
    )
    return _pools().where(Pool.kind == sa.bindparam("kind"), sa.or_(*spans))


def holds_of(owner: tuple[str, int]) -> list[HoldRow]:
    """Return all holds of one owner, oldest first."""
    return holds_of_many(owner[0], [owner[1]]).get(owner[1], [])


def holds_of_many(owner_kind: str, owner_ids: Sequence[int]) -> dict[int, list[HoldRow]]:
    """Return the holds of several owners of one kind, by owner. One statement."""
    rows = db.session.execute(
        _hold_rows()
        .where(Hold.owner_kind == owner_kind, Hold.owner_id.in_(list(owner_ids)))
        .order_by(Hold.id)
    )
    found: dict[int, list[HoldRow]] = {}
    for row in rows:
        found.setdefault(row.owner_id, []).append(HoldRow(*row))
    return found


def holds_on(pool_id: int) -> list[HoldRow]:
    """Return the held and confirmed holds on one pool, oldest first: whom a lower total would
    hurt.
    """
    rows = db.session.execute(
        _hold_rows().where(Hold.pool_id == pool_id, Hold.state.in_(_OPEN)).order_by(Hold.id)
    )
    return [HoldRow(*row) for row in rows]


def wrong_counts() -> list[dict[str, Any]]:
    """Return every pool whose `taken` is not the sum of its open holds; empty is right. Reads all
    pools.
    """
    held = sa.func.coalesce(
        sa.func.sum(sa.case((Hold.state.in_(_OPEN), Hold.quantity - Hold.consumed), else_=0)), 0
    )
    rows = db.session.execute(
        sa.select(Pool.id, Pool.kind, Pool.subject_key, Pool.total, Pool.taken, held.label("held"))
        .outerjoin(Hold, Hold.pool_id == Pool.id)
        .group_by(Pool.id)
        .having(sa.or_(Pool.taken != held, Pool.total < held))
        .order_by(Pool.id)
    )
    return [dict(row) for row in rows.mappings()]


def count_pools() -> int:
    """Return how many pools there are."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(Pool)) or 0


def _hold_rows() -> sa.Select[int, int, int, int, HoldState, str, int]:
    return sa.select(
        Hold.id,
        Hold.pool_id,
        Hold.quantity,
        Hold.consumed,
        Hold.state,
        Hold.owner_kind,
        Hold.owner_id,
    )
