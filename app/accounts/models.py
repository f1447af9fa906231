"""The tables of accounts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.types import (
    AttemptKind,
    ChangeState,
    ClosingState,
    ExportState,
    JoinedReason,
    Language,
    Purpose,
    TextKind,
    TextSize,
    Theme,
    Way,
)
from app.core.access import Role
from app.core.db import Base, UtcDateTime, choice


class User(Base):
    """A person with an account; emptied and kept when the account is closed."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    name_key: Mapped[str] = mapped_column(String(80), index=True)
    mail: Mapped[str | None] = mapped_column(String(254), unique=True)
    phone: Mapped[str | None] = mapped_column(String(32), unique=True)
    mail_proven_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    phone_proven_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    totp_secret: Mapped[str | None] = mapped_column(String(200))
    totp_step: Mapped[int | None] = mapped_column(BigInteger)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[Language] = mapped_column(choice(Language, "language"))
    neighbourhood_id: Mapped[int | None] = mapped_column(
        ForeignKey("neighbourhoods.id"), index=True
    )
    about: Mapped[str | None] = mapped_column(Text)
    signature: Mapped[str | None] = mapped_column(String(120))
    avatar_picture_id: Mapped[int | None] = mapped_column(ForeignKey("pictures.id"))
    text_size: Mapped[TextSize] = mapped_column(
        choice(TextSize, "text_size"), default=TextSize.STANDARD
    )
    theme: Mapped[Theme] = mapped_column(choice(Theme, "theme"), default=Theme.AUTO)
    source: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    joined_reason: Mapped[JoinedReason | None] = mapped_column(
        choice(JoinedReason, "joined_reason")
    )
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    silenced_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    suspended_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The town's mark when this person last accepted its texts; compared on every page.
    accepted_mark: Mapped[int] = mapped_column(default=0, server_default="0")
    imported_key: Mapped[str | None] = mapped_column(String(80), unique=True)

    __table_args__ = (CheckConstraint("length(name) > 0", name="has_name"),)


class RoleGrant(Base):
    """A role that was given to a person with a reason, and perhaps taken again."""

    __tablename__ = "role_grants"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    role: Mapped[Role] = mapped_column(choice(Role, "role"))
    scope_kind: Mapped[str] = mapped_column(String(20), default="")
    scope_id: Mapped[int] = mapped_column(default=0)
    given_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    given_reason: Mapped[str] = mapped_column(String(200))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    taken_reason: Mapped[str | None] = mapped_column(String(200))
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("(taken_at IS NULL) = (taken_reason IS NULL)", name="taken_with_reason"),
        Index(
            "uq_role_grants_held",
            "user_id",
            "role",
            "scope_kind",
            "scope_id",
            unique=True,
            sqlite_where=text("taken_at IS NULL"),
            postgresql_where=text("taken_at IS NULL"),
        ),
        Index("ix_role_grants_scope", "scope_kind", "scope_id"),
    )


