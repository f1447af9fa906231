"""The weekly close, by itself: every hour, what ended and is not closed yet."""

from datetime import datetime

from app.core import clock
from app.core.db import transaction
from app.core.jobs.registry import every
from app.settlement.policies import week_of
from app.settlement.queries import merchants_to_bill
from app.settlement.services.bills import close_next_week


@every(minutes=60, key="settlement.close")
def close_ended_weeks(now: datetime) -> None:
    """Close every shop's ended weeks, one short transaction each."""
    this_week = week_of(clock.local(now).date())
    for merchant_id in merchants_to_bill():
        is_done = False
        while not is_done:
            with transaction():
                is_done = close_next_week(merchant_id, before=this_week, at=now) is None
