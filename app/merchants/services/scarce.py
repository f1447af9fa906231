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
