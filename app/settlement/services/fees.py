"""Yearly fees: booked once for each year, the unused part given back once."""

from datetime import date

from app.settlement.queries import fee_facts
from app.settlement.services.booking import book


def book_fees(merchant_id: int, *, today: date, closed_on: date | None = None) -> int:
    """Book what a shop's yearly fees ask for by the end of yesterday, and what is given back of
    them; return how many facts were new. Doing it again changes nothing.

    With `closed_on` the shop leaves the site on that day, and its year ends with the day before.
    """
    return book(fee_facts(today=today, merchant_id=merchant_id, closed_on=closed_on))
