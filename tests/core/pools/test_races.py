"""Who comes at the same moment: the last places go to exactly as many as there are."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.db import db, transaction
from app.core.pools import queries, services
from app.core.pools.errors import PoolEmptyError
from app.core.pools.models import Hold, Pool
from tests.races import Race, nothing_counted


def fifty_for_the_last_seven(race: Race) -> tuple[int, int, list[Any]]:
    with transaction():
        pool_id = services.make_pool("stock", "last", 7).id

    def buy(number: int) -> list[int]:
        with transaction():
            return services.take([(pool_id, 1)], owner=("order", number))

    answers = race(buy, runners=50)
    won = sum(isinstance(answer, list) for answer in answers)
    held = db.session.scalar(sa.select(sa.func.sum(Hold.quantity)).where(Hold.pool_id == pool_id))
    return won, held or 0, [a for a in answers if not isinstance(a, list | PoolEmptyError)]


def test_fifty_at_once_for_the_last_seven_are_seven(race: Race) -> None:
    assert fifty_for_the_last_seven(race) == (7, 7, [])
    assert queries.wrong_counts() == []


def test_with_the_guard_switched_off_the_same_race_oversells(race: Race) -> None:
    with nothing_counted():
        won, held, _others = fifty_for_the_last_seven(race)
    assert won == held == 50
    assert queries.wrong_counts() != []


def test_two_who_come_for_one_expired_place_do_not_both_get_it(race: Race) -> None:
    with transaction():
        pool_id = services.make_pool("slot", "one", 1).id
        services.take([(pool_id, 1)], owner=("order", 99), until=clock.now() - timedelta(minutes=1))

    def buy(number: int) -> list[int]:
        with transaction():
            return services.take([(pool_id, 1)], owner=("order", number))

    answers = race(buy, runners=8)
    assert sum(isinstance(answer, list) for answer in answers) == 1
    assert sum(isinstance(answer, PoolEmptyError) for answer in answers) == 7
    assert queries.wrong_counts() == []


def test_baskets_in_opposite_orders_end_without_a_deadlock(race: Race) -> None:
    with transaction():
        ids = sorted(services.make_pools("stock", {"a": 40, "b": 40}).values())

    def buy(number: int) -> list[int]:
        parts = [(pool_id, 1) for pool_id in (ids if number % 2 else reversed(ids))]
        with transaction():
            return services.take(parts, owner=("order", number))

    answers = race(buy, runners=20)
    assert all(isinstance(answer, list) for answer in answers)


def test_one_pool_made_by_many_at_once_is_one_pool(race: Race) -> None:
    def make(_number: int) -> int:
        with transaction():
            return services.make_pool("slot", "made-by-its-first-taker", 5).id

    assert len(set(race(make, runners=12))) == 1


def test_one_hold_handed_over_by_two_counters_is_handed_over_once(race: Race) -> None:
    with transaction():
        pool_id = services.make_pool("stock", "two-counters", 5).id
        hold_id = services.take([(pool_id, 2)], owner=("order", 1))[0]

    def hand_over(_number: int) -> str:
        with transaction():
            services.consume(hold_id, 2)
        return "done"

    answers = race(hand_over, runners=6)
    assert answers.count("done") == 1
    assert queries.free([pool_id]) == {pool_id: 3}


@pytest.mark.usefixtures("app")
def test_the_check_command_fails_on_a_wrong_count(app: Any) -> None:
    runner = app.test_cli_runner()
    with transaction():
        pool_id = services.make_pool("stock", "checked", 5).id
        services.take([(pool_id, 2)], owner=("order", 1))
    assert runner.invoke(args=["pools", "check", "--json"]).exit_code == 0
    with transaction():
        db.session.execute(sa.update(Pool).where(Pool.id == pool_id).values(taken=1))
    answer = runner.invoke(args=["pools", "check"])
    assert answer.exit_code == 1
    assert "counts 1, holds say 2" in answer.output
