"""How money, instants and lengths of time are worded for people, in the language being spoken."""

import re
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from babel.dates import format_date
from markupsafe import Markup, escape

from app.core import clock, i18n
from app.core.i18n import gettext as _
from app.core.money import Money


def shown_money(minor: int, *, full: bool = False) -> str:
    """Return minor units of the site's currency as people read them."""
    return Money(minor).format(full=full)


def shown_age(moment: datetime) -> str:
    """Return how long ago (or how far ahead) an instant is, in words, never longer than it needs to
    be.
    """
    seconds = int((clock.now() - moment).total_seconds())
    ahead, seconds = seconds < 0, abs(seconds)
    if seconds < 60:
        return _("just now")
    text = shown_length(timedelta(seconds=seconds))
    return _("in %(time)s", time=text) if ahead else _("%(time)s ago", time=text)


def shown_length(span: timedelta) -> str:
    """Return a length of time in its largest unit."""
    minutes = max(int(span.total_seconds() // 60), 0)
    if minutes < 60:
        return i18n.ngettext("%(num)s minute", "%(num)s minutes", minutes)
    if minutes < 48 * 60:
        return i18n.ngettext("%(num)s hour", "%(num)s hours", minutes // 60)
    if minutes < 60 * 24 * 60:
        return i18n.ngettext("%(num)s day", "%(num)s days", minutes // (24 * 60))
    if minutes < 730 * 24 * 60:
        return i18n.ngettext("%(num)s month", "%(num)s months", minutes // (30 * 24 * 60))
    return i18n.ngettext("%(num)s year", "%(num)s years", minutes // (365 * 24 * 60))


def shown_day(moment: datetime | Any, *, weekday: bool = True) -> str:
    """Return a day as people say it: today, tomorrow, Saturday 28 November."""
    day = clock.local(moment).date() if isinstance(moment, datetime) else moment
    return _shown_day(day, clock.today(), i18n.language(), weekday)


@lru_cache(maxsize=2048)
def _shown_day(day: Any, today: Any, language: str, weekday: bool) -> str:
    near = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}.get((day - today).days)
    if near:
        return near
    skeleton = (
        {"zh_Hans": "M月d日 EEE", "en": "EEE d MMM"}
        if weekday
        else {"zh_Hans": "M月d日", "en": "d MMM"}
    )
    pattern = skeleton[language]
    if day.year != today.year:
        pattern = {"zh_Hans": "y年M月d日", "en": "d MMM y"}[language]
    return format_date(day, pattern, locale=i18n.locale())


def shown_time(moment: datetime | Any) -> str:
    """Return a time of day as the town's clocks show it: 17:30."""
    value = clock.local(moment) if isinstance(moment, datetime) else moment
    return f"{value:%H:%M}"


def shown_moment(moment: datetime) -> str:
    """Return day and time: today 17:30."""
    return f"{shown_day(moment)} {shown_time(moment)}"


def shown_exactly(moment: datetime) -> str:
    """Return date and time with the year, for papers and the audit trail."""
    there = clock.local(moment)
    return f"{there.year:04}-{there:%m-%d %H:%M}"


def nl2br(text: str) -> Markup:
    """Return plain text with its line breaks kept, escaped."""
    return Markup("<br>").join(escape(line) for line in (text or "").splitlines())


@lru_cache(maxsize=256)
def qr_svg(text: str) -> Markup:
    """Return the text as an inline QR code, black on white whatever the theme."""
    import segno  # noqa: PLC0415 - only pages with a code pay for it

    # Trying all eight masks, as the library would, costs four times as much; readers know them all.
    rows = segno.make(text, error="m", micro=False, mask=3).matrix
    size = (len(rows) + 2 * _QUIET) * _MODULE
    path = "".join(
        f"M{_QUIET} {_QUIET + number}.5"
        + "".join(f"m{len(light)} 0h{len(dark)}" for light, dark in _RUN.findall(bytes(row)))
        for number, row in enumerate(rows)
    )
    return Markup(  # noqa: S704 - numbers only
        f'<svg viewBox="0 0 {size} {size}"><path transform="scale({_MODULE})" stroke="#000"'
        f' d="{path}"/></svg>'
    )


_MODULE, _QUIET, _RUN = 4, 2, re.compile(b"(\x00*)(\x01+)")
