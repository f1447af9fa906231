"""Who may do what with bills, which week a day belongs to, and which years a fee is paid for."""

from collections.abc import Mapping
from datetime import date, timedelta

from app.core.access import Viewer
from app.core.errors import NotAllowedError
from app.settlement.types import FeeYear


def week_of(day: date) -> date:
    """Return the Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def a_year_after(day: date) -> date:
    """Return the same day of the next year; the 28th for a 29th of February."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def fee_years(
    steps: Mapping[date, tuple[int, int]], *, opened_on: date, today: date
) -> list[FeeYear]:
    """Return the years that a shop pays a fee for, reckoned from the days that ended before
    `today`: `steps` say from which day on which fee stands (nought where none does) by which terms.

    A year begins on the first day on which a fee stands, and each next one when the last has ended.
    Its fee is the one of its first day, whatever is set later. It breaks off on the first day on
    which no fee stands.
    """
    days = sorted(day for day in steps if day < today)
    years: list[FeeYear] = []
    day: date | None = opened_on
    while day is not None and day < today:
        since = max((step for step in days if step <= day), default=None)
        fee, terms_id = steps[since] if since is not None else (0, 0)
        if not fee:
            day = min((step for step in days if step > day), default=None)
            continue
        following = a_year_after(day)
        free = (step for step in days if day < step < following and not steps[step][0])
        left_on = min(free, default=None)
        ends_on = following - timedelta(days=1)
        years.append(FeeYear(terms_id, day, ends_on, fee, left_on))
        day = left_on or following
    return years


def can_see_bills_of(viewer: Viewer, merchant_id: int) -> bool:
    """Whether the viewer runs the shop, or the site."""
    return viewer.is_operator or viewer.is_staff_of(merchant_id, "owner", "manager")


def check_is_operator(actor: Viewer) -> None:
    """Refuse (NotAllowedError) anybody but an operator."""
    if not actor.is_operator:
        raise NotAllowedError
