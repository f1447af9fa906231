"""Hand-overs that a counter noted while it had no network: each is taken in once, and where it
cannot stand the reason is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from app.core import clock
from app.core.access import Viewer
from app.core.db import changed, db
from app.core.errors import NotFoundError
from app.orders import policies
from app.orders.errors import WrongShopError
from app.orders.models import HandOver, OfflineHand, Order, OrderLine
from app.orders.services import counter, moves
from app.orders.types import OfflineConflict, OfflineItem, OrderState
from app.payments.queries import charge_of

OLDEST = timedelta(days=2)


def take_in(actor: Viewer, merchant_id: int, item: OfflineItem, *, at: datetime) -> OfflineHand:
    """Do what a device noted, with the time at which it was done; told again, it is the same act.

    Never refuses for what happened meanwhile: that is written down as a conflict for the shop to
    see. Refuses (WrongShopError) who does not work there.
    """
    if not policies.can_serve(actor, merchant_id):
        raise WrongShopError
    known = db.session.scalar(
        select(OfflineHand).where(
            OfflineHand.merchant_id == merchant_id, OfflineHand.client_key == item.key
        )
    )
    if known is not None:
        return known
    hand = OfflineHand(
        client_key=item.key, merchant_id=merchant_id, given_at=_believable(item.given_at, at),
        came_at=at, by_id=actor.id, by_name=actor.name[:60], data={},
    )  # fmt: skip
    is_ours = db.session.scalar(
        select(Order.id).where(Order.id == item.order_id, Order.merchant_id == merchant_id)
    )
    if is_ours is None:
        hand.conflict = OfflineConflict.UNKNOWN
    else:
        hand.order_id = item.order_id
        _hand_over(actor, hand, item)
    db.session.add(hand)
    db.session.flush()
    return hand


def mark_seen(actor: Viewer, merchant_id: int, hand_id: int, *, at: datetime) -> None:
    """Take a conflict off the list because somebody of the shop looked at it; refuses another
    shop's.
    """
    if not policies.can_serve(actor, merchant_id):
        raise WrongShopError
    hand = db.session.get(OfflineHand, hand_id)
    if hand is None or hand.merchant_id != merchant_id:
        raise NotFoundError
    unseen = (OfflineHand.id == hand_id, OfflineHand.seen_at.is_(None))
    changed(update(OfflineHand).where(*unseen).values(seen_at=at))
    moves.touch_board(merchant_id)


def _hand_over(actor: Viewer, hand: OfflineHand, item: OfflineItem) -> None:
    order, lines = moves.opened(item.order_id)
    conflict, data = _why_not(order, lines)
    if conflict is None:
        left = moves.waiting(lines)
        money = order.pay_way if item.is_paid else None
        done = counter.hand_over(actor, order.id, money=money, at=hand.given_at)
        hand.hand_over_id = done.id
        conflict, data = _worth_a_look(order, hand, left=left, told=item.pieces)
    hand.conflict, hand.data = conflict, data
    if conflict is not None:
        moves.touch_board(hand.merchant_id)


def _why_not(
    order: Order, lines: Sequence[OrderLine]
) -> tuple[OfflineConflict | None, dict[str, Any]]:
    """Return why nothing can be handed over, with what a person needs to know of it."""
    if order.state == OrderState.PLACED:
        return OfflineConflict.NOT_ACCEPTED, {}
    if order.state == OrderState.ACCEPTED and moves.waiting(lines):
        return None, {}
    last = db.session.execute(
        select(HandOver.at, HandOver.by_name)
        .where(HandOver.order_id == order.id, HandOver.undone_at.is_(None))
        .order_by(HandOver.id.desc())
        .limit(1)
    ).one_or_none()
    if last is not None:
        return OfflineConflict.COLLECTED, {"at": last.at.isoformat(), "by": last.by_name}
    ended = order.over_at.isoformat() if order.over_at else ""
    refunded = charge_of(moves.charge_about(order)).refunded_minor
    if refunded:
        told = {"state": order.state.value, "at": ended, "refunded_minor": refunded}
        return OfflineConflict.REFUNDED, told
    return OfflineConflict.OVER, {"state": order.state.value, "at": ended}


def _worth_a_look(
    order: Order, hand: OfflineHand, *, left: int, told: int
) -> tuple[OfflineConflict | None, dict[str, Any]]:
    """Return what is odd about a hand-over that stands: fewer pieces than the device knew of, or
    another day than agreed.
    """
    if left < told:
        return OfflineConflict.FEWER, {"told": told, "left": left}
    starts_at = order.slot_starts_at
    if starts_at and clock.local(starts_at).date() > clock.local(hand.given_at).date():
        return OfflineConflict.OTHER_DAY, {"at": starts_at.isoformat()}
    return None, {}


def _believable(given_at: datetime, at: datetime) -> datetime:
    """A device's clock may be wrong: never later than now, never older than what a device keeps."""
    return min(max(given_at, at - OLDEST), at)
