"""Times, prices and counts as a shop types them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wtforms.validators import ValidationError

from app.core import clock
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.money import Money, NotMoneyError

SIZES = 6


WEEKDAYS = (
    _l("Monday"), _l("Tuesday"), _l("Wednesday"), _l("Thursday"), _l("Friday"), _l("Saturday"),
    _l("Sunday"),
)  # fmt: skip


WORKING_DAYS = 7


LOCAL_MINUTES = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


def clock_time() -> Any:
    """Refuse what is no time of day such as 08:30."""

    def check(_form: Any, field: Any) -> None:
        if minutes_of(field.data or "") is None:
            raise ValidationError(_("Write a time such as 08:30."))

    return check


def minutes_of(text: str) -> int | None:
    """Return the minutes since midnight of 08:30 (24:00 is the day's end), or None."""
    hours, colon, minutes = text.strip().replace("：", ":").partition(":")
    if not colon or not (hours.isascii() and hours.isdigit() and minutes.isascii()):
        return None
    if not minutes.isdigit() or len(hours) > 2 or len(minutes) != 2 or int(minutes) > 59:
        return None
    total = int(hours) * 60 + int(minutes)
    return total if total <= 24 * 60 else None


def clock_text(minute: int | None) -> str:
    """Return minutes since midnight as 08:30."""
    return "" if minute is None else f"{minute // 60:02d}:{minute % 60:02d}"


def price(*, is_needed: bool = False) -> Any:
    """Refuse what is no amount of the town's money."""

    def check(_form: Any, field: Any) -> None:
        text = (field.data or "").strip()
        if not text and not is_needed:
            return
        try:
            amount = Money.of(text)
        except NotMoneyError:
            amount = Money(-1)
        if not 0 <= amount.decimal <= 1_000_000:
            raise ValidationError(
                _("Write an amount such as %(amount)s.", amount=Money(1250).plain())
            )

    return check


def minor_of(text: str | None) -> int:
    """Return checked text as minor units."""
    return Money.of((text or "").strip() or 0).minor


def plain_amount(minor: int | None) -> str:
    """Return minor units as a form shows them."""
    return "" if minor is None else Money(minor).plain()


def local_minutes(instant: datetime | None) -> datetime | None:
    """Return an instant as a form shows it: the site's own time."""
    return None if instant is None else clock.local(instant).replace(tzinfo=None)


def instant_of(typed: datetime | None) -> datetime | None:
    """Return day and time of the site as an instant."""
    return None if typed is None else clock.at_local(typed.date(), typed.time())


def in_our_time(_form: Any, field: Any) -> None:
    """Refuse a day in a far century."""
    if field.data is not None and not 2000 <= field.data.year <= 2100:
        raise ValidationError(_("Choose a day of our time."))