class SignIn(Base):
    """One session: only the hash of its token is kept."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    device_hash: Mapped[str | None] = mapped_column(String(64))
    user_agent: Mapped[str] = mapped_column(String(300), default="")
    ip_hash: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    proven_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInAttempt(Base):
    """One try at a door, counted against an account and an address, kept for a day."""

    __tablename__ = "sign_in_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[AttemptKind] = mapped_column(choice(AttemptKind, "attempt_kind"))
    account_hash: Mapped[str] = mapped_column(String(64))
    ip_hash: Mapped[str] = mapped_column(String(64))
    device_hash: Mapped[str | None] = mapped_column(String(64))
    is_known: Mapped[bool] = mapped_column(default=False)
    has_failed: Mapped[bool] = mapped_column(default=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    __table_args__ = (
        Index("ix_sign_in_attempts_account", "kind", "account_hash", "at"),
        Index("ix_sign_in_attempts_address", "kind", "ip_hash", "at"),
    )


class PasswordReset(Base):
    """A link that may set a new password once, for a short while; only its hash is kept."""

    __tablename__ = "password_resets"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TownText(Base):
    """One published version of the rules, the terms or the privacy notice."""

    __tablename__ = "town_texts"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[TextKind] = mapped_column(choice(TextKind, "town_text_kind"))
    number: Mapped[int]
    body_zh: Mapped[str] = mapped_column(Text)
    body_en: Mapped[str] = mapped_column(Text)
    note_zh: Mapped[str] = mapped_column(String(600))
    note_en: Mapped[str] = mapped_column(String(600))
    asks: Mapped[bool]
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        UniqueConstraint("kind", "number"),
        CheckConstraint("number > 0", name="number_positive"),
    )


class Acceptance(Base):
    """One person accepted one version of one text; never changed, never removed."""

    __tablename__ = "acceptances"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[TextKind] = mapped_column(choice(TextKind, "acceptance_kind"))
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("user_id", "kind", "number"),)


class OwnExport(Base):
    """Everything the town holds about a person, gathered into a file for some days."""

    __tablename__ = "own_exports"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    state: Mapped[ExportState] = mapped_column(choice(ExportState, "export_state"))
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    size: Mapped[int] = mapped_column(default=0)
    digest: Mapped[str | None] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)

    __table_args__ = (
        CheckConstraint("(ready_at IS NULL) = (ends_at IS NULL)", name="ready_ends"),
        Index(
            "uq_own_exports_waiting",
            "user_id",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )


class Closing(Base):
    """A person wants to leave: until the day it can be taken back, then it is carried out."""

    __tablename__ = "closings"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    state: Mapped[ClosingState] = mapped_column(choice(ClosingState, "closing_state"))
    keeps_words: Mapped[bool]
    held_by: Mapped[str | None] = mapped_column(String(300))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    __table_args__ = (
        CheckConstraint("(state = 'waiting') = (over_at IS NULL)", name="over_when_not_waiting"),
        Index(
            "uq_closings_waiting",
            "user_id",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )


class FormerName(Base):
    """A name that belonged to somebody who left, unreadable; nobody else may take it."""

    __tablename__ = "former_names"

    name_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Proof(Base):
    """One time that somebody is to prove who they are: by a code to a phone or mail, by a one-time
    password, a passkey or a guardian's link. The code itself is kept nowhere: it is the site's
    keyed digest of `salt`.
    """

    __tablename__ = "proofs"

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[Purpose] = mapped_column(choice(Purpose, "purpose"))
    way: Mapped[Way] = mapped_column(choice(Way, "way"))
    target: Mapped[str | None] = mapped_column(String(254))
    target_hash: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    attempt_id: Mapped[int | None] = mapped_column()
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    salt: Mapped[str] = mapped_column(String(64))
    question: Mapped[str | None] = mapped_column(String(64), unique=True)
    ip_hash: Mapped[str] = mapped_column(String(64))
    device_hash: Mapped[str | None] = mapped_column(String(64))
    is_known: Mapped[bool] = mapped_column(default=False)
    tries: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proven_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_proofs_target", "target_hash", "made_at"),
        Index("ix_proofs_address", "ip_hash", "made_at"),
    )


class Passkey(Base):
    """A key that a person's device keeps for them; here is only its public half."""

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    name: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RecoveryCode(Base):
    """A code on paper that stands in once for a lost one-time-password device; kept hashed."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class NumberChange(Base):
    """A new number for somebody who lost the old one: asked for by one person of the desk,
    confirmed by another, and done after a wait in which the old ways may say no.
    """

    __tablename__ = "number_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    phone: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(String(200))
    state: Mapped[ChangeState] = mapped_column(choice(ChangeState, "change_state"), index=True)
    stop_hash: Mapped[str] = mapped_column(String(64), unique=True)
    asked_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> asked_by", name="two_people"),
    )


class Guardianship(Base):
    """A guardian who made and holds the account of a child under 14."""

    __tablename__ = "guardianships"

    child_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    guardian_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    born_on: Mapped[date] = mapped_column(Date)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint("guardian_id <> child_id", name="two_people"),)
