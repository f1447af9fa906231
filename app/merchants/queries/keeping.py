"""What a shop's people and the desk need to see: everything of a shop, requests, applications."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, or_, select

from app.accounts.models import User
from app.core.db import db
from app.core.drawings import drawing_for
from app.core.errors import NotFoundError
from app.core.lists import Page, decode_key, keyset
from app.merchants.models import (
    AvailabilityRule,
    Category,
    Listing,
    ListingResource,
    Merchant,
    MerchantPoint,
    MerchantRequest,
    Resource,
)
from app.merchants.policies.starters import Starter, starter_for, starters_for
from app.merchants.policies.trades import FIRST_CATEGORIES
from app.merchants.types import (
    ListingKind,
    MerchantState,
    RequestKind,
    RequestState,
    ResourceKind,
    WeeklyHours,
)


@dataclass(frozen=True, slots=True)
class ShelfRow:
    """A listing as the workbench lists it."""

    id: int
    kind: ListingKind
    name_zh: str
    name_en: str
    drawing: str
    picture_id: int | None
    sold_out_on: Any
    is_archived: bool
    duration_minutes: int | None
    is_draft: bool = False
    publish_at: datetime | None = None
    is_hidden: bool = False

    @property
    def sketch(self) -> str:
        """What is drawn where there is no picture: the thing itself, else its trade."""
        return drawing_for(self.drawing, self.name_zh, self.name_en)


@dataclass(frozen=True, slots=True)
class ResourceRow:
    """A person, chair or room with its weekly working time."""

    id: int
    kind: ResourceKind
    name_zh: str
    name_en: str
    weekly: tuple[WeeklyHours, ...]


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A shop as the operator lists it."""

    id: int
    name_zh: str
    name_en: str
    state: MerchantState
    category_zh: str
    category_en: str
    created_at: datetime
    applicant: str | None
    application: str


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A claim or a removal that waits for an answer."""

    id: int
    merchant_id: int
    name_zh: str
    name_en: str
    kind: RequestKind
    person_id: int
    person: str
    phone: str
    licence: str
    message: str
    created_at: datetime


def shelf_of(
    merchant_id: int, *, with_archived: bool = False, with_drafts: bool = False
) -> list[ShelfRow]:
    """Return all listings of a shop in its own order, drafts last."""
    wanted: Any = (
        select(
            Listing.id, Listing.kind, Listing.name_zh, Listing.name_en, Category.drawing,
            Listing.picture_id, Listing.sold_out_on, Listing.archived_at.is_not(None),
            Listing.duration_minutes, Listing.is_draft, Listing.publish_at,
            Listing.hidden_at.is_not(None),
        )
        .join(Category, Category.id == Listing.category_id)
        .where(Listing.merchant_id == merchant_id)
        .order_by(Listing.is_draft, Listing.position, Listing.id)
        .limit(500)
    )  # fmt: skip
    if not with_archived:
        is_shown = Listing.archived_at.is_(None)
        wanted = wanted.where(or_(is_shown, Listing.is_draft) if with_drafts else is_shown)
    return [ShelfRow(*row) for row in db.session.execute(wanted)]


def listing_of(merchant_id: int, listing_id: int) -> Listing:
    """Return a listing of this shop for its form; refuses another shop's."""
    listing = db.session.get(Listing, listing_id)
    if listing is None or listing.merchant_id != merchant_id:
        raise NotFoundError
    return listing


def resource_ids_of(listing_id: int) -> list[int]:
    """Return which resources may carry out a service."""
    wanted = select(ListingResource.resource_id).where(ListingResource.listing_id == listing_id)
    return list(db.session.scalars(wanted.order_by(ListingResource.resource_id)))


def resources_of(merchant_id: int) -> list[ResourceRow]:
    """Return a shop's people, chairs and rooms with their weekly working time."""
    wanted: Any = (
        select(
            Resource.id, Resource.kind, Resource.name_zh, Resource.name_en,
            AvailabilityRule.weekday, AvailabilityRule.starts_minute, AvailabilityRule.ends_minute,
        )
        .outerjoin(AvailabilityRule, AvailabilityRule.resource_id == Resource.id)
        .where(Resource.merchant_id == merchant_id, Resource.archived_at.is_(None))
        .order_by(Resource.id, AvailabilityRule.weekday, AvailabilityRule.starts_minute)
    )  # fmt: skip
    found: dict[int, tuple[Any, list[WeeklyHours]]] = {}
    for row in db.session.execute(wanted):
        weekly = found.setdefault(row[0], (row, []))[1]
        if row[4] is not None:
            weekly.append(WeeklyHours(*row[4:7]))
    return [
        ResourceRow(row[0], row[1], row[2], row[3], tuple(weekly)) for row, weekly in found.values()
    ]


