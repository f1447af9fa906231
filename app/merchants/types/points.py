"""Pickup points and their slots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.merchants.types.states import SlotState


@dataclass(frozen=True, slots=True)
class SlotChoice:
    """One pickup slot with its free places; `reason` is a sentence where it cannot be chosen."""

    key: str
    point_id: int
    day: date
    starts_at: datetime
    ends_at: datetime
    capacity: int
    free: int
    state: SlotState
    reason: str
    order_by: datetime
    pool_id: int | None = None

    @property
    def is_free(self) -> bool:
        """Whether it can be chosen now."""
        return self.state == SlotState.FREE


@dataclass(frozen=True, slots=True)
class RushRow:
    """How many minutes more a shop needs than usual, and until when."""

    minutes: int
    until: datetime


@dataclass(frozen=True, slots=True)
class PointRow:
    """A pickup point as pages and orders show it; merchant_id None means the site's own."""

    id: int
    merchant_id: int | None
    name_zh: str
    name_en: str
    address: str
    lat: float | None
    lng: float | None
    note: str
    lead_minutes: int
    cut_off_days: int
    cut_off_minute: int | None
    days_ahead: int
    is_archived: bool = False
    delivers: bool = False


@dataclass(frozen=True, slots=True)
class SlotRuleDraft:
    """Every week on this weekday, slots of one length, each for so many orders."""

    weekday: int
    starts_minute: int
    ends_minute: int
    slot_minutes: int = 30
    capacity: int = 10


@dataclass(frozen=True, slots=True)
class PointDraft:
    """A pickup point as its form gives it."""

    name_zh: str
    name_en: str = ""
    address: str = ""
    lat: float | None = None
    lng: float | None = None
    neighbourhood_id: int | None = None
    note: str = ""
    lead_minutes: int = 60
    cut_off_days: int = 0
    cut_off_minute: int | None = None
    days_ahead: int = 6
    rules: tuple[SlotRuleDraft, ...] = ()
    delivers: bool = False
