"""Threads are opened, moved, pinned, closed, hidden and answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from app.core import clock
from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import changed, db, insert_ignoring, moved
from app.core.errors import ConflictError, NotFoundError
from app.core.media.types import PreparedPicture
from app.forum import policies
from app.forum.errors import PostMovedError
from app.forum.models import Board, Post, Thread
from app.forum.services.indexing import forget, index
from app.forum.services.judging import judged, send_to_review, waits
from app.forum.services.markdown import one_line, shortened
from app.forum.services.writing import note_shown, written
from app.forum.types import (
    ANSWER_ACCEPTED,
    POST_HIDDEN,
    POST_SHOWN,
    SETTLED,
    THREAD_CHANGED,
    TITLE_LENGTH,
    Showing,
    ThreadKind,
    ThreadView,
)
from app.moderation import services as moderation
from app.moderation.services.pictures import say_with
from app.moderation.types import Consent


def open_thread(
    actor: Viewer,
    board: Board,
    *,
    title: str,
    body: str,
    kind: ThreadKind = ThreadKind.DISCUSSION,
    lang: str | None = None,
    details: Sequence[Sequence[str]] = (),
    pictures: Sequence[PreparedPicture] = (),
    consent: Consent | None = None,
    at: datetime | None = None,
) -> Thread:
    """Open a thread on a board with its first post.

    Refuses an archived board, an announcement by somebody who does not lead there, words that are
    not printed here, and a silenced person. Where the board or the word list asks for it, the
    thread waits for a reviewer.
    """
    now = at or clock.now()
    board = db.session.get_one(Board, board.id, populate_existing=True)
    policies.check_can_open(actor, board, kind)
    head = judged(actor, one_line(title), "title", TITLE_LENGTH)
    text = judged(actor, body, "body")
    is_held = head.is_held or text.is_held or waits(actor, board, at=now)
    thread = Thread(
        board_id=board.id,
        kind=kind,
        title=head.text,
        author_id=actor.id,
        author_name=None if actor.id else actor.name or None,
        lang=lang or language_of(head.text + text.text),
        details=[list(pair) for pair in details],
        showing=Showing.HELD if is_held else Showing.SHOWN,
        asks_answer=kind is not ThreadKind.ANNOUNCEMENT,
        opened_at=now,
        last_post_at=now,
        last_number=1,
        reply_count=0,
    )
    db.session.add(thread)
    db.session.flush()
    post = written(thread, actor, text, number=1, is_held=is_held, at=now, pictures=pictures)
    say_with(actor, [one["id"] for one in post.pictures], consent, at=now)
    if is_held:
        send_to_review(thread, board, [head, text], at=now)
    else:
        _count_on_board(board.id, 1)
    return thread


def thread_about(
    kind: str,
    subject_id: int,
    *,
    title: str,
    audience: str = "public",
    actor: Viewer,
    at: datetime | None = None,
) -> Thread:
    """Return the thread in which a thing of another house is talked about for an audience; made
    when first asked for.
    """
    now = at or clock.now()
    values = {
        "about_kind": kind,
        "about_id": subject_id,
        "audience": audience,
        "kind": ThreadKind.DISCUSSION,
        "title": shortened(title, TITLE_LENGTH),
        "author_id": actor.id,
        "lang": language_of(title),
        "opened_at": now,
        "last_post_at": now,
    }
    insert_ignoring(Thread, [values], keys=["about_kind", "about_id", "audience"])
    return db.session.scalars(
        select(Thread).where(
            Thread.about_kind == kind,
            Thread.about_id == subject_id,
            Thread.audience == audience,
        )
    ).one()


def accept_answer(actor: Viewer, thread: Any, number: int, *, at: datetime | None = None) -> None:
    """Mark the post that answered a question; refuses others than the person who asked and
    reviewers.
    """
    row = thread_row(thread.id)
    policies.check_can_accept(actor, row, _leader_of(row))
    post = db.session.scalar(
        select(Post).where(
            Post.thread_id == row.id, Post.number == number, Post.showing == Showing.SHOWN
        )
    )
    if post is None or number <= 1:
        raise NotFoundError
    row.accepted_number = None if row.accepted_number == number else number
    db.session.flush()
    data = {"number": number, "thread_id": row.id, "title": row.title}
    data["accepted"] = row.accepted_number is not None
    record(actor, ANSWER_ACCEPTED, post, at=at or clock.now(), data=data)


def close_thread(actor: Viewer, thread: Any, *, reason: str, at: datetime | None = None) -> None:
    """Let a thread take no more posts."""
    now = at or clock.now()
    opened = Thread.closed_at.is_(None)
    _mark(actor, thread, "closed", at=now, reason=reason, expected=opened, closed_at=now)


def settle_thread(
    actor: Viewer, thread: ThreadView, *, is_settled: bool, at: datetime | None = None
) -> None:
    """Let its author close a thread as settled, or open it again.

    Refuses others, and to open what somebody on duty closed.
    """
    policies.check_can_settle(actor, thread)
    now = at or clock.now()
    as_before = Thread.is_settled if not is_settled else Thread.closed_at.is_(None)
    values = {"is_settled": is_settled, "closed_at": now if is_settled else None}
    moved(update(Thread).where(Thread.id == thread.id, as_before).values(values), ConflictError())
    row = thread_row(thread.id)
    db.session.refresh(row)
    record(actor, SETTLED, row, at=now, data={"settled": is_settled, "title": row.title})


def reopen_thread(actor: Viewer, thread: Any, *, reason: str, at: datetime | None = None) -> None:
    """Let a closed thread take posts again."""
    now = at or clock.now()
    closed = Thread.closed_at.is_not(None)
    _mark(
        actor,
        thread,
        "reopened",
        at=now,
        reason=reason,
        expected=closed,
        closed_at=None,
        is_settled=False,
    )


def pin_thread(actor: Viewer, thread: Any, *, reason: str, at: datetime | None = None) -> None:
    """Keep a thread at the head of its board."""
    now, loose = at or clock.now(), ~Thread.is_pinned
    _mark(actor, thread, "pinned", at=now, reason=reason, expected=loose, is_pinned=True)


def unpin_thread(actor: Viewer, thread: Any, *, reason: str, at: datetime | None = None) -> None:
    """Let a thread take its place among the others again."""
    now, pinned = at or clock.now(), Thread.is_pinned
    _mark(actor, thread, "unpinned", at=now, reason=reason, expected=pinned, is_pinned=False)


def move_thread(
    actor: Viewer, thread: Any, board: Board, *, reason: str, at: datetime | None = None
) -> None:
    """Put a thread on another board."""
    row = thread_row(thread.id)
    old = row.board_id
    now, here = at or clock.now(), Thread.board_id == old
    _mark(actor, thread, "moved", at=now, reason=reason, expected=here, board_id=board.id)
    if row.showing is Showing.SHOWN and old is not None:
        _count_on_board(old, -1)
        _count_on_board(board.id, 1)


def hide_thread(
    actor: Viewer,
    thread: Any,
    *,
    rule: str,
    at: datetime | None = None,
    is_decided: bool = False,
) -> None:
    """Hide a whole thread, naming the rule; it can be shown again. Refuses others than its author
    and reviewers.
    """
    now = at or clock.now()
    row = thread_row(thread.id)
    if not is_decided:
        policies.check_can_hide(actor, row, _leader_of(row))
    was = row.showing
    _show_as(row, Showing.HIDDEN, hidden_at=now, hidden_by_id=actor.id, hidden_rule=rule[:200])
    if was is Showing.HELD:
        moderation.withdraw("thread", row.id)
    forget(row, *db.session.scalars(select(Post).where(Post.thread_id == row.id)))
    record(actor, POST_HIDDEN, row, at=now, data={"title": row.title}, reason=rule or "-")


def show_thread(
    actor: Viewer, thread: Any, *, reason: str = "shown again", at: datetime | None = None
) -> None:
    """Show a thread that was held or hidden, with its first post."""
    row = thread_row(thread.id)
    was = row.showing
    _show_as(row, Showing.SHOWN, hidden_at=None, hidden_by_id=None, hidden_rule=None)
    if was is Showing.HELD:
        changed(
            update(Post)
            .where(Post.thread_id == row.id, Post.number == 1)
            .values(showing=Showing.SHOWN)
        )
    posts = select(Post).where(Post.thread_id == row.id, Post.showing == Showing.SHOWN)
    posts = posts.order_by(Post.number)
    found = list(db.session.scalars(posts.execution_options(populate_existing=True)))
    index(*((row, post) for post in found))
    now = at or clock.now()
    if was is Showing.HELD:
        for post in found[:1]:
            note_shown(row, post, now)
    record(actor, POST_SHOWN, row, at=now, data={"title": row.title}, reason=reason)


def thread_row(thread_id: int) -> Thread:
    """Return the thread as it is inside this transaction; refuses (NotFoundError) one that is not
    there.
    """
    row = db.session.get(Thread, thread_id, populate_existing=True)
    if row is None:
        raise NotFoundError
    return row


def language_of(text: str) -> str:
    """Return the language a text is most likely written in, by its letters."""
    chinese = sum("\u3400" <= sign <= "\u9fff" for sign in text)
    return "zh_Hans" if chinese * 4 >= len(text.split()) and chinese else "en"


def _leader_of(thread: Thread) -> int | None:
    board = db.session.get(Board, thread.board_id) if thread.board_id else None
    return board.leader_id if board else None


def _mark(
    actor: Viewer,
    thread: Any,
    word: str,
    *,
    at: datetime,
    reason: str,
    expected: Any,
    **values: Any,
) -> None:
    row = thread_row(thread.id)
    policies.check_can_review(actor, _leader_of(row))
    moved(update(Thread).where(Thread.id == row.id, expected).values(**values), ConflictError())
    db.session.refresh(row)
    data = {"change": word, "title": row.title}
    record(actor, THREAD_CHANGED, row, at=at, data=data, reason=reason)


def _show_as(row: Thread, showing: Showing, **values: Any) -> None:
    was = row.showing
    moved(
        update(Thread)
        .where(Thread.id == row.id, Thread.showing == was)
        .values(showing=showing, **values),
        PostMovedError(),
    )
    db.session.refresh(row)
    if row.board_id is not None and (was is Showing.SHOWN) != (showing is Showing.SHOWN):
        _count_on_board(row.board_id, 1 if showing is Showing.SHOWN else -1)


def _count_on_board(board_id: int, change: int) -> None:
    values = {"thread_count": Board.thread_count + change}
    changed(update(Board).where(Board.id == board_id).values(values))