def used_points_of(merchant_id: int) -> set[int]:
    """Return the site's points that a shop uses."""
    wanted: Any = select(MerchantPoint.point_id).where(MerchantPoint.merchant_id == merchant_id)
    return set(db.session.scalars(wanted))


def shops_of_desk(
    state: MerchantState | None, *, words: str = "", sort: str = "new", after: str | None = None
) -> Page[DeskRow]:
    """Return shops in a state (or all) for the operator: the newest, the oldest or by name, those
    with the words in name, trade or applicant.
    """
    name = case((Merchant.name_zh != "", Merchant.name_zh), else_=Merchant.name_en)
    wanted: Any = (
        select(
            Merchant.id, Merchant.name_zh, Merchant.name_en, Merchant.state, Category.name_zh,
            Category.name_en, Merchant.created_at, User.name, Merchant.application,
        )
        .join(Category, Category.id == Merchant.category_id)
        .outerjoin(User, User.id == Merchant.applied_by)
        .limit(51)
    )  # fmt: skip
    if state is not None:
        wanted = wanted.where(Merchant.state == state)
    if words:
        said = (
            Merchant.name_zh, Merchant.name_en, Category.name_zh, Category.name_en, User.name,
        )  # fmt: skip
        wanted = wanted.where(or_(*(column.icontains(words, autoescape=True) for column in said)))
    if sort == "name":
        return _by_name(wanted, name, after)
    is_old = sort == "old"
    key = decode_key(after, int)
    if key is not None:
        wanted = wanted.where(Merchant.id > key[0] if is_old else Merchant.id < key[0])
    wanted = wanted.order_by(Merchant.id if is_old else Merchant.id.desc())
    rows = [DeskRow(*row) for row in db.session.execute(wanted)]
    return keyset(rows, 50, lambda row: (row.id,))


def _by_name(wanted: Any, name: Any, after: str | None) -> Page[DeskRow]:
    """Read on from a shop's number: its name stands in the database."""
    key = decode_key(after, int)
    if key is not None:
        last = select(name).where(Merchant.id == key[0]).correlate(None).scalar_subquery()
        wanted = wanted.where(or_(name > last, and_(name == last, Merchant.id > key[0])))
    rows = [DeskRow(*row) for row in db.session.execute(wanted.order_by(name, Merchant.id))]
    return keyset(rows, 50, lambda row: (row.id,))


def applicant_of(merchant_id: int) -> int | None:
    """Return who applied for a shop, if anybody did."""
    return db.session.scalar(select(Merchant.applied_by).where(Merchant.id == merchant_id))


def count_by_state() -> dict[MerchantState, int]:
    """Return how many shops stand in each state."""
    wanted: Any = select(Merchant.state, func.count()).group_by(Merchant.state)
    return {row[0]: row[1] for row in db.session.execute(wanted)}


def open_requests(limit: int = 50) -> list[RequestRow]:
    """Return the claims and removals that wait, the oldest first."""
    wanted: Any = (
        select(
            MerchantRequest.id, MerchantRequest.merchant_id, Merchant.name_zh, Merchant.name_en,
            MerchantRequest.kind, MerchantRequest.person_id, User.name, MerchantRequest.phone,
            MerchantRequest.licence, MerchantRequest.message, MerchantRequest.created_at,
        )
        .join(Merchant, Merchant.id == MerchantRequest.merchant_id)
        .join(User, User.id == MerchantRequest.person_id)
        .where(MerchantRequest.state == RequestState.OPEN)
        .order_by(MerchantRequest.id)
        .limit(limit)
    )  # fmt: skip
    return [RequestRow(*row) for row in db.session.execute(wanted)]


def examples_for(category_id: int) -> list[tuple[str, str, list[Starter]]]:
    """Return the examples a new listing may start from, those of a shop's own trade first."""
    slug = db.session.scalar(select(Category.slug).where(Category.id == category_id))
    return starters_for(slug or "")


def example_for(key: str) -> Starter | None:
    """Return one example by its short name, or None."""
    return starter_for(key)


def usual_trades() -> tuple[tuple[str, str, str, str], ...]:
    """Return the trades that a town may start with: short name, both names, drawing."""
    return FIRST_CATEGORIES


def all_categories() -> list[Category]:
    """Return every trade, archived ones too, for the operator's page."""
    return list(db.session.scalars(select(Category).order_by(Category.position, Category.id)))
