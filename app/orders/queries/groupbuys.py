"""Group-buys as neighbours, leaders, shops and the worker see them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select

from app.accounts.models import User
from app.core.access import Viewer
from app.core.db import UtcDateTime, fetch, fetch_one
from app.core.errors import NotFoundError
from app.core.pages import Page, decode_key, keyset
from app.core.pools.models import Pool
from app.merchants.models import Category, Listing, Merchant, PickupPoint, Variant
from app.merchants.queries.selling import free_of_pool
from app.orders.models import GroupBuy, GroupBuyDraft, GroupBuyItem, GroupBuyOrder, Order, OrderLine
from app.orders.policies.groupbuys import can_lead
from app.orders.types import OPEN_STATES, OrderState
from app.orders.types.groupbuys import (
    DraftRow,
    GroupBuyRow,
    GroupBuyState,
    ItemRow,
    JoinedRow,
    Step,
)

GROUPS: dict[str, tuple[GroupBuyState, ...]] = {
    "": (GroupBuyState.OPEN,),
    "coming": (GroupBuyState.REACHED, GroupBuyState.ARRIVED),
    "over": (GroupBuyState.FAILED, GroupBuyState.CLOSED),
}
COUNTED = (*OPEN_STATES, OrderState.CLOSED)
_NOW: Any = bindparam("at", type_=UtcDateTime)
_COLUMNS: tuple[Any, ...] = (
    GroupBuy.id, GroupBuy.merchant_id, Merchant.name_zh, Merchant.name_en, GroupBuy.listing_id,
    Listing.name_zh, Listing.name_en, Listing.picture_id, Category.drawing, Listing.min_price_minor,
    GroupBuy.state, GroupBuy.measure, GroupBuy.threshold, GroupBuy.opens_at, GroupBuy.cut_off_at,
    GroupBuy.point_id, PickupPoint.name_zh, PickupPoint.name_en, PickupPoint.address,
    GroupBuy.starts_at, GroupBuy.ends_at, GroupBuy.leader_id, User.name, GroupBuy.share_bp,
    GroupBuy.thread_id, GroupBuy.reason, GroupBuy.leader_minor,
)  # fmt: skip


def _joined(what: Any) -> Any:
    return (
        select(what)
        .select_from(GroupBuyOrder)
        .join(Order, Order.id == GroupBuyOrder.order_id)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(GroupBuyOrder.group_buy_id == GroupBuy.id, Order.state.in_(COUNTED))
        .correlate(GroupBuy)
        .scalar_subquery()
    )


# A member counts once however many orders they send; a name from a list once for each order.
BUYER = func.coalesce(Order.person_id, -Order.id)
STILL = OrderLine.quantity - OrderLine.short - OrderLine.cancelled


@cache
def _rows() -> Any:
    return (
        select(
            *_COLUMNS,
            func.coalesce(_joined(func.count(BUYER.distinct())), 0),
            func.coalesce(_joined(func.sum(STILL)), 0),
        )
        .join(Merchant, Merchant.id == GroupBuy.merchant_id)
        .join(Listing, Listing.id == GroupBuy.listing_id)
        .join(Category, Category.id == Listing.category_id)
        .join(PickupPoint, PickupPoint.id == GroupBuy.point_id)
        .outerjoin(User, User.id == GroupBuy.leader_id)
    )


def group_buys(
    *,
    group: str = "",
    merchant_id: int | None = None,
    leader_id: int | None = None,
    is_new_first: bool = False,
    after: str | None = None,
    limit: int = 20,
) -> Page[GroupBuyRow]:
    """Return the group-buys of one group, those that end first standing first, or the newest;
    a shop's or a leader's own where one is named. One statement.
    """
    kinds: tuple[Any, ...] = (int,) if is_new_first else (datetime.fromisoformat, int)
    key = decode_key(after, *kinds)
    wanted = _listed(
        group if group in GROUPS else "",
        merchant_id is not None, leader_id is not None, is_new_first, key is not None,
    )  # fmt: skip
    values = {"merchant_id": merchant_id, "leader_id": leader_id, "last_id": key and key[-1]}
    rows = fetch(wanted, **values, last_at=key and key[0], size=limit + 1)
    found = [GroupBuyRow(*row) for row in rows]
    if is_new_first:
        return keyset(found, limit, lambda row: (row.id,))
    return keyset(found, limit, lambda row: (row.cut_off_at, row.id))


@cache
def _listed(
    group: str, is_shops: bool, is_leaders: bool, is_new_first: bool, is_further: bool
) -> Any:
    wanted = _rows()
    if group or not (is_shops or is_leaders):
        wanted = wanted.where(GroupBuy.state.in_(GROUPS[group]))
    if is_shops:
        wanted = wanted.where(GroupBuy.merchant_id == bindparam("merchant_id"))
    if is_leaders:
        wanted = wanted.where(GroupBuy.leader_id == bindparam("leader_id"))
    last_id: Any = bindparam("last_id")
    size: Any = bindparam("size")
    if is_new_first:
        if is_further:
            wanted = wanted.where(GroupBuy.id < last_id)
        return wanted.order_by(GroupBuy.id.desc()).limit(size)
    if is_further:
        last_at: Any = bindparam("last_at", type_=UtcDateTime)
        is_later = and_(GroupBuy.cut_off_at == last_at, GroupBuy.id > last_id)
        wanted = wanted.where(or_(GroupBuy.cut_off_at > last_at, is_later))
    return wanted.order_by(GroupBuy.cut_off_at, GroupBuy.id).limit(size)


def open_group_buys(*, at: datetime, limit: int = 3) -> list[GroupBuyRow]:
    """Return the group-buys that can be joined now, those that end first standing first. One
    statement.
    """
    return [GroupBuyRow(*row) for row in fetch(_open_ones(), at=at, size=limit)]


@cache
def _open_ones() -> Any:
    wanted = _rows().where(
        GroupBuy.state == GroupBuyState.OPEN, GroupBuy.opens_at <= _NOW, GroupBuy.cut_off_at > _NOW
    )
    return wanted.order_by(GroupBuy.cut_off_at, GroupBuy.id).limit(bindparam("size"))


def group_buy(group_buy_id: int, *, at: datetime) -> GroupBuyRow:
    """Return a group-buy with its products, open to everybody; refuses one that is not there. Two
    statements.
    """
    row = fetch_one(_one(), key=group_buy_id)
    if row is None:
        raise NotFoundError
    items = [_item(tuple(one)) for one in fetch(_items(), key=group_buy_id, at=at)]
    return replace(GroupBuyRow(*row), items=tuple(items))


def _item(row: tuple[Any, ...]) -> ItemRow:
    steps = tuple(Step(*step) for step in row[9] or ())
    values: tuple[Any, ...] = (*row[:9], steps, *row[10:])
    return ItemRow(*values)


@cache
def _one() -> Any:
    return _rows().where(GroupBuy.id == bindparam("key"))


def led_group_buy(viewer: Viewer, group_buy_id: int, *, at: datetime) -> GroupBuyRow:
    """Return a group-buy to who leads it or decides for its shop; to nobody else."""
    found = group_buy(group_buy_id, at=at)
    if not can_lead(viewer, merchant_id=found.merchant_id, leader_id=found.leader_id):
        raise NotFoundError
    return found


@cache
def _items() -> Any:
    def summed(what: Any) -> Any:
        return (
            select(func.coalesce(func.sum(what), 0))
            .select_from(GroupBuyOrder)
            .join(Order, Order.id == GroupBuyOrder.order_id)
            .join(OrderLine, OrderLine.order_id == Order.id)
            .where(
                GroupBuyOrder.group_buy_id == GroupBuyItem.group_buy_id,
                OrderLine.variant_id == GroupBuyItem.variant_id,
                Order.state.in_(COUNTED),
            )
            .correlate(GroupBuyItem)
            .scalar_subquery()
        )

    return (
        select(
            GroupBuyItem.id, GroupBuyItem.group_buy_id, GroupBuyItem.variant_id, Variant.name_zh,
            Variant.name_en, GroupBuyItem.price_minor, free_of_pool(), GroupBuyItem.case_size,
            GroupBuyItem.tolerance, GroupBuyItem.steps, GroupBuyItem.cases, GroupBuyItem.arrived,
            summed(STILL), summed(OrderLine.to_prepare),
        )
        .join(Variant, Variant.id == GroupBuyItem.variant_id)
        .outerjoin(Pool, Pool.id == Variant.pool_id)
        .where(GroupBuyItem.group_buy_id == bindparam("key"))
        .order_by(Variant.position, Variant.id)
    )  # fmt: skip


def joined(group_buy_id: int) -> list[JoinedRow]:
    """Return the orders of a group-buy that are not cancelled, in the order in which they came.
    Two statements.
    """
    orders = fetch(_ORDERS, key=group_buy_id)
    lines: dict[int, list[tuple[int, int, int]]] = {}
    for order_id, variant_id, still, ready in fetch(_LINES, key=group_buy_id):
        lines.setdefault(order_id, []).append((variant_id, still, ready))
    return [
        JoinedRow(
            row.id, row.number, row.contact_name, row.contact_phone, row.state.value,
            tuple(lines.get(row.id, ())), sum(one[1] for one in lines.get(row.id, ())),
        )
        for row in orders
    ]  # fmt: skip


_ORDERS: Any = (
    select(Order.id, Order.number, Order.contact_name, Order.contact_phone, Order.state)
    .join(GroupBuyOrder, GroupBuyOrder.order_id == Order.id)
    .where(GroupBuyOrder.group_buy_id == bindparam("key"), Order.state.in_(COUNTED))
    .order_by(Order.id)
)
_LINES: Any = (
    select(OrderLine.order_id, OrderLine.variant_id, STILL, OrderLine.ready + OrderLine.handed_over)
    .join(GroupBuyOrder, GroupBuyOrder.order_id == OrderLine.order_id)
    .where(GroupBuyOrder.group_buy_id == bindparam("key"))
    .order_by(OrderLine.order_id, OrderLine.position)
)


def drafts_of(group_buy_id: int) -> list[DraftRow]:
    """Return the names from pasted lists that are not orders yet."""
    return [
        DraftRow(row[0], row[1], tuple((key, count) for key, count in row[2]), row[3])
        for row in fetch(_DRAFTS, key=group_buy_id)
    ]


_DRAFTS: Any = (
    select(GroupBuyDraft.id, GroupBuyDraft.name, GroupBuyDraft.counts, GroupBuyDraft.order_id)
    .where(GroupBuyDraft.group_buy_id == bindparam("key"), GroupBuyDraft.order_id.is_(None))
    .order_by(GroupBuyDraft.id)
)


def group_buy_of_order(order_id: int) -> int | None:
    """Return the group-buy that an order is in, or None."""
    row = fetch_one(_OF_ORDER, order_id=order_id)
    return row[0] if row else None


_OF_ORDER: Any = select(GroupBuyOrder.group_buy_id).where(
    GroupBuyOrder.order_id == bindparam("order_id")
)


def group_buy_of_listing(listing_id: int) -> int | None:
    """Return the group-buy in which a listing is sold now, or None."""
    row = fetch_one(_OF_LISTING, listing_id=listing_id)
    return row[0] if row else None


_OF_LISTING: Any = select(GroupBuy.id).where(
    GroupBuy.listing_id == bindparam("listing_id"), GroupBuy.state == GroupBuyState.OPEN
)


def group_buy_of_thread(thread_id: int) -> GroupBuyRow | None:
    """Return the latest group-buy that a thread announced, or None. One statement."""
    row = fetch_one(_announced(), key=thread_id)
    return GroupBuyRow(*row) if row else None


@cache
def _announced() -> Any:
    wanted = _rows().where(GroupBuy.thread_id == bindparam("key"))
    return wanted.order_by(GroupBuy.id.desc()).limit(1)


# --- for the worker ---


def due_group_buys(at: datetime) -> list[int]:
    """Return the group-buys on which something is due, however late, and those with orders that
    still wait to be set right.
    """
    return [row[0] for row in fetch(_DUE, at=at)]


_DUE: Any = (
    select(GroupBuy.id)
    .where(GroupBuy.due_at.is_not(None), GroupBuy.due_at <= _NOW)
    .order_by(GroupBuy.due_at, GroupBuy.id)
    .limit(50)
)


def orders_to_set_right(group_buy_id: int) -> list[int]:
    """Return the orders of a group-buy that its last step did not reach yet."""
    return [row[0] for row in fetch(_TO_SET, key=group_buy_id)]


_TO_SET: Any = (
    select(GroupBuyOrder.order_id)
    .where(GroupBuyOrder.group_buy_id == bindparam("key"), GroupBuyOrder.is_due.is_(True))
    .order_by(GroupBuyOrder.order_id)
)
