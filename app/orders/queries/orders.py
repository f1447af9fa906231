"""Orders as their two sides see them: one page, its timeline, and lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select

from app.core.access import SYSTEM, Viewer
from app.core.db import db, fetch
from app.core.errors import NotFoundError
from app.core.pages import Page, decode_key, keyset
from app.merchants.models import Merchant, PickupPoint
from app.orders import policies
from app.orders.models import Delivery, HandOver, Order, OrderLine, OrderMove
from app.orders.queries.deliveries import row_of
from app.orders.types import (
    OPEN_STATES,
    HandOverRow,
    LineKind,
    LineRow,
    OrderPage,
    OrderRow,
    OrderState,
    TimelineRow,
)
from app.payments.models import Charge
from app.payments.types import ChargeRow

_LINE = (
    OrderLine.id,
    OrderLine.position,
    OrderLine.kind,
    OrderLine.listing_id,
    OrderLine.variant_id,
    OrderLine.name_zh,
    OrderLine.name_en,
    OrderLine.variant_zh,
    OrderLine.variant_en,
    OrderLine.quantity,
    OrderLine.to_prepare,
    OrderLine.short,
    OrderLine.ready,
    OrderLine.handed_over,
    OrderLine.uncollected,
    OrderLine.cancelled,
    OrderLine.refunded,
    OrderLine.refunded_minor,
    OrderLine.unit_minor,
    OrderLine.packaging_minor,
    OrderLine.commission_bp,
    OrderLine.starts_at,
    OrderLine.ends_at,
    OrderLine.allowed_minor,
    OrderLine.reduced_minor,
    OrderLine.site_minor,
    OrderLine.list_minor,
    OrderLine.pack_size,
    OrderLine.rules,
    OrderLine.allergens,
)
_LINES: Any = (
    select(OrderLine.order_id, *_LINE)
    .where(OrderLine.order_id.in_(bindparam("ids", expanding=True)))
    .order_by(OrderLine.order_id, OrderLine.position)
)
_COUNTS: Any = (
    select(
        OrderLine.order_id,
        OrderLine.kind,
        OrderLine.quantity,
        OrderLine.to_prepare,
        OrderLine.ready,
        OrderLine.handed_over,
        OrderLine.short,
        OrderLine.cancelled,
        OrderLine.name_zh,
        OrderLine.name_en,
    )
    .where(OrderLine.order_id.in_(bindparam("ids", expanding=True)))
    .order_by(OrderLine.order_id, OrderLine.position)
)
_MOVES: Any = (
    select(
        OrderMove.at,
        OrderMove.side,
        OrderMove.actor_id,
        OrderMove.actor_name,
        OrderMove.verb,
        OrderMove.reason,
        OrderMove.data,
    )
    .where(OrderMove.order_id == bindparam("order_id"))
    .order_by(OrderMove.id.desc())
    .limit(200)
)
_HAND_OVERS: Any = (
    select(
        HandOver.id,
        HandOver.at,
        HandOver.by_name,
        HandOver.lines,
        HandOver.undone_at,
        HandOver.sealed_at,
        HandOver.payment_id,
    )
    .where(HandOver.order_id == bindparam("order_id"))
    .order_by(HandOver.id.desc())
)
_SHOPS: Any = (
    select(Merchant.id, Merchant.name_zh, Merchant.name_en)
    .join(Order, Order.merchant_id == Merchant.id)
    .where(Order.person_id == bindparam("person_id"))
    .group_by(Merchant.id, Merchant.name_zh, Merchant.name_en)
    .order_by(func.max(Order.id).desc())
    .limit(60)
)
GROUPS = {
    "open": OPEN_STATES,
    "done": (OrderState.CLOSED,),
    "off": (OrderState.CANCELLED, OrderState.DECLINED, OrderState.EXPIRED),
}
_HOW_MANY_OPEN: Any = (
    select(func.count())
    .select_from(Order)
    .where(Order.person_id == bindparam("person_id"), Order.state.in_(OPEN_STATES))
)


def is_own(order: OrderPage, viewer: Viewer) -> bool:
    """Whether the viewer ordered it with their account."""
    return order.person_id is not None and order.person_id == viewer.id


def order_page(viewer: Viewer, order_id: int, *, key: str | None = None) -> OrderPage:
    """Return an order to its buyer, a guest with its key, its shop's staff or an operator; to
    nobody else.

    Two statements.
    """
    row = db.session.execute(_page_of(), {"order_id": order_id}).one_or_none()
    if row is None:
        raise NotFoundError
    order: Order = row[0]
    may = policies.can_serve(viewer, order.merchant_id) or policies.can_open(
        viewer, person_id=order.person_id, order_hash=order.token_hash, key=key
    )
    if not (may or viewer is SYSTEM):
        raise NotFoundError
    return _page(row, lines_of([order_id]).get(order_id, []))


def shop_order(viewer: Viewer, merchant_id: int, order_id: int) -> OrderPage:
    """Return an order of one shop to those who serve it; refuses another shop's."""
    row = db.session.execute(_page_of(), {"order_id": order_id}).one_or_none()
    is_theirs = row is not None and row[0].merchant_id == merchant_id
    if row is None or not is_theirs or not policies.can_serve(viewer, merchant_id):
        raise NotFoundError
    return _page(row, lines_of([order_id]).get(order_id, []))


