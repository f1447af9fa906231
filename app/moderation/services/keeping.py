"""What moderation removes of its own rows when it was kept long enough."""

from datetime import datetime

from sqlalchemy import update

from app.core.db import changed
from app.moderation.models import Report


def forget_words(before: datetime) -> int:
    """Empty what was written in reports before an instant; return how many."""
    old = update(Report).where(Report.at < before, Report.text.is_not(None))
    return changed(old.values(text=None))
