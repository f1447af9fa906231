"""The tables of the forum."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime, choice
from app.forum.types import Format, Showing, ThreadKind
from app.moderation.types import HoldMode


class Board(Base):
    """A place for threads, with a promise, rules, a leader and its own review mode."""

    __tablename__ = "boards"
    subject_kind: ClassVar[str] = "board"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str | None] = mapped_column(String(60))
    promise: Mapped[str] = mapped_column(String(200))
    promise_en: Mapped[str | None] = mapped_column(String(200))
    rules: Mapped[str] = mapped_column(Text, default="")
    rules_en: Mapped[str | None] = mapped_column(Text)
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    review: Mapped[HoldMode] = mapped_column(
        choice(HoldMode, "board_review"), default=HoldMode.OPEN
    )
    # Each {"label": …, "label_en": …}: what a new thread here must say beside its text.
    required_fields: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    position: Mapped[int] = mapped_column(default=0)
    thread_count: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint("length(name) > 0", name="has_name"),)


class Thread(Base):
    """What is said about one thing: a board's topic, or the talk under a listing, gathering or
    order.
    """

    __tablename__ = "threads"
    subject_kind: ClassVar[str] = "thread"

    id: Mapped[int] = mapped_column(primary_key=True)
    board_id: Mapped[int | None] = mapped_column(ForeignKey("boards.id"))
    about_kind: Mapped[str | None] = mapped_column(String(20))
    about_id: Mapped[int | None]
    audience: Mapped[str] = mapped_column(String(40), default="public")
    kind: Mapped[ThreadKind] = mapped_column(choice(ThreadKind, "thread_kind"))
    title: Mapped[str] = mapped_column(String(200))
    excerpt: Mapped[str] = mapped_column(String(200), default="")
    picture_id: Mapped[int | None]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    # How somebody without an account here was called (an import's people).
    author_name: Mapped[str | None] = mapped_column(String(80))
    lang: Mapped[str] = mapped_column(String(10), default="zh_Hans")
    details: Mapped[list[Any]] = mapped_column(JSON, default=list)
    showing: Mapped[Showing] = mapped_column(
        choice(Showing, "thread_showing"), default=Showing.SHOWN
    )
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hidden_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    hidden_rule: Mapped[str | None] = mapped_column(String(200))
    is_pinned: Mapped[bool] = mapped_column(default=False)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Closed by its author, who may open it again.
    is_settled: Mapped[bool] = mapped_column(default=False, server_default=false())
    asks_answer: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    first_reply_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_post_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_number: Mapped[int] = mapped_column(default=0)
    reply_count: Mapped[int] = mapped_column(default=0)
    accepted_number: Mapped[int | None]

    __table_args__ = (
        UniqueConstraint("about_kind", "about_id", "audience", name="uq_threads_about"),
        CheckConstraint("(about_kind IS NULL) = (about_id IS NULL)", name="about_whole"),
        CheckConstraint("board_id IS NOT NULL OR about_id IS NOT NULL", name="has_place"),
        CheckConstraint(
            "(showing = 'hidden') = (hidden_at IS NOT NULL)", name="hidden_has_its_time"
        ),
        CheckConstraint("reply_count >= 0 AND last_number >= 0", name="counts_not_negative"),
        Index("ix_threads_board_latest", "board_id", "last_post_at", "id"),
        Index("ix_threads_board_new", "board_id", "opened_at", "id"),
        Index("ix_threads_latest", "last_post_at", "id"),
        Index("ix_threads_author", "author_id", "opened_at"),
        Index(
            "ix_threads_waiting",
            "opened_at",
            "id",
            sqlite_where=text("first_reply_at IS NULL AND asks_answer AND showing = 'shown'"),
            postgresql_where=text("first_reply_at IS NULL AND asks_answer AND showing = 'shown'"),
        ),
    )


class Post(Base):
    """One thing that somebody said in a thread, under a number of its own."""

    __tablename__ = "posts"
    subject_kind: ClassVar[str] = "post"

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    number: Mapped[int]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    author_name: Mapped[str | None] = mapped_column(String(80))
    quote_number: Mapped[int | None]
    quote: Mapped[str | None] = mapped_column(String(400))
    quote_author: Mapped[str | None] = mapped_column(String(80))
    format: Mapped[Format] = mapped_column(choice(Format, "post_format"), default=Format.MARKDOWN)
    body: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    pictures: Mapped[list[Any]] = mapped_column(JSON, default=list)
    showing: Mapped[Showing] = mapped_column(choice(Showing, "post_showing"), default=Showing.SHOWN)
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hidden_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    hidden_rule: Mapped[str | None] = mapped_column(String(200))
    said_at: Mapped[datetime] = mapped_column(UtcDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    edit_count: Mapped[int] = mapped_column(default=0)
    # Thanks given here, on top of the votes an imported post brought with it.
    score: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        UniqueConstraint("thread_id", "number"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint(
            "(showing = 'hidden') = (hidden_at IS NOT NULL)", name="hidden_has_its_time"
        ),
        Index("ix_posts_author", "author_id", "said_at"),
    )


class PostEdit(Base):
    """How a post read before one of its edits."""

    __tablename__ = "post_edits"

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), index=True)
    title: Mapped[str | None] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    format: Mapped[Format] = mapped_column(choice(Format, "edit_format"))
    edited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    edited_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class ThreadFollow(Base):
    """Somebody wants to know of new posts in a thread."""

    __tablename__ = "thread_follows"

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    # False: they said so themselves, and posting does not make them follow again.
    is_on: Mapped[bool] = mapped_column(default=True)
    # They asked for news of what the thread is about, too: a shop's new listings.
    wants_news: Mapped[bool] = mapped_column(default=False, server_default=false())
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class ThreadRead(Base):
    """Up to which number somebody has read a thread."""

    __tablename__ = "thread_reads"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), primary_key=True, index=True)
    number: Mapped[int]
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PostThanks(Base):
    """One person's thanks for one post."""

    __tablename__ = "post_thanks"

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    thanked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ThreadImport(Base):
    """Where something said on another site stands here, so that a second import changes nothing."""

    __tablename__ = "thread_imports"

    source: Mapped[str] = mapped_column(String(80), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    number: Mapped[int]
