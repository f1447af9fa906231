"""How a post comes into a thread: number, clean HTML, pictures, follower, log row, index."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, or_, select, update

from app.accounts.models import User
from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import changed, db, insert_ignoring
from app.core.media.services import keep
from app.core.media.types import PreparedPicture
from app.forum.errors import ThreadClosedError
from app.forum.models import Post, Thread, ThreadFollow
from app.forum.services.indexing import forget, index
from app.forum.services.judging import Judged
from app.forum.services.markdown import rendered, shortened, words_of
from app.forum.services.mentions import people_called
from app.forum.types import EXCERPT_LENGTH, OPENED, QUOTE_LENGTH, REPLIED, Format, Showing


@dataclass(frozen=True, slots=True)
class Quote:
    """Which post is quoted, whose it is and the part that is quoted."""

    number: int
    author: str | None
    text: str


def next_number(thread: Thread) -> int:
    """Take the thread's next number; refuses (ThreadClosedError) a thread that was closed
    meanwhile.
    """
    number: int | None = db.session.scalar(
        update(Thread)
        .where(Thread.id == thread.id, Thread.closed_at.is_(None), Thread.showing != Showing.HIDDEN)
        .values(last_number=Thread.last_number + 1)
        .returning(Thread.last_number),
        execution_options={"synchronize_session": False},
    )
    if number is None:
        raise ThreadClosedError
    return number


def written(
    thread: Thread,
    actor: Viewer,
    text: Judged,
    *,
    number: int,
    is_held: bool,
    at: datetime,
    quote: Quote | None = None,
    pictures: Sequence[PreparedPicture] = (),
) -> Post:
    """Write one post with all that belongs to it; held posts are not counted or found until a
    reviewer shows them.
    """
    people = people_called(text.text, near=actor.neighbourhood_id)
    made = rendered(text.text, Format.MARKDOWN, people)
    post = Post(
        thread_id=thread.id,
        number=number,
        author_id=actor.id,
        author_name=None if actor.id else actor.name or None,
        quote_number=quote.number if quote else None,
        quote=quote.text if quote else None,
        quote_author=quote.author if quote else None,
        body=text.text,
        body_html=made.html,
        showing=Showing.HELD if is_held else Showing.SHOWN,
        said_at=at,
    )
    db.session.add(post)
    db.session.flush()
    post.pictures = kept_pictures(post, pictures, actor)
    if number == 1:
        _dress(thread, post, made.words)
    make_follow(thread.id, actor, at)
    mentioned = sorted({people[name] for name in made.names} - {actor.id or 0})
    _record(thread, post, actor, mentioned, at)
    if not is_held:
        count_in(thread, post)
    db.session.flush()
    return post


def count_in(thread: Thread, post: Post) -> None:
    """Let a post that everybody may read count: in its thread's figures, as an answer, and in the
    index.
    """
    is_reply = post.number > 1 or thread.board_id is None
    values: dict[str, Any] = {
        "last_post_at": later(Thread.last_post_at, post.said_at),
        "reply_count": Thread.reply_count + (1 if is_reply else 0),
    }
    if post.number > 1 and post.author_id != thread.author_id:
        values["first_reply_at"] = func.coalesce(Thread.first_reply_at, post.said_at)
    changed(update(Thread).where(Thread.id == thread.id).values(values))
    db.session.refresh(thread)
    index((thread, post))


def count_out(thread: Thread, post: Post) -> None:
    """Take back what `count_in` did; the first answer by another person is looked up again."""
    is_reply = post.number > 1 or thread.board_id is None
    first_reply = (
        select(func.min(Post.said_at))
        .where(
            Post.thread_id == thread.id,
            Post.showing == Showing.SHOWN,
            Post.number > 1,
            or_(Post.author_id.is_(None), Post.author_id != (thread.author_id or 0)),
        )
        .scalar_subquery()
    )
    changed(
        update(Thread)
        .where(Thread.id == thread.id)
        .values(reply_count=Thread.reply_count - (1 if is_reply else 0), first_reply_at=first_reply)
    )
    db.session.refresh(thread)
    forget(thread, post)


def make_follow(thread_id: int, actor: Viewer, at: datetime) -> None:
    """Let the actor follow a thread, unless they said that they do not want to."""
    if actor.id is not None:
        row = {"thread_id": thread_id, "user_id": actor.id, "is_on": True, "since": at}
        insert_ignoring(ThreadFollow, [row], keys=["thread_id", "user_id"])


def kept_pictures(
    post: Post, pictures: Sequence[PreparedPicture], actor: Viewer
) -> list[dict[str, Any]]:
    """Keep the pictures of a post; the post remembers what its page needs of them."""
    kept = [keep(picture, owner=("post", post.id), actor=actor) for picture in pictures]
    return [
        {"id": picture.id, "width": picture.width, "height": picture.height} for picture in kept
    ]


def quote_of(thread: Thread, number: int, wanted: str | None) -> Quote | None:
    """Return what is quoted of a post: the wanted part where it really stands there, else the
    beginning.
    """
    post = db.session.scalar(
        select(Post).where(
            Post.thread_id == thread.id, Post.number == number, Post.showing == Showing.SHOWN
        )
    )
    if post is None:
        return None
    words = shortened(words_of(post.body_html), 100_000)
    part = shortened(wanted or "", 100_000).rstrip("…")
    text = part if part and part in words else words
    return Quote(number, _name_of(post), shortened(text, QUOTE_LENGTH if part else EXCERPT_LENGTH))


def later(column: Any, value: datetime) -> Any:
    """Return the later of a column and an instant, the same on both databases."""
    return case((column < value, value), else_=column)


def _name_of(post: Post) -> str | None:
    if post.author_id is None:
        return post.author_name
    return db.session.scalar(select(User.name).where(User.id == post.author_id))


def _dress(thread: Thread, post: Post, words: str) -> None:
    thread.excerpt = shortened(words, EXCERPT_LENGTH)
    thread.picture_id = post.pictures[0]["id"] if post.pictures else None


def note_shown(thread: Thread, post: Post, at: datetime) -> None:
    """Write into the log that a held post can be read now: only from here on are others told."""
    called = people_called(post.body)
    named = rendered(post.body, post.format, called).names
    mentioned = sorted({called[name] for name in named} - {post.author_id or 0})
    _record(thread, post, Viewer(id=post.author_id), mentioned, at)


def _record(thread: Thread, post: Post, actor: Viewer, mentioned: list[int], at: datetime) -> None:
    data: dict[str, Any] = {
        "thread_id": thread.id,
        "number": post.number,
        "title": thread.title,
        "audience": thread.audience,
    }
    if thread.board_id is not None:
        data["board_id"] = thread.board_id
    if thread.about_kind:
        data["about"] = [thread.about_kind, thread.about_id]
    if mentioned:
        data["mentioned"] = mentioned
    if post.quote_number:
        data["quote_number"] = post.quote_number
    if post.showing is Showing.HELD:
        data["held"] = True
    if post.number == 1 and thread.board_id is not None:
        record(actor, OPENED, thread, at=at, place=actor.neighbourhood_id, data=data)
    else:
        record(actor, REPLIED, post, at=at, place=actor.neighbourhood_id, data=data)
