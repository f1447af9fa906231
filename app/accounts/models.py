"""The tables of accounts."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.types import AttemptKind, JoinedReason, Language, TextSize, Theme
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
