"""Yearly fees: which years shops pay for, as facts to book."""

from dataclasses import replace
from datetime import date, time, timedelta

from app.core import clock
from app.merchants.queries.terms import histories
from app.merchants.types import TermsHistory
from app.settlement.policies import fee_years
from app.settlement.queries.bills import known_keys
from app.settlement.types import Booking, FeeYear, LineKind


def fees_to_book(today: date) -> list[int]:
    """Return the shops that have a fee to be booked, or part of one to be given back; few
    statements, however many shops there are.
    """
    facts = fee_facts(today=today)
    known = known_keys([fact.key for fact in facts])
    return sorted({fact.merchant_id for fact in facts if fact.key not in known})


def fee_facts(
    *, today: date, merchant_id: int | None = None, closed_on: date | None = None
) -> list[Booking]:
    """Return every fee, and every part given back, that the days before `today` ask for; for all
    shops that trade, or for one, which may leave on `closed_on`.
    """
    found: list[Booking] = []
    for history in histories(until=clock.at_local(today, time()), merchant_id=merchant_id):
        for year in _years(history, today, closed_on):
            found += _facts(history.merchant_id, year)
    return found


def fee_year_of(merchant_id: int, today: date) -> FeeYear | None:
    """Return the year that a shop pays a fee for on this day, if it does."""
    tomorrow = today + timedelta(days=1)
    for history in histories(until=clock.now(), merchant_id=merchant_id):
        for year in _years(history, tomorrow, None):
            if year.starts_on <= today <= year.ends_on and year.left_on is None:
                return year
    return None


def _years(history: TermsHistory, today: date, closed_on: date | None) -> list[FeeYear]:
    steps = {
        clock.local(entry.valid_from).date(): (entry.rate.yearly_fee_minor, entry.id)
        for entry in history.entries
    }
    if closed_on is not None:
        steps = {day: step for day, step in steps.items() if day < closed_on}
        steps[closed_on] = (0, 0)
        today = closed_on + timedelta(days=1)
    return fee_years(steps, opened_on=clock.local(history.opened_at).date(), today=today)


def _facts(merchant_id: int, year: FeeYear) -> list[Booking]:
    asked = Booking(
        f"fee:{merchant_id}:{year.starts_on}",
        LineKind.FEE,
        merchant_id,
        None,
        ("merchant_terms", year.terms_id),
        clock.at_local(year.starts_on, time()),
        gross_minor=0,
        fee_minor=year.fee_minor,
        memo=f"{year.starts_on} – {year.ends_on}",
    )
    if year.left_on is None:
        return [asked]
    back = replace(
        asked,
        key=f"{asked.key}:back",
        kind=LineKind.FEE_BACK,
        at=clock.at_local(year.left_on, time()),
        fee_minor=-year.back_minor,
        memo=f"{year.left_on} – {year.ends_on}",
    )
    return [asked, back]
