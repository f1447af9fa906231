"""Who may write here, beyond being signed in: the town may ask for a proven number."""

from datetime import datetime

from app.accounts.errors import NumberNotProvenError
from app.accounts.types import WRITING_CHANGED
from app.core.access import Viewer
from app.core.activity.services import record
from app.core.facts import facts, put_fact

FACT = "writing_needs_number"


def needs_number() -> bool:
    """Return whether only those with a proven number may write in this town."""
    return facts().get(FACT) is True


def set_needs_number(actor: Viewer, is_needed: bool, *, reason: str, at: datetime) -> None:
    """Let only proven numbers write, or everybody again, with a reason."""
    put_fact(FACT, is_needed)
    data = {"needs_number": is_needed}
    record(actor, WRITING_CHANGED, ("town", 1), at=at, data=data, reason=reason)


def check_may_write(viewer: Viewer) -> None:
    """Refuse (`NumberNotProvenError`, which leads to the proof) a member without a proven number
    where the town asks for one. Whom the town gave a role is known to it.
    """
    if viewer.id is None or viewer.has_proven_number or viewer.grants:
        return
    if needs_number():
        raise NumberNotProvenError
