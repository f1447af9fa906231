"""A shop's booked times, person by person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from app.core.db import fetch, fetch_one
from app.merchants.models import Resource, ServiceTerms
from app.merchants.types import ServicePlace
from app.orders.models import Booking, Order, OrderLine
from app.orders.types import OrderState

_SHOWN = (OrderState.PLACED, OrderState.ACCEPTED, OrderState.CLOSED)
_KEPT: Any = OrderLine.to_prepare + OrderLine.ready + OrderLine.handed_over > 0
_BOOKED: Any = (
    select(
        Order.id, Order.number, Order.state, Order.contact_name, Order.phone_last4,
        OrderLine.id, OrderLine.listing_id, OrderLine.name_zh, OrderLine.name_en,
        OrderLine.starts_at, OrderLine.ends_at, OrderLine.handed_over, Booking.resource_id,
    )
    .join(OrderLine, OrderLine.order_id == Order.id)
    .join(Booking, Booking.line_id == OrderLine.id)
    .where(
        Order.merchant_id == bindparam("merchant_id"),
        Order.state.in_(_SHOWN),
        Order.slot_starts_at < bindparam("until"),
        Order.slot_ends_at > bindparam("since"),
        OrderLine.starts_at < bindparam("until"),
        OrderLine.ends_at > bindparam("since"),
        _KEPT,
    )
    .order_by(OrderLine.starts_at, OrderLine.id, Booking.resource_id)
)  # fmt: skip
_HELPERS: Any = (
    select(Booking.line_id, Resource.id, Resource.name_zh, Resource.name_en, Resource.kind)
    .join(Resource, Resource.id == Booking.resource_id)
    .where(Booking.line_id.in_(bindparam("line_ids", expanding=True)))
    .order_by(Booking.line_id, Resource.id)
)
_JOINING: Any = (
    select(OrderLine.id, ServiceTerms.joining)
    .join(ServiceTerms, ServiceTerms.listing_id == OrderLine.listing_id)
    .where(
        OrderLine.id.in_(bindparam("line_ids", expanding=True)),
        ServiceTerms.place == ServicePlace.ONLINE,
        ServiceTerms.joining != "",
    )
)
_HOLDS: Any = select(OrderLine.hold_ids).where(OrderLine.id == bindparam("line_id"))


@dataclass(frozen=True, slots=True)
class BookedRow:
    """One booked time in the calendar of one of those whom it takes."""

    order_id: int
    number: str
    state: OrderState
    contact_name: str
    phone_last4: str
    line_id: int
    listing_id: int | None
    name_zh: str
    name_en: str
    starts_at: datetime
    ends_at: datetime
    handed_over: int
    resource_id: int

    @property
    def is_waiting(self) -> bool:
        """Whether it is still to come."""
        return not self.handed_over and self.state != OrderState.CLOSED


@dataclass(frozen=True, slots=True)
class HelperRow:
    """Who or what a line takes."""

    id: int
    name_zh: str
    name_en: str
    kind: str


def booked_between(merchant_id: int, since: datetime, until: datetime) -> list[BookedRow]:
    """Return what is booked at a shop in a stretch of time, once for each whom it takes."""
    rows = fetch(_BOOKED, merchant_id=merchant_id, since=since, until=until)
    return [BookedRow(*row) for row in rows]


def helpers_of_lines(line_ids: Sequence[int]) -> dict[int, list[HelperRow]]:
    """Return whom each line takes, by line."""
    found: dict[int, list[HelperRow]] = {}
    if line_ids:
        for row in fetch(_HELPERS, line_ids=list(line_ids)):
            found.setdefault(row[0], []).append(HelperRow(*row[1:]))
    return found


def joining_of_lines(line_ids: Sequence[int]) -> dict[int, str]:
    """Return how to join what is done online, by line; for orders that are accepted."""
    if not line_ids:
        return {}
    return {row[0]: row[1] for row in fetch(_JOINING, line_ids=list(line_ids))}


def holds_of_line(line_id: int) -> list[int]:
    """Return the holds that keep a line's time."""
    row = fetch_one(_HOLDS, line_id=line_id)
    return list(row[0]) if row else []


def helper_of_line(line_id: int) -> int | None:
    """Return the person of a line, or what else it takes first; None for no booked time."""
    found = helpers_of_lines([line_id]).get(line_id, [])
    people = [one for one in found if one.kind == "person"] or found
    return people[0].id if people else None
