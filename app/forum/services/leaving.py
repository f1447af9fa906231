"""What the forum forgets of a person who leaves: their name on what they said, or all of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import aliased

from app.accounts.types import Leaving
from app.core.db import changed, db
from app.core.media.models import Picture
from app.core.media.services import drop_pictures
from app.core.search.services import drop
from app.forum.models import Board, Post, PostEdit, PostThanks, Thread, ThreadFollow, ThreadRead
from app.forum.services.writing import count_out
from app.forum.types import Showing

GONE = "taken away by its author, who left"


def forget_person(leaving: Leaving, at: datetime) -> dict[str, int]:
    """Take the person's name off what they said; where they chose so, take the words, too."""
    who = leaving.person_id
    counts = {
        model.__tablename__: changed(delete(model).where(model.user_id == who))
        for model in (ThreadFollow, ThreadRead, PostThanks)
    }
    changed(update(Board).where(Board.leader_id == who).values(leader_id=None))
    changed(update(PostEdit).where(PostEdit.edited_by_id == who).values(edited_by_id=None))
    if not leaving.keeps_words:
        counts["removed"] = _take_words(who, at)
    quoted = aliased(Post)
    of_them = select(quoted.id).where(
        quoted.thread_id == Post.thread_id,
        quoted.number == Post.quote_number,
        quoted.author_id == who,
    )
    named = update(Post).where(Post.quote_author.is_not(None), of_them.exists())
    gone = {"quote_author": None} | ({} if leaving.keeps_words else {"quote": None})
    changed(named.values(**gone))
    for model in (Thread, Post):
        said = update(model).where(model.author_id == who)
        counts[model.__tablename__] = changed(said.values(author_id=None, author_name=None))
    return counts


def _take_words(who: int, at: datetime) -> int:
    posts = list(db.session.scalars(select(Post.id).where(Post.author_id == who)))
    threads = list(db.session.scalars(select(Thread.id).where(Thread.author_id == who)))
    if not posts and not threads:
        return 0
    changed(delete(PostEdit).where(PostEdit.post_id.in_(posts)))
    owned = select(Picture.id).where(Picture.owner_kind == "post", Picture.owner_id.in_(posts))
    drop_pictures(list(db.session.scalars(owned)))
    shown = select(Post).where(Post.author_id == who, Post.showing == Showing.SHOWN)
    for post in db.session.scalars(shown):
        thread = db.session.get_one(Thread, post.thread_id)
        post.showing, post.hidden_at, post.hidden_rule = Showing.HIDDEN, at, GONE
        db.session.flush()
        count_out(thread, post)
    empty: dict[str, Any] = {"body": "", "body_html": "", "pictures": []}
    empty |= {"quote": None, "quote_author": None}
    hidden = {"showing": Showing.HIDDEN, "hidden_at": at, "hidden_rule": GONE}
    changed(update(Post).where(Post.id.in_(posts)).values(**empty, **hidden))
    # A thread in which others spoke stays for them, under another title.
    mine = Thread.id.in_(threads)
    spoken = select(Post.thread_id).where(
        Post.thread_id.in_(threads), Post.author_id != who, Post.showing == Showing.SHOWN
    )
    bare: dict[str, Any] = {"title": "…", "excerpt": "", "picture_id": None, "details": []}
    changed(update(Thread).where(mine).values(**bare))
    silent = (mine, Thread.id.not_in(spoken))
    _count_out_of_boards(*silent)
    changed(update(Thread).where(*silent).values(**hidden))
    for kind, ids in (("post", posts), ("thread", threads)):
        drop(kind, *ids)
    return len(posts)


def _count_out_of_boards(*gone: Any) -> None:
    """Take shown threads that are about to go out of their boards' counts."""
    shown = select(Thread.board_id, func.count()).where(*gone, Thread.showing == Showing.SHOWN)
    for board_id, number in db.session.execute(shown.group_by(Thread.board_id)):
        fewer = {"thread_count": Board.thread_count - number}
        changed(update(Board).where(Board.id == board_id).values(fewer))


def forget_edits(before: datetime) -> int:
    """Delete how posts read before edits older than an instant; return how many."""
    return changed(delete(PostEdit).where(PostEdit.edited_at < before))
