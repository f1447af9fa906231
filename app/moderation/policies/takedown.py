"""How fast a take-down is decided, what is hidden at once, and how long an author may answer."""

from datetime import timedelta

from app.core.errors import FieldError
from app.core.i18n import lazy_gettext as _l
from app.moderation.types import TakedownCause

# Where waiting does the harm, it is hidden before anybody decides.
AT_ONCE = frozenset({TakedownCause.PRIVATE, TakedownCause.MINOR})
URGENT = AT_ONCE | {TakedownCause.ILLEGAL, TakedownCause.PORTRAIT}
ANSWER_WITHIN = timedelta(days=15)
FINAL_WITHIN = timedelta(hours=72)
REQUESTS_A_DAY = 6
HIDES_BY_ITSELF = frozenset({"thread", "post", "picture", "listing", "merchant"})


def decide_within(cause: TakedownCause) -> timedelta:
    """Return by when the desk decides."""
    return timedelta(hours=24 if cause in URGENT else 72)


def check_reachable(mail: str, phone: str) -> None:
    """Refuse a request that nobody could answer."""
    if not mail.strip() and not phone.strip():
        raise FieldError("mail", _l("A mail address or a phone number, so that we can answer."))