def lines_of(order_ids: Iterable[int]) -> dict[int, list[LineRow]]:
    """Return the lines of many orders at once, by order."""
    found: dict[int, list[LineRow]] = {}
    for row in fetch(_LINES, ids=list(order_ids)):
        found.setdefault(row[0], []).append(LineRow(*row[1:]))
    return found


def numbers_of(order_ids: Iterable[int]) -> dict[int, str]:
    """Return the numbers by which people know orders."""
    rows = db.session.execute(
        select(Order.id, Order.number).where(Order.id.in_(sorted(set(order_ids))))
    )
    return {row[0]: row[1] for row in rows}


def timeline_of(order_id: int) -> list[TimelineRow]:
    """Return what happened to an order, newest first."""
    return [TimelineRow(*row) for row in fetch(_MOVES, order_id=order_id)]


def hand_overs_of(order_id: int) -> list[HandOverRow]:
    """Return an order's hand-overs, newest first."""
    rows = fetch(_HAND_OVERS, order_id=order_id)
    return [
        HandOverRow(row[0], row[1], row[2], tuple((one, n) for one, n in row[3]), *row[4:])
        for row in rows
    ]


def orders_of(
    person_id: int,
    *,
    group: str = "",
    merchant_id: int | None = None,
    is_oldest_first: bool = False,
    after: str | None = None,
    limit: int = 20,
) -> Page[OrderRow]:
    """Return a person's orders, newest first or oldest first, those of one group or shop."""
    key = decode_key(after, int)
    wanted = _of_person(
        group if group in GROUPS else "", merchant_id is not None, is_oldest_first, key is not None
    )
    last_id = key[0] if key else None
    values = {"person_id": person_id, "merchant_id": merchant_id, "last_id": last_id}
    rows = _with_sums(fetch(wanted, **values, size=limit + 1))
    return keyset(rows, limit, lambda row: (row.id,))


@cache
def _of_person(group: str, is_shops: bool, is_oldest_first: bool, is_further: bool) -> Any:
    wanted = rows_select().where(Order.person_id == bindparam("person_id"))
    if group:
        wanted = wanted.where(Order.state.in_(GROUPS[group]))
    if is_shops:
        wanted = wanted.where(Order.merchant_id == bindparam("merchant_id"))
    last_id: Any = bindparam("last_id")
    if is_further:
        wanted = wanted.where(Order.id > last_id if is_oldest_first else Order.id < last_id)
    order = Order.id if is_oldest_first else Order.id.desc()
    return wanted.order_by(order).limit(bindparam("size"))


def shops_of_buyer(person_id: int) -> list[tuple[int, str, str]]:
    """Return the shops a person ordered from, the latest first, as (id, name, English name)."""
    return [(row[0], row[1], row[2]) for row in fetch(_SHOPS, person_id=person_id)]


