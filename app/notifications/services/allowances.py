"""Limits that hold however many send at once: so many of one thing in one span of time."""

from datetime import datetime

from sqlalchemy import delete, update

from app.core.db import changed, insert_ignoring
from app.notifications.models import Allowance


def take(name: str, limit: int, *, at: datetime) -> bool:
    """Use one of a named allowance; where the limit is reached, count the refusal and say no."""
    insert_ignoring(Allowance, [{"name": name, "used": 0, "refused": 0, "at": at}], keys=["name"])
    mine = Allowance.name == name
    step = update(Allowance).where(mine, Allowance.used < limit).values(used=Allowance.used + 1)
    if changed(step):
        return True
    changed(update(Allowance).where(mine).values(refused=Allowance.refused + 1))
    return False


def forget(before: datetime) -> int:
    """Delete what was counted before an instant."""
    return changed(delete(Allowance).where(Allowance.at < before))
