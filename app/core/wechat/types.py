"""What WeChat lends the town, and what is known of it."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Ticket:
    """What signs pages for WeChat's browser, and until when."""

    value: str = field(repr=False)
    until: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How sharing in WeChat stands: a ticket or none, and why the last one was not given."""

    ticket: Ticket | None = None
    why: str = ""
    failed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """What WeChat's script wants to hear before a page may speak for itself."""

    app_id: str
    timestamp: int
    nonce: str
    signature: str
