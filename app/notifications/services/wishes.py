"""What a person has read, and how they want to be told."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import update

from app.core.access import Viewer
from app.core.db import changed, upsert
from app.core.errors import NotSignedInError
from app.notifications.models import Notice, NoticeWish
from app.notifications.types import Topic, Wish


def mark_read(viewer: Viewer, *, at: datetime, notice_id: int | None = None) -> int:
    """Mark one's notice, or all of them, as read; return how many were not."""
    if viewer.id is None:
        raise NotSignedInError
    step = update(Notice).where(Notice.person_id == viewer.id, Notice.read_at.is_(None))
    if notice_id is not None:
        step = step.where(Notice.id == notice_id)
    return changed(step.values(read_at=at))


def set_wishes(person_id: int, wishes: Mapping[Topic, Wish], *, at: datetime) -> None:
    """Write down how a person wants to learn of topics."""
    rows = [
        {
            "person_id": person_id,
            "topic": topic,
            "on_site": wish.on_site,
            "by_mail": wish.by_mail,
            "changed_at": at,
        }
        for topic, wish in sorted(wishes.items())
    ]
    upsert(
        NoticeWish,
        rows,
        keys=["person_id", "topic"],
        update=lambda new: {
            "on_site": new.on_site,
            "by_mail": new.by_mail,
            "changed_at": new.changed_at,
        },
    )


def stop_mails(person_id: int, topic: Topic, *, at: datetime) -> None:
    """Send a person no more mails about a topic; what the site shows stays as it is."""
    rows = [
        {
            "person_id": person_id,
            "topic": topic,
            "on_site": True,
            "by_mail": False,
            "changed_at": at,
        }
    ]
    upsert(
        NoticeWish,
        rows,
        keys=["person_id", "topic"],
        update=lambda new: {"by_mail": new.by_mail, "changed_at": new.changed_at},
    )
