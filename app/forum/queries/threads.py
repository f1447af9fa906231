"""Threads: in lists, about things, and one with what its page needs."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from app.accounts.models import User
from app.core.access import Viewer
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.pages import Page, decode_key, instant, keyset
from app.forum import policies
from app.forum.models import Board, Thread, ThreadFollow, ThreadRead
from app.forum.types import LIST_SIZE, Showing, Sort, ThreadRow, ThreadView


def visible_to(viewer: Viewer, threads: Any = Thread) -> ColumnElement[bool]:
    """Return the condition for what lists show this viewer: shown, or held and their own or theirs
    to review.
    """
    in_reach: ColumnElement[bool] = threads.audience.in_(viewer.audiences)
    shown: ColumnElement[bool] = threads.showing == Showing.SHOWN
    if viewer.is_reviewer:
        return and_(in_reach, threads.showing != Showing.HIDDEN)
    if viewer.is_member:
        own_held = and_(threads.showing == Showing.HELD, threads.author_id == viewer.id)
        return and_(in_reach, or_(shown, own_held))
    return and_(in_reach, shown)


def threads_on(
    board_id: int, *, viewer: Viewer, sort: Sort = Sort.LATEST, after: str | None = None
) -> Page[ThreadRow]:
    """Return one page of a board's list; pinned threads head the first page of the usual order."""
    rows = _listed(viewer).where(Thread.board_id == board_id)
    if sort is Sort.LATEST:
        pinned = [] if after else _rows(rows.where(Thread.is_pinned).limit(5))
        page = _paged(rows.where(~Thread.is_pinned), Thread.last_post_at, after)
        return Page([*pinned, *page.rows], page.next_key)
    if sort is Sort.UNANSWERED:
        rows = rows.where(Thread.asks_answer, Thread.first_reply_at.is_(None))
    return _paged(rows, Thread.opened_at, after)


def latest_threads(
    viewer: Viewer, *, limit: int = 5, board_id: int | None = None
) -> list[ThreadRow]:
    """Return the threads on boards that were last written in, for a front page."""
    rows = _listed(viewer).where(Thread.board_id.is_not(None), Board.archived_at.is_(None))
    if board_id is not None:
        rows = rows.where(Thread.board_id == board_id)
    return _rows(rows.order_by(Thread.last_post_at.desc(), Thread.id.desc()).limit(limit))


def threads_by(
    person_id: int, *, viewer: Viewer, after: str | None = None, size: int = LIST_SIZE
) -> Page[ThreadRow]:
    """Return what a person opened on boards, the newest first, for a profile."""
    rows = _listed(viewer).where(Thread.author_id == person_id, Thread.board_id.is_not(None))
    return _paged(rows, Thread.opened_at, after, size)


def thread_for(viewer: Viewer, thread_id: int, *, is_vouched: bool = False) -> ThreadView:
    """Return a thread with what its page needs, in one statement.

    Refuses (NotFoundError) what is not for this viewer: another audience's (unless an upper house
    vouches for the viewer), held by somebody else, or hidden, save to reviewers and the board's
    leader.
    """
    row = db.session.execute(_head(viewer).where(Thread.id == thread_id)).one_or_none()
    if row is None:
        raise NotFoundError
    view = ThreadView(*row)
    in_reach = is_vouched or view.audience in viewer.audiences
    if not in_reach or not policies.can_see(viewer, view, view.leader_id):
        raise NotFoundError
    return view


def thread_views(thread_ids: Iterable[int], *, viewer: Viewer) -> dict[int, ThreadView]:
    """Return the heads of several threads in one statement, whatever their audience: the caller
    vouches.
    """
    ids = list(thread_ids)
    if not ids:
        return {}
    rows = db.session.execute(_head(viewer).where(Thread.id.in_(ids)))
    views = (ThreadView(*row) for row in rows)
    return {view.id: view for view in views if view.showing is not Showing.HIDDEN}


def subject_of(thread_id: int) -> tuple[str, int] | None:
    """Return what a thread is about, when it is about a thing of another house."""
    row = db.session.execute(
        select(Thread.about_kind, Thread.about_id).where(Thread.id == thread_id)
    ).one_or_none()
    return (row.about_kind, row.about_id) if row is not None and row.about_kind else None


def threads_about(
    kind: str, subject_ids: Iterable[int], *, audience: str | None = None
) -> dict[int, int]:
    """Return subject id → thread id for the things of one kind that are talked about; one
    statement.
    """
    query = select(Thread.about_id, Thread.id).where(
        Thread.about_kind == kind, Thread.about_id.in_(list(subject_ids))
    )
    if audience is not None:
        query = query.where(Thread.audience == audience)
    return {about_id: thread_id for about_id, thread_id in db.session.execute(query) if about_id}


