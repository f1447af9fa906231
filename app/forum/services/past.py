"""Brings what was said on another site: past times kept, nobody told, a second time nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update

from app.accounts import queries as accounts
from app.accounts.models import User
from app.accounts.services import create_person
from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import changed, db
from app.forum.models import Board, Post, Thread, ThreadImport
from app.forum.services.indexing import index
from app.forum.services.markdown import rendered, shortened, words_of
from app.forum.services.threads import language_of
from app.forum.types import (
    EXCERPT_LENGTH,
    PAST_BROUGHT,
    Fate,
    PastAuthor,
    PastPost,
    Rendered,
    ThreadKind,
)


@dataclass(slots=True)
class _Batch:
    """What one batch knows: where things stand here, the threads it touches, its people."""

    source: str
    board: Board
    places: dict[str, tuple[int, int]]
    people: dict[str, int]
    made: dict[str, Rendered] = field(default_factory=dict)
    opened: dict[str, Thread] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    threads: dict[int, Thread] = field(default_factory=dict)
    posts: dict[tuple[int, int], Post] = field(default_factory=dict)
    fresh: list[tuple[Thread, Post]] = field(default_factory=list)


def bring_past(
    actor: Viewer, board: Board, source: str, things: Sequence[PastPost], *, at: datetime
) -> list[Fate]:
    """Write a batch of past posts onto a board and say what became of each, in order.

    What came before under the same source and key is left as it is. A post whose parent has not
    come is an orphan and may be brought again later. Nobody is told, and nothing old asks for an
    answer.
    """
    batch = _Batch(source, board, _places(source, things), _people(source, things))
    _load(batch, things)
    _open(batch, things)
    with db.session.no_autoflush:
        fates = [_bring(batch, thing) for thing in things]
    db.session.flush()
    index(*batch.fresh)
    if batch.fresh:
        values = {"thread_count": Board.thread_count + len(batch.opened)}
        changed(update(Board).where(Board.id == board.id).values(values))
        data = {"source": source, "posts": len(batch.fresh), "threads": len(batch.opened)}
        record(actor, PAST_BROUGHT, board, at=at, data=data)
    return fates


def accept_past(source: str, pairs: Iterable[tuple[str, str]]) -> int:
    """Mark accepted answers of threads that came from another site; return how many were new."""
    wanted = dict(pairs)
    keys = [*wanted, *wanted.values()]
    places = _known(source, keys)
    marked = 0
    for question, answer in wanted.items():
        if question in places and answer in places and places[question][0] == places[answer][0]:
            thread_id, number = places[question][0], places[answer][1]
            fresh = (Thread.id == thread_id) & Thread.accepted_number.is_(None)
            marked += changed(update(Thread).where(fresh).values(accepted_number=number))
    return marked


def _known(source: str, keys: Iterable[str]) -> dict[str, tuple[int, int]]:
    rows = db.session.execute(
        select(ThreadImport.key, ThreadImport.thread_id, ThreadImport.number).where(
            ThreadImport.source == source, ThreadImport.key.in_(set(keys))
        )
    )
    return {row.key: (row.thread_id, row.number) for row in rows}


def _places(source: str, things: Sequence[PastPost]) -> dict[str, tuple[int, int]]:
    parents = [thing.parent_key for thing in things if thing.parent_key]
    return _known(source, [*(thing.key for thing in things), *parents])


def _people(source: str, things: Sequence[PastPost]) -> dict[str, int]:
    authors = {thing.author.key: thing.author for thing in things if thing.author}
    keys = {f"{source}:user:{key}": key for key in authors}
    rows = db.session.execute(
        select(User.imported_key, User.id).where(User.imported_key.in_(list(keys)))
    )
    people = {keys[str(imported_key)]: user_id for imported_key, user_id in rows}
    for key, author in authors.items():
        if key not in people:
            people[key] = _new_person(f"{source}:user:{key}", author)
    return people


def _new_person(imported_key: str, author: PastAuthor) -> int:
    person = create_person(
        name=author.name,
        at=author.joined_at,
        about=author.about,
        source={},
        imported_key=imported_key,
    )
    return person.id


def _load(batch: _Batch, things: Sequence[PastPost]) -> None:
    fresh = [thing for thing in things if thing.key not in batch.places and thing.parent_key]
    places = {batch.places[str(t.parent_key)] for t in fresh if t.parent_key in batch.places}
    ids = {thread_id for thread_id, _ in places}
    threads = db.session.scalars(select(Thread).where(Thread.id.in_(ids)))
    batch.threads = {thread.id: thread for thread in threads}
    numbers = {number for _, number in places}
    posts = select(Post).where(Post.thread_id.in_(ids), Post.number.in_(numbers))
    batch.posts = {(post.thread_id, post.number): post for post in db.session.scalars(posts)}
    batch.names = {batch.people[t.author.key]: t.author.name for t in things if t.author}
    quoted = {post.author_id for post in batch.posts.values()} - set(batch.names)
    batch.names |= accounts.names_for(quoted)


def _open(batch: _Batch, things: Sequence[PastPost]) -> None:
    """Make the batch's new threads with one flush, so that their posts know where they belong."""
    fresh = [thing for thing in things if thing.key not in batch.places]
    batch.made = {thing.key: rendered(thing.body, thing.format) for thing in fresh}
    batch.opened = {
        thing.key: _thread(batch, thing)
        for thing in fresh
        if thing.parent_key is None and batch.made[thing.key].words.strip()
    }
    db.session.add_all(batch.opened.values())
    db.session.flush()
    batch.threads |= {thread.id: thread for thread in batch.opened.values()}


