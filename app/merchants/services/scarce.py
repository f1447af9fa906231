"""The pools behind slots, stock and time: made by their first taker, taken by orders."""

from __future__ import annotations

from app.core.pools.services import make_pool, make_pools
from app.merchants.errors import TimeTakenError
from app.merchants.policies.times import quanta_of
from app.merchants.types import QUANTUM_POOL, SLOT_POOL, STOCK_POOL, SlotChoice, TimeChoice


def slot_pool(slot: SlotChoice) -> int:
    """Return the pool of a pickup slot, made with the slot's capacity when its first
    taker comes.
    """
    return slot.pool_id or make_pools(SLOT_POOL, {slot.key: slot.capacity})[slot.key]


def quantum_pools(time: TimeChoice, resource_id: int | None = None) -> list[int]:
    """Return the pools of all quarters of an hour a booking touches; refuses a resource that is not
    free then.
    """
    chosen = time.resource_ids[0] if resource_id is None else resource_id
    if chosen not in time.resource_ids:
        raise TimeTakenError(time_key=time.key)
    keys = quanta_of(chosen, time.starts_at, time.busy_until)
    pools = make_pools(QUANTUM_POOL, dict.fromkeys(keys, 1))
    return [pools[key] for key in keys]


def stock_pool(variant_id: int, total: int | None) -> int:
    """Return the pool of a variant's stock, made with what is on the shelf."""
    return make_pool(STOCK_POOL, f"variant:{variant_id}", total).id
