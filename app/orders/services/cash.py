"""The money of an order, in the mode "merchant collects": said, taken, confirmed, disputed, given
back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.core.access import Viewer
from app.core.activity.types import Verb
from app.core.errors import FieldError, NotFoundError
from app.core.i18n import lazy_gettext as _l
from app.orders import policies
from app.orders.errors import OrderOverError, QuantityError
from app.orders.models import Order, OrderLine
from app.orders.services import moves, sums
from app.orders.types import (
    MONEY_DISPUTED,
    MONEY_GIVEN,
    MONEY_TAKEN,
    OVER_STATES,
    REFUNDED,
    SAID_PAID,
    Side,
)
from app.payments import services as payments
from app.payments.errors import NothingOwedError
from app.payments.models import Payment, Refund
from app.payments.queries import charge_of, payments_of, refunds_of
from app.payments.types import (
    ChargeRow,
    PaymentStatus,
    PayWay,
)


def say_paid(actor: Viewer, order_id: int, *, key: str | None = None, at: datetime) -> Order:
    """Note that the buyer says it is paid, for the shop to confirm; refuses when
    nothing is owed.
    """
    order, _lines = moves.opened(order_id)
    policies.check_owns(actor, order, key)
    if order.state in OVER_STATES:
        raise OrderOverError(state=order.state.value, details=[policies.how_it_stands(order.state)])
    charge = charge_of(moves.charge_about(order))
    payment = payments.say_paid(actor, charge.id, way=order.pay_way, at=at, data=moves.about(order))
    _note_money(actor, order, SAID_PAID, payment, side=Side.RESIDENT, at=at)
    return order


def take_money(actor: Viewer, order_id: int, *, way: PayWay, at: datetime) -> Payment:
    """Note that the shop took what is owed just now; refuses when nothing is owed."""
    order, _lines = moves.opened(order_id)
    policies.check_serves(actor, order)
    return taken(actor, order, way=way, amount_minor=None, at=at)


def confirm_money(actor: Viewer, order_id: int, *, at: datetime) -> Payment:
    """Confirm what the buyer said was paid; refuses when nothing was said."""
    order, _lines = moves.opened(order_id)
    policies.check_serves(actor, order)
    charge = charge_of(moves.charge_about(order))
    said = _open_payment(charge)
    payment = payments.confirm_payment(actor, said, at=at, data=moves.about(order))
    _note_money(actor, order, MONEY_TAKEN, payment, side=Side.SHOP, at=at)
    sums.give_back_over(actor, order, charge_of(moves.charge_about(order)), at=at)
    return payment


def dispute_money(
    actor: Viewer,
    order_id: int,
    payment_id: int,
    *,
    reason: str,
    key: str | None = None,
    at: datetime,
) -> Payment:
    """Say that a payment is not so, by either side, with a reason; the operator sees it."""
    if not reason.strip():
        raise FieldError("reason", _l("Say what is wrong."))
    order, _lines = moves.opened(order_id)
    is_shop = policies.can_decide(actor, order.merchant_id)
    if not is_shop:
        policies.check_owns(actor, order, key)
    charge = charge_of(moves.charge_about(order))
    if payment_id not in {row.id for row in payments_of(charge.id)}:
        raise NotFoundError
    payment = payments.dispute_payment(
        actor, payment_id, reason=reason, at=at, data=moves.about(order)
    )
    side = Side.SHOP if is_shop else Side.RESIDENT
    _note_money(actor, order, MONEY_DISPUTED, payment, side=side, at=at, reason=reason)
    return payment


def refund_lines(
    actor: Viewer, order_id: int, counts: Mapping[int, int], *, reason: str, at: datetime
) -> Refund:
    """Take back so many handed-over pieces of each line, `{line_id: quantity}`, and owe their
    money.

    Refuses without a reason, more pieces than were handed over and not refunded, and where nothing
    was paid.
    """
    if not reason.strip():
        raise FieldError("reason", _l("Say why, so that the buyer understands."))
    order, lines = moves.opened(order_id)
    policies.check_decides(actor, order)
    pieces = _pieces(lines, counts)
    refund = sums.take_back(actor, order, lines, pieces, reason=reason, at=at)
    moves.note(
        actor,
        order,
        REFUNDED,
        side=Side.SHOP,
        at=at,
        reason=reason,
        data=moves.quantities(pieces) | {"amount_minor": refund.amount_minor},
    )
    return refund


def give_money_back(actor: Viewer, order_id: int, refund_id: int, *, at: datetime) -> Refund:
    """Note that the shop handed a refund over; refuses one of another order and one
    given before.
    """
    order, _lines = moves.opened(order_id)
    policies.check_decides(actor, order)
    charge = charge_of(moves.charge_about(order))
    if refund_id not in {row.id for row in refunds_of(charge.id)}:
        raise NotFoundError
    refund = payments.give_refund(actor, refund_id, at=at, data=moves.about(order))
    moves.note(
        actor,
        order,
        MONEY_GIVEN,
        side=Side.SHOP,
        at=at,
        data={"amount_minor": refund.amount_minor},
    )
    return refund


def taken(
    actor: Viewer, order: Order, *, way: PayWay, amount_minor: int | None, at: datetime
) -> Payment:
    """Write money down that came over the counter for an order opened already."""
    charge = charge_of(moves.charge_about(order))
    payment = payments.take_payment(
        actor, charge.id, way=way, amount_minor=amount_minor, at=at, data=moves.about(order)
    )
    _note_money(actor, order, MONEY_TAKEN, payment, side=Side.SHOP, at=at)
    return payment


def _open_payment(charge: ChargeRow) -> int:
    waiting = (PaymentStatus.SAID, PaymentStatus.DISPUTED)
    for row in payments_of(charge.id):
        if row.status in waiting:
            return row.id
    raise NothingOwedError(_l("Nobody said that this was paid."))


def _pieces(lines: Sequence[OrderLine], counts: Mapping[int, int]) -> list[tuple[OrderLine, int]]:
    pieces = [
        (moves.line_by_id(lines, line_id), count) for line_id, count in counts.items() if count
    ]
    if not pieces:
        raise FieldError("quantity", _l("Nothing was marked."))
    for line, count in pieces:
        if not 0 < count <= line.handed_over - line.refunded:
            raise QuantityError(line_id=line.id)
    return pieces


def _note_money(
    actor: Viewer,
    order: Order,
    verb: Verb,
    payment: Payment,
    *,
    side: Side,
    at: datetime,
    reason: str = "",
) -> None:
    moves.note(
        actor,
        order,
        verb,
        side=side,
        at=at,
        reason=reason,
        data={"amount_minor": payment.amount_minor, "way": payment.way.value},
    )
