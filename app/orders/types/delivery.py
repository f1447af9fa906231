"""Orders that are brought: where they are, what a run needs to know, and what was planned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.merchants.types import Reach
from app.orders.types.states import DeliveryState
from app.places.types.points import Point
from app.places.types.rows import AddressRow


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """Where an order is brought, for whoever may know."""

    order_id: int
    merchant_id: int
    state: DeliveryState
    address: str
    detail: str
    name: str
    phone: str
    lat: float | None
    lng: float | None
    metres: int
    tries: int
    courier_id: int | None
    taken_by: str
    left_at: datetime | None

    @property
    def point(self) -> Point | None:
        """Where the door is, if the address has not been forgotten."""
        return None if self.lat is None or self.lng is None else Point(self.lat, self.lng)


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of a run: an order that waits to be brought, or is on its way."""

    delivery: DeliveryRow
    number: str
    contact_name: str
    contact_phone: str
    note: str
    slot_starts_at: datetime
    slot_ends_at: datetime
    zone_zh: str
    zone_en: str
    owed_minor: int
    to_prepare: int
    ready: int

    @property
    def phone(self) -> str:
        """Whom to call at the door: the address's own number, or else the buyer's."""
        return self.delivery.phone or self.contact_phone

    @property
    def is_packed(self) -> bool:
        """Whether all of it lies ready."""
        return not self.to_prepare


@dataclass(frozen=True, slots=True)
class Way:
    """One address to which a checkout's goods could be brought, and on which terms."""

    address: AddressRow
    reach: Reach | None

    @property
    def fits(self) -> bool:
        """Whether it can be chosen."""
        return self.reach is not None and self.reach.fits
