"""Threads: in lists, about things, and one with what its page needs."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, func, or_, select, tuple_

from app.accounts.models import User
from app.core.access import Viewer
from app.core.db import db, fetch, fetch_one
from app.core.errors import NotFoundError
from app.core.pages import Page, decode_key, instant, keyset
from app.forum import policies
from app.forum.models import Board, Thread, ThreadFollow, ThreadRead
from app.forum.types import LIST_SIZE, Showing, Sort, ThreadRow, ThreadView

VIEWER = bindparam("viewer_id", type_=Integer)
AUDIENCES: Any = bindparam("audiences", expanding=True)


class Reach(StrEnum):
    """How much of a list somebody sees; statements are built once for each."""

    GUEST = "guest"
    MEMBER = "member"
    REVIEWER = "reviewer"


def reach_of(viewer: Viewer) -> Reach:
    """Return how far this viewer sees."""
    if viewer.is_reviewer:
        return Reach.REVIEWER
    return Reach.MEMBER if viewer.is_member else Reach.GUEST


def seen_by(viewer: Viewer) -> dict[str, Any]:
    """Return the values that `visible_at` and its statements are asked with."""
    return {"viewer_id": viewer.id, "audiences": viewer.audiences}


def visible_at(reach: Reach, threads: Any = Thread) -> ColumnElement[bool]:
    """Return the condition for what lists show: shown, or held and one's own or one's to review."""
    if reach is Reach.GUEST:
        return and_(threads.audience == "public", threads.showing == Showing.SHOWN)
    in_reach: ColumnElement[bool] = threads.audience.in_(AUDIENCES)
    if reach is Reach.REVIEWER:
        return and_(in_reach, threads.showing != Showing.HIDDEN)
    own_held = and_(threads.showing == Showing.HELD, threads.author_id == VIEWER)
    return and_(in_reach, or_(threads.showing == Showing.SHOWN, own_held))


def threads_on(
    board_id: int, *, viewer: Viewer, sort: Sort = Sort.LATEST, after: str | None = None
) -> Page[ThreadRow]:
    """Return one page of a board's list; pinned threads head the first page of the usual order."""
    reach, values = reach_of(viewer), seen_by(viewer) | {"board_id": board_id}
    key = decode_key(after, instant, int)
    wanted = _board_page(reach, sort, is_further=key is not None)
    page = _paged(wanted, values, key, LIST_SIZE, _ORDERS[sort].key)
    if sort is Sort.LATEST and not after:
        return Page([*_rows(_pinned(reach), **values), *page.rows], page.next_key)
    return page


_ORDERS = {
    Sort.LATEST: Thread.last_post_at,
    Sort.NEW: Thread.opened_at,
    Sort.UNANSWERED: Thread.opened_at,
}


@cache
def _board_page(reach: Reach, sort: Sort, *, is_further: bool) -> Any:
    wanted = _listed(reach).where(Thread.board_id == bindparam("board_id"))
    if sort is Sort.LATEST:
        wanted = wanted.where(~Thread.is_pinned)
    if sort is Sort.UNANSWERED:
        wanted = wanted.where(Thread.asks_answer, Thread.first_reply_at.is_(None))
    return _in_order(wanted, _ORDERS[sort], is_further=is_further)


@cache
def _pinned(reach: Reach) -> Any:
    wanted = _listed(reach).where(Thread.board_id == bindparam("board_id"), Thread.is_pinned)
    return wanted.limit(5)


def latest_threads(
    viewer: Viewer, *, limit: int = 5, board_id: int | None = None
) -> list[ThreadRow]:
    """Return the threads on boards that were last written in, for a front page."""
    wanted = _latest(reach_of(viewer), of_board=board_id is not None)
    return _rows(wanted, size=limit, board_id=board_id, **seen_by(viewer))


@cache
def _latest(reach: Reach, *, of_board: bool) -> Any:
    wanted = _listed(reach).where(Thread.board_id.is_not(None), Board.archived_at.is_(None))
    if of_board:
        wanted = wanted.where(Thread.board_id == bindparam("board_id"))
    wanted = wanted.order_by(Thread.last_post_at.desc(), Thread.id.desc())
    return wanted.limit(bindparam("size"))