def open_orders_of(person_id: int) -> list[OrderRow]:
    """Return what of a person's orders is not over, newest first."""
    return _with_sums(fetch(_open_ones(), person_id=person_id))


@cache
def _open_ones() -> Any:
    wanted = rows_select().where(
        Order.person_id == bindparam("person_id"), Order.state.in_(OPEN_STATES)
    )
    return wanted.order_by(Order.id.desc()).limit(50)


def count_open(person_id: int) -> int:
    """Return how many of a person's orders are not over."""
    return int(fetch(_HOW_MANY_OPEN, person_id=person_id)[0][0])


def orders_of_checkout(checkout_id: int) -> list[OrderRow]:
    """Return what became of one checkout, an order per shop."""
    return rows_of(rows_select().where(Order.checkout_id == checkout_id).order_by(Order.id))


def shop_orders(
    merchant_id: int,
    *,
    words: str = "",
    state: OrderState | None = None,
    is_oldest_first: bool = False,
    after: str | None = None,
    limit: int = 30,
) -> Page[OrderRow]:
    """Return a shop's orders, newest or oldest first, those whose number, name or last four
    digits fit `words`.
    """
    condition = Order.merchant_id == merchant_id
    if words:
        condition = and_(condition, fits(words))
    if state is not None:
        condition = and_(condition, Order.state == state)
    return _listed(condition, after, limit, is_oldest_first=is_oldest_first)


def find_by_phone(phone: str, code: str) -> tuple[int, str, bool] | None:
    """Return (id, number, is a guest's) of the order with this phone and pickup code, or None."""
    digits = "".join(sign for sign in phone if sign.isdigit())
    row = db.session.execute(
        select(Order.id, Order.number, Order.person_id, Order.contact_phone).where(
            Order.code == policies.normal_code(code)
        )
    ).one_or_none()
    if row is None or not digits:
        return None
    theirs = "".join(sign for sign in row.contact_phone if sign.isdigit())
    same = theirs.endswith(digits[-11:]) and len(digits) >= 5
    return (row.id, row.number, row.person_id is None) if same else None


def fits(words: str) -> ColumnElement[bool]:
    """Return the condition by which an order is found by number, last four digits or name."""
    text = words.strip()[:60]
    if len(text) == 4 and text.isdigit():
        return (Order.phone_last4 == text) | Order.number.endswith(f"-{text}", autoescape=True)
    if text[:1].isdigit():
        return Order.number.startswith(text, autoescape=True) | (Order.contact_name == text)
    return Order.contact_name.icontains(text, autoescape=True)


def rows_select() -> Select[*tuple[Any, ...]]:
    """Return the select behind every list of orders; `rows_of` adds the sums of their lines."""
    return (
        select(
            Order.id,
            Order.number,
            Order.state,
            Order.merchant_id,
            Merchant.name_zh,
            Merchant.name_en,
            Order.person_id,
            Order.contact_name,
            Order.phone_last4,
            Order.total_minor,
            Charge.amount_minor,
            Charge.state,
            Order.placed_at,
            Order.accept_by,
            Order.slot_starts_at,
            Order.slot_ends_at,
            func.coalesce(PickupPoint.name_zh, ""),
            func.coalesce(PickupPoint.name_en, ""),
            Order.note,
            Delivery.state,
        )
        .join(Merchant, Merchant.id == Order.merchant_id)
        .join(Charge, and_(Charge.about_kind == "order", Charge.about_id == Order.id))
        .outerjoin(PickupPoint, PickupPoint.id == Order.point_id)
        .outerjoin(Delivery, Delivery.order_id == Order.id)
    )


def rows_of(wanted: Select[*tuple[Any, ...]]) -> list[OrderRow]:
    """Return the rows of a `rows_select()`, each with the sums of its lines. Two statements."""
    return _with_sums(db.session.execute(wanted).all())


def _with_sums(rows: Sequence[Any]) -> list[OrderRow]:
    sums = _sums([row[0] for row in rows])
    return [OrderRow(*row, *sums[row[0]]) for row in rows]


