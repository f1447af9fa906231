"""What moderation hears of and tells upper houses' pages; what it holds about a person."""

from datetime import datetime
from typing import Any

from app.accounts.queries.leaving import keeps_after
from app.accounts.queries.own import OFFICE, TRACE, Fate, holds
from app.accounts.services import closing
from app.accounts.services import keeping as accounts
from app.core.i18n import lazy_gettext as _l
from app.core.media.services import hide_picture
from app.moderation import models, queries
from app.moderation.queries.pictures import reportable_picture
from app.moderation.queries.retention import days_of, keeps, periods
from app.moderation.services import keeping, leaving, pictures, takedowns
from app.moderation.signals import review_decided
from app.moderation.types import Decision, Period


def connect() -> None:
    """Let people be reported; their house is below and cannot say so itself."""
    queries.register_reader("user", queries.person_reportable)
    queries.register_reader("picture", reportable_picture)
    review_decided.connect(on_review_decided)
    closing.forgets("moderation", leaving.forget_person)
    keeps_after(kept_after_leaving)
    _held()
    _kept()


def on_review_decided(
    _sender: Any, *, item: Any, decision: Decision, at: datetime, **_more: Any
) -> None:
    """Hide or show a picture that the desk decided about."""
    if item.subject_kind != "picture":
        return
    if decision is Decision.HIDE:
        hide_picture(item.subject_id, at=at)
    elif decision is Decision.APPROVE:
        pictures.show_again(item.subject_id)


def kept_after_leaving() -> list[tuple[str, int]]:
    """Return what stays of somebody who left, and for how many days the operator keeps it."""
    stays = [one for one in periods() if one.key in {"sign_ins", "post_edits"}]
    return [(str(one.title), days_of(one)) for one in stays]


def _held() -> None:
    kept, emptied = Fate.KEPT, Fate.EMPTIED
    review, sanctions = _l("Decisions about what you wrote"), _l("Decisions about you")
    holds(models.ReviewItem, "author_id", title=review, fate=emptied)
    holds(models.Report, "reporter_id", title=_l("Your reports"), fate=emptied)
    holds(models.Sanction, "user_id", title=sanctions, fate=kept, why=TRACE)
    claims = _l("Take-downs of what you wrote")
    asked = ("name", "mail", "phone")
    holds(models.Takedown, "author_id", title=claims, fate=emptied, but=asked)
    consents = _l("What you said about people in your pictures")
    holds(models.PictureConsent, "by_id", title=consents, fate=kept, why=TRACE)
    removals = _l("Pictures you did not want to be in")
    holds(models.PictureRemoval, "person_id", title=removals, fate=emptied)
    secret = _l("Telling of it may be forbidden by the law under which it was asked for.")
    law = _l("Requests by law")
    holds(models.LawfulRequest, "person_id", title=law, fate=kept, why=TRACE, left_out=secret)
    for model, column in (
        (models.ReviewItem, "decided_by"),
        (models.FilterWord, "added_by"),
        (models.Sanction, "given_by"),
        (models.Sanction, "ended_by"),
        (models.Takedown, "decided_by"),
        (models.Takedown, "final_by"),
        (models.LawfulRequest, "asked_by"),
        (models.LawfulRequest, "decided_by"),
        (models.PictureRemoval, "decided_by"),
    ):
        holds(model, column, title=_l("Deeds of office"), fate=kept, why=OFFICE, left_out=OFFICE)


def _kept() -> None:
    logs = _l("The cybersecurity law wants network logs for six months at least.")
    short = _l("A link counts for an hour; the row only shows that there was one.")
    proof = _l("So that a dispute can still be settled.")
    for key, title, days, least, most, why, sweep in (
        ("sign_ins", _l("Where people signed in"), 190, 183, 730, logs, accounts.forget_sign_ins),
        ("resets", _l("Links for a new password"), 30, 1, 90, short, accounts.forget_resets),
        (
            "takedowns",
            _l("Contact on take-down requests"),
            *(1095, 183, 3650),
            proof,
            takedowns.forget_claimants,
        ),
        (
            "removals",
            _l("Contact on wishes about pictures"),
            *(365, 30, 1095),
            proof,
            pictures.forget_askers,
        ),
        (
            "reports",
            _l("Words in reports"),
            1095,
            183,
            3650,
            proof,
            keeping.forget_words,
        ),
    ):
        keeps(Period(key, title, days, least, most, why, sweep))