def threads_by(
    person_id: int, *, viewer: Viewer, after: str | None = None, size: int = LIST_SIZE
) -> Page[ThreadRow]:
    """Return what a person opened on boards, the newest first, for a profile."""
    key = decode_key(after, instant, int)
    values = seen_by(viewer) | {"person_id": person_id}
    wanted = _of_person(reach_of(viewer), is_further=key is not None)
    return _paged(wanted, values, key, size, "opened_at")


@cache
def _of_person(reach: Reach, *, is_further: bool) -> Any:
    wanted = _listed(reach).where(
        Thread.author_id == bindparam("person_id"), Thread.board_id.is_not(None)
    )
    return _in_order(wanted, Thread.opened_at, is_further=is_further)


def thread_for(viewer: Viewer, thread_id: int, *, is_vouched: bool = False) -> ThreadView:
    """Return a thread with what its page needs, in one statement.

    Refuses (NotFoundError) what is not for this viewer: another audience's (unless an upper house
    vouches for the viewer), and what is held or hidden, save to its author, reviewers and the
    board's leader.
    """
    row = fetch_one(_one_head(viewer.is_member), thread_id=thread_id, viewer_id=viewer.id)
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
    rows = fetch(_heads(viewer.is_member), ids=ids, viewer_id=viewer.id)
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


def wants_news_of(viewer: Viewer, thread_id: int) -> bool:
    """Return whether the viewer follows what a thread is about; one statement."""
    wanted = select(ThreadFollow.is_on & ThreadFollow.wants_news).where(
        ThreadFollow.thread_id == thread_id, ThreadFollow.user_id == viewer.id
    )
    return bool(viewer.is_member and db.session.scalar(wanted))


def news_followers_of(thread_id: int, *, at: datetime) -> list[int]:
    """Return the people who wanted news of what a thread is about when it happened."""
    query = select(ThreadFollow.user_id).where(
        ThreadFollow.thread_id == thread_id,
        ThreadFollow.is_on,
        ThreadFollow.wants_news,
        ThreadFollow.since < at,
    )
    return list(db.session.scalars(query.order_by(ThreadFollow.user_id)))


@cache
def _listed(reach: Reach) -> Select[*tuple[Any, ...]]:
    is_member = reach is not Reach.GUEST
    read: Any = func.coalesce(ThreadRead.number, 0) if is_member else 0
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
    if is_member:
        query = query.outerjoin(
            ThreadRead, and_(ThreadRead.thread_id == Thread.id, ThreadRead.user_id == VIEWER)
        )
    return query.where(visible_at(reach))


def _rows(wanted: Any, **values: Any) -> list[ThreadRow]:
    return [ThreadRow._make(row) for row in fetch(wanted, **values)]


def _in_order(wanted: Any, order: Any, *, is_further: bool) -> Any:
    if is_further:
        last = bindparam("last_at", type_=order.type), bindparam("last_id", type_=Integer)
        wanted = wanted.where(tuple_(order, Thread.id) < tuple_(*last))
    return wanted.order_by(order.desc(), Thread.id.desc()).limit(bindparam("size"))


def _paged(
    wanted: Any, values: dict[str, Any], key: tuple[Any, ...] | None, size: int, order: str
) -> Page[ThreadRow]:
    place = {} if key is None else {"last_at": key[0], "last_id": key[1]}
    rows = _rows(wanted, size=size + 1, **values, **place)
    return keyset(rows, size, lambda row: (getattr(row, order), row.id))


@cache
def _one_head(is_member: bool) -> Any:
    return _head(is_member).where(Thread.id == bindparam("thread_id"))


@cache
def _heads(is_member: bool) -> Any:
    return _head(is_member).where(Thread.id.in_(bindparam("ids", expanding=True)))


def _head(is_member: bool) -> Select[*tuple[Any, ...]]:
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
            Thread.hidden_by_id,
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
            Thread.is_settled,
            *((func.coalesce(ThreadRead.number, 0), _is_following()) if is_member else ()),
        )
        .select_from(Thread)
        .outerjoin(Board, Board.id == Thread.board_id)
        .outerjoin(User, User.id == Thread.author_id)
    )
    if not is_member:
        return query
    return query.outerjoin(
        ThreadRead, and_(ThreadRead.thread_id == Thread.id, ThreadRead.user_id == VIEWER)
    ).outerjoin(
        ThreadFollow, and_(ThreadFollow.thread_id == Thread.id, ThreadFollow.user_id == VIEWER)
    )


def _is_following() -> ColumnElement[bool]:
    return func.coalesce(ThreadFollow.is_on, False)
