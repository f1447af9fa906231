"""Until when a person may not write or not sign in; `moderation` decides and keeps why."""

from datetime import datetime

from app.accounts import queries
from app.accounts.services.sessions import sign_out_everywhere
from app.core.access import SYSTEM
from app.core.db import db


def set_silenced(user_id: int, until: datetime | None) -> None:
    """Write down until when a person may not write; `moderation` decides and keeps why."""
    queries.user(user_id).silenced_until = until
    db.session.flush()


def set_suspended(user_id: int, until: datetime | None, *, at: datetime) -> None:
    """Write down until when a person may not sign in, and end their sessions."""
    queries.user(user_id).suspended_until = until
    db.session.flush()
    if until is not None:
        sign_out_everywhere(SYSTEM, user_id, at=at)
