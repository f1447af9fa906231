"""Walk-in numbers as their pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select

from app.core import clock
from app.core.access import signed
from app.core.db import fetch, fetch_one
from app.core.errors import NotFoundError
from app.orders.models import Queue, QueueNumber
from app.orders.types import QueueState

_QUEUE: Any = select(
    Queue.merchant_id, Queue.is_open, Queue.minutes_each, Queue.version
).where(Queue.merchant_id == bindparam("merchant_id"))  # fmt: skip
_NUMBERS: Any = (
    select(QueueNumber.id, QueueNumber.number, QueueNumber.name, QueueNumber.state)
    .where(
        QueueNumber.merchant_id == bindparam("merchant_id"),
        QueueNumber.day == bindparam("day"),
        QueueNumber.state.in_((QueueState.WAITING, QueueState.CALLED, QueueState.MISSED)),
    )
    .order_by(QueueNumber.number)
)
_ONE: Any = select(
    QueueNumber.id, QueueNumber.merchant_id, QueueNumber.day, QueueNumber.number, QueueNumber.state
).where(QueueNumber.id == bindparam("number_id"))


@dataclass(frozen=True, slots=True)
class NumberRow:
    """One number that is not over."""

    id: int
    number: int
    name: str
    state: QueueState


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A shop's queue of today."""

    merchant_id: int
    is_open: bool
    minutes_each: int
    version: int
    numbers: tuple[NumberRow, ...]

    @property
    def called(self) -> NumberRow | None:
        """Who is called now."""
        return next((one for one in self.numbers if one.state == QueueState.CALLED), None)

    @property
    def waiting(self) -> list[NumberRow]:
        """Who waits, in turn."""
        return [one for one in self.numbers if one.state == QueueState.WAITING]

    @property
    def missed(self) -> list[NumberRow]:
        """Who was not there when called."""
        return [one for one in self.numbers if one.state == QueueState.MISSED]

    def before(self, number: int) -> int:
        """Return how many come before a number, or before a new one that is higher than all."""
        return sum(one.number < number for one in self.waiting)

    def minutes(self, number: int) -> int:
        """Return about how long that takes."""
        return (self.before(number) + (self.called is not None)) * self.minutes_each


@dataclass(frozen=True, slots=True)
class MyNumber:
    """A number as the one who took it sees it."""

    id: int
    merchant_id: int
    day: date
    number: int
    state: QueueState


def queue_of(merchant_id: int, *, at: datetime) -> QueueRow | None:
    """Return a shop's queue of today; None where it never had one."""
    row = fetch_one(_QUEUE, merchant_id=merchant_id)
    if row is None:
        return None
    today = clock.local(at).date()
    numbers = fetch(_NUMBERS, merchant_id=merchant_id, day=today)
    return QueueRow(row[0], row[1], row[2], row[3], tuple(NumberRow(*one) for one in numbers))


def number_for(number_id: int, key: str) -> MyNumber:
    """Return the number whose link this is; refuses any other as if it were not there."""
    row = fetch_one(_ONE, number_id=number_id)
    if row is None or key != number_key(number_id):
        raise NotFoundError
    return MyNumber(*row)


def number_key(number_id: int) -> str:
    """Return what opens a number's page."""
    return signed("queue", str(number_id))[:16]
