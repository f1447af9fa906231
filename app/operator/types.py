"""How the operator's pages word states, reasons and verbs of other houses."""

from app.core.i18n import lazy_gettext as _l
from app.merchants.types import MerchantState, RequestKind
from app.moderation.types import (
    ReportReason,
    ReviewCause,
    ReviewState,
    Rule,
    SanctionKind,
    WordOutcome,
)
from app.orders.types import Stuck

STUCK_WORDS = {
    Stuck.NOT_ACCEPTED: _l("The shop has not accepted"),
    Stuck.NOT_READY: _l("Not ready, and the time is near"),
    Stuck.NOT_COLLECTED: _l("Nobody came for it"),
    Stuck.NOT_CONFIRMED: _l("Said paid, not confirmed"),
    Stuck.DISPUTED: _l("Payment disputed"),
    Stuck.REFUND_OWED: _l("The shop owes money back"),
}
RULE_WORDS = {
    Rule.KIND: _l("Be kind"),
    Rule.SPAM: _l("No advertising"),
    Rule.HONEST: _l("Be honest"),
    Rule.PRIVATE: _l("No private details"),
    Rule.LAW: _l("Keep to the law"),
    Rule.PLACE: _l("Belongs elsewhere"),
    Rule.NONE: _l("No rule"),
}
REASON_WORDS = {
    ReportReason.RUDE: _l("rude"),
    ReportReason.SPAM: _l("advertising"),
    ReportReason.SCAM: _l("a scam"),
    ReportReason.PRIVATE: _l("private details"),
    ReportReason.FALSE: _l("not true"),
    ReportReason.UNSAFE: _l("dangerous"),
    ReportReason.OTHER: _l("something else"),
}
CAUSE_WORDS = {ReviewCause.HELD: _l("Held before it shows"), ReviewCause.REPORTED: _l("Reported")}
REVIEW_WORDS = {
    ReviewState.WAITING: _l("Waiting"),
    ReviewState.APPROVED: _l("Approved"),
    ReviewState.HIDDEN: _l("Hidden"),
    ReviewState.DISMISSED: _l("Left as it is"),
}
SANCTION_WORDS = {
    SanctionKind.SILENCE: _l("Silence (may read, may not write)"),
    SanctionKind.SUSPENSION: _l("Suspension (may not sign in)"),
}
OUTCOME_WORDS = {
    WordOutcome.MASK: _l("Mask"),
    WordOutcome.HOLD: _l("Hold for review"),
    WordOutcome.REFUSE: _l("Refuse"),
}
SHOP_WORDS = {
    MerchantState.APPLIED: (_l("Applied"), "sun"),
    MerchantState.ACTIVE: (_l("Trading"), "leaf"),
    MerchantState.SUSPENDED: (_l("Suspended"), "accent"),
    MerchantState.UNCLAIMED: (_l("Unclaimed"), "plain"),
    MerchantState.ARCHIVED: (_l("Archived"), "plain"),
}
REQUEST_WORDS = {
    RequestKind.CLAIM: _l("says it is theirs"),
    RequestKind.REMOVAL: _l("wants it taken down"),
}
ROLE_WORDS = {
    "operator": _l("Operator"),
    "moderator": _l("Moderator"),
    "planner": _l("Event planner"),
    "marketer": _l("Marketer"),
    "analyst": _l("Analyst"),
    "expert": _l("Expert"),
    "leader": _l("Circle leader"),
    "owner": _l("Owner"),
    "manager": _l("Manager"),
    "clerk": _l("Clerk"),
    "courier": _l("Courier"),
}
SITE_ROLES = ("operator", "moderator", "planner", "marketer", "analyst", "expert", "leader")
