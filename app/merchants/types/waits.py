"""Waiting for what is sold out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.core.activity.types import Hook, verb

WAITED = verb("listing.waited_for", Hook.SERVICE)
BACK_IN_STOCK = verb("listing.back_in_stock", Hook.SERVICE)
# How long what came back is kept for the first in line.
KEPT_MINUTES = 120


class WaitState(StrEnum):
    """How far somebody's waiting for a size that was sold out has come."""

    WAITING = "waiting"
    OFFERED = "offered"
    TAKEN = "taken"
    PASSED = "passed"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class WaitRow:
    """What somebody waits for, how many are before them, and until when a piece is kept."""

    id: int
    variant_id: int
    listing_id: int
    name_zh: str
    name_en: str
    variant_zh: str
    variant_en: str
    merchant_zh: str
    merchant_en: str
    state: WaitState
    asked_at: datetime
    due_at: datetime | None
    before: int = 0

    @property
    def is_kept(self) -> bool:
        """Whether a piece is kept for them, if its time is not over."""
        return self.state is WaitState.OFFERED