def _sums(order_ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    if not order_ids:
        return {}
    lines: dict[int, list[Any]] = {}
    for row in fetch(_COUNTS, ids=list(order_ids)):
        lines.setdefault(row.order_id, []).append(row)
    return {order_id: _summed(of_order) for order_id, of_order in lines.items()}


def _summed(lines: Sequence[Any]) -> tuple[Any, ...]:
    """Add an order's lines up; it is named after, and counted by, what of it is still asked for."""
    asked = [line for line in lines if line.quantity > line.short + line.cancelled]
    named = asked or lines
    return (
        sum(line.quantity - (line.short + line.cancelled if asked else 0) for line in named),
        sum(line.to_prepare for line in lines),
        sum(line.ready for line in lines),
        sum(line.handed_over for line in lines),
        sum(line.short for line in lines),
        named[0].name_zh,
        named[0].name_en,
        sum(line.kind == LineKind.GOODS for line in lines),
        len({(line.name_zh, line.name_en) for line in named}),
    )


def _listed(
    condition: ColumnElement[bool], after: str | None, limit: int, *, is_oldest_first: bool
) -> Page[OrderRow]:
    wanted = rows_select().where(condition)
    position = decode_key(after, int)
    if position:
        further = Order.id > position[0] if is_oldest_first else Order.id < position[0]
        wanted = wanted.where(further)
    order = Order.id if is_oldest_first else Order.id.desc()
    rows = rows_of(wanted.order_by(order).limit(limit + 1))
    return keyset(rows, limit, lambda row: (row.id,))


@cache
def _page_of() -> Any:
    return (
        select(
            Order,
            Merchant.name_zh,
            Merchant.name_en,
            PickupPoint.name_zh,
            PickupPoint.name_en,
            PickupPoint.address,
            PickupPoint.lat,
            PickupPoint.lng,
            Charge.id,
            Charge.amount_minor,
            Charge.confirmed_minor,
            Charge.refunded_minor,
            Charge.state,
            Merchant.address,
            Merchant.lat,
            Merchant.lng,
            Merchant.phone,
            Merchant.pay_code_text,
            Merchant.pay_picture_id,
            Delivery,
        )
        .join(Merchant, Merchant.id == Order.merchant_id)
        .join(Charge, and_(Charge.about_kind == "order", Charge.about_id == Order.id))
        .outerjoin(PickupPoint, PickupPoint.id == Order.point_id)
        .outerjoin(Delivery, Delivery.order_id == Order.id)
        .where(Order.id == bindparam("order_id"))
        .execution_options(populate_existing=True)
    )


def _page(row: Any, lines: list[LineRow]) -> OrderPage:
    order: Order = row[0]
    has_point = order.point_id is not None
    return OrderPage(
        id=order.id,
        number=order.number,
        code=order.code,
        state=order.state,
        merchant_id=order.merchant_id,
        merchant_zh=row[1],
        merchant_en=row[2],
        merchant_phone=row[16],
        pay_code_text=row[17],
        pay_link=policies.pay_link(row[17]),
        pay_picture_id=row[18],
        person_id=order.person_id,
        contact_name=order.contact_name,
        contact_phone=order.contact_phone,
        contact_mail=order.contact_mail,
        note=order.note,
        pay_way=order.pay_way,
        total_minor=order.total_minor,
        placed_at=order.placed_at,
        accept_by=order.accept_by,
        accepted_at=order.accepted_at,
        ready_at=order.ready_at,
        over_at=order.over_at,
        point_id=order.point_id,
        point_name_zh=row[3] or "",
        point_name_en=row[4] or "",
        point_address=row[5] if has_point else row[13],
        point_lat=row[6] if has_point else row[14],
        point_lng=row[7] if has_point else row[15],
        slot_starts_at=order.slot_starts_at,
        slot_ends_at=order.slot_ends_at,
        frozen=policies.frozen_of(order),
        free_until=policies.free_until(order, policies.frozen_of(order)),
        thread_id=order.thread_id,
        version=order.version,
        is_guests=order.token_hash is not None,
        charge=ChargeRow(*row[8:13]),
        lines=tuple(lines),
        case_state=order.case_state,
        fee_minor=order.fee_minor,
        delivery=row_of(row.Delivery),
    )
