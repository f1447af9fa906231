"""What a person has read, and how they want to be told."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, update

from app.core.access import Viewer
from app.core.db import changed, upsert
from app.core.errors import NotSignedInError
from app.notifications.models import Notice, NoticeWish, ReachWish
from app.notifications.queries.inbox import wishes_of
from app.notifications.services.digests import next_digest
from app.notifications.types import Digest, Quiet, Topic, Wish


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
            "by_push": wish.by_push,
            "by_sms": wish.by_sms,
            "changed_at": at,
        }
        for topic, wish in sorted(wishes.items())
    ]
    columns = ("on_site", "by_mail", "by_push", "by_sms", "changed_at")
    upsert(
        NoticeWish,
        rows,
        keys=["person_id", "topic"],
        update=lambda new: {one: getattr(new, one) for one in columns},
    )


def set_reach(person_id: int, *, quiet: Quiet | None, digest: Digest, at: datetime) -> None:
    """Write down a person's own quiet hours (none: the town's) and how often they want a letter of
    what they missed.
    """
    row = {
        "person_id": person_id,
        "quiet_start": None if quiet is None else quiet.start,
        "quiet_end": None if quiet is None else quiet.end,
        "digest": digest,
        "digest_due_at": next_digest(digest, at),
        "digest_from": None if digest is Digest.NONE else at,
        "changed_at": at,
    }
    upsert(
        ReachWish,
        [row],
        keys=["person_id"],
        update=lambda new: {
            "quiet_start": new.quiet_start,
            "quiet_end": new.quiet_end,
            "digest": new.digest,
            "digest_due_at": new.digest_due_at,
            # Who changes something else keeps the day from which things count as missed.
            "digest_from": func.coalesce(ReachWish.digest_from, new.digest_from),
            "changed_at": new.changed_at,
        },
    )


def stop_mails(person_id: int, topic: Topic, *, at: datetime) -> None:
    """Send a person no more mails about a topic; what the site shows stays as it is."""
    known = wishes_of([person_id]).get((person_id, topic), Wish())
    set_wishes(person_id, {topic: replace(known, by_mail=False)}, at=at)


def stop_texts(person_id: int, topic: Topic, *, at: datetime) -> None:
    """Send a person no more text messages about a topic; other ways stay as they are."""
    known = wishes_of([person_id]).get((person_id, topic), Wish())
    set_wishes(person_id, {topic: replace(known, by_sms=False)}, at=at)


def stop_all_mails(person_id: int, *, at: datetime) -> None:
    """Send a person no more mails of news at all, digests included."""
    known = wishes_of([person_id])
    off = {topic: replace(known.get((person_id, topic), Wish()), by_mail=False) for topic in Topic}
    set_wishes(person_id, off, at=at)
    stop_digest(person_id, at=at)


def stop_digest(person_id: int, *, at: datetime) -> None:
    """Send a person no more letters of what they missed."""
    step = update(ReachWish).where(ReachWish.person_id == person_id)
    changed(step.values(digest=Digest.NONE, digest_due_at=None, changed_at=at))
