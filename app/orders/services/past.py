"""Orders that happened before they were written here, in bulk: no pools, no timers, no notices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from app.core.access import Viewer
from app.core.db import changed, db
from app.orders import policies
from app.orders.models import HandOver, Order, OrderLine
from app.orders.types import (
    CaseState,
    Frozen,
    LineKind,
    OrderState,
    PastOrder,
)
from app.payments.models import Charge
from app.payments.services import write_past_charges, write_past_refunds_of
from app.payments.types import PayWay, RefundPart


def write_past_orders(
    merchant_id: int, past: Sequence[PastOrder]
) -> dict[str, tuple[int, list[int], int]]:
    """Write collected and paid orders, all of one shop; return `{key: (order id, line ids,
    hand-over id)}`.

    The key counts once: writing it again changes nothing, and it is left out of the answer.
    """
    known = set(
        db.session.scalars(
            select(Order.imported_key).where(Order.imported_key.in_([one.key for one in past]))
        )
    )
    fresh = list({one.key: one for one in past if one.key not in known}.values())
    if not fresh:
        return {}
    order_ids = _inserted(Order, [_order(merchant_id, one) for one in fresh])
    rows = [
        _line(order_id, position, one)
        for order_id, whole in zip(order_ids, fresh, strict=True)
        for position, one in enumerate(whole.lines, start=1)
    ]
    line_ids = iter(_inserted(OrderLine, rows))
    lines = {
        order_id: [next(line_ids) for _ in whole.lines]
        for order_id, whole in zip(order_ids, fresh, strict=True)
    }
    hands = _inserted(
        HandOver,
        [
            _hand(merchant_id, order_id, whole, lines[order_id])
            for order_id, whole in zip(order_ids, fresh, strict=True)
        ],
    )
    write_past_charges(
        [
            (("order", order_id), ("merchant", merchant_id), _total(whole), whole.at)
            for order_id, whole in zip(order_ids, fresh, strict=True)
        ],
        way=PayWay.CASH,
    )
    return {
        whole.key: (order_id, lines[order_id], hand_id)
        for whole, order_id, hand_id in zip(fresh, order_ids, hands, strict=True)
    }


def write_past_refunds(
    refunds: Sequence[tuple[int, Sequence[tuple[int, int, int]], datetime, str]], *, actor: Viewer
) -> list[int]:
    """Write refunds of past orders: `(order id, [(line id, quantity, amount)], at, reason)`; return
    their ids.

    Each is given back already. Refuses (by the lines' CHECKs) more than was ordered.
    """
    for _order_id, parts, _at, _reason in refunds:
        for line_id, quantity, amount in parts:
            changed(
                update(OrderLine)
                .where(OrderLine.id == line_id)
                .values(
                    refunded=OrderLine.refunded + quantity,
                    refunded_minor=OrderLine.refunded_minor + amount,
                )
            )
    found = db.session.execute(
        select(Charge.about_id, Charge.id).where(
            Charge.about_kind == "order", Charge.about_id.in_([one[0] for one in refunds])
        )
    )
    charges = {row[0]: row[1] for row in found}
    return write_past_refunds_of(
        [
            (
                charges[order_id],
                [RefundPart(("order_line", line), count, amount) for line, count, amount in parts],
                at,
                reason,
            )
            for order_id, parts, at, reason in refunds
        ],
        actor=actor,
    )


def _inserted(table: Any, rows: list[dict[str, Any]]) -> list[int]:
    statement = insert(table).returning(table.id, sort_by_parameter_order=True)
    return list(db.session.scalars(statement, rows))


def _total(past: PastOrder) -> int:
    return sum(line.quantity * line.unit_minor for line in past.lines)


def _order(merchant_id: int, past: PastOrder) -> dict[str, Any]:
    rate = past.lines[0].commission_bp if past.lines else 0
    return {
        "number": past.key[-40:],
        "code": policies.new_code(),
        "merchant_id": merchant_id,
        "contact_name": past.contact_name[:60],
        "state": OrderState.CLOSED,
        "case_state": CaseState.NONE,
        "pay_way": PayWay.CASH,
        "total_minor": _total(past),
        "frozen": asdict(Frozen(rate, 30, 0, policies.LET_GO, 0)),
        "placed_at": past.at,
        "accepted_at": past.at,
        "ready_at": past.at,
        "over_at": past.at,
        "imported_key": past.key,
    }


def _line(order_id: int, position: int, past: Any) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "position": position,
        "kind": LineKind.GOODS,
        "name_zh": "",
        "name_en": past.name[:120],
        "unit_minor": past.unit_minor,
        "commission_bp": past.commission_bp,
        "quantity": past.quantity,
        "handed_over": past.quantity,
        "hold_ids": [],
    }


def _hand(merchant_id: int, order_id: int, past: PastOrder, line_ids: list[int]) -> dict[str, Any]:
    pairs = zip(line_ids, past.lines, strict=True)
    return {
        "order_id": order_id,
        "merchant_id": merchant_id,
        "at": past.at,
        "lines": [[line_id, line.quantity] for line_id, line in pairs],
    }
