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
    Consent,
    LawfulState,
    RemovalState,
    ReportReason,
    ReviewCause,
    ReviewState,
    Rule,
    SanctionKind,
    Standing,
    TakedownCause,
    TakedownState,
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


class Takedown(Base):
    """Somebody, with or without an account, wants something taken down; with every step of it."""

    __tablename__ = "takedowns"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    address: Mapped[str] = mapped_column(String(400))
    subject_kind: Mapped[str] = mapped_column(String(20), default="")  # type: ignore[misc]
    subject_id: Mapped[int] = mapped_column(default=0)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    cause: Mapped[TakedownCause] = mapped_column(choice(TakedownCause, "takedown_cause"))
    standing: Mapped[Standing] = mapped_column(choice(Standing, "takedown_standing"))
    what: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(String(80), default="")
    mail: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    language: Mapped[str] = mapped_column(String(10), default="")
    ip_hash: Mapped[str] = mapped_column(String(64), default="")
    state: Mapped[TakedownState] = mapped_column(
        choice(TakedownState, "takedown_state"), default=TakedownState.WAITING
    )
    is_hidden: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str | None] = mapped_column(String(600))
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    final_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    final_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    final_reason: Mapped[str | None] = mapped_column(String(600))

    __table_args__ = (
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_whole"),
        CheckConstraint("(decided_at IS NULL) = (reason IS NULL)", name="decided_with_reason"),
        CheckConstraint("(final_at IS NULL) = (final_reason IS NULL)", name="final_with_reason"),
        Index("ix_takedowns_state", "state", "due_at", "id"),
        Index("ix_takedowns_subject", "subject_kind", "subject_id"),
    )


class LawfulRequest(Base):
    """An authority asks for data: one person writes the reason down, another one allows it."""

    __tablename__ = "lawful_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    authority: Mapped[str] = mapped_column(String(120))
    reference: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(600))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    subject_kind: Mapped[str] = mapped_column(String(20), default="")  # type: ignore[misc]
    subject_id: Mapped[int] = mapped_column(default=0)
    from_at: Mapped[datetime] = mapped_column(UtcDateTime)
    until_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[LawfulState] = mapped_column(
        choice(LawfulState, "lawful_state"), default=LawfulState.WAITING
    )
    asked_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str | None] = mapped_column(String(300))
    size: Mapped[int] = mapped_column(default=0)
    digest: Mapped[str | None] = mapped_column(String(64))
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)

    __table_args__ = (
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="two_people"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_whole"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="waiting_undecided"),
        CheckConstraint("until_at > from_at", name="ends_after_start"),
        CheckConstraint("(person_id IS NULL) = (subject_kind <> '')", name="one_target"),
    )


class RetentionRun(Base):
    """What one nightly run removed of one kind, and what was older than when."""

    __tablename__ = "retention_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    before: Mapped[datetime] = mapped_column(UtcDateTime)
    removed: Mapped[int]


class PictureConsent(Base):
    """What the one who shared a picture says about the people in it."""

    __tablename__ = "picture_consents"

    picture_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    consent: Mapped[Consent] = mapped_column(choice(Consent, "picture_consent"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PictureRemoval(Base):
    """Somebody does not want to be in a picture; it is hidden until that is decided."""

    __tablename__ = "picture_removals"

    id: Mapped[int] = mapped_column(primary_key=True)
    picture_id: Mapped[int] = mapped_column(index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    contact: Mapped[str] = mapped_column(String(254), default="")
    text: Mapped[str] = mapped_column(String(600), default="")
    ip_hash: Mapped[str] = mapped_column(String(64), default="")
    state: Mapped[RemovalState] = mapped_column(
        choice(RemovalState, "removal_state"), default=RemovalState.WAITING
    )
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str | None] = mapped_column(String(300))

    __table_args__ = (
        CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL)", name="decided_when_not_waiting"
        ),
    )
