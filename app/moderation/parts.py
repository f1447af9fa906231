"""Pieces of moderation for other pages: words for reasons and rules, the review queue."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from app.core.access import Viewer
from app.core.i18n import lazy_gettext as _l
from app.core.pages import Page, part
from app.moderation.types import ReportReason, ReviewRow, Rule

REASONS = [
    (str(ReportReason.RUDE), _l("Rude or bullying")),
    (str(ReportReason.SPAM), _l("Advertising, repeated")),
    (str(ReportReason.SCAM), _l("A fraud")),
    (str(ReportReason.PRIVATE), _l("Private things of others")),
    (str(ReportReason.FALSE), _l("Not true")),
    (str(ReportReason.UNSAFE), _l("Dangerous or forbidden")),
    (str(ReportReason.OTHER), _l("Something else")),
]
RULES = [
    (str(Rule.KIND), _l("Be kind")),
    (str(Rule.SPAM), _l("No advertising outside its place")),
    (str(Rule.HONEST), _l("Be honest")),
    (str(Rule.PRIVATE), _l("Leave others their privacy")),
    (str(Rule.LAW), _l("Keep to the law")),
    (str(Rule.PLACE), _l("Right place, right board")),
]
STEP_NAMES = [
    ("day", _l("a day")),
    ("days", _l("3 days")),
    ("week", _l("a week")),
    ("month", _l("30 days")),
    ("good", _l("for good")),
]
KIND_NAMES = {
    "user": _l("Person"),
    "thread": _l("Thread"),
    "post": _l("Post"),
    "listing": _l("Listing"),
    "merchant": _l("Shop"),
    "gathering": _l("Event"),
    "review": _l("Review"),
}


def rule_name(rule: str | None) -> Any:
    """Return the words of a house rule."""
    return dict(RULES).get(str(rule), "")


def reason_name(reason: str) -> Any:
    """Return the words of a report's reason."""
    return dict(REASONS).get(str(reason), reason)


def kind_name(kind: str) -> Any:
    """Return the word for a kind of subject."""
    return KIND_NAMES.get(kind, kind)


def review_list(viewer: Viewer, page: Page[ReviewRow]) -> Markup:
    """Return the review queue's rows with their buttons, for the operator's page."""
    return part(
        "moderation/_queue.html",
        page=page,
        viewer=viewer,
        rules=RULES,
        rule_name=rule_name,
        reason_name=reason_name,
        kind_name=kind_name,
    )


def words_of(words: Sequence[str]) -> str:
    """Return met words as one text."""
    return "、".join(words)