def _bring(batch: _Batch, thing: PastPost) -> Fate:
    if thing.key in batch.places:
        return Fate.KNOWN
    if thing.parent_key is not None and thing.parent_key not in batch.places:
        return Fate.ORPHAN
    if not batch.made[thing.key].words.strip():
        return Fate.EMPTY
    _write(batch, thing)
    return Fate.NEW


def _thread(batch: _Batch, thing: PastPost) -> Thread:
    words = batch.made[thing.key].words
    return Thread(
        board_id=batch.board.id,
        kind=ThreadKind.QUESTION,
        audience="public",
        title=shortened(thing.title, 200),
        excerpt=shortened(words, EXCERPT_LENGTH),
        author_id=batch.people[thing.author.key] if thing.author else None,
        author_name=thing.author_name,
        lang=language_of(thing.title + words),
        closed_at=thing.closed_at,
        opened_at=thing.said_at,
        last_post_at=thing.said_at,
        last_number=0,
        reply_count=0,
    )


def _write(batch: _Batch, thing: PastPost) -> None:
    is_first = thing.parent_key is None
    place = batch.places[str(thing.parent_key)] if not is_first else (0, 0)
    thread = batch.opened[thing.key] if is_first else batch.threads[place[0]]
    thread.last_number += 1
    post = Post(
        thread_id=thread.id,
        number=thread.last_number,
        author_id=batch.people[thing.author.key] if thing.author else None,
        author_name=thing.author_name,
        body=thing.body,
        body_html=batch.made[thing.key].html,
        format=thing.format,
        said_at=thing.said_at,
        edited_at=thing.edited_at,
        edit_count=1 if thing.edited_at else 0,
        score=thing.score,
    )
    if thing.is_quoting and not is_first:
        _quote(batch, post, batch.posts[place])
    db.session.add(post)
    _count(thread, post)
    batch.places[thing.key] = (thread.id, post.number)
    batch.posts[thread.id, post.number] = post
    db.session.add(
        ThreadImport(source=batch.source, key=thing.key, thread_id=thread.id, number=post.number)
    )
    batch.fresh.append((thread, post))


def _quote(batch: _Batch, post: Post, parent: Post) -> None:
    post.quote_number = parent.number
    post.quote = shortened(words_of(parent.body_html), EXCERPT_LENGTH)
    post.quote_author = parent.author_name or batch.names.get(parent.author_id or 0)


def _count(thread: Thread, post: Post) -> None:
    if post.number == 1:
        return
    thread.reply_count += 1
    thread.last_post_at = max(thread.last_post_at, post.said_at)
    is_other = post.author_id is None or post.author_id != thread.author_id
    if is_other and thread.first_reply_at is None:
        thread.first_reply_at = post.said_at
