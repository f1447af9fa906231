"""How the operator's pages word states, reasons and verbs of other houses."""

from app.core.activity.types import Hook, verb
from app.core.i18n import lazy_gettext as _l
from app.core.running.types import Mode
from app.merchants.types import MerchantState, RequestKind
from app.moderation.types import (
    ReviewCause,
    ReviewState,
    SanctionKind,
    WordOutcome,
)
from app.orders.types import Stuck

MODE_WORDS = {
    Mode.OPEN: _l("Everybody, as usual"),
    Mode.STAFF_ONLY: _l("Only the town's team; everybody else reads"),
    Mode.READ_ONLY: _l("Nobody; everybody reads, and jobs wait"),
}
TOWN_CHANGED = verb("town.changed", Hook.BELONGING, privileged=True)
TOWN_OPENED = verb("town.opened", Hook.BELONGING, privileged=True)

STUCK_WORDS = {
    Stuck.NOT_ACCEPTED: _l("The shop has not accepted"),
    Stuck.NOT_READY: _l("Not ready, and the time is near"),
    Stuck.NOT_COLLECTED: _l("Nobody came for it"),
    Stuck.NOT_CONFIRMED: _l("Said paid, not confirmed"),
    Stuck.DISPUTED: _l("Payment disputed"),
    Stuck.REFUND_OWED: _l("The shop owes money back"),
    Stuck.CASE: _l("An after-sale case to decide"),
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
VERB_WORDS = {
    "town.changed": _l("changed what the town says of itself"),
    "town.opened": _l("opened the town"),
    "town.mode_changed": _l("changed who may write"),
    "town.writing_changed": _l("changed whether writing needs a proven number"),
    "town.foot_changed": _l("changed the foot of every page"),
    "text.published": _l("published a text"),
    "retention.set": _l("changed how long something is kept"),
    "lawful.asked": _l("wrote down a request by law"),
    "lawful.decided": _l("decided a request by law"),
    "lawful.taken": _l("took the file of a request by law"),
    "number.asked": _l("asked for a new number for somebody"),
    "number.confirmed": _l("confirmed a new number as the second person"),
    "number.stopped": _l("stopped a change of number"),
    "number.changed": _l("changed a number"),
    "takedown.hidden": _l("hid something until it is decided"),
    "takedown.decided": _l("decided a take-down request"),
    "picture.removal_decided": _l("decided about a picture"),
    "neighbourhood.archived": _l("archived a neighbourhood"),
    "role.given": _l("gave a role"),
    "role.taken": _l("took a role back"),
    "moderation.decided": _l("decided a review"),
    "moderation.sanctioned": _l("silenced or suspended"),
    "moderation.sanction_ended": _l("ended a silence or suspension"),
    "moderation.word_changed": _l("changed the word list"),
    "post.hidden": _l("hid a post"),
    "post.shown": _l("showed a post again"),
    "thread.changed": _l("changed a thread"),
    "merchant.approved": _l("approved a shop"),
    "merchant.state_changed": _l("changed a shop's state"),
    "merchant.terms_set": _l("set terms"),
    "merchant.request_decided": _l("decided a claim or removal"),
    "merchant.staff_given": _l("gave a staff role"),
    "merchant.staff_taken": _l("took a staff role back"),
    "bill.receipt_recorded": _l("recorded a receipt"),
    "bill.receipt_taken_back": _l("took a receipt back"),
    "bill.write_off_asked": _l("asked to let money go"),
    "bill.write_off_decided": _l("decided about money to let go"),
    "promotion.made": _l("made a coupon or an offer"),
    "promotion.stopped": _l("stopped a coupon or an offer"),
    "merchant.paper_decided": _l("looked at a shop's paper"),
}
SUBJECT_WORDS = {
    "merchant": _l("shop"),
    "town": _l("town"),
    "user": _l("person"),
    "bill": _l("bill"),
    "post": _l("post"),
    "thread": _l("thread"),
    "board": _l("board"),
    "order": _l("order"),
    "listing": _l("listing"),
    "gathering": _l("event"),
    "neighbourhood": _l("neighbourhood"),
    "filter_word": _l("word"),
    "pickup_point": _l("pickup point"),
    "category": _l("trade"),
    "town_text": _l("text"),
    "fact": _l("setting"),
    "lawful_request": _l("request by law"),
    "takedown": _l("take-down request"),
    "picture": _l("picture"),
}
FIGURE_WORDS = {
    "trial_balance": _l("Debits and credits differ"),
    "balance_not_derived": _l("Balances that are not what their movements say"),
    "empty_entries": _l("Entries without a movement"),
    "overdrawn": _l("Guarded accounts below zero"),
    "mixed_units": _l("Movements between two units"),
    "seal_chain": _l("Breaks in the chain of seals"),
    "bills unlike their lines": _l("Bills unlike their lines"),
    "receipts unlike paid": _l("Bills unlike their receipts"),
    "accounts unlike lines": _l("Shops' accounts unlike their lines"),
}
SITE_ROLES = ("operator", "moderator", "planner", "marketer", "analyst", "expert", "leader")
