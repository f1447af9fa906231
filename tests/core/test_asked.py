"""Selects compiled once: they give what the session gives, whatever they are asked with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.asked import asked
from app.core.db import db, fetch, fetch_one, transaction
from app.core.facts import Fact

AT = datetime(2026, 5, 4, 3, 2, 1, 9, tzinfo=UTC)


@pytest.fixture
def filled(app: Flask) -> None:
    with transaction():
        for number in range(5):
            at = AT + timedelta(days=number)
            value = {"n": number} if number % 2 else [number, None]
            db.session.add(Fact(key=f"k{number}", value=value, changed_at=at))


ONES = (
    sa.select(Fact.key, Fact.value, Fact.changed_at.label("at"), (Fact.key == "k1").label("is_one"))
    .where(Fact.key.in_(sa.bindparam("keys", expanding=True)))
    .where(Fact.changed_at >= sa.bindparam("since"), Fact.key != "k4")
    .order_by(Fact.key)
)


@pytest.mark.usefixtures("filled")
def test_rows_are_what_the_session_gives_for_lists_of_any_length() -> None:
    for keys in (["k0", "k1", "k2"], ["k3"], [], ["k1", "k4"], ("k2", "k3", "k0"), ["k3"]):
        values = {"keys": keys, "since": AT + timedelta(days=1)}
        assert fetch(ONES, **values) == [tuple(row) for row in db.session.execute(ONES, values)]
    row = fetch_one(ONES, keys=["k1"], since=AT)
    assert (row.at, row.is_one, row.value) == (AT + timedelta(days=1), True, {"n": 1})


@pytest.mark.usefixtures("filled")
def test_a_value_that_is_missing_is_refused_and_one_too_many_does_no_harm() -> None:
    assert len(fetch(ONES, keys=["k1"], since=AT, unheard_of=1)) == 1
    with pytest.raises(KeyError):
        fetch(ONES, keys=["k1"])
    with pytest.raises(KeyError):
        fetch(ONES, since=AT)


@pytest.mark.usefixtures("filled")
def test_a_select_is_compiled_once_and_sees_what_a_transaction_has_not_yet_flushed() -> None:
    dialect = db.engine.dialect
    assert asked(ONES, dialect) is asked(ONES, dialect)
    with transaction():
        db.session.add(Fact(key="k9", value=None, changed_at=AT))
        assert [row.key for row in fetch(ONES, keys=["k9"], since=AT)] == ["k9"]


@pytest.mark.usefixtures("filled")
def test_a_naive_instant_is_refused_here_too() -> None:
    with pytest.raises(ValueError, match="naive"):
        fetch(ONES, keys=["k1"], since=datetime(2026, 1, 1))  # noqa: DTZ001 - what is refused


def test_a_fraction_comes_back_as_the_session_gives_it(app: Flask) -> None:
    half: Any = sa.literal(0.5, sa.Float).label("half")
    exact: Any = sa.literal(Decimal("0.25"), sa.Numeric(4, 2)).label("exact")
    wanted = sa.select(half, exact)
    for _again in range(2):
        assert fetch(wanted) == [tuple(row) for row in db.session.execute(wanted)]


def test_whoever_counts_statements_sees_these_too(app: Flask, count_queries: Any) -> None:
    fetch(ONES, keys=["k1"], since=AT)
    with count_queries() as seen:
        fetch(ONES, keys=["k1"], since=AT)
        fetch(ONES, keys=["k1"], since=AT)
    assert len(seen) == 2
