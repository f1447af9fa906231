"""What a report on a thread or a post shows, and in whose place it is reviewed."""

from sqlalchemy import select

from app.core.access import Viewer
from app.core.db import db
from app.core.errors import NotFoundError
from app.forum.models import Post, Thread
from app.forum.queries.posts import post_place
from app.forum.queries.threads import thread_for
from app.forum.types import Showing
from app.moderation.types import Reportable


def reportable_thread(viewer: Viewer, thread_id: int) -> Reportable:
    """Return what a report on a thread shows; refuses (NotFoundError) one that the viewer may not
    read.
    """
    thread = thread_for(viewer, thread_id)
    scope = ("board", thread.board_id) if thread.board_id else ("", 0)
    return Reportable(thread.title, "", thread.author_id, scope, thread.is_taken_by_others)


def reportable_post(viewer: Viewer, post_id: int) -> Reportable:
    """Return what a report on a post shows; refuses (NotFoundError) one that the viewer may not
    read.
    """
    thread_id, _number = post_place(post_id)
    thread = thread_for(viewer, thread_id)
    post = db.session.get(Post, post_id)
    if post is None:
        raise NotFoundError
    scope = ("board", thread.board_id) if thread.board_id else ("", 0)
    is_taken = post.showing is Showing.HIDDEN and post.hidden_by_id != post.author_id
    return Reportable(thread.title, post.body[:400], post.author_id, scope, is_taken)


def title_said(kind: str, subject_id: int) -> str:
    """Return the title under which a thread or a post stands, whoever may read it; else nothing."""
    if kind not in {"thread", "post"}:
        return ""
    wanted = select(Thread.title).where(Thread.id == subject_id)
    if kind == "post":
        wanted = select(Thread.title).join(Post, Post.thread_id == Thread.id)
        wanted = wanted.where(Post.id == subject_id)
    return db.session.scalar(wanted) or ""


def post_meant(thread_id: int, fragment: str) -> tuple[str, int] | None:
    """Return the reply that an address' fragment (p12) means; None where it means the thread."""
    number = fragment.removeprefix("p")
    if not number.isdecimal() or len(number) > 6 or number == "1":
        return None
    wanted = select(Post.id).where(Post.thread_id == thread_id, Post.number == int(number))
    found = db.session.scalar(wanted)
    return None if found is None else ("post", found)
