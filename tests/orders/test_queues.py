"""Walk-in numbers: dense by the day, called in turn, missed and called again; fifty at once."""

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.access import GUEST
from app.core.db import db, transaction
from app.orders.errors import (
    QueueClosedError,
    QueueMovedError,
    TooManyNumbersError,
    WrongShopError,
)
from app.orders.models import Queue, QueueNumber
from app.orders.queries.queues import number_key, queue_of
from app.orders.services import queues
from app.orders.types import QueueState
from tests.factories import accounts
from tests.factories.orders import Stall
from tests.races import Race


@pytest.fixture
def line(place: Stall) -> Stall:
    with transaction():
        queues.set_queue(
            place.keeper, place.merchant.id, is_open=True, minutes_each=12, at=clock.now()
        )
    return place


def take(place: Stall, address: str = "") -> QueueNumber:
    with transaction():
        return queues.take_number(GUEST, place.merchant.id, address=address, at=clock.now())


def call(place: Stall, seen: int, **more: Any) -> int | None:
    with transaction():
        return queues.call_next(place.keeper, place.merchant.id, seen=seen, at=clock.now(), **more)


def now(place: Stall) -> Any:
    return queue_of(place.merchant.id, at=clock.now())


def test_numbers_are_dense_and_the_wait_is_told(line: Stall) -> None:
    assert [take(line).number for _ in range(3)] == [1, 2, 3]
    assert now(line).before(3) == 2
    assert now(line).minutes(3) == 24
    assert call(line, 0) == 1
    assert now(line).before(3) == 1
    assert now(line).minutes(3) == 24, "one is being served"


def test_who_was_not_there_is_passed_over_and_may_come_back(line: Stall) -> None:
    for _ in range(2):
        take(line)
    assert call(line, 0) == 1
    assert call(line, 1, is_missed=True) == 2
    assert [one.number for one in now(line).missed] == [1]
    with transaction():
        queues.call_number(line.keeper, line.merchant.id, 1, seen=2, at=clock.now())
    assert now(line).called.number == 1
    assert call(line, 1) is None
    with pytest.raises(QueueMovedError), transaction():
        queues.call_number(line.keeper, line.merchant.id, 2, seen=0, at=clock.now())


def test_who_calls_second_is_told_and_strangers_call_nobody(line: Stall) -> None:
    take(line)
    assert call(line, 0) == 1
    with pytest.raises(QueueMovedError):
        call(line, 0)
    stranger = accounts.viewer(accounts.person())
    with pytest.raises(WrongShopError), transaction():
        queues.call_next(stranger, line.merchant.id, seen=1, at=clock.now())
    with pytest.raises(WrongShopError), transaction():
        queues.set_queue(stranger, line.merchant.id, is_open=False, minutes_each=5, at=clock.now())


def test_a_closed_queue_gives_none_and_one_address_gets_a_few(line: Stall) -> None:
    for _ in range(5):
        take(line, "10.0.0.1")
    with pytest.raises(TooManyNumbersError):
        take(line, "10.0.0.1")
    assert take(line, "10.0.0.2").number == 6, "the refused one left no gap"
    with transaction():
        queues.set_queue(
            line.keeper, line.merchant.id, is_open=False, minutes_each=12, at=clock.now()
        )
    with pytest.raises(QueueClosedError):
        take(line)
    assert len(now(line).waiting) == 6, "who waits keeps the number"


def test_the_next_day_begins_at_one_and_forgets_the_names(line: Stall) -> None:
    take(line)
    take(line)
    with clock.travel(clock.now() + timedelta(days=1)):
        assert take(line).number == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(QueueNumber)) == 1


def test_a_number_is_taken_watched_called_and_given_up_on_the_pages(
    line: Stall, guest: Any, sign_in: Any
) -> None:
    shop = line.merchant.id
    assert "Take a number" in guest.visit(f"/merchants/{shop}")
    page = guest.follow(guest.post(f"/orders/queue/{shop}", {"name": "Aunt Li"}, status=303))
    assert "You are next" in page
    second = guest.follow(guest.post(f"/orders/queue/{shop}", {"name": ""}, status=303))
    assert "1 person before you" in second
    number = db.session.scalars(sa.select(QueueNumber.id).order_by(QueueNumber.number)).all()
    mine = f"/orders/queue/numbers/{number[0]}"
    assert guest.get(f"{mine}?key=wrong").status == 404
    boss = sign_in(line.owner)
    console = boss.visit(f"/workbench/{shop}/queue")
    assert "Aunt Li" in console
    form = console.forms("/queue/call")[0]
    assert "Called" in boss.follow(boss.post(f"/workbench/{shop}/queue/call", form, status=303))
    live = guest.get(f"{mine}/live?key={number_key(number[0])}")
    assert "It is your turn" in live.text
    assert boss.post(f"/workbench/{shop}/queue/call", {"seen": "0"}, status=409)
    given = boss.post(f"/workbench/{shop}/queue/give", {"name": "Uncle"}, status=303)
    assert "Uncle" in boss.follow(given)
    left = f"/orders/queue/numbers/{number[1]}/leave?key={number_key(number[1])}"
    assert "This number is over" in guest.follow(guest.post(left, {}, status=303))
    assert re.search(r"<svg", boss.visit(f"/workbench/{shop}/queue").text)
    assert boss.post(f"/workbench/{shop}/queue", {"minutes_each": "0"}).status == 422
    closed = boss.post(f"/workbench/{shop}/queue", {"minutes_each": "9"}, status=303)
    boss.follow(closed)
    assert guest.post(f"/orders/queue/{shop}", {"name": ""}, status=409)


# --- fifty at once ---


def fifty_take(line: Stall, race: Race) -> list[int]:
    at, shop = clock.now(), line.merchant.id

    def run(_number: int) -> Any:
        with transaction():
            return queues.take_number(GUEST, shop, at=at).number

    return race(run, runners=50)


def test_fifty_at_once_get_fifty_numbers_none_twice_and_none_left_out(
    line: Stall, race: Race
) -> None:
    assert sorted(fifty_take(line, race)) == list(range(1, 51))


def test_the_same_race_sees_the_fault_when_the_number_is_read_first(
    line: Stall, race: Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_first(merchant_id: int, _today: Any) -> int:
        wanted = sa.select(Queue.last_number).where(Queue.merchant_id == merchant_id)
        return (db.session.scalar(wanted) or 0) + 1

    monkeypatch.setattr(queues, "_next_number", read_first)
    answers = fifty_take(line, race)
    assert sum(isinstance(one, int) for one in answers) < 50


def test_ten_who_press_next_at_once_call_one(line: Stall, race: Race) -> None:
    for _ in range(3):
        take(line)
    at = clock.now()

    def press(_number: int) -> Any:
        with transaction():
            return queues.call_next(line.keeper, line.merchant.id, seen=0, at=at)

    answers = race(press, runners=10)
    assert [one for one in answers if isinstance(one, int)] == [1]
    states = db.session.scalars(sa.select(QueueNumber.state)).all()
    assert states.count(QueueState.CALLED) == 1
