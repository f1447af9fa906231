"""The tables of moderation."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime, choice
from app.moderation.types import (
    ReportReason,
    ReviewCause,
    ReviewState,
    Rule,
    SanctionKind,
    WordOutcome,
)


class ReviewItem(Base):
    """Something that waits for, or got, a reviewer's decision; one open item per subject."""

    __tablename__ = "review_items"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_kind: Mapped[str] = mapped_column(String(20))  # type: ignore[misc]
    subject_id: Mapped[int]
    cause: Mapped[ReviewCause] = mapped_column(choice(ReviewCause, "review_cause"))
    state: Mapped[ReviewState] = mapped_column(
        choice(ReviewState, "review_state"), default=ReviewState.WAITING
    )
    scope_kind: Mapped[str] = mapped_column(String(20), default="")
    scope_id: Mapped[int] = mapped_column(default=0)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    excerpt: Mapped[str] = mapped_column(String(400), default="")
    words: Mapped[list[Any]] = mapped_column(JSON, default=list)
    report_count: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    rule: Mapped[Rule | None] = mapped_column(choice(Rule, "rule"))
    note: Mapped[str | None] = mapped_column(String(300))

    __table_args__ = (
        CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL)", name="decided_when_not_waiting"
        ),
        Index(
            "uq_review_items_waiting",
            "subject_kind",
            "subject_id",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_review_items_state", "state", "opened_at"),
        Index("ix_review_items_subject", "subject_kind", "subject_id"),
    )


class Report(Base):
    """One person's report of one subject, made once."""

    __tablename__ = "reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_kind: Mapped[str] = mapped_column(String(20))  # type: ignore[misc]
    subject_id: Mapped[int]
    reporter_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("review_items.id"), index=True)
    reason: Mapped[ReportReason] = mapped_column(choice(ReportReason, "report_reason"))
    text: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("subject_kind", "subject_id", "reporter_id"),)


class FilterWord(Base):
    """One word of the list and what it does."""

    __tablename__ = "filter_words"

    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(String(80))
    word_key: Mapped[str] = mapped_column(String(160), unique=True)
    outcome: Mapped[WordOutcome] = mapped_column(choice(WordOutcome, "word_outcome"))
    added_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Sanction(Base):
    """A silence or suspension of a person, with its reason and its end."""

    __tablename__ = "sanctions"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    kind: Mapped[SanctionKind] = mapped_column(choice(SanctionKind, "sanction_kind"))
    rule: Mapped[Rule] = mapped_column(choice(Rule, "sanction_rule"))
    reason: Mapped[str] = mapped_column(String(300))
    given_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    from_at: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ended_reason: Mapped[str | None] = mapped_column(String(300))

    __table_args__ = (
        CheckConstraint("until > from_at", name="ends_after_start"),
        CheckConstraint("(ended_at IS NULL) = (ended_reason IS NULL)", name="ended_with_reason"),
    )
