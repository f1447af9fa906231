"""Tables of the notifications house."""

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
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime, choice
from app.notifications.types import (
    AlarmEnd,
    AlarmStep,
    CallState,
    CallWhy,
    Digest,
    NoticeKind,
    RobotKind,
    Topic,
    Way,
)
from app.notifications.types.saved import SavedPlace

_UNREAD = text("read_at IS NULL")


class Notice(Base):
    """What one person is told of one deed; its sentence is made when it is read."""

    __tablename__ = "notices"
    subject_kind: ClassVar[str] = "notice"
    __table_args__ = (
        UniqueConstraint("person_id", "key"),
        Index("ix_notices_person_latest", "person_id", "happened_at", "id"),
        Index(
            "ix_notices_unread",
            "person_id",
            sqlite_where=_UNREAD,
            postgresql_where=_UNREAD,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[NoticeKind] = mapped_column(choice(NoticeKind, "notice_kind"))
    topic: Mapped[Topic] = mapped_column(choice(Topic, "notice_topic"))
    about_kind: Mapped[str] = mapped_column(String(40))
    about_id: Mapped[int]
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    key: Mapped[str] = mapped_column(String(80))
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class NoticeWish(Base):
    """How one person wants to learn of one topic; without a row all ways are on."""

    __tablename__ = "notice_wishes"

    person_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    topic: Mapped[Topic] = mapped_column(choice(Topic, "wish_topic"), primary_key=True)
    on_site: Mapped[bool] = mapped_column(default=True)
    by_mail: Mapped[bool] = mapped_column(default=True)
    by_push: Mapped[bool] = mapped_column(default=True, server_default=true())
    by_sms: Mapped[bool] = mapped_column(default=True, server_default=true())
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReachWish(Base):
    """What one person set for all news together: quiet hours in minutes of the day, and how often a
    letter of what was missed is due.
    """

    __tablename__ = "reach_wishes"
    __table_args__ = (
        CheckConstraint("(quiet_start IS NULL) = (quiet_end IS NULL)", name="quiet_whole"),
        Index(
            "ix_reach_wishes_due",
            "digest_due_at",
            sqlite_where=text("digest_due_at IS NOT NULL"),
            postgresql_where=text("digest_due_at IS NOT NULL"),
        ),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    quiet_start: Mapped[int | None]
    quiet_end: Mapped[int | None]
    digest: Mapped[Digest] = mapped_column(choice(Digest, "digest"), default=Digest.NONE)
    digest_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    digest_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Telling(Base):
    """One person's way up the ladder about one piece of news; gone when it is over."""

    __tablename__ = "tellings"
    __table_args__ = (
        UniqueConstraint("person_id", "key"),
        Index("ix_tellings_due", "due_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    key: Mapped[str] = mapped_column(String(80))
    kind: Mapped[NoticeKind] = mapped_column(choice(NoticeKind, "telling_kind"))
    about_kind: Mapped[str] = mapped_column(String(40))
    about_id: Mapped[int]
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    rung: Mapped[int] = mapped_column(default=0)
    tried: Mapped[list[str]] = mapped_column(JSON, default=list)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Device(Base):
    """A browser that takes web push for one person."""

    __tablename__ = "push_devices"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    endpoint: Mapped[str] = mapped_column(Text)
    endpoint_hash: Mapped[str] = mapped_column(String(64), unique=True)
    public_key: Mapped[str] = mapped_column(String(120))
    auth: Mapped[str] = mapped_column(String(60))
    label: Mapped[str] = mapped_column(String(80), default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Robot(Base):
    """A group's robot: a shop's, or the town's where there is no merchant."""

    __tablename__ = "robots"
    subject_kind: ClassVar[str] = "robot"

    id: Mapped[int] = mapped_column(primary_key=True)
    whose: Mapped[str] = mapped_column(String(40), unique=True)
    merchant_id: Mapped[int | None] = mapped_column(ForeignKey("merchants.id"))
    kind: Mapped[RobotKind] = mapped_column(choice(RobotKind, "robot_kind"))
    url: Mapped[str] = mapped_column(Text)
    secret: Mapped[str] = mapped_column(String(200), default="")
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failure: Mapped[str] = mapped_column(String(200), default="")


class OrderAlarm(Base):
    """A new order that its shop has not seen: who is told of it next, and when."""

    __tablename__ = "order_alarms"
    __table_args__ = (
        CheckConstraint("ended_at IS NULL OR due_at IS NULL", name="ended_is_quiet"),
        CheckConstraint("(ended_at IS NULL) = (how IS NULL)", name="ended_somehow"),
        Index(
            "ix_order_alarms_due",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
        Index(
            "ix_order_alarms_open",
            "merchant_id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchants.id"))
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    step: Mapped[AlarmStep] = mapped_column(choice(AlarmStep, "alarm_step"))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    how: Mapped[AlarmEnd | None] = mapped_column(choice(AlarmEnd, "alarm_end"))


class Call(Base):
    """Somebody whom nothing reaches and whom the duty desk is to phone; one open call each."""

    __tablename__ = "calls"
    subject_kind: ClassVar[str] = "call"
    __table_args__ = (
        CheckConstraint("(state = 'waiting') = (ended_at IS NULL)", name="ended"),
        CheckConstraint("(ended_at IS NULL) = (open_key IS NOT NULL)", name="open"),
        Index("ix_calls_state", "state", "since", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    about_kind: Mapped[str] = mapped_column(String(40))
    about_id: Mapped[int]
    merchant_id: Mapped[int | None] = mapped_column(ForeignKey("merchants.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    why: Mapped[CallWhy] = mapped_column(choice(CallWhy, "call_why"))
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[CallState] = mapped_column(choice(CallState, "call_state"))
    tries: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(String(300), default="")
    last_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    last_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    open_key: Mapped[str | None] = mapped_column(String(60), unique=True)


class FailedAddress(Base):
    """A mail address or number that was refused for good; nothing is sent there until it works
    again.
    """

    __tablename__ = "failed_addresses"

    way: Mapped[Way] = mapped_column(choice(Way, "failed_way"), primary_key=True)
    address: Mapped[str] = mapped_column(String(254), primary_key=True)
    why: Mapped[str] = mapped_column(String(200), default="")
    failed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Allowance(Base):
    """How much of a limit is used, by the name of what is limited and its span of time."""

    __tablename__ = "allowances"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    used: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class SavedSearch(Base):
    """A narrowed list or a search that somebody keeps, to be told of what newly fits it."""

    __tablename__ = "saved_searches"
    __table_args__ = (
        CheckConstraint("query <> ''", name="asks"),
        UniqueConstraint("person_id", "place", "query"),
        Index("ix_saved_searches_place", "place", "is_paused", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    place: Mapped[SavedPlace] = mapped_column(String(20))
    query: Mapped[str] = mapped_column(String(400))
    name: Mapped[str] = mapped_column(String(80))
    is_paused: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
