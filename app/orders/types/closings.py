"""Orders whose time was closed: what their buyers may choose, and who has not chosen yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from app.orders.types.orders import OrderRow

CHOICES = 3
REMIND_AFTER = timedelta(hours=6)
QUESTION_REMINDERS = 2


@dataclass(frozen=True, slots=True)
class MoveChoice:
    """One time to which an order may move; at another point where its own is closed."""

    key: str
    point_id: int | None
    point_zh: str
    point_en: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """What a buyer was asked, when, and how often they were reminded."""

    order_id: int
    was_starts_at: datetime
    asked_at: datetime
    reason: str
    reminders: int


@dataclass(frozen=True, slots=True)
class ConcernedRow:
    """An order that stands at a closed time, and since when its buyer is asked."""

    order: OrderRow
    question: QuestionRow | None


class OfflineConflict(StrEnum):
    """Why a hand-over that a counter noted offline could not stand, or needs a look."""

    COLLECTED = "collected"
    REFUNDED = "refunded"
    OVER = "over"
    OTHER_DAY = "other_day"
    NOT_ACCEPTED = "not_accepted"
    FEWER = "fewer"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class OfflineItem:
    """One hand-over as a device tells it."""

    key: str
    order_id: int
    given_at: datetime
    pieces: int
    is_paid: bool


@dataclass(frozen=True, slots=True)
class OfflineRow:
    """What came of one hand-over noted offline."""

    id: int
    key: str
    order_id: int | None
    number: str
    contact_name: str
    given_at: datetime
    by_name: str
    conflict: OfflineConflict | None
    data: dict[str, Any]
