"""Reads of promotions: what applies to lines, what a person holds, what a console lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.core.db import UtcDateTime, db, fetch, fetch_one
from app.core.errors import NotFoundError
from app.core.pages import Page, decode_key, keyset
from app.core.pools.models import Hold, Pool
from app.core.pools.types import HoldState
from app.promotions.models import Promotion, PromotionUse
from app.promotions.policies import priced
from app.promotions.types import (
    Buyer,
    Kind,
    OwnCoupon,
    Piece,
    Priced,
    PromotionRow,
    Rule,
    Standing,
    UseRow,
    UseState,
)

BUDGET, PERSON = "promotion", "promotion_person"
AT: Any = bindparam("at", type_=UtcDateTime)
_OWN: Any = bindparam("person_id", type_=Integer)


def person_key(promotion_id: int, person_id: int) -> str:
    """Return the key of the pool that counts what one person had of one promotion."""
    return f"{promotion_id}:{person_id}"


def rules_for(merchant_ids: Iterable[int], person_id: int | None, *, at: datetime) -> list[Rule]:
    """Return what may make lines of these shops cheaper for a person now: offers, the coupons they
    hold, and those they could take on the spot. One statement.
    """
    values = {"shops": sorted(set(merchant_ids)), "person_id": person_id or 0, "at": at}
    return [Rule(*row) for row in fetch(_rules(), **values)]


@cache
def _rules() -> Any:
    budget = aliased(Pool)
    held = (
        select(func.min(PromotionUse.id))
        .where(
            PromotionUse.promotion_id == Promotion.id,
            PromotionUse.person_id == _OWN,
            PromotionUse.state == UseState.TAKEN,
            PromotionUse.ends_at > AT,
        )
        .correlate(Promotion)
        .scalar_subquery()
    )
    own = aliased(Pool)
    key = cast(Promotion.id, String) + literal(":") + cast(_OWN, String)
    spent = exists().where(own.kind == PERSON, own.subject_key == key, _free(own) <= 0)
    there = or_(Promotion.pool_id.is_(None), budget.total.is_(None), _free(budget) > 0)
    open_to_all = and_(or_(Promotion.kind == Kind.OFFER, Promotion.is_public), there, ~spent)
    columns = (
        Promotion.id, Promotion.kind, Promotion.form, Promotion.merchant_id, Promotion.category_id,
        Promotion.listing_id, Promotion.listing_kind, Promotion.audience, Promotion.funder,
        Promotion.value_minor, Promotion.percent, Promotion.most_minor, Promotion.every,
        Promotion.least_minor, Promotion.combines, Promotion.per_person, Promotion.pool_id,
        Promotion.name_zh, Promotion.name_en, Promotion.ends_at, held.label("use_id"),
    )  # fmt: skip
    shops: Any = bindparam("shops", expanding=True)
    return (
        select(*columns)
        .outerjoin(budget, budget.id == Promotion.pool_id)
        .where(
            _running(),
            or_(Promotion.merchant_id.is_(None), Promotion.merchant_id.in_(shops)),
            or_(held.is_not(None), open_to_all),
        )
        .order_by(Promotion.id)
    )


def _running() -> ColumnElement[bool]:
    return and_(Promotion.stopped_at.is_(None), Promotion.starts_at <= AT, Promotion.ends_at > AT)


def _free(pool: Any) -> Any:
    expired = (
        select(func.coalesce(func.sum(Hold.quantity - Hold.consumed), 0))
        .where(Hold.pool_id == pool.id, Hold.state == HoldState.HELD, Hold.expires_at <= AT)
        .correlate(pool)
        .scalar_subquery()
    )
    return pool.total - pool.taken + expired


def price(
    pieces: Sequence[Piece],
    rules: Sequence[Rule],
    buyer: Buyer,
    chosen: Mapping[int, int] | None = None,
) -> dict[int, Priced]:
    """Return by shop what rules take off lines, as `policies.priced` reckons it."""
    return priced(pieces, rules, buyer, chosen or {})


# --- pages ---


@cache
def _rows() -> Any:
    """Return the select of `PromotionRow` without figures of its uses."""
    return select(
        Promotion.id, Promotion.kind, Promotion.form, Promotion.name_zh, Promotion.name_en,
        Promotion.merchant_id, Promotion.shop_zh, Promotion.shop_en, Promotion.funder,
        Promotion.audience, Promotion.value_minor, Promotion.percent, Promotion.most_minor,
        Promotion.every, Promotion.least_minor, Promotion.category_id, Promotion.listing_id,
        Promotion.listing_kind, Promotion.combines, Promotion.is_public, Promotion.code,
        Promotion.per_person, Promotion.keep_days, Promotion.reward_id, Promotion.starts_at,
        Promotion.ends_at, Promotion.stopped_at, Pool.total,
        func.coalesce(Pool.total - _free(Pool), 0),
    ).outerjoin(Pool, Pool.id == Promotion.pool_id)  # fmt: skip


@cache
def _with_uses() -> Any:
    used = PromotionUse.state == UseState.USED
    of_it = PromotionUse.promotion_id == Promotion.id
    many = select(func.count()).where(of_it, used).correlate(Promotion).scalar_subquery()
    saved = (
        select(func.coalesce(func.sum(PromotionUse.amount_minor), 0))
        .where(of_it, used)
        .correlate(Promotion)
        .scalar_subquery()
    )
    return _rows().add_columns(many, saved)


def promotion_by_id(promotion_id: int, *, at: datetime) -> PromotionRow:
    """Return a promotion with its figures; refuses an unknown id."""
    row = fetch_one(_one(), of=promotion_id, at=at)
    if row is None:
        raise NotFoundError
    return PromotionRow(*row)


@cache
def _one() -> Any:
    return _with_uses().where(Promotion.id == bindparam("of"))


def promotion_of(merchant_id: int | None, promotion_id: int, *, at: datetime) -> PromotionRow:
    """Return a shop's promotion, or without a shop any; refuses another shop's."""
    found = promotion_by_id(promotion_id, at=at)
    if merchant_id is not None and found.merchant_id != merchant_id:
        raise NotFoundError
    return found


SORTS = ("new", "ends", "uses", "saved")


def promotions_of(
    merchant_id: int | None = None,
    *,
    standing: str = "",
    sort: str = "new",
    at: datetime,
    limit: int = 200,
) -> list[PromotionRow]:
    """Return promotions of a shop, or of the whole town, in one order of `SORTS`; those of one
    standing, or all.
    """
    wanted = _with_uses()
    if merchant_id is not None:
        wanted = wanted.where(Promotion.merchant_id == bindparam("of"))
    conditions = {
        Standing.RUNNING: _running(),
        Standing.COMING: and_(Promotion.stopped_at.is_(None), Promotion.starts_at > AT),
        Standing.OVER: and_(Promotion.stopped_at.is_(None), Promotion.ends_at <= AT),
        Standing.STOPPED: Promotion.stopped_at.is_not(None),
    }
    if standing in list(Standing):
        wanted = wanted.where(conditions[Standing(standing)])
    values = {"at": at} | ({} if merchant_id is None else {"of": merchant_id})
    newest = Promotion.id.desc()
    order = (Promotion.ends_at, newest) if sort == "ends" else (newest,)
    found = db.session.execute(wanted.order_by(*order).limit(limit), values)
    rows = [PromotionRow(*row) for row in found]
    if sort == "uses":
        rows.sort(key=lambda row: -row.uses)
    if sort == "saved":
        rows.sort(key=lambda row: -row.saved_minor)
    return rows


def public_of(merchant_id: int, *, at: datetime) -> list[PromotionRow]:
    """Return what runs openly at a shop now, the site's own included, coupons first."""
    return [PromotionRow(*row) for row in fetch(_public(), shop=merchant_id, at=at)]


