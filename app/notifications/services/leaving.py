"""What notifications forget of a person who leaves: what they were told, and every way to them."""

from datetime import datetime

from sqlalchemy import delete, update

from app.accounts.types import Leaving
from app.core.db import changed
from app.notifications.models import (
    Call,
    Device,
    FailedAddress,
    Notice,
    NoticeWish,
    ReachWish,
    SavedSearch,
    Telling,
)
from app.notifications.queries.desk import addresses_of


def forget_person(leaving: Leaving, _at: datetime) -> dict[str, int]:
    """Remove notices, wishes and devices; what others were told of this person loses the name."""
    who = leaving.person_id
    counts = {
        model.__tablename__: changed(delete(model).where(model.person_id == who))
        for model in (Notice, NoticeWish, ReachWish, Telling, Device, SavedSearch)
    }
    for model in (Notice, Telling):
        changed(update(model).where(model.actor_id == who).values(actor_id=None))
    mine = [one for one in addresses_of(who) if one]
    failed = delete(FailedAddress).where(FailedAddress.address.in_([one.lower() for one in mine]))
    counts["failed_addresses"] = changed(failed)
    calls = update(Call).where(Call.person_id == who)
    counts["calls"] = changed(calls.values(person_id=None, data={}, note=""))
    return counts


def forget_notices(before: datetime) -> int:
    """Delete what people were told before an instant; return how many."""
    return changed(delete(Notice).where(Notice.happened_at < before))
