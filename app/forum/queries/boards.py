"""Boards: the list of them with what is new, and one of them."""

from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.core.access import Viewer
from app.core.db import db, fetch, fetch_one
from app.core.errors import NotFoundError
from app.forum.models import Board, Thread
from app.forum.queries.threads import Reach, reach_of, seen_by, visible_at
from app.forum.types import BoardRow, ThreadKind

# So many of a board's latest threads say what it is used for.
RECENT = 20
_NAMES: Any = (
    select(Board.id, Board.name, Board.name_en)
    .where(Board.archived_at.is_(None))
    .order_by(Board.position, Board.id)
)

_BOARD: Any = select(*Board.__table__.columns).where(Board.id == bindparam("board_id"))


def boards_seen(viewer: Viewer) -> list[BoardRow]:
    """Return the open boards in their order, each with the latest thread the viewer may read; one
    statement.
    """
    return [BoardRow(*row) for row in fetch(_boards(reach_of(viewer)), **seen_by(viewer))]


@cache
def _boards(reach: Reach) -> Any:
    inner = aliased(Thread)
    latest = (
        select(inner.id)
        .where(inner.board_id == Board.id, visible_at(reach, inner))
        .order_by(inner.last_post_at.desc(), inner.id.desc())
        .limit(1)
        .correlate(Board)
        .scalar_subquery()
    )
    return (
        select(
            Board.id,
            Board.name,
            Board.name_en,
            Board.promise,
            Board.promise_en,
            Board.thread_count,
            Thread.id,
            Thread.title,
            Thread.last_post_at,
            func.coalesce(User.name, Thread.author_name),
        )
        .select_from(Board)
        .outerjoin(Thread, Thread.id == latest)
        .outerjoin(User, User.id == Thread.author_id)
        .where(Board.archived_at.is_(None))
        .order_by(Board.position, Board.id)
    )


def board_for(viewer: Viewer, board_id: int) -> Board:
    """Return a board; refuses (NotFoundError) one that is not there, and an archived one to all but
    reviewers.
    """
    board = db.session.get(Board, board_id)
    if board is None or (board.archived_at is not None and not viewer.is_reviewer):
        raise NotFoundError
    return board


def board_shown(viewer: Viewer, board_id: int) -> Any:
    """Return a board as its page shows it, every column by name; refuses what `board_for` does."""
    board = fetch_one(_BOARD, board_id=board_id)
    if board is None or (board.archived_at is not None and not viewer.is_reviewer):
        raise NotFoundError
    return board


def board_names() -> list[tuple[int, str, str | None]]:
    """Return id and names of every open board, in order."""
    return [(row.id, row.name, row.name_en) for row in fetch(_NAMES)]


def archived_boards() -> list[tuple[int, str, str | None]]:
    """Return id and names of every board that was taken off the list, the latest first."""
    wanted = select(Board.id, Board.name, Board.name_en).where(Board.archived_at.is_not(None))
    rows = db.session.execute(wanted.order_by(Board.archived_at.desc(), Board.id.desc()))
    return [(row.id, row.name, row.name_en) for row in rows]


def usual_kind(board_id: int) -> ThreadKind:
    """Return what most of a board's latest threads are: questions, or talk."""
    latest = (
        select(Thread.kind)
        .where(Thread.board_id == board_id, Thread.kind != ThreadKind.ANNOUNCEMENT)
        .order_by(Thread.id.desc())
        .limit(RECENT)
    )
    kinds = list(db.session.scalars(latest))
    asked = kinds.count(ThreadKind.QUESTION)
    return ThreadKind.QUESTION if asked * 2 > len(kinds) else ThreadKind.DISCUSSION
