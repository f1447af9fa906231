"""How long somebody has waited, in hours in which neighbours are awake."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.forum.policies import waking_age

CHENGDU = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")


def local(text: str, zone: ZoneInfo = CHENGDU) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        ("2026-11-21T10:00", "2026-11-21T12:30", 2.5),
        ("2026-11-21T21:00", "2026-11-22T09:00", 2),
        ("2026-11-21T23:00", "2026-11-22T07:59", 0),
        ("2026-11-21T02:00", "2026-11-21T08:30", 0.5),
        ("2026-11-21T22:00", "2026-11-22T08:00", 0),
        ("2026-11-21T12:00", "2026-11-24T12:00", 42),
        ("2026-11-21T00:00", "2026-11-21T23:59", 14),
        ("2026-11-21T12:00", "2026-11-21T11:00", 0),
    ],
)
def test_only_waking_hours_count(since: str, until: str, hours: float) -> None:
    assert waking_age(local(since), local(until), CHENGDU) == timedelta(hours=hours)


def test_years_are_counted_without_walking_through_them() -> None:
    since, until = local("2011-10-11T08:00"), local("2026-10-11T08:00")
    assert waking_age(since, until, CHENGDU) == (until - since).days * timedelta(hours=14)


def test_a_change_of_the_clocks_neither_loses_nor_gains_an_hour() -> None:
    since, until = local("2026-03-28T21:00", BERLIN), local("2026-03-29T09:00", BERLIN)
    assert waking_age(since, until, BERLIN) == timedelta(hours=2)


def test_the_age_is_the_sum_of_its_minutes() -> None:
    since = local("2026-11-20T20:17")
    until = since + timedelta(hours=31, minutes=4)
    minutes = 0
    moment = since
    while moment < until:
        minutes += 8 <= moment.astimezone(CHENGDU).hour < 22
        moment += timedelta(minutes=1)
    assert waking_age(since, until, CHENGDU) == timedelta(minutes=minutes)
