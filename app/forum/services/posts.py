"""Posts are written, edited, hidden, shown again and thanked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update

from app.core import clock
from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import changed, db, insert_ignoring, moved
from app.core.errors import NotSignedInError
from app.core.media.types import PreparedPicture
from app.forum import policies
from app.forum.errors import OwnThanksError, PostMovedError
from app.forum.models import Board, Post, PostEdit, PostThanks, Thread
from app.forum.services.indexing import index
from app.forum.services.judging import Judged, judged, send_to_review, waits
from app.forum.services.markdown import one_line, rendered, shortened
from app.forum.services.mentions import people_called
from app.forum.services.threads import hide_thread, language_of, show_thread, thread_row
from app.forum.services.writing import (
    count_in,
    count_out,
    next_number,
    note_shown,
    quote_of,
    written,
)
from app.forum.types import (
    EDITED,
    EXCERPT_LENGTH,
    POST_HIDDEN,
    POST_SHOWN,
    SHOWING_MOVES,
    THANKED,
    THANKS_TAKEN_BACK,
    TITLE_LENGTH,
    Format,
    Showing,
)
from app.moderation import services as moderation
from app.moderation.services.pictures import say_with
from app.moderation.types import Consent


def reply(
    actor: Viewer,
    thread: Any,
    body: str,
    *,
    quote_number: int | None = None,
    quote: str | None = None,
    pictures: Sequence[PreparedPicture] = (),
    consent: Consent | None = None,
    at: datetime | None = None,
) -> Post:
    """Write a post under the thread's next number.

    Refuses a closed or hidden thread, words that are not printed here, and a silenced person. Where
    the board or the word list asks for it, the post waits for a reviewer and nobody else is told of
    it.
    """
    now = at or clock.now()
    row = thread_row(thread.id)
    policies.check_can_reply(is_closed=row.closed_at is not None, showing=row.showing)
    text = judged(actor, body, "body")
    board = _board_of(row)
    is_held = text.is_held or waits(actor, board, at=now)
    quoted = quote_of(row, quote_number, quote) if quote_number else None
    number = next_number(row)
    post = written(
        row, actor, text, number=number, is_held=is_held, at=now, quote=quoted, pictures=pictures
    )
    say_with(actor, [one["id"] for one in post.pictures], consent, at=now)
    if is_held:
        send_to_review(post, board, [text], at=now)
    return post


def edit_post(
    actor: Viewer, post: Post, body: str, *, title: str | None = None, at: datetime | None = None
) -> Post:
    """Rewrite a post and keep how it read before; refuses others than its author, and what is
    closed or hidden.

    `title` renames the thread when the post is its first. A new text that the word list holds waits
    again.
    """
    now = at or clock.now()
    row = thread_row(post.thread_id)
    post = _post_row(post.id)
    policies.check_can_edit(actor, post, is_closed=row.closed_at is not None)
    text = judged(actor, body, "body")
    head = None
    if title is not None and post.number == 1:
        head = judged(actor, one_line(title), "title", TITLE_LENGTH)
    _keep_old(post, row if head else None, actor, now)
    called = people_called(text.text, near=actor.neighbourhood_id)
    made = rendered(text.text, Format.MARKDOWN, called)
    post.body, post.body_html, post.format = text.text, made.html, Format.MARKDOWN
    post.edited_at, post.edit_count = now, post.edit_count + 1
    if post.number == 1:
        _dress_again(row, head.text if head else row.title, made.words)
    db.session.flush()
    record(actor, EDITED, post, at=now, data={"thread_id": row.id, "number": post.number})
    if text.is_held or (head and head.is_held):
        _hold_again(row, post, [text, head] if head else [text], now)
    elif post.showing is Showing.SHOWN and row.showing is Showing.SHOWN:
        index((row, post))
    return post


def hide_post(
    actor: Viewer,
    post: Post,
    *,
    rule: str,
    at: datetime | None = None,
    is_decided: bool = False,
) -> None:
    """Hide a post, naming the rule; its number stays. Refuses others than its author and reviewers.

    A reviewer who hides the first post hides the thread; so does its author while nobody has
    replied.
    """
    now = at or clock.now()
    post, row = _post_row(post.id), thread_row(post.thread_id)
    board = _board_of(row)
    leader_id = board.leader_id if board else None
    if not is_decided:
        policies.check_can_hide(actor, post, leader_id)
    is_whole = is_decided or policies.can_review(actor, leader_id) or row.reply_count == 0
    if post.number == 1 and row.board_id is not None and is_whole:
        hide_thread(actor, row, rule=rule, at=now, is_decided=is_decided)
        return
    was = post.showing
    if was is Showing.HELD:
        moderation.withdraw("post", post.id)
    _show_as(post, Showing.HIDDEN, hidden_at=now, hidden_by_id=actor.id, hidden_rule=rule[:200])
    if was is Showing.SHOWN:
        count_out(row, post)
    data = {"thread_id": row.id, "number": post.number, "title": row.title}
    record(actor, POST_HIDDEN, post, at=now, data=data, reason=rule)


def show_post(
    actor: Viewer, post: Post, *, reason: str = "shown again", at: datetime | None = None
) -> None:
    """Show a post that was held or hidden; it counts and is found from now on."""
    post, row, now = _post_row(post.id), thread_row(post.thread_id), at or clock.now()
    if post.number == 1 and row.showing is not Showing.SHOWN:
        show_thread(actor, row, reason=reason, at=at)
        return
    was = post.showing
    _show_as(post, Showing.SHOWN, hidden_at=None, hidden_by_id=None, hidden_rule=None)
    count_in(row, post)
    if was is Showing.HELD:
        note_shown(row, post, now)
    data = {"thread_id": row.id, "number": post.number, "title": row.title}
    record(actor, POST_SHOWN, post, at=now, data=data, reason=reason)


def thank_post(actor: Viewer, post: Post, *, at: datetime | None = None) -> None:
    """Thank for a post, once; refuses thanks for one's own."""
    if actor.id is None:
        raise NotSignedInError
    if actor.id == post.author_id:
        raise OwnThanksError
    now = at or clock.now()
    thanks = {"post_id": post.id, "user_id": actor.id, "thanked_at": now}
    if insert_ignoring(PostThanks, [thanks], keys=["post_id", "user_id"]):
        changed(update(Post).where(Post.id == post.id).values(score=Post.score + 1))
        data = {"thread_id": post.thread_id, "number": post.number}
        record(actor, THANKED, post, at=now, data=data)


