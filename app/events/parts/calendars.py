"""Calendar files (RFC 5545 and 7986): the same gathering always under the same UID, told when it
changes.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import url_for

from app.core import clock
from app.core.i18n import gettext as _
from app.core.i18n import language, pick
from app.core.pages import absolute
from app.events.types import KIND_LABELS, CalendarRow, GatheringState

if TYPE_CHECKING:
    from icalendar import Event

PRODUCT = "-//Linli//Linli calendar 1.0//EN"
REFRESH = timedelta(hours=1)


def calendar_file(rows: Sequence[CalendarRow], *, name: str, source: str) -> bytes:
    """Return a calendar with its time zone; called-off gatherings stay in it as cancelled."""
    from icalendar import Calendar, vDuration, vUri  # noqa: PLC0415 - 8 MiB that only feeds need

    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", "PUBLISH")
    calendar.add("NAME", name)
    calendar.add("X-WR-CALNAME", name)
    calendar.add("X-WR-TIMEZONE", str(clock.site_zone()))
    calendar.add("REFRESH-INTERVAL", vDuration(REFRESH), {"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", vDuration(REFRESH))
    calendar.add("SOURCE", vUri(source), {"VALUE": "URI"})
    for row in rows:
        calendar.add_component(_event(row))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(row: CalendarRow) -> "Event":
    from icalendar import Event, vUri  # noqa: PLC0415 - as above

    address = absolute(url_for("events.gathering", gathering_id=row.id))
    is_cancelled = row.state is GatheringState.CANCELLED
    text = pick(row.description, row.description_en)
    if is_cancelled and row.cancelled_because:
        text = _("Called off: %(reason)s", reason=row.cancelled_because) + "\n\n" + text
    event = Event()
    event.add("UID", row.uid)
    event.add("DTSTAMP", row.changed_at)
    event.add("CREATED", row.created_at)
    event.add("LAST-MODIFIED", row.changed_at)
    event.add("SEQUENCE", row.sequence)
    event.add("DTSTART", clock.local(row.starts_at))
    event.add("DTEND", clock.local(row.ends_at))
    event.add("SUMMARY", _plain(pick(row.title, row.title_en)), {"LANGUAGE": _tag()})
    event.add("DESCRIPTION", _plain(f"{text}\n\n{address}".strip()))
    event.add("LOCATION", _plain(row.place))
    if row.lat is not None and row.lng is not None:
        event.add("GEO", (row.lat, row.lng))
    event.add("CATEGORIES", [str(KIND_LABELS[row.kind])])
    event.add("URL", vUri(address))
    event.add("STATUS", "CANCELLED" if is_cancelled else "CONFIRMED")
    event.add("TRANSP", "TRANSPARENT" if is_cancelled else "OPAQUE")
    return event


def _plain(text: str) -> str:
    """Take out control signs: RFC 5545 has no way to write them."""
    return "".join(sign for sign in text.replace("\r\n", "\n").replace("\r", "\n") if _fits(sign))


def _fits(sign: str) -> bool:
    return sign in "\n\t" or (sign >= " " and sign != "\x7f")


def _tag() -> str:
    return "en" if language() == "en" else "zh-Hans"
