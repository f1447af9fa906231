"""Walk-in numbers: taken on the phone or at the counter, called one by one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import case, delete, func, select, update

from app.core import clock
from app.core.access import Viewer, token_hash
from app.core.activity.services import record
from app.core.db import changed, changing, db, moved, upsert
from app.core.errors import NotFoundError
from app.orders import policies
from app.orders.errors import (
    QueueClosedError,
    QueueFullError,
    QueueMovedError,
    TooManyNumbersError,
    WrongShopError,
)
from app.orders.models import Queue, QueueNumber
from app.orders.types import QUEUE_CALLED, QUEUE_JOINED, QUEUE_SET, QueueState

MOST_WAITING = 80
MOST_OF_ONE_ADDRESS = 5
OPEN = (QueueState.WAITING, QueueState.CALLED)


def set_queue(
    actor: Viewer, merchant_id: int, *, is_open: bool, minutes_each: int, at: datetime
) -> None:
    """Give numbers out, or no more; those that wait keep theirs. Refuses who does not work here."""
    _check(actor, merchant_id)
    row = {
        "merchant_id": merchant_id,
        "is_open": is_open,
        "minutes_each": minutes_each,
        "day": clock.local(at).date(),
        "last_number": 0,
        "version": 1,
    }
    upsert(
        Queue,
        [row],
        keys=["merchant_id"],
        update=lambda new: {
            "is_open": new.is_open,
            "minutes_each": new.minutes_each,
            "version": Queue.__table__.c.version + 1,
        },
    )
    record(actor, QUEUE_SET, ("merchant", merchant_id), at=at, data={"open": is_open})


def take_number(
    actor: Viewer, merchant_id: int, *, name: str = "", address: str = "", at: datetime
) -> QueueNumber:
    """Take the next number of the day; the first of a day forgets the days before.

    Refuses a queue that is closed or too long, and an address that holds several numbers already;
    who works in the shop gives numbers out as long as the queue is open.
    """
    today = clock.local(at).date()
    number = _next_number(merchant_id, today)
    waiting = _count(merchant_id, today)
    if waiting >= MOST_WAITING:
        raise QueueFullError
    is_given = policies.can_serve(actor, merchant_id)
    origin = "" if is_given or not address else token_hash(address)[:16]
    if origin and _count(merchant_id, today, QueueNumber.origin == origin) >= MOST_OF_ONE_ADDRESS:
        raise TooManyNumbersError
    row = QueueNumber(
        merchant_id=merchant_id,
        day=today,
        number=number,
        name=name.strip()[:60],
        origin=origin,
        state=QueueState.WAITING,
        taken_at=at,
    )
    db.session.add(row)
    db.session.flush()
    record(actor, QUEUE_JOINED, ("merchant", merchant_id), at=at, data={"number": number})
    return row


def call_next(
    actor: Viewer, merchant_id: int, *, seen: int, is_missed: bool = False, at: datetime
) -> int | None:
    """Let the next one come; the one `seen` as called (0: nobody) was served, or was not there.
    Return the number called, None where nobody waits.

    Refuses (QueueMovedError) where somebody else called meanwhile.
    """
    today = _locked(actor, merchant_id, seen, at)
    _end_called(merchant_id, today, is_missed=is_missed, at=at)
    number = db.session.scalar(
        select(func.min(QueueNumber.number)).where(
            *_of_day(merchant_id, today), QueueNumber.state == QueueState.WAITING
        )
    )
    if number is not None:
        _call(actor, merchant_id, today, number, at)
    return number


def call_number(actor: Viewer, merchant_id: int, number: int, *, seen: int, at: datetime) -> None:
    """Let one come out of turn, or one who was not there before; refuses a number that is over."""
    today = _locked(actor, merchant_id, seen, at)
    _end_called(merchant_id, today, is_missed=False, at=at)
    _call(actor, merchant_id, today, number, at)


def leave_queue(number_id: int, *, at: datetime) -> None:
    """Give a number up; whoever comes with its link may. Refuses one that is over."""
    row = db.session.get(QueueNumber, number_id)
    if row is None:
        raise NotFoundError
    changed(_touching(row.merchant_id))
    step = update(QueueNumber).where(QueueNumber.id == number_id, QueueNumber.state.in_(OPEN))
    moved(step.values(state=QueueState.LEFT, over_at=at), QueueMovedError())


def _check(actor: Viewer, merchant_id: int) -> None:
    if not policies.can_decide(actor, merchant_id):
        raise WrongShopError


def _next_number(merchant_id: int, today: date) -> int:
    """Return the next number: one statement, so that no two get the same and none is left out."""
    is_today = Queue.day == today
    step = (
        update(Queue)
        .where(Queue.merchant_id == merchant_id, Queue.is_open.is_(True))
        .values(
            last_number=case((is_today, Queue.last_number + 1), else_=1),
            day=today,
            version=Queue.version + 1,
        )
        .returning(Queue.last_number)
    )
    rows = changing(step)
    if not rows:
        raise QueueClosedError
    if rows[0][0] == 1:
        old = delete(QueueNumber).where(QueueNumber.merchant_id == merchant_id)
        changed(old.where(QueueNumber.day < today))
    return int(rows[0][0])


def _count(merchant_id: int, today: date, *more: Any) -> int:
    waits = QueueNumber.state.in_(OPEN)
    wanted = select(func.count()).where(*_of_day(merchant_id, today), waits, *more)
    return db.session.scalar(wanted) or 0


def _of_day(merchant_id: int, today: date) -> tuple[Any, Any]:
    return QueueNumber.merchant_id == merchant_id, QueueNumber.day == today


def _touching(merchant_id: int) -> Any:
    return (
        update(Queue).where(Queue.merchant_id == merchant_id).values(version=Queue.version + 1)
    )  # fmt: skip


def _locked(actor: Viewer, merchant_id: int, seen: int, at: datetime) -> date:
    """Let whoever comes second wait here and then see what is true."""
    _check(actor, merchant_id)
    if not changed(_touching(merchant_id)):
        raise QueueClosedError
    today = clock.local(at).date()
    called = db.session.scalar(
        select(func.max(QueueNumber.number)).where(
            *_of_day(merchant_id, today), QueueNumber.state == QueueState.CALLED
        )
    )
    if (called or 0) != seen:
        raise QueueMovedError
    return today


def _end_called(merchant_id: int, today: date, *, is_missed: bool, at: datetime) -> None:
    state = QueueState.MISSED if is_missed else QueueState.SERVED
    step = update(QueueNumber).where(
        *_of_day(merchant_id, today), QueueNumber.state == QueueState.CALLED
    )
    changed(step.values(state=state, over_at=at))


def _call(actor: Viewer, merchant_id: int, today: date, number: int, at: datetime) -> None:
    may_come = QueueNumber.state.in_((QueueState.WAITING, QueueState.MISSED))
    step = update(QueueNumber).where(
        *_of_day(merchant_id, today), QueueNumber.number == number, may_come
    )
    moved(step.values(state=QueueState.CALLED, called_at=at, over_at=None), QueueMovedError())
    record(actor, QUEUE_CALLED, ("merchant", merchant_id), at=at, data={"number": number})
