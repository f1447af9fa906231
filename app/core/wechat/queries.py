"""What is known of WeChat's ticket."""

from datetime import datetime
from typing import Any

from app.core.facts import facts
from app.core.settings import settings
from app.core.wechat.types import Standing, Ticket

FACT = "wechat"


def standing() -> Standing:
    """Return the ticket of the account that the settings name, and the last refusal; nothing where
    the operator set nothing up.
    """
    told: dict[str, Any] = facts().get(FACT) or {}
    if not settings().tells_wechat or told.get("app_id") != settings().wechat_app_id:
        return Standing()
    until, failed = told.get("until"), told.get("failed_at")
    ticket = Ticket(told["ticket"], datetime.fromisoformat(until)) if until else None
    return Standing(ticket, told.get("why", ""), datetime.fromisoformat(failed) if failed else None)


def ticket_at(at: datetime) -> Ticket | None:
    """Return the ticket that holds at an instant, or None."""
    ticket = standing().ticket
    return ticket if ticket is not None and ticket.until > at else None
