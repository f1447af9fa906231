"""Tables of the notifications house."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime, choice
from app.notifications.types import NoticeKind, Topic

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
    """How one person wants to learn of one topic; without a row both ways are on."""

    __tablename__ = "notice_wishes"

    person_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    topic: Mapped[Topic] = mapped_column(choice(Topic, "wish_topic"), primary_key=True)
    on_site: Mapped[bool] = mapped_column(default=True)
    by_mail: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
