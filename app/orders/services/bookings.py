"""Taking the time of people and chairs for a line, and writing down whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete

from app.core.db import changed, insert_ignoring
from app.core.pools import services as pools
from app.core.pools.errors import PoolEmptyError
from app.merchants.errors import TimeTakenError
from app.merchants.queries.booking import quanta_held, time_for
from app.merchants.services.scarce import quantum_pools
from app.merchants.types import TimeChoice
from app.orders.models import Booking, OrderLine
from app.orders.types import LineKind

LOOKS = 4


def take_time(
    listing_id: int,
    time_key: str,
    *,
    owner: tuple[str, int],
    until: datetime | None = None,
    at: datetime,
) -> tuple[TimeChoice, list[int]]:
    """Take every quarter of an hour of a booked time, all or nothing; return it with its holds.

    Where nobody was chosen and the one who was free has just been taken, it looks again for
    another; refuses (TimeTakenError) when nobody is free.
    """
    for _look in range(LOOKS):
        time = time_for(listing_id, time_key, at=at)
        parts = [(pool_id, 1) for pool_id in quantum_pools(time).values()]
        try:
            return time, pools.take(parts, owner=owner, until=until, at=at)
        except PoolEmptyError:
            continue
    raise TimeTakenError(time_key=time_key)


def write_bookings(lines: Sequence[OrderLine]) -> None:
    """Write down whose time each booked line takes now, as its holds say."""
    booked = [line for line in lines if line.kind == LineKind.SERVICE]
    if not booked:
        return
    held = quanta_held([hold_id for line in booked for hold_id in line.hold_ids])
    resources = {hold_id: int(key.partition(":")[0]) for key, hold_id in held.items()}
    rows = [
        {"line_id": line.id, "resource_id": resource_id}
        for line in booked
        for resource_id in sorted({resources[one] for one in line.hold_ids if one in resources})
    ]
    insert_ignoring(Booking, rows, keys=["line_id", "resource_id"])


def rewrite_bookings(lines: Sequence[OrderLine]) -> None:
    """Write down anew whose time lines take that were booked for another."""
    changed(delete(Booking).where(Booking.line_id.in_([line.id for line in lines])))
    write_bookings(lines)
