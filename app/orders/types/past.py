"""Orders that happened before they were written here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class PastLine:
    """One line of an order that happened before it was written here."""

    name: str
    quantity: int
    unit_minor: int
    commission_bp: int = 0


@dataclass(frozen=True, slots=True)
class PastOrder:
    """An order collected and paid long ago, to be written in bulk: no pools, no notices."""

    key: str
    at: datetime
    contact_name: str
    lines: tuple[PastLine, ...]
    data: dict[str, Any] = field(default_factory=dict)
