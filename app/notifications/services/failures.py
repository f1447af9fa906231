"""Addresses and numbers that were refused for good, until they work again."""

from datetime import datetime

from sqlalchemy import delete

from app.core.access import Viewer
from app.core.db import changed, db, upsert
from app.core.errors import NotSignedInError
from app.notifications.models import FailedAddress
from app.notifications.types import Way


def mark_failed(way: Way, address: str, *, why: str, at: datetime) -> None:
    """Write down that an address was refused; nothing of ours is sent there any more."""
    row = {"way": way, "address": address.lower()[:254], "why": why[:200], "failed_at": at}
    upsert(
        FailedAddress,
        [row],
        keys=["way", "address"],
        update=lambda new: {"why": new.why, "failed_at": new.failed_at},
    )


def mark_working(way: Way, address: str) -> int:
    """Forget that an address was refused: something arrived there."""
    # Asked first: most addresses never failed, and a write would make everybody wait for nothing.
    if db.session.get(FailedAddress, (way, address.lower())) is None:
        return 0
    mine = (FailedAddress.way == way, FailedAddress.address == address.lower())
    return changed(delete(FailedAddress).where(*mine))


def try_again(viewer: Viewer, way: Way, address: str | None) -> int:
    """Let one's own address be tried once more."""
    if viewer.id is None:
        raise NotSignedInError
    return mark_working(way, address) if address else 0


def forget(before: datetime) -> int:
    """Delete what failed long ago."""
    return changed(delete(FailedAddress).where(FailedAddress.failed_at < before))
