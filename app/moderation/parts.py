"""The words of moderation: reasons to report, and the house rules."""

from typing import Any

from app.core.i18n import lazy_gettext as _l
from app.moderation.types import ReportReason, Rule

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


def rule_name(rule: str | None) -> Any:
    """Return the words of a house rule."""
    return dict(RULES).get(str(rule), "")
