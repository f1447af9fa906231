"""Threads that ask for an answer and have none from another person, with their ages in waking
hours.
"""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    exists,
    func,
    select,
    text,
)
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.core import clock
from app.core.access import Viewer
from app.core.db import fetch
from app.forum import policies
from app.forum.models import Board, Thread
from app.forum.queries.threads import AUDIENCES
from app.forum.types import WaitingRow

# Word for word what the index `ix_threads_waiting` holds, or SQLite does not see that it fits.
_WAITS = text(
    "threads.first_reply_at IS NULL AND threads.asks_answer AND threads.showing = 'shown'"
)


def _is_first() -> ColumnElement[bool]:
    """Say that nothing earlier is by the same author."""
    earlier = aliased(Thread)
    return ~exists().where(earlier.author_id == Thread.author_id, earlier.id < Thread.id)


def unanswered(
    viewer: Viewer,
    *,
    at: datetime,
    limit: int = 50,
    board_id: int | None = None,
    newest_first: bool = False,
) -> list[WaitingRow]:
    """Return the threads nobody has answered, the one that waits longest first; one statement.

    A thread counts that asks (an announcement does not), is shown and open, and has no post by
    another person.
    """
    wanted = _unanswered(of_board=board_id is not None, newest_first=newest_first)
    rows = fetch(wanted, audiences=viewer.audiences, board_id=board_id, size=limit)
    return [_with_age(row, at) for row in rows]


@cache
def _unanswered(*, of_board: bool, newest_first: bool) -> Any:
    query = _waiting(
        of_board,
        Thread.id,
        Thread.title,
        Thread.board_id,
        Board.name,
        Board.name_en,
        Thread.author_id,
        func.coalesce(User.name, Thread.author_name),
        User.avatar_picture_id,
        _is_first(),
        Thread.opened_at,
    ).outerjoin(User, User.id == Thread.author_id)
    order = (Thread.opened_at, Thread.id)
    query = query.order_by(*(column.desc() if newest_first else column for column in order))
    return query.limit(bindparam("size"))


def _with_age(row: Any, at: datetime) -> WaitingRow:
    age = policies.waking_age(row.opened_at, at, clock.site_zone())
    values: list[Any] = [*row, age]
    return WaitingRow(*values)


def count_unanswered(viewer: Viewer) -> int:
    """Return how many threads wait for an answer."""
    return int(fetch(_how_many(), audiences=viewer.audiences)[0][0])


@cache
def _how_many() -> Any:
    return _waiting(False, func.count())


def _waiting(of_board: bool, *columns: Any) -> Select[*tuple[Any, ...]]:
    query = (
        select(*columns)
        .select_from(Thread)
        .join(Board, and_(Board.id == Thread.board_id, Board.archived_at.is_(None)))
        .where(
            _WAITS,
            Thread.closed_at.is_(None),
            Thread.audience.in_(AUDIENCES),
        )
    )
    return query.where(Thread.board_id == bindparam("board_id")) if of_board else query
