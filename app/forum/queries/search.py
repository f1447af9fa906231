"""What is found on one board: the best post of each thread, and everything again for a rebuild of
the index.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from app.core.access import Viewer
from app.core.db import db
from app.core.search.queries import find
from app.core.search.types import Hit
from app.forum.models import Post, Thread
from app.forum.types import FoundRow, Showing

PAGE = 500
_THREADS: Any = select(Thread.id).where(Thread.board_id == bindparam("board_id"))
_POSTS: Any = (
    select(Post.id)
    .join(Thread, Thread.id == Post.thread_id)
    .where(Thread.board_id == bindparam("board_id"))
)


def found_on(board_id: int, words: str, *, viewer: Viewer, limit: int = 30) -> list[FoundRow]:
    """Return the threads of a board in which the words stand: by title and first post, then by a
    reply of theirs.
    """
    board = {"board_id": board_id}
    opened = find(words, viewer, kinds=["thread"], within=(_THREADS, board), limit=limit)
    replies = find(words, viewer, kinds=["post"], within=(_POSTS, board), limit=limit)
    rows = [
        FoundRow(hit.id, 1, hit.title_pieces, hit.excerpt_pieces, hit.at) for hit in opened.rows
    ]
    known = {row.thread_id for row in rows}
    return [*rows, *_best_replies(replies.rows, known)][:limit]


def _best_replies(replies: Sequence[Hit], known: set[int]) -> Iterator[FoundRow]:
    places = {
        row.id: row
        for row in db.session.execute(
            select(Post.id, Post.thread_id, Post.number, Thread.title)
            .join(Thread, Thread.id == Post.thread_id)
            .where(Post.id.in_([hit.id for hit in replies]))
        )
    }
    for hit in replies:
        place = places.get(hit.id)
        if place is not None and place.thread_id not in known:
            known.add(place.thread_id)
            title = ((place.title, False),)
            yield FoundRow(place.thread_id, place.number, title, hit.excerpt_pieces, hit.at)


def titles_over(post_ids: Iterable[int]) -> dict[int, str]:
    """Return post id → the title of its thread; one statement."""
    wanted = select(Post.id, Thread.title).join(Thread, Thread.id == Post.thread_id)
    rows = db.session.execute(wanted.where(Post.id.in_(list(post_ids))))
    return {row.id: row.title for row in rows}


def thread_documents() -> Iterator[list[tuple[Thread, Post]]]:
    """Give every shown thread with its first post, in pages."""
    last = 0
    while True:
        rows = db.session.execute(
            select(Thread, Post)
            .join(Post, Post.thread_id == Thread.id)
            .where(Thread.id > last, Thread.showing == Showing.SHOWN, Post.number == 1)
            .where(Post.showing == Showing.SHOWN)
            .order_by(Thread.id)
            .limit(PAGE)
        ).all()
        if not rows:
            return
        last = rows[-1][0].id
        yield [(thread, post) for thread, post in rows]


def reply_documents() -> Iterator[list[tuple[Thread, Post]]]:
    """Give every shown reply with its thread, in pages."""
    last = 0
    while True:
        rows = db.session.execute(
            select(Thread, Post)
            .join(Thread, Thread.id == Post.thread_id)
            .where(Post.id > last, Thread.showing == Showing.SHOWN, Post.number > 1)
            .where(Post.showing == Showing.SHOWN)
            .order_by(Post.id)
            .limit(PAGE)
        ).all()
        if not rows:
            return
        last = rows[-1][1].id
        yield [(thread, post) for thread, post in rows]