def reply_counts(kind: str, subject_ids: Iterable[int]) -> dict[int, int]:
    """Return subject id → how many posts its public talk has; one statement."""
    rows = db.session.execute(
        select(Thread.about_id, Thread.reply_count).where(
            Thread.about_kind == kind,
            Thread.about_id.in_(list(subject_ids)),
            Thread.audience == "public",
        )
    )
    return {about_id: count for about_id, count in rows if about_id is not None}


def followers_of(thread_id: int) -> list[int]:
    """Return the people who want to know of new posts in a thread."""
    query = select(ThreadFollow.user_id).where(
        ThreadFollow.thread_id == thread_id, ThreadFollow.is_on
    )
    return list(db.session.scalars(query.order_by(ThreadFollow.user_id)))


def _listed(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    read: Any = func.coalesce(ThreadRead.number, 0) if viewer.is_member else 0
    query: Select[*tuple[Any, ...]] = select(
        Thread.id,
        Thread.title,
        Thread.kind,
        Thread.lang,
        Thread.excerpt,
        Thread.author_id,
        func.coalesce(User.name, Thread.author_name).label("author_name"),
        User.avatar_picture_id,
        Thread.board_id,
        Board.name.label("board_name"),
        Board.name_en.label("board_name_en"),
        Thread.opened_at,
        Thread.last_post_at,
        Thread.reply_count,
        Thread.is_pinned,
        Thread.closed_at.is_not(None),
        Thread.accepted_number.is_not(None),
        and_(Thread.asks_answer, Thread.first_reply_at.is_(None)),
        Thread.showing == Showing.HELD,
        Thread.picture_id,
        read,
        Thread.last_number,
    )
    query = (
        query.select_from(Thread)
        .outerjoin(User, User.id == Thread.author_id)
        .outerjoin(Board, Board.id == Thread.board_id)
    )
    if viewer.is_member:
        query = query.outerjoin(
            ThreadRead, and_(ThreadRead.thread_id == Thread.id, ThreadRead.user_id == viewer.id)
        )
    return query.where(visible_to(viewer))


def _rows(query: Select[*tuple[Any, ...]]) -> list[ThreadRow]:
    return [ThreadRow(*row) for row in db.session.execute(query)]


def _paged(
    query: Select[*tuple[Any, ...]],
    order: InstrumentedAttribute[datetime],
    after: str | None,
    size: int = LIST_SIZE,
) -> Page[ThreadRow]:
    key = decode_key(after, instant, int)
    if key is not None:
        query = query.where(tuple_(order, Thread.id) < tuple_(*_bound(order, key)))
    rows = _rows(query.order_by(order.desc(), Thread.id.desc()).limit(size + 1))
    return keyset(rows, size, lambda row: (getattr(row, order.key), row.id))


def _bound(order: InstrumentedAttribute[datetime], key: tuple[Any, ...]) -> tuple[Any, Any]:
    return literal(key[0], order.type), literal(key[1])


def _head(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    member = viewer.is_member
    query: Select[*tuple[Any, ...]] = (
        select(
            Thread.id,
            Thread.title,
            Thread.kind,
            Thread.lang,
            Thread.audience,
            Thread.author_id,
            func.coalesce(User.name, Thread.author_name),
            Thread.board_id,
            Board.name,
            Board.name_en,
            Board.promise,
            Board.promise_en,
            Board.leader_id,
            Thread.about_kind,
            Thread.about_id,
            Thread.details,
            Thread.showing,
            Thread.hidden_rule,
            Thread.is_pinned,
            Thread.closed_at.is_not(None),
            Board.archived_at.is_not(None),
            Thread.asks_answer,
            Thread.opened_at,
            Thread.last_post_at,
            Thread.first_reply_at,
            Thread.last_number,
            Thread.reply_count,
            Thread.accepted_number,
            *((func.coalesce(ThreadRead.number, 0), _is_following()) if member else ()),
        )
        .select_from(Thread)
        .outerjoin(Board, Board.id == Thread.board_id)
        .outerjoin(User, User.id == Thread.author_id)
    )
    if not member:
        return query
    return query.outerjoin(
        ThreadRead, and_(ThreadRead.thread_id == Thread.id, ThreadRead.user_id == viewer.id)
    ).outerjoin(
        ThreadFollow, and_(ThreadFollow.thread_id == Thread.id, ThreadFollow.user_id == viewer.id)
    )


def _is_following() -> ColumnElement[bool]:
    return func.coalesce(ThreadFollow.is_on, False)
