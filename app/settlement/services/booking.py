"""Booking of commission and fees: each fact once, each order's share rounded once, one ledger entry
per fact.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from app.core.db import db, insert_ignoring, upsert
from app.core.ledger.services import open_accounts, post_many
from app.core.ledger.types import AccountKind, Draft, Movement
from app.core.money import part_of
from app.settlement.models import OrderCommission, SettlementLine
from app.settlement.queries import known_keys
from app.settlement.types import COUPONS, INCOME, INCOME_FEES, Booking, LineKind

CHUNK = 300


def merchant_account(merchant_id: int) -> str:
    """Return the ledger code of a shop's account: what the site owes it, or it the site."""
    return f"merchant:{merchant_id}"


def book(bookings: Sequence[Booking]) -> int:
    """Book facts in their order; return how many were new. A fact whose key is known is left alone.

    The commission of an order at one rate is always the rate of the whole base, rounded half up
    once; each fact books the difference to what was booked before, so parts never drift from the
    whole.
    """
    new = _unknown(bookings)
    for start in range(0, len(new), CHUNK):
        _book_chunk(new[start : start + CHUNK])
    return len(new)


def _unknown(bookings: Sequence[Booking]) -> list[Booking]:
    known = known_keys([booking.key for booking in bookings])
    fresh = {booking.key: booking for booking in bookings if booking.key not in known}
    return list(fresh.values())


def _book_chunk(bookings: Sequence[Booking]) -> None:
    state = _commissions_of(bookings)
    commissions = [_moved_by(booking, state) for booking in bookings]
    entries = _posted(bookings, commissions)
    rows = [
        {
            "key": booking.key,
            "merchant_id": booking.merchant_id,
            "order_id": booking.order_id,
            "kind": booking.kind,
            "cause_kind": booking.cause[0],
            "cause_id": booking.cause[1],
            "at": booking.at,
            "gross_minor": booking.gross_minor,
            "commission_minor": commission,
            "fee_minor": booking.fee_minor,
            "entry_id": entries.get(booking.key),
            "memo": booking.memo,
        }
        for booking, commission in zip(bookings, commissions, strict=True)
    ]
    db.session.execute(sa.insert(SettlementLine), rows)
    _keep_commissions(state)


def _commissions_of(bookings: Sequence[Booking]) -> dict[tuple[int, int], list[int]]:
    pairs = sorted(
        {(booking.order_id, bp) for booking in bookings if booking.order_id for bp in booking.bases}
    )
    if not pairs:
        return {}
    rows = [
        {"order_id": order_id, "bp": bp, "base_minor": 0, "booked_minor": 0}
        for order_id, bp in pairs
    ]
    insert_ignoring(OrderCommission, rows, keys=["order_id", "bp"])
    wanted = (
        sa.select(
            OrderCommission.order_id,
            OrderCommission.bp,
            OrderCommission.base_minor,
            OrderCommission.booked_minor,
        )
        .where(OrderCommission.order_id.in_({order_id for order_id, _ in pairs}))
        .order_by(OrderCommission.order_id, OrderCommission.bp)
        .with_for_update()
    )
    return {
        (row.order_id, row.bp): [row.base_minor, row.booked_minor]
        for row in db.session.execute(wanted)
    }


def _moved_by(booking: Booking, state: dict[tuple[int, int], list[int]]) -> int:
    moved = 0
    for bp, base in booking.bases.items():
        if booking.order_id is None:
            moved += part_of(base, bp)
            continue
        kept = state[(booking.order_id, bp)]
        kept[0] += base
        due = part_of(kept[0], bp)
        moved += due - kept[1]
        kept[1] = due
    return moved


def _posted(bookings: Sequence[Booking], commissions: Sequence[int]) -> dict[str, int]:
    drafts, codes, incomes = [], set(), set()
    for booking, commission in zip(bookings, commissions, strict=True):
        code = merchant_account(booking.merchant_id)
        fees = COUPONS if booking.kind is LineKind.COUPON else INCOME_FEES
        owed = ((INCOME, commission), (fees, booking.fee_minor))
        movements = tuple(_owed(code, income, minor) for income, minor in owed if minor)
        if not movements:
            continue
        codes.add(code)
        incomes |= {income for income, minor in owed if minor}
        cause = ("order", booking.order_id) if booking.order_id else booking.cause
        drafts.append(Draft(booking.key, cause, movements, booking.at, {"why": str(booking.kind)}))
    if not drafts:
        return {}
    open_accounts(codes, AccountKind.LIABILITY)
    open_accounts(incomes - {COUPONS}, AccountKind.INCOME)
    if COUPONS in incomes:
        open_accounts({COUPONS}, AccountKind.EXPENSE)
    return post_many(drafts)


def _owed(shop: str, income: str, minor: int) -> Movement:
    debit, credit = (shop, income) if minor > 0 else (income, shop)
    return Movement(debit=debit, credit=credit, amount_minor=abs(minor))


def _keep_commissions(state: dict[tuple[int, int], list[int]]) -> None:
    rows: list[dict[str, Any]] = [
        {"order_id": order_id, "bp": bp, "base_minor": base, "booked_minor": booked}
        for (order_id, bp), (base, booked) in state.items()
    ]
    upsert(
        OrderCommission,
        rows,
        keys=["order_id", "bp"],
        update=lambda new: {"base_minor": new.base_minor, "booked_minor": new.booked_minor},
    )
