"""Who is a child by the law, to the month: a birthday is more than the town needs to know."""

from datetime import date

from app.core.errors import FieldError
from app.core.i18n import lazy_gettext as _l

CHILD_UNDER = 14
OLDEST_CHILD_YEARS = 18


def is_child_on(born_on: date, day: date) -> bool:
    """Return whether somebody born in this month is under 14; the month of the birthday counts."""
    months = (day.year - born_on.year) * 12 + day.month - born_on.month
    return months <= CHILD_UNDER * 12


def check_is_child(born_on: date, day: date) -> None:
    """Refuse a month that has not come, and one of somebody who may join by themselves."""
    if born_on > day:
        raise FieldError("born_month", _l("This month has not come yet."))
    if not is_child_on(born_on, day):
        raise FieldError(
            "born_month", _l("Who is 14 or older joins with a phone number or mail of their own.")
        )
