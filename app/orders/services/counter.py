"""The counter: hand over, take money in the same tap, undo, and lock out who guesses codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from app.core import clock
from app.core.access import Viewer
from app.core.db import changed, db, moved
from app.core.errors import FieldError, NotFoundError
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.orders import policies
from app.orders.errors import OrderOverError, QuantityError, TooManyTriesError, UndoOverError
from app.orders.models import CodeTry, HandOver, Order, OrderLine
from app.orders.services import cards, cash, endings, moves, offers, rights, sums
from app.orders.signals import hand_over_undone, order_handed_over
from app.orders.types import (
    HANDED_OVER,
    TRIES,
    TRIES_MINUTES,
    UNDER_WAY,
    UNDONE,
    OrderState,
    Quantity,
    Side,
)
from app.orders.types.worth import worth_minor
from app.payments import services as payments
from app.payments.queries import charge_of
from app.payments.types import PayWay


def hand_over(
    actor: Viewer,
    order_id: int,
    *,
    quantities: Mapping[int, int] | None = None,
    money: PayWay | None = None,
    at: datetime,
) -> HandOver:
    """Hand pieces over, all that wait or `{line_id: quantity}`, and take their money in the same
    tap.

    Refuses an order not accepted, over, or collected already, and more pieces than are left.
    """
    order, lines = moves.opened(order_id)
    policies.check_serves(actor, order)
    policies.check_can_hand_over(order, lines, collected=_collected(order))
    if quantities is None:  # what waits for the buyer's word on a substitute is not there
        missing = offers.under_offer(order.id)
        quantities = {
            line.id: line.to_prepare + line.ready - missing.get(line.id, 0) for line in lines
        }
    given = _given(lines, quantities)
    hand = HandOver(
        order_id=order.id,
        merchant_id=order.merchant_id,
        at=at,
        by_id=actor.id,
        by_name=actor.name[:60],
        lines=[[line.id, count] for line, count in given],
    )
    db.session.add(hand)
    db.session.flush()
    cards.give_cards(hand, given, at=at)
    moves.note(actor, order, HANDED_OVER, side=Side.SHOP, at=at, data=moves.quantities(given))
    if money is not None:
        _take(actor, order, lines, hand, way=money)
    offers.withdraw_unfit(order, lines, at=at)
    if moves.waiting(lines) == 0:
        endings.end_of_pieces(actor, order, lines, at=at)
    order_handed_over.send(
        order,
        order=order,
        hand_over=hand,
        lines=[(line.id, count) for line, count in given],
        at=at,
        actor=actor,
    )
    rights.give_rights(order, [line for line, _count in given], at=at)
    return hand


def undo_hand_over(actor: Viewer, hand_over_id: int, *, at: datetime) -> HandOver:
    """Take a hand-over back within ten minutes, with its money; the pieces lie ready again.

    Refuses later, twice, on a closed bill, and where pieces of it were refunded.
    """
    found = db.session.get(HandOver, hand_over_id)
    if found is None:
        raise NotFoundError
    order, lines = moves.opened(found.order_id)
    policies.check_serves(actor, order)
    db.session.refresh(found)
    policies.check_can_undo(found, at)
    moved(
        update(HandOver)
        .where(
            HandOver.id == hand_over_id,
            HandOver.undone_at.is_(None),
            HandOver.sealed_at.is_(None),
        )
        .values(undone_at=at, undone_by=actor.id),
        UndoOverError(),
    )
    moves.set_on(found, undone_at=at, undone_by=actor.id)
    back = [(moves.line_by_id(lines, line_id), count) for line_id, count in found.lines]
    if order.case_state in UNDER_WAY:
        raise UndoOverError(_l("An after-sale case is open on this, so it stays handed over."))
    for line, count in back:
        if line.handed_over - count < line.refunded or line.allowed_minor:
            raise UndoOverError(_l("Part of this was refunded, so it stays handed over."))
        moves.move_pieces(line, Quantity.HANDED_OVER, Quantity.READY, count)
        moves.put_back(line, count)
    cards.take_cards(found, at=at)
    if found.payment_id is not None:
        payments.undo_payment(actor, found.payment_id, at=at)
    _reopen(order)
    moves.note(actor, order, UNDONE, side=Side.SHOP, at=at, data=moves.quantities(back))
    hand_over_undone.send(
        order,
        order=order,
        hand_over=found,
        lines=[(line.id, count) for line, count in back],
        at=at,
        actor=actor,
    )
    rights.rest_rights([line for line, _count in back], at=at)
    return found


def seal_hand_overs(hand_over_ids: Sequence[int], *, at: datetime) -> int:
    """Let hand-overs stand for good because their bill closed; one that was undone stays undone."""
    if not hand_over_ids:
        return 0
    return changed(
        update(HandOver)
        .where(
            HandOver.id.in_(list(hand_over_ids)),
            HandOver.undone_at.is_(None),
            HandOver.sealed_at.is_(None),
        )
        .values(sealed_at=at)
    )


def note_wrong_code(who: Sequence[str], *, at: datetime) -> None:
    """Count a wrong code against a person and an address, for a quarter of an hour."""
    changed(delete(CodeTry).where(CodeTry.at < at - timedelta(days=1)))
    db.session.add_all(CodeTry(who=name[:80], at=at) for name in who)
    db.session.flush()


def check_tries(who: Sequence[str], *, at: datetime) -> None:
    """Refuse (429) who tried too many wrong codes in the last quarter of an hour."""
    since = at - timedelta(minutes=TRIES_MINUTES)
    most = db.session.scalar(
        select(func.count())
        .where(CodeTry.who.in_([name[:80] for name in who]), CodeTry.at > since)
        .group_by(CodeTry.who)
        .order_by(func.count().desc())
        .limit(1)
    )
    if (most or 0) >= TRIES:
        raise TooManyTriesError(retry_after=TRIES_MINUTES * 60)


def _collected(order: Order) -> list[str]:
    """Say when the order was collected last and who gave it, for whoever comes second."""
    last = db.session.execute(
        select(HandOver.at, HandOver.by_name)
        .where(HandOver.order_id == order.id, HandOver.undone_at.is_(None))
        .order_by(HandOver.id.desc())
        .limit(1)
    ).one_or_none()
    if last is None:
        return []
    when = clock.local(last.at).strftime("%Y-%m-%d %H:%M")
    return [_("Collected already: %(time)s, given by %(who)s.", time=when, who=last.by_name or "—")]


def _given(
    lines: Sequence[OrderLine], quantities: Mapping[int, int]
) -> list[tuple[OrderLine, int]]:
    """Move pieces over the counter; what was not marked ready is marked by handing it over."""
    given = []
    for line_id, count in quantities.items():
        if count == 0:
            continue
        line = moves.line_by_id(lines, line_id)
        if not 0 < count <= line.to_prepare + line.ready:
            raise QuantityError(line_id=line_id)
        missing = max(0, count - line.ready)
        moves.move_pieces(line, Quantity.TO_PREPARE, Quantity.READY, missing)
        moves.move_pieces(line, Quantity.READY, Quantity.HANDED_OVER, count)
        moves.use_up(line, count)
        given.append((line, count))
    if not given:
        raise FieldError("quantity", _l("Nothing was marked."))
    return given


def _take(
    actor: Viewer,
    order: Order,
    lines: Sequence[OrderLine],
    hand: HandOver,
    *,
    way: PayWay,
) -> None:
    """Take what is owed for all that went over the counter so far; the rest waits with
    its pieces.
    """
    charge = charge_of(moves.charge_about(order))
    had = sum(int(worth_minor(line, line.handed_over)) for line in lines)
    had -= sums.after_sale_minor(lines)
    kept = charge.confirmed_minor - charge.refunded_minor
    amount = min(charge.owed_minor, had + order.fee_minor - kept)
    if moves.waiting(lines) == 0:
        amount = charge.owed_minor
    if amount <= 0:
        return
    payment = cash.taken(actor, order, way=way, amount_minor=amount, at=hand.at)
    moves.set_on(hand, payment_id=payment.id)
    changed(update(HandOver).where(HandOver.id == hand.id).values(payment_id=payment.id))


def _reopen(order: Order) -> None:
    if order.state != OrderState.ACCEPTED:
        raise OrderOverError(state=order.state.value)
    endings.wait_for_buyer(order)