def take_thanks_back(actor: Viewer, post: Post, *, at: datetime | None = None) -> None:
    """Take one's thanks back; nothing happens where there were none."""
    gone = changed(
        delete(PostThanks).where(PostThanks.post_id == post.id, PostThanks.user_id == actor.id)
    )
    if gone:
        changed(update(Post).where(Post.id == post.id).values(score=Post.score - 1))
        data = {"thread_id": post.thread_id, "number": post.number}
        record(actor, THANKS_TAKEN_BACK, post, at=at or clock.now(), data=data)


def _post_row(post_id: int) -> Post:
    return db.session.get_one(Post, post_id, populate_existing=True)


def _board_of(thread: Thread) -> Board | None:
    return db.session.get(Board, thread.board_id) if thread.board_id else None


def _keep_old(post: Post, renamed: Thread | None, actor: Viewer, at: datetime) -> None:
    db.session.add(
        PostEdit(
            post_id=post.id,
            title=renamed.title if renamed else None,
            body=post.body,
            format=post.format,
            edited_at=at,
            edited_by_id=actor.id,
        )
    )


def _dress_again(thread: Thread, title: str, words: str) -> None:
    thread.title = shortened(title, TITLE_LENGTH)
    thread.excerpt = shortened(words, EXCERPT_LENGTH)
    thread.lang = language_of(title + words)


def _hold_again(thread: Thread, post: Post, texts: list[Judged], at: datetime) -> None:
    """A thread with replies stays when its first post has to wait; only the post waits."""
    if post.showing is Showing.SHOWN:
        _show_as(post, Showing.HELD)
        count_out(thread, post)
        send_to_review(post, _board_of(thread), texts, at=at)


def _show_as(post: Post, showing: Showing, **values: Any) -> None:
    if showing not in SHOWING_MOVES[post.showing]:
        raise PostMovedError
    moved(
        update(Post)
        .where(Post.id == post.id, Post.showing == post.showing)
        .values(showing=showing, **values),
        PostMovedError(),
    )
    db.session.refresh(post)
