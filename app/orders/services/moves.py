"""Opening an order for one move and writing that move down; every other module of the room goes
through it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm.attributes import set_committed_value

from app.core.access import SYSTEM, Viewer
from app.core.activity.services import record
from app.core.activity.types import Verb
from app.core.db import changed, db, inserting, moved, put
from app.core.errors import NotFoundError
from app.core.pools import services as pools
from app.orders import policies
from app.orders.errors import OrderMovedError, QuantityError
from app.orders.models import Order, OrderLine, OrderMove, ShopBoard
from app.orders.types import (
    LINE_MOVES,
    ORDER_MOVES,
    LineKind,
    OrderState,
    Quantity,
    Side,
    Timer,
)


def opened(order_id: int) -> tuple[Order, list[OrderLine]]:
    """Return an order and its lines for one move; whoever comes second waits here and then reads
    the truth.
    """
    touched = changed(update(Order).where(Order.id == order_id).values(version=Order.version + 1))
    if touched == 0:
        raise NotFoundError
    fresh = {"populate_existing": True}
    order = db.session.scalars(
        select(Order).where(Order.id == order_id), execution_options=fresh
    ).one()
    lines = db.session.scalars(
        select(OrderLine).where(OrderLine.order_id == order_id).order_by(OrderLine.position),
        execution_options=fresh,
    ).all()
    return order, list(lines)


def to_state(order: Order, state: OrderState, **values: Any) -> None:
    """Move an order along its table of moves; refuses (OrderMovedError) when it stands elsewhere
    now.
    """
    allowed = [one for one, moves in ORDER_MOVES.items() if state in moves]
    moved(
        update(Order)
        .where(Order.id == order.id, Order.state.in_(allowed))
        .values(state=state, **values),
        OrderMovedError(state=order.state.value, details=[policies.how_it_stands(order.state)]),
    )
    set_on(order, state=state, **values)


def save(order: Order, **values: Any) -> None:
    """Write values of an order that is no change of its state."""
    changed(update(Order).where(Order.id == order.id).values(**values))
    set_on(order, **values)


def set_timer(order: Order, what: Timer | None, due_at: datetime | None) -> None:
    """Say what falls due on the order next, in place of what was to fall due before."""
    save(order, due_what=what, due_at=due_at)


def set_on(row: Any, **values: Any) -> None:
    """Let a loaded row show what was just written by UPDATE, without writing it again."""
    for name, value in values.items():
        set_committed_value(row, name, value)


def move_pieces(line: OrderLine, source: Quantity, target: Quantity, count: int) -> None:
    """Move pieces of a line from one place to another; refuses (QuantityError) when there are
    fewer.
    """
    if count == 0:
        return
    if target not in LINE_MOVES[source] or count < 0:
        raise QuantityError(line_id=line.id)
    here, there = getattr(OrderLine, source.value), getattr(OrderLine, target.value)
    moved(
        update(OrderLine)
        .where(OrderLine.id == line.id, here >= count)
        .values({source.value: here - count, target.value: there + count}),
        QuantityError(line_id=line.id),
    )
    set_on(
        line,
        **{
            source.value: getattr(line, source.value) - count,
            target.value: getattr(line, target.value) + count,
        },
    )


def give_back(line: OrderLine, count: int) -> None:
    """Let go of what the pools keep for pieces that will not be collected."""
    if not line.hold_ids or count == 0:
        return
    if line.kind == LineKind.SERVICE or count == line.quantity:
        pools.release(line.hold_ids)
    else:
        for hold_id in line.hold_ids:
            pools.release_part(hold_id, count * line.pack_size)


def use_up(line: OrderLine, count: int) -> None:
    """Take pieces off the shelf for good: handed over, or found not to be there."""
    if line.hold_ids and line.kind == LineKind.GOODS and count:
        pools.consume(line.hold_ids[0], count * line.pack_size)


def put_back(line: OrderLine, count: int) -> None:
    """Undo `use_up`."""
    if line.hold_ids and line.kind == LineKind.GOODS and count:
        pools.restore(line.hold_ids[0], count * line.pack_size)


def note(
    actor: Viewer,
    order: Order,
    verb: Verb,
    *,
    side: Side,
    at: datetime,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write a move on the timeline, in the activity log and on the shop's board."""
    note_many(actor, [(order, data or {})], verb, side=side, at=at, reason=reason)


def note_many(
    actor: Viewer,
    moved: Sequence[tuple[Order, Mapping[str, Any]]],
    verb: Verb,
    *,
    side: Side,
    at: datetime,
    reason: str = "",
) -> None:
    """Write the same move of several orders, each with what is told of it."""
    put(
        OrderMove,
        [
            {
                "order_id": order.id,
                "at": at,
                "side": side,
                "actor_id": actor.id,
                "actor_name": _name_of(actor, order, side),
                "verb": verb.name,
                "reason": reason[:500],
                "data": dict(told),
            }
            for order, told in moved
        ],
    )
    for order, told in moved:
        log(actor, order, verb, at=at, reason=reason, data=told)
        touch_board(order.merchant_id)


def log(
    actor: Viewer,
    order: Order,
    verb: Verb,
    *,
    at: datetime,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write one row of the activity log about an order, with what its readers need."""
    record(
        actor,
        verb,
        ("order", order.id),
        at=at,
        place=order.place_id,
        reason=reason or None,
        data=about(order) | dict(data or {}),
    )


def about(order: Order) -> dict[str, Any]:
    """Return what every reader of the log needs of an order."""
    return {
        "merchant_id": order.merchant_id,
        "person_id": order.person_id,
        "number": order.number,
    }


def touch_board(merchant_id: int) -> None:
    """Let the shop's board know that something moved."""
    changed(_touching(), merchant_id=merchant_id, version=1)


@cache
def _touching() -> Any:
    return inserting(ShopBoard).on_conflict_do_update(
        index_elements=["merchant_id"], set_={"version": ShopBoard.__table__.c.version + 1}
    )


def quantities(pairs: Iterable[tuple[OrderLine, int]]) -> dict[str, Any]:
    """Return what a timeline row says of pieces: names and numbers as they were then."""
    return {
        "lines": [
            {"id": line.id, "name_zh": line.name_zh, "name_en": line.name_en, "quantity": count}
            for line, count in pairs
            if count
        ]
    }


def each_minor(line: OrderLine) -> int:
    """Return one piece with its packaging."""
    return line.unit_minor + line.packaging_minor


def waiting(lines: Sequence[OrderLine]) -> int:
    """Return how many pieces are neither collected nor given up."""
    return sum(line.to_prepare + line.ready for line in lines)


def line_by_id(lines: Sequence[OrderLine], line_id: int) -> OrderLine:
    """Return one of an order's lines; refuses one that is not on it."""
    for line in lines:
        if line.id == line_id:
            return line
    raise NotFoundError


def charge_about(order: Order) -> tuple[str, int]:
    """Return what payments calls this order."""
    return ("order", order.id)


def _name_of(actor: Viewer, order: Order, side: Side) -> str:
    if side == Side.SITE or actor is SYSTEM:
        return ""
    if side == Side.RESIDENT:
        return order.contact_name[:60]
    return actor.name[:60]
