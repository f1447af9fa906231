"""Bookable times and what they need."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from app.merchants.types.hours import WeeklyHours
from app.merchants.types.states import ResourceKind, ServicePlace


@dataclass(frozen=True, slots=True)
class TimeChoice:
    """One bookable start of a service: who is free for all of it, and what it takes besides.

    `resource_ids` are the people (or chairs) to choose from; `also_ids` come along, such as the
    chair of a haircut. `person_id` is whom somebody chose; None is whoever is free first.
    """

    listing_id: int
    starts_at: datetime
    ends_at: datetime
    busy_from: datetime
    busy_until: datetime
    resource_ids: tuple[int, ...]
    also_ids: tuple[int, ...] = ()
    person_id: int | None = None

    @property
    def key(self) -> str:
        """The value a form posts for this time, and for whom somebody chose."""
        chosen = "" if self.person_id is None else f".{self.person_id:x}"
        return self.starts_at.strftime("%Y%m%dT%H%MZ") + chosen

    @property
    def taken_ids(self) -> tuple[int, ...]:
        """Whose time it takes."""
        lead = self.resource_ids[0] if self.person_id is None else self.person_id
        return (lead, *self.also_ids)

    def with_one(self, person_id: int) -> TimeChoice:
        """The same time with somebody chosen."""
        return replace(self, person_id=person_id)


@dataclass(frozen=True, slots=True)
class ResourceDraft:
    """A person, chair or room with its weekly working time (none: the shop's hours)."""

    kind: ResourceKind
    name_zh: str
    name_en: str = ""
    weekly: tuple[WeeklyHours, ...] = ()
    id: int | None = None


@dataclass(frozen=True, slots=True)
class ExceptionDraft:
    """A stretch of a day on which somebody is away, or works besides their week."""

    resource_id: int
    day: date
    starts_minute: int
    ends_minute: int
    is_extra: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class DayException:
    """Such a stretch as it stands."""

    id: int
    resource_id: int
    day: date
    starts_minute: int
    ends_minute: int
    is_extra: bool
    note: str


@dataclass(frozen=True, slots=True)
class ServiceTermsRow:
    """How a service is done: the pause before it, where, and what is told once it is accepted."""

    before_minutes: int = 0
    place: ServicePlace = ServicePlace.SHOP
    joining: str = ""
