"""Bookable times and what they need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.merchants.types.hours import WeeklyHours
from app.merchants.types.states import ResourceKind


@dataclass(frozen=True, slots=True)
class TimeChoice:
    """One bookable start of a service and the resources that are free for all of it."""

    listing_id: int
    starts_at: datetime
    ends_at: datetime
    busy_until: datetime
    resource_ids: tuple[int, ...]
    quanta: tuple[str, ...]

    @property
    def key(self) -> str:
        """The value a form posts for this time."""
        return self.starts_at.strftime("%Y%m%dT%H%MZ")


@dataclass(frozen=True, slots=True)
class ResourceDraft:
    """A person, chair or room with its weekly working time (none: the shop's hours)."""

    kind: ResourceKind
    name_zh: str
    name_en: str = ""
    weekly: tuple[WeeklyHours, ...] = ()
    id: int | None = None
