"""Posts: a page of them by number, one of them, and how one read before."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from markupsafe import Markup
from sqlalchemy import Select, and_, bindparam, func, select

from app.accounts.models import User
from app.core.access import Viewer
from app.core.db import db, fetch
from app.core.errors import NotFoundError
from app.forum import policies
from app.forum.models import Post, PostEdit, PostThanks
from app.forum.queries.threads import VIEWER
from app.forum.types import PAGE_SIZE, PostPicture, PostRow, Showing, ThreadView


def posts_on(thread: ThreadView, *, viewer: Viewer, page: int = 1) -> list[PostRow]:
    """Return the posts of one page, twenty numbers each, in one statement.

    What is held is there for its author and reviewers only; what is hidden leaves its number and
    its rule, and to those two its words.
    """
    first = (page - 1) * PAGE_SIZE + 1
    rows = fetch(
        _numbered(viewer.is_member),
        viewer_id=viewer.id,
        thread_id=thread.id,
        first=first,
        last=first + PAGE_SIZE - 1,
    )
    return [_post_row(row, thread, viewer) for row in rows if _is_there(row, thread, viewer)]


def latest_posts(
    threads: Sequence[ThreadView], *, viewer: Viewer, limit: int
) -> dict[int, list[PostRow]]:
    """Return the last posts of several threads at once, in one statement, by thread."""
    views = {thread.id: thread for thread in threads if thread.last_number}
    if not views:
        return {}
    rows = fetch(
        _last_ones(viewer.is_member), viewer_id=viewer.id, thread_ids=list(views), size=limit
    )
    found: dict[int, list[PostRow]] = {}
    for row in rows:
        thread = views[row.thread_id]
        if _is_there(row, thread, viewer):
            found.setdefault(thread.id, []).append(_post_row(row, thread, viewer))
    return found


def post_for(viewer: Viewer, thread: ThreadView, number: int) -> Post:
    """Return one post of a thread the viewer may read; refuses (NotFoundError) one that is not
    theirs to see.
    """
    post = db.session.scalar(select(Post).where(Post.thread_id == thread.id, Post.number == number))
    if post is None or not policies.can_see(viewer, post, thread.leader_id):
        raise NotFoundError
    return post


def said_by_guests(thread_id: int, *, since: datetime) -> int:
    """Return how many posts people without an account wrote in a thread since an instant."""
    wanted = select(func.count()).where(
        Post.thread_id == thread_id, Post.author_id.is_(None), Post.said_at > since
    )
    return db.session.scalar(wanted) or 0


def post_place(post_id: int) -> tuple[int, int]:
    """Return the thread and number under which a post stands; refuses (NotFoundError) one that is
    not there.
    """
    row = db.session.execute(
        select(Post.thread_id, Post.number).where(Post.id == post_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    return row.thread_id, row.number


def edits_of(post_id: int) -> list[PostEdit]:
    """Return how a post read before each of its edits, the latest first."""
    query = select(PostEdit).where(PostEdit.post_id == post_id)
    return list(db.session.scalars(query.order_by(PostEdit.id.desc()).limit(20)))


def quotable(thread: ThreadView, number: int) -> str | None:
    """Return the words of the shown post somebody wants to quote, or None where there is none."""
    body = db.session.scalar(
        select(Post.body_html).where(
            Post.thread_id == thread.id, Post.number == number, Post.showing == Showing.SHOWN
        )
    )
    if body is None:
        return None
    return " ".join(Markup(body).striptags().split())[:160]  # noqa: S704 - our own clean column


@cache
def _numbered(is_member: bool) -> Any:
    numbers = Post.number.between(bindparam("first"), bindparam("last"))
    wanted = _posts(is_member).where(Post.thread_id == bindparam("thread_id"), numbers)
    return wanted.order_by(Post.number)


@cache
def _last_ones(is_member: bool) -> Any:
    place = func.row_number().over(partition_by=Post.thread_id, order_by=Post.number.desc())
    ranked = (
        select(Post.id, place.label("place"))
        .where(
            Post.thread_id.in_(bindparam("thread_ids", expanding=True)),
            Post.showing != Showing.HIDDEN,
        )
        .subquery()
    )
    wanted = _posts(is_member).join(ranked, ranked.c.id == Post.id)
    wanted = wanted.where(ranked.c.place <= bindparam("size"))
    return wanted.order_by(Post.thread_id, Post.number)


def _posts(is_member: bool) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = (
        select(
            Post.id,
            Post.thread_id,
            Post.number,
            Post.author_id,
            func.coalesce(User.name, Post.author_name).label("author_name"),
            User.avatar_picture_id,
            User.signature,
            Post.body_html,
            Post.quote_number,
            Post.quote,
            Post.quote_author,
            Post.showing,
            Post.hidden_rule,
            Post.hidden_by_id,
            Post.said_at,
            Post.edited_at,
            Post.edit_count,
            Post.score,
            Post.pictures,
        )
        .select_from(Post)
        .outerjoin(User, User.id == Post.author_id)
    )
    if is_member:
        thanked = PostThanks.user_id.is_not(None).label("is_thanked")
        query = query.add_columns(thanked).outerjoin(
            PostThanks, and_(PostThanks.post_id == Post.id, PostThanks.user_id == VIEWER)
        )
    return query


def _is_there(row: Any, thread: ThreadView, viewer: Viewer) -> bool:
    return row.showing is not Showing.HELD or policies.can_see(viewer, row, thread.leader_id)


def _post_row(row: Any, thread: ThreadView, viewer: Viewer) -> PostRow:
    is_readable = policies.can_see(viewer, row, thread.leader_id)
    return PostRow(
        id=row.id,
        number=row.number,
        author_id=row.author_id,
        author_name=row.author_name,
        avatar_picture_id=row.avatar_picture_id,
        # The column holds only what services.markdown cleaned.
        body_html=Markup(row.body_html) if is_readable else Markup(""),  # noqa: S704
        quote_number=row.quote_number if is_readable else None,
        quote=row.quote if is_readable else None,
        quote_author=row.quote_author if is_readable else None,
        showing=row.showing,
        signature=row.signature if is_readable else None,
        hidden_rule=row.hidden_rule,
        hidden_by_id=row.hidden_by_id,
        said_at=row.said_at,
        edited_at=row.edited_at,
        edit_count=row.edit_count,
        score=row.score,
        pictures=_pictures(row.pictures) if is_readable else (),
        is_thanked=bool(getattr(row, "is_thanked", False)),
        may_edit=policies.can_edit(viewer, row, is_closed=thread.is_closed),
        may_hide=policies.can_hide(viewer, row, thread.leader_id),
    )


def _pictures(kept: Any) -> tuple[PostPicture, ...]:
    return tuple(PostPicture(one["id"], one["width"], one["height"]) for one in kept or ())
