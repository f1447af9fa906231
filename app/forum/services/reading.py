"""Who follows a thread, and how far each has read it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case

from app.core import clock
from app.core.access import Viewer
from app.core.activity.services import record
from app.core.activity.types import Sight
from app.core.db import upsert
from app.core.errors import NotSignedInError
from app.forum.models import ThreadFollow, ThreadRead
from app.forum.types import FOLLOWED, UNFOLLOWED


def follow(
    actor: Viewer, thread_id: int, *, at: datetime | None = None, with_news: bool | None = None
) -> None:
    """Let the actor hear of new posts in a thread; following twice is following once.

    `with_news` says whether they hear of what the thread is about as well: a shop's new listings.
    """
    _set_follow(actor, thread_id, at or clock.now(), is_on=True, with_news=with_news)


def unfollow(actor: Viewer, thread_id: int, *, at: datetime | None = None) -> None:
    """Let the actor hear no more of a thread, also when they write in it again."""
    _set_follow(actor, thread_id, at or clock.now(), is_on=False, with_news=False)


def _set_follow(
    actor: Viewer, thread_id: int, at: datetime, *, is_on: bool, with_news: bool | None
) -> None:
    if actor.id is None:
        raise NotSignedInError
    row = {"thread_id": thread_id, "user_id": actor.id, "is_on": is_on, "since": at}
    row["wants_news"] = bool(with_news)
    kept = ("is_on", "since") if with_news is None else ("is_on", "since", "wants_news")
    upsert(
        ThreadFollow,
        [row],
        keys=["thread_id", "user_id"],
        update=lambda new: {name: getattr(new, name) for name in kept},
    )
    record(actor, FOLLOWED if is_on else UNFOLLOWED, ("thread", thread_id), at=at)


def keep_sights(sights: Sequence[Sight]) -> None:
    """Write how far people have read, out of what was seen; a position never goes back."""
    for start in range(0, len(sights), 200):
        rows = [
            {
                "user_id": sight.user_id,
                "thread_id": sight.subject_id,
                "number": sight.number,
                "read_at": sight.at,
            }
            for sight in sights[start : start + 200]
        ]
        upsert(ThreadRead, rows, keys=["user_id", "thread_id"], update=_further)


def _further(new: Any) -> dict[str, Any]:
    number = case((new.number > ThreadRead.number, new.number), else_=ThreadRead.number)
    return {"number": number, "read_at": new.read_at}
