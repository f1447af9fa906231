"""Timed work of pools."""

from datetime import datetime

from app.core.db import transaction
from app.core.jobs.registry import every
from app.core.pools import services


@every(minutes=1, key="pools.expired")
def reclaim_expired(now: datetime) -> None:
    """Release what expired and no taker came for, a few hundred holds a transaction."""
    while True:
        with transaction():
            came_back = services.reclaim_all(at=now)
        if not came_back:
            return