def speaks_openly(merchant_id: Any) -> Any:
    """Return the column of whether a shop, or the site for it, has promotions that stand on its
    page; what runs just now `public_of` says.
    """
    for_it = or_(Promotion.merchant_id.is_(None), Promotion.merchant_id == merchant_id)
    return exists().where(Promotion.is_public, Promotion.stopped_at.is_(None), for_it)


@cache
def _public() -> Any:
    return (
        _rows()
        .where(
            _running(),
            Promotion.is_public,
            or_(Promotion.merchant_id.is_(None), Promotion.merchant_id == bindparam("shop")),
            or_(Pool.id.is_(None), Pool.total.is_(None), _free(Pool) > 0),
        )
        .order_by(case((Promotion.kind == Kind.COUPON, 0), else_=1), Promotion.id)
        .limit(12)
    )


def uses_of(
    promotion_id: int, *, state: str = "", after: str | None = None, size: int = 30
) -> Page[UseRow]:
    """Return who took or used a promotion, newest first."""
    wanted: Any = (
        select(
            PromotionUse.id, PromotionUse.state, PromotionUse.person_id,
            func.coalesce(User.name, ""), PromotionUse.taken_at, PromotionUse.used_at,
            PromotionUse.order_id, PromotionUse.amount_minor,
        )
        .outerjoin(User, User.id == PromotionUse.person_id)
        .where(PromotionUse.promotion_id == promotion_id)
        .order_by(PromotionUse.id.desc())
    )  # fmt: skip
    if state in list(UseState):
        wanted = wanted.where(PromotionUse.state == UseState(state))
    key = decode_key(after, int)
    if key:
        wanted = wanted.where(PromotionUse.id < key[0])
    rows = [UseRow(*row) for row in db.session.execute(wanted.limit(size + 1))]
    return keyset(rows, size, lambda row: (row.id,))


