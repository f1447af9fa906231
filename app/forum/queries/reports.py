"""What a report on a thread or a post shows, and in whose place it is reviewed."""

from app.core.access import Viewer
from app.core.db import db
from app.core.errors import NotFoundError
from app.forum.models import Post
from app.forum.queries.posts import post_place
from app.forum.queries.threads import thread_for
from app.moderation.types import Reportable


def reportable_thread(viewer: Viewer, thread_id: int) -> Reportable:
    """Return what a report on a thread shows; refuses (NotFoundError) one that the viewer may not
    read.
    """
    thread = thread_for(viewer, thread_id)
    scope = ("board", thread.board_id) if thread.board_id else ("", 0)
    return Reportable(thread.title, "", thread.author_id, scope)


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
    return Reportable(thread.title, post.body[:400], post.author_id, scope)
