"""What is seen: kept aside in the request, folded, written down afterwards."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import clock
from app.core.access import GUEST, Viewer
from app.core.activity import jobs, queries
from app.core.activity import seen as seeing
from app.core.activity.models import GuestDay
from app.core.activity.seen import flush_seen, forget_seen, seen, sink
from app.core.activity.types import Hook, Sight
from app.core.db import db

ANNA = Viewer(id=7)
NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)
DAY = datetime(2026, 11, 2, tzinfo=UTC).date()


@pytest.fixture(autouse=True)
def written(app: Flask) -> Iterator[list[Sight]]:
    written: list[Sight] = []
    forget_seen()

    @sink("test.read")
    def _keep(sights: Sequence[Sight]) -> None:
        written.extend(sights)

    yield written
    seeing._sinks.pop("test.read", None)
    forget_seen()


def test_looking_writes_nothing_until_the_flush(
    count_queries: Callable[[], Any], written: list[Sight], at: Callable[[datetime], Any]
) -> None:
    with at(NOON), count_queries() as statements:
        seen(ANNA, "test.read", ("thread", 3), number=4, hook=Hook.TOPIC)
        seen(ANNA, "test.read", ("thread", 3), number=2, hook=Hook.TOPIC)
    assert statements == []
    assert flush_seen() == 2
    assert written == [Sight(7, "thread", 3, 4, NOON)]
    assert queries.presence_on(DAY) == {"topic": 1}
    assert flush_seen() == 0


def test_presence_adds_up_over_flushes(at: Callable[[datetime], Any]) -> None:
    for _flush in range(2):
        with at(NOON):
            seen(ANNA, "front")
        flush_seen()
    assert queries.presence_on(DAY) == {"visit": 1}


def test_a_guest_leaves_a_day_a_kind_of_page_and_a_site(at: Callable[[datetime], Any]) -> None:
    with at(NOON):
        seen(GUEST, "board", ("board", 3), referrer="https://example.org/path?who=me")
        seen(GUEST, "board", referrer="https://example.org/other")
        seen(GUEST, "board", referrer="http://[broken")
    flush_seen()
    assert queries.guest_pages(DAY, DAY + timedelta(days=1)) == [(DAY, "board", 3)]
    assert queries.members_present(DAY, DAY + timedelta(days=1)) == 0


def test_made_up_referrers_do_not_fill_the_log_of_guests(at: Callable[[datetime], Any]) -> None:
    with at(NOON):
        for number in range(1000):
            seen(GUEST, "board", referrer=f"https://made-up-{number}.example")
        seen(GUEST, "board", referrer="https://made-up-1.example")
    flush_seen()
    assert queries.guest_pages(DAY, DAY + timedelta(days=1)) == [(DAY, "board", 1001)]
    rows = sa.select(sa.func.count()).select_from(GuestDay)
    assert (db.session.scalar(rows) or 0) <= 201


def test_what_was_seen_while_the_database_was_away_is_written_down_later(
    written: list[Sight],
) -> None:
    is_away = [True, False]

    @sink("test.read")
    def _fail(_sights: Sequence[Sight]) -> None:
        if is_away.pop(0):
            raise sa.exc.OperationalError("INSERT", None, TimeoutError("lock timeout"))

    seen(ANNA, "test.read", ("thread", 3), number=4)
    with pytest.raises(sa.exc.OperationalError):
        flush_seen()
    assert flush_seen() == 2
    assert written[-1].number == 4


def test_many_sights_are_written_with_few_statements(count_queries: Callable[[], Any]) -> None:
    for user_id in range(1, 101):
        seen(Viewer(id=user_id), "test.read", ("thread", 1), number=1)
    with count_queries() as statements:
        flush_seen()
    assert len(statements) <= 2


def test_what_was_seen_is_written_down_when_the_process_ends(
    app: Flask, written: list[Sight]
) -> None:
    flusher = jobs.start_flushing(app, seconds=60)
    seen(ANNA, "test.read", ("thread", 3), number=1)
    flusher.stop()
    assert len(written) == 1
    db.session.rollback()
    assert queries.members_present(clock.today(), clock.today() + timedelta(days=1)) == 1
