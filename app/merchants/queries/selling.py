"""What orders must know to sell: offers, policies, names and staff. One statement each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    ScalarSelect,
    and_,
    bindparam,
    case,
    func,
    select,
)

from app.accounts.models import RoleGrant, User
from app.core import clock
from app.core.access import Viewer
from app.core.db import UtcDateTime, db, fetch
from app.core.pools.models import Hold, Pool
from app.core.pools.types import HoldState
from app.merchants.models import Category, Listing, Merchant, Variant
from app.merchants.types import OfferRow

AT: BindParameter[datetime] = bindparam("at", type_=UtcDateTime)
TODAY: BindParameter[date] = bindparam("today", type_=Date)
IDS: BindParameter[Any] = bindparam("ids", expanding=True)


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One role that a person holds in a shop."""

    person_id: int
    name: str
    role: str
    grant_id: int


def free_of_pool() -> ColumnElement[int | None]:
    """Return the column of what is free in the joined pool: total − taken + what expired `AT`."""
    return Pool.total - Pool.taken + func.coalesce(_expired(), 0)


def free_packs() -> ColumnElement[int | None]:
    """Return the column of how many of a size are free: of a pack, how many whole ones."""
    return free_of_pool() // Variant.pack_size


def _expired() -> ScalarSelect[int]:
    return (
        select(func.sum(Hold.quantity - Hold.consumed))
        .where(
            Hold.pool_id == Pool.id, Hold.state == HoldState.HELD, Hold.expires_at <= AT
        )
        .correlate(Pool)
        .scalar_subquery()
    )  # fmt: skip


def offers_for(variant_ids: Iterable[int], *, at: datetime) -> dict[int, OfferRow]:
    """Return what is needed to sell each variant, by id; one that is archived or unknown
    is absent.
    """
    ids = sorted(set(variant_ids))
    if not ids:
        return {}
    found = fetch(_offers(), ids=ids, at=at, today=clock.local(at).date())
    return {row[0]: OfferRow(*row) for row in found}


@cache
def _offers() -> Any:
    return sold(select(*offer_columns()).select_from(Variant)).where(
        Variant.id.in_(IDS), Variant.archived_at.is_(None)
    )


def offer_columns() -> tuple[Any, ...]:
    """Return the columns of an `OfferRow`, asked with `AT` and `TODAY` of what `sold` joins."""
    return (
        Variant.id, Listing.id, Merchant.id, Listing.kind, Listing.name_zh, Listing.name_en,
        Variant.name_zh, Variant.name_en, Variant.price_minor, Variant.pool_id,
        free_packs(), case((Listing.sold_out_on == TODAY, True), else_=False),
        Listing.archived_at.is_not(None), Merchant.state, Merchant.name_zh, Merchant.name_en,
        Listing.duration_minutes, Listing.buffer_minutes, Listing.picture_id, Category.drawing,
        Listing.packaging_minor, Variant.pack_size, Listing.daily_total, Listing.lead_days,
        Listing.rules, Listing.allergens,
    )  # fmt: skip


def policy_columns() -> tuple[Any, ...]:
    """Return the columns of a `PolicyRow`."""
    return (
        Merchant.id, Merchant.accept_minutes, Merchant.cancel_minutes, Merchant.no_show_rule,
        Merchant.grace_minutes, Merchant.collect_mode, Merchant.pay_code_text,
        Merchant.pay_picture_id,
    )  # fmt: skip


def sold(wanted: Any) -> Any:
    """Join what an offer consists of to a select from variants."""
    return (
        wanted.join(Listing, Listing.id == Variant.listing_id)
        .join(Merchant, Merchant.id == Listing.merchant_id)
        .join(Category, Category.id == Listing.category_id)
        .outerjoin(Pool, Pool.id == Variant.pool_id)
    )


def names_of(merchant_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Return the Chinese and the English name of shops by id."""
    ids = set(merchant_ids)
    if not ids:
        return {}
    wanted = select(Merchant.id, Merchant.name_zh, Merchant.name_en).where(Merchant.id.in_(ids))
    return {row[0]: (row[1], row[2]) for row in db.session.execute(wanted)}


def shops_of(viewer: Viewer) -> list[tuple[int, str, str]]:
    """Return the shops a person works for: id and both names."""
    if not viewer.merchant_ids:
        return []
    wanted: Any = select(Merchant.id, Merchant.name_zh, Merchant.name_en).where(
        Merchant.id.in_(viewer.merchant_ids)
    )
    return [tuple(row) for row in db.session.execute(wanted.order_by(Merchant.id))]


def staff_of_merchant(merchant_id: int) -> list[StaffRow]:
    """Return who works in a shop and as what, in the order in which they came."""
    wanted: Any = (
        select(User.id, User.name, RoleGrant.role, RoleGrant.id)
        .join(User, User.id == RoleGrant.user_id)
        .where(_held_in(merchant_id))
        .order_by(RoleGrant.id)
    )
    return [StaffRow(row[0], row[1], str(row[2]), row[3]) for row in db.session.execute(wanted)]


def staff_ids_of(merchant_ids: Sequence[int]) -> dict[int, set[int]]:
    """Return the ids of those who work in each shop, for notices."""
    wanted: Any = select(RoleGrant.scope_id, RoleGrant.user_id).where(
        RoleGrant.scope_kind == "merchant",
        RoleGrant.scope_id.in_(set(merchant_ids)),
        RoleGrant.taken_at.is_(None),
    )
    found: dict[int, set[int]] = {}
    for merchant_id, person_id in db.session.execute(wanted):
        found.setdefault(merchant_id, set()).add(person_id)
    return found


def _held_in(merchant_id: int) -> ColumnElement[bool]:
    return and_(
        RoleGrant.scope_kind == "merchant",
        RoleGrant.scope_id == merchant_id,
        RoleGrant.taken_at.is_(None),
    )
