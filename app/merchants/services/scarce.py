"""The pools behind slots, stock and time: made by their first taker, taken by orders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from app.core import clock
from app.core.pools.errors import PoolTooLowError
from app.core.pools.queries import pools_between
from app.core.pools.services import make_pool, make_pools, set_total
from app.merchants.errors import TimeTakenError
from app.merchants.policies.days import day_key
from app.merchants.policies.times import quanta_of
from app.merchants.types import (
    QUANTUM_POOL,
    SLOT_POOL,
    STOCK_POOL,
    Load,
    SlotChoice,
    TimeChoice,
)
from app.merchants.types.limits import DAY_POOL


def slot_pool(slot: SlotChoice) -> int:
    """Return the pool of a pickup slot, made with the slot's capacity when its first
    taker comes.
    """
    return slot.pool_id or make_pools(SLOT_POOL, {slot.key: slot.capacity})[slot.key]


def slot_part(slot: SlotChoice, load: Load) -> tuple[int, int]:
    """Return what an order takes of a pickup time: the pool, and how much as the time counts."""
    return slot_pool(slot), load.takes(slot.measure)


def quantum_pools(time: TimeChoice) -> dict[str, int]:
    """Return the pools of all quarters of an hour that a booking touches, by their keys; refuses
    somebody who is not free then.
    """
    if time.person_id is not None and time.person_id not in time.resource_ids:
        raise TimeTakenError(time_key=time.key)
    keys = [
        key
        for resource_id in time.taken_ids
        for key in quanta_of(resource_id, time.busy_from, time.busy_until)
    ]
    return make_pools(QUANTUM_POOL, dict.fromkeys(keys, 1))


def stock_pool(variant_id: int, total: int | None) -> int:
    """Return the pool of a variant's stock, made with what is on the shelf."""
    return make_pool(STOCK_POOL, f"variant:{variant_id}", total).id


def day_pools(totals: Mapping[int, int | None], day: date) -> dict[int, int]:
    """Return the pool of each listing that is made to order for a day, made with what the shop can
    make on one day when its first taker comes.
    """
    wanted = {day_key(listing_id, day): total for listing_id, total in totals.items()}
    found = make_pools(DAY_POOL, wanted)
    return {listing_id: found[day_key(listing_id, day)] for listing_id in totals}


def set_daily(listing_id: int, total: int | None, *, at: datetime) -> None:
    """Let the days that have takers already have as many places as the shop makes now; a day on
    which more is promised keeps what is promised.
    """
    first = day_key(listing_id, clock.local(at).date())
    for pool in pools_between(DAY_POOL, [(first, f"{listing_id}:9")], at=at).values():
        try:
            set_total(pool.id, total)
        except PoolTooLowError as low:
            set_total(pool.id, low.data["taken"])
