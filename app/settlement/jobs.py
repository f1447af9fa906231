"""Fees and the weekly close, by themselves: every hour, what fell due and is not written yet."""

from datetime import datetime

from app.core import clock
from app.core.db import transaction
from app.core.jobs.registry import every
from app.settlement.policies import week_of
from app.settlement.queries import fees_to_book, merchants_to_bill
from app.settlement.services.bills import close_next_week
from app.settlement.services.fees import book_fees


@every(minutes=60, key="settlement.close")
def close_ended_weeks(now: datetime) -> None:
    """Book every shop's yearly fee that fell due, then close its ended weeks, one short
    transaction each.
    """
    today = clock.local(now).date()
    for merchant_id in fees_to_book(today):
        with transaction():
            book_fees(merchant_id, today=today)
    this_week = week_of(today)
    for merchant_id in merchants_to_bill():
        is_done = False
        while not is_done:
            with transaction():
                is_done = close_next_week(merchant_id, before=this_week, at=now) is None
