"""What moderation forgets of a person who leaves; decisions stay, with numbers only."""

from datetime import datetime

from sqlalchemy import update

from app.accounts.types import Leaving
from app.core.db import changed
from app.moderation.models import PictureRemoval, Report, ReviewItem, Takedown


def forget_person(leaving: Leaving, _at: datetime) -> dict[str, int]:
    """Empty what the person wrote to the reviewers and to who asked for a take-down, and the
    excerpts of their words.
    """
    who = leaving.person_id
    reports = update(Report).where(Report.reporter_id == who, Report.text.is_not(None))
    excerpts = update(ReviewItem).where(ReviewItem.author_id == who, ReviewItem.excerpt != "")
    removals = update(PictureRemoval).where(PictureRemoval.person_id == who)
    answers = update(Takedown).where(Takedown.author_id == who, Takedown.answer != "")
    return {
        "takedowns": changed(answers.values(answer="")),
        "reports": changed(reports.values(text=None)),
        "review_items": changed(excerpts.values(excerpt="")),
        "picture_removals": changed(removals.values(contact="", text="")),
    }