def coupons_of(person_id: int, *, at: datetime) -> list[OwnCoupon]:
    """Return the coupons somebody took, those that end first standing first. One statement."""
    found = fetch(_coupons(), person_id=person_id, at=at)
    return [OwnCoupon(PromotionRow(*row[:-6]), *row[-6:]) for row in found]


@cache
def _coupons() -> Any:
    return (
        _rows()
        .add_columns(
            PromotionUse.id, PromotionUse.state, PromotionUse.taken_at, PromotionUse.ends_at,
            PromotionUse.order_id, PromotionUse.amount_minor,
        )
        .join(PromotionUse, PromotionUse.promotion_id == Promotion.id)
        .where(PromotionUse.person_id == _OWN, Promotion.kind == Kind.COUPON)
        .order_by(PromotionUse.ends_at, PromotionUse.id)
        .limit(200)
    )  # fmt: skip


def has_taken(promotion_id: int, person_id: int, *, at: datetime) -> bool:
    """Whether a person holds one of these to use."""
    wanted = select(PromotionUse.id).where(
        PromotionUse.promotion_id == bindparam("of"),
        PromotionUse.person_id == _OWN,
        PromotionUse.state == UseState.TAKEN,
        PromotionUse.ends_at > AT,
    )
    values = {"of": promotion_id, "person_id": person_id, "at": at}
    return db.session.execute(wanted.limit(1), values).first() is not None


def by_code(code: str, *, at: datetime) -> int:
    """Return the running coupon with this code; refuses as if it were not there."""
    wanted = select(Promotion.id).where(_running(), Promotion.code == bindparam("code"))
    row = db.session.execute(wanted, {"code": code, "at": at}).first()
    if row is None:
        raise NotFoundError
    return int(row[0])


# --- who brought whom ---


def awaited(person_id: int) -> tuple[int, int] | None:
    """Return the use and the sharer of somebody who came by a shared coupon and for whom nobody was
    rewarded yet.
    """
    wanted: Any = (
        select(PromotionUse.id, PromotionUse.sharer_id)
        .where(
            PromotionUse.person_id == person_id,
            PromotionUse.sharer_id.is_not(None),
            PromotionUse.rewarded_at.is_(None),
        )
        .order_by(PromotionUse.id)
        .limit(1)
    )
    row = db.session.execute(wanted).first()
    return (row[0], row[1]) if row else None


def brought_by(sharer_id: int) -> Sequence[int]:
    """Return those for whom somebody was rewarded."""
    wanted = select(PromotionUse.person_id).where(
        PromotionUse.sharer_id == sharer_id, PromotionUse.rewarded_at.is_not(None)
    )
    return [one for one in db.session.scalars(wanted) if one is not None]
