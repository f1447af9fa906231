"""Public holidays and make-up work days that Linli knows by itself, by the site's country.

China's days are those its State Council announced for the year; days of other years and places are
added by the town (`flask hours mark-day`). Nothing is guessed ahead.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from app.merchants.types import SpecialDayKind

_CHINA_HOLIDAYS = (
    ("2026-01-01", 3), ("2026-02-15", 9), ("2026-04-04", 3), ("2026-05-01", 5),
    ("2026-06-19", 3), ("2026-09-25", 3), ("2026-10-01", 7),
)  # fmt: skip
_CHINA_WORKDAYS = (
    "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
)  # fmt: skip


def _china() -> dict[date, SpecialDayKind]:
    days = {date.fromisoformat(day): SpecialDayKind.WORKDAY for day in _CHINA_WORKDAYS}
    for first, length in _CHINA_HOLIDAYS:
        start = date.fromisoformat(first)
        days |= {start + timedelta(days=n): SpecialDayKind.HOLIDAY for n in range(length)}
    return days


_BY_ZONE: Mapping[str, Mapping[date, SpecialDayKind]] = {"Asia/Shanghai": _china()}


def known_days(zone: str) -> Mapping[date, SpecialDayKind]:
    """Return the special days that are known for a time zone, by date."""
    return _BY_ZONE.get(zone, {})
