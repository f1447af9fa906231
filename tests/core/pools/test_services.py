"""What is scarce is never promised twice, and every step can be taken back."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app.core import clock
from app.core.db import db, transaction
from app.core.pools import jobs, queries, services
from app.core.pools.errors import HoldGoneError, PoolEmptyError, PoolTooLowError
from app.core.pools.models import Hold, Pool
from app.core.pools.types import HoldState

pytestmark = pytest.mark.usefixtures("app")
ORDER = ("order", 1)


def make(total: int | None, key: str = "variant:1") -> int:
    with transaction():
        return services.make_pool("stock", key, total).id


def take(pool_id: int, quantity: int, *, owner: Any = ORDER, minutes: int | None = None) -> int:
    until = None if minutes is None else clock.now() + timedelta(minutes=minutes)
    with transaction():
        return services.take([(pool_id, quantity)], owner=owner, until=until)[0]


def pool(pool_id: int) -> tuple[int | None, int]:
    row = db.session.execute(sa.select(Pool.total, Pool.taken).where(Pool.id == pool_id)).one()
    db.session.rollback()
    return row.total, row.taken


def state(hold_id: int) -> HoldState:
    found = db.session.scalars(sa.select(Hold.state).where(Hold.id == hold_id)).one()
    db.session.rollback()
    return found


def test_a_taking_within_what_is_left_succeeds_and_one_more_is_refused() -> None:
    pool_id = make(3)
    take(pool_id, 3)
    with pytest.raises(PoolEmptyError) as refused:
        take(pool_id, 1)
    assert refused.value.data == {"pool_id": pool_id, "wanted": 1, "free": 0}
    assert pool(pool_id) == (3, 3)


def test_an_unlimited_pool_counts_but_never_refuses() -> None:
    pool_id = make(None)
    take(pool_id, 1_000_000)
    assert pool(pool_id) == (None, 1_000_000)
    assert queries.free([pool_id]) == {pool_id: None}


def test_taking_several_pools_is_all_or_nothing_even_for_who_catches_the_refusal() -> None:
    full, empty = make(5, "a"), make(0, "b")
    with transaction(), pytest.raises(PoolEmptyError) as refused:
        services.take([(full, 2), (empty, 1)], owner=ORDER)
    assert refused.value.data["pool_id"] == empty
    assert pool(full) == (5, 0)
    with transaction():
        assert len(services.take([(full, 2), (full, 3)], owner=ORDER)) == 2
    assert pool(full) == (5, 5)


def test_the_same_pool_named_twice_counts_both_quantities() -> None:
    pool_id = make(3)
    with transaction(), pytest.raises(PoolEmptyError):
        services.take([(pool_id, 2), (pool_id, 2)], owner=ORDER)


def test_making_a_pool_again_keeps_the_first_total() -> None:
    first = make(3)
    assert make(9) == first
    assert pool(first) == (3, 0)


def test_many_pools_are_made_and_read_with_few_statements(count_queries: Any) -> None:
    totals = {f"variant:{number}": number for number in range(300)}
    with transaction(), count_queries() as statements:
        made = services.make_pools("stock", totals)
    assert len(made) == 300
    assert len(statements) == 2
    with count_queries() as statements:
        rows = queries.pools_by_key("stock", totals)
    assert rows["variant:7"].free == 7
    assert len(statements) == 1


def test_an_expired_hold_shows_as_free_and_only_a_taker_takes_it_back() -> None:
    pool_id = make(1)
    hold_id = take(pool_id, 1, minutes=-1)
    assert queries.free([pool_id]) == {pool_id: 1}
    assert pool(pool_id) == (1, 1)
    take(pool_id, 1, owner=("order", 2))
    assert state(hold_id) is HoldState.RELEASED
    with transaction(), pytest.raises(HoldGoneError):
        services.confirm([hold_id])


def test_a_hold_that_expired_but_was_not_reclaimed_can_still_be_confirmed() -> None:
    pool_id = make(1)
    hold_id = take(pool_id, 1, minutes=-1)
    with transaction():
        services.confirm([hold_id])
        services.confirm([hold_id])
    assert state(hold_id) is HoldState.CONFIRMED
    with pytest.raises(PoolEmptyError):
        take(pool_id, 1)


def test_the_job_reclaims_what_expired_and_leaves_what_did_not() -> None:
    pool_id = make(3)
    old, young = take(pool_id, 1, minutes=-1), take(pool_id, 1, minutes=5)
    jobs.reclaim_expired(clock.now())
    assert (state(old), state(young)) == (HoldState.RELEASED, HoldState.HELD)
    assert pool(pool_id) == (3, 1)


def test_releasing_gives_back_once_however_often_it_is_asked() -> None:
    pool_id = make(2)
    hold_id = take(pool_id, 2)
    with transaction():
        services.release([hold_id])
        services.release([hold_id])
    assert pool(pool_id) == (2, 0)


def test_handing_over_takes_from_shelf_and_promise_and_can_be_undone() -> None:
    pool_id = make(5)
    hold_id = take(pool_id, 3)
    with transaction():
        services.consume(hold_id, 2)
    assert pool(pool_id) == (3, 1)
    with transaction():
        services.consume(hold_id, 1)
    assert state(hold_id) is HoldState.CONSUMED
    with transaction(), pytest.raises(HoldGoneError):
        services.consume(hold_id, 1)
    with transaction():
        services.restore(hold_id, 3)
    assert pool(pool_id) == (5, 3)
    assert state(hold_id) is HoldState.CONFIRMED
    with transaction(), pytest.raises(HoldGoneError):
        services.restore(hold_id, 1)


def test_a_held_place_cannot_be_handed_over_before_it_is_confirmed() -> None:
    hold_id = take(make(1), 1, minutes=5)
    with transaction(), pytest.raises(HoldGoneError):
        services.consume(hold_id, 1)


def test_a_short_line_gives_back_a_part_and_a_wholly_short_one_is_released() -> None:
    pool_id = make(5)
    hold_id, other = take(pool_id, 3), take(pool_id, 1)
    with transaction():
        services.consume(hold_id, 1)
        services.release_part(hold_id, 1)
        services.release_part(other, 1)
    assert pool(pool_id) == (4, 1)
    assert (state(hold_id), state(other)) == (HoldState.CONFIRMED, HoldState.RELEASED)
    with transaction():
        services.release_part(hold_id, 1)
    assert state(hold_id) is HoldState.CONSUMED
    with transaction(), pytest.raises(HoldGoneError):
        services.release_part(hold_id, 1)
    assert queries.wrong_counts() == []


def test_a_total_below_what_is_promised_is_refused_and_names_whom_it_would_hurt() -> None:
    pool_id = make(5)
    take(pool_id, 2, owner=("order", 7))
    with transaction(), pytest.raises(PoolTooLowError) as refused:
        services.set_total(pool_id, 1)
    assert refused.value.data["owners"] == [("order", 7, 2)]
    with transaction():
        services.set_total(pool_id, 2)
        services.add_total(pool_id, 1)
    assert pool(pool_id) == (3, 2)
    with transaction(), pytest.raises(PoolTooLowError):
        services.add_total(pool_id, -2)


def test_a_lower_total_first_reclaims_what_expired() -> None:
    pool_id = make(5)
    take(pool_id, 5, minutes=-1)
    with transaction():
        services.set_total(pool_id, 0)
    assert pool(pool_id) == (0, 0)


def test_a_hold_is_handed_on_to_another_owner_and_a_gone_one_is_not() -> None:
    hold_id = take(make(1), 1, owner=("offer", 3))
    with transaction():
        services.hand_on([hold_id], to=("order", 4))
    assert [hold.id for hold in queries.holds_of(("order", 4))] == [hold_id]
    with transaction():
        services.release([hold_id])
    with transaction(), pytest.raises(HoldGoneError):
        services.hand_on([hold_id], to=("order", 5))


def test_the_database_itself_refuses_an_oversold_pool() -> None:
    pool_id = make(1)
    with pytest.raises(sa.exc.IntegrityError), transaction():
        db.session.execute(sa.update(Pool).where(Pool.id == pool_id).values(taken=2))


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["take", "hold", "late", "confirm", "release", "part", "consume", "restore", "total"]
        ),
        st.integers(0, 5),
        st.integers(1, 4),
    ),
    min_size=1,
    max_size=25,
)


@hypothesis_settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(STEPS)
def test_after_any_steps_in_any_order_the_counts_equal_the_holds(
    steps: list[tuple[str, int, int]],
) -> None:
    with transaction():
        made = services.make_pools("any", {f"{id(steps)}:{n}": 6 for n in range(2)})
    holds: list[int] = []
    for deed, pick, quantity in steps:
        try:
            with transaction():
                _step(deed, pick, quantity, pool_ids=sorted(made.values()), holds=holds)
        except (PoolEmptyError, PoolTooLowError, HoldGoneError):
            continue
    assert queries.wrong_counts() == []
    db.session.rollback()


def _step(deed: str, pick: int, quantity: int, *, pool_ids: list[int], holds: list[int]) -> None:
    pool_id = pool_ids[pick % 2]
    if deed in {"take", "hold", "late"}:
        minutes = {"take": None, "hold": 5, "late": -5}[deed]
        until = None if minutes is None else clock.now() + timedelta(minutes=minutes)
        holds += services.take([(pool_id, quantity)], owner=ORDER, until=until)
        return
    if deed == "total":
        services.set_total(pool_id, quantity * 2)
        return
    if not holds:
        return
    hold_id = holds[pick % len(holds)]
    {
        "confirm": lambda: services.confirm([hold_id]),
        "release": lambda: services.release([hold_id]),
        "part": lambda: services.release_part(hold_id, quantity),
        "consume": lambda: services.consume(hold_id, quantity),
        "restore": lambda: services.restore(hold_id, quantity),
    }[deed]()
