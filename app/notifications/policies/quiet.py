"""Quiet hours: whether it is quiet at an instant, and when that ends."""

from datetime import datetime, timedelta

from app.core import clock
from app.notifications.types import Quiet

DAY = 24 * 60


def quiet_until(quiet: Quiet, at: datetime) -> datetime | None:
    """Return when the quiet that holds at an instant ends, or None where it is not quiet."""
    local = clock.local(at)
    minute = local.hour * 60 + local.minute
    length = (quiet.end - quiet.start) % DAY
    if (minute - quiet.start) % DAY >= length:
        return None
    days = 1 if quiet.end <= minute else 0
    midnight = clock.at_local(local.date() + timedelta(days=days), datetime.min.time())
    return midnight + timedelta(minutes=quiet.end)
