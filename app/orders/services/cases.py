"""After-sale: a case is opened on what was collected, answered in turns, settled by both sides or
ruled, and carried out through the one refund record and the one shelf.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from app.core.access import SYSTEM, Viewer
from app.core.activity.types import Verb
from app.core.db import changed, db, moved
from app.core.errors import FieldError, NotAllowedError, NotFoundError
from app.core.i18n import lazy_gettext as _l
from app.core.media.services import keep
from app.core.media.types import PreparedPicture
from app.core.pools import services as pools
from app.core.pools.errors import PoolTooLowError
from app.merchants.models import Variant
from app.orders import policies
from app.orders.errors import (
    CaseMovedError,
    NoReplacementError,
    NothingPaidError,
    QuantityError,
)
from app.orders.models import Order, OrderCase, OrderLine, OrderMove
from app.orders.services import moves, sums
from app.orders.types import (
    CASE_AGREED,
    CASE_ANSWER_HOURS,
    CASE_CLOSED,
    CASE_DECLINED,
    CASE_DONE_DAYS,
    CASE_GOODS,
    CASE_MOVES,
    CASE_OFFERED,
    CASE_OPENED,
    CASE_REPLACED,
    CASE_RULED,
    CASE_TO_DESK,
    CASE_WITHDRAWN,
    FOR_SHOP,
    HANDED_OVER,
    CaseState,
    CaseTimer,
    GoodsEnd,
    Liable,
    LineKind,
    Problem,
    Remedy,
    Side,
)
from app.payments.errors import RefundTooMuchError
from app.payments.queries import charge_of

ANSWER = timedelta(hours=CASE_ANSWER_HOURS)
DONE = timedelta(days=CASE_DONE_DAYS)
Opened = tuple[OrderCase, Order, list[OrderLine], OrderLine]


def open_case(
    actor: Viewer,
    order_id: int,
    *,
    line_id: int,
    quantity: int,
    problem: Problem,
    wish: Remedy,
    words: str,
    pictures: Sequence[PreparedPicture] = (),
    key: str | None = None,
    at: datetime,
) -> OrderCase:
    """Say that something is wrong with collected pieces of a line, with pictures of it.

    Refuses whose order it is not, after the stated days, a second case beside one under way, and
    more pieces than were collected and not paid back.
    """
    order, lines = moves.opened(order_id)
    policies.check_owns(actor, order, key)
    policies.check_can_open_case(order, _collected_at(order), at)
    line = moves.line_by_id(lines, line_id)
    if wish == Remedy.NOTHING:
        raise FieldError("wish", _l("Say what would set it right."))
    if not 0 < quantity <= line.handed_over - line.refunded:
        raise QuantityError(line_id=line.id)
    case = OrderCase(
        order_id=order.id,
        line_id=line.id,
        merchant_id=order.merchant_id,
        quantity=quantity,
        problem=problem,
        wish=wish,
        words=words,
        state=CaseState.OPEN,
        opened_at=at,
        moved_at=at,
        due_what=CaseTimer.TO_OPERATOR,
        due_at=at + ANSWER,
    )
    db.session.add(case)
    db.session.flush()
    for picture in pictures:
        keep(picture, owner=("order_case", case.id), actor=actor, at=at)
    moves.save(order, case_state=CaseState.OPEN)
    data = moves.quantities([(line, quantity)]) | {"problem": problem.value, "wish": wish.value}
    _note(actor, case, order, CASE_OPENED, side=Side.RESIDENT, at=at, **data)
    return case


def offer(
    actor: Viewer,
    case_id: int,
    *,
    turn: int,
    remedy: Remedy,
    amount_minor: int = 0,
    reason: str,
    at: datetime,
) -> OrderCase:
    """Answer for the shop: what the buyer wished for settles it at once, all else waits for the
    buyer's word; nothing is a refusal.

    Refuses a case that moved on, and more money than the pieces cost or than came in.
    """
    case, order, lines, line = _opened(case_id)
    policies.check_decides(actor, order)
    _check_turn(case, turn, FOR_SHOP)
    if remedy in {Remedy.NOTHING, Remedy.PART_BACK} and not reason.strip():
        raise FieldError("reason", _l("Say why, so that the buyer understands."))
    amount = _checked_amount(order, line, case, remedy, amount_minor)
    offered: dict[str, Any] = {"remedy": remedy, "amount_minor": amount}
    if remedy == case.wish and remedy in {Remedy.MONEY_BACK, Remedy.REPLACEMENT}:
        _settle(actor, (case, order, lines, line), Side.SHOP, reason=reason, at=at, **offered)
        return case
    _move(case, order, CaseState.WAITING_RESIDENT, at=at, due=ANSWER, **offered)
    told = {"remedy": remedy.value, "amount_minor": amount}
    _note(actor, case, order, CASE_OFFERED, side=Side.SHOP, at=at, reason=reason, **told)
    return case


def agree(
    actor: Viewer, case_id: int, *, turn: int, key: str | None = None, at: datetime
) -> OrderCase:
    """Take what the shop offered, exactly as it was shown; refuses an offer that changed since."""
    case, order, lines, line = _opened(case_id)
    policies.check_owns(actor, order, key)
    _check_turn(case, turn, (CaseState.WAITING_RESIDENT,))
    remedy, amount = case.remedy or Remedy.NOTHING, case.amount_minor
    whole = (case, order, lines, line)
    _settle(actor, whole, Side.RESIDENT, remedy=remedy, amount_minor=amount, at=at)
    return case


def decline(
    actor: Viewer, case_id: int, *, turn: int, reason: str, key: str | None = None, at: datetime
) -> OrderCase:
    """Say no to an offer and why; the shop has the word again."""
    case, order, _lines, _line = _opened(case_id)
    policies.check_owns(actor, order, key)
    _check_turn(case, turn, (CaseState.WAITING_RESIDENT,))
    if not reason.strip():
        raise FieldError("reason", _l("Say what would be all right."))
    nothing: dict[str, Any] = {"remedy": None, "amount_minor": 0}
    _move(case, order, CaseState.WAITING_MERCHANT, at=at, due=ANSWER, **nothing)
    _note(actor, case, order, CASE_DECLINED, side=Side.RESIDENT, at=at, reason=reason)
    return case


def withdraw(
    actor: Viewer, case_id: int, *, turn: int, key: str | None = None, at: datetime
) -> OrderCase:
    """Let a case go; refuses where both sides agreed or the desk has decided."""
    case, order, _lines, _line = _opened(case_id)
    policies.check_owns(actor, order, key)
    states = (*FOR_SHOP, CaseState.WAITING_RESIDENT, CaseState.WITH_OPERATOR)
    _check_turn(case, turn, states)
    _move(case, order, CaseState.CLOSED, at=at, remedy=None, amount_minor=0)
    _note(actor, case, order, CASE_WITHDRAWN, side=Side.RESIDENT, at=at)
    return case


def ask_desk(
    actor: Viewer,
    case_id: int,
    *,
    side: Side,
    turn: int,
    reason: str,
    key: str | None = None,
    at: datetime,
) -> OrderCase:
    """Ask the town's desk to decide: the buyer once the shop has answered, the shop instead of
    answering.
    """
    case, order, _lines, line = _opened(case_id)
    if side == Side.SHOP:
        policies.check_decides(actor, order)
    else:
        policies.check_owns(actor, order, key)
    _check_turn(case, turn, FOR_SHOP if side == Side.SHOP else (CaseState.WAITING_RESIDENT,))
    if not reason.strip():
        raise FieldError("reason", _l("Say what the desk should know."))
    _to_desk(actor, case, order, line, side=side, reason=reason, at=at)
    return case


def rule(
    actor: Viewer,
    case_id: int,
    *,
    turn: int,
    remedy: Remedy,
    amount_minor: int = 0,
    liable: Liable,
    reason: str,
    at: datetime,
) -> OrderCase:
    """Decide a case for the town, with who answers for it and why: money is owed at once, a
    replacement is set aside for the buyer.

    Refuses who does not run the site, and a case that is not with the desk.
    """
    if not actor.is_operator:
        raise NotAllowedError
    case, order, lines, line = _opened(case_id)
    _check_turn(case, turn, (CaseState.WITH_OPERATOR,))
    if not reason.strip():
        raise FieldError("reason", _l("Say why, so that both sides understand."))
    amount = _checked_amount(order, line, case, remedy, amount_minor)
    decided: dict[str, Any] = {
        "liable": liable,
        "ruled_by": actor.id,
        "remedy": remedy,
        "amount_minor": amount,
    }
    timer = CaseTimer.TO_OPERATOR if remedy == Remedy.REPLACEMENT else CaseTimer.CLOSE
    _move(case, order, CaseState.RULED, at=at, due=DONE, timer=timer, **decided)
    _carry_out(actor, (case, order, lines, line), remedy, amount, reason=reason, at=at)
    told = {"remedy": remedy.value, "amount_minor": amount, "liable": liable.value}
    _note(actor, case, order, CASE_RULED, side=Side.SITE, at=at, reason=reason, **told)
    return case


def hand_replacement(actor: Viewer, case_id: int, *, turn: int, at: datetime) -> OrderCase:
    """Note that the replacement went over the counter; the case is settled."""
    case, order, _lines, line = _opened(case_id)
    policies.check_serves(actor, order)
    _check_turn(case, turn, (CaseState.WAITING_MERCHANT, CaseState.RULED), is_agreed=True)
    if case.remedy != Remedy.REPLACEMENT:
        raise CaseMovedError(details=[policies.how_case_stands(case.state)])
    _move(case, order, CaseState.CLOSED, at=at)
    data = moves.quantities([(line, case.quantity)])
    _note(actor, case, order, CASE_REPLACED, side=Side.SHOP, at=at, **data)
    return case


def settle_goods(actor: Viewer, case_id: int, end: GoodsEnd, *, at: datetime) -> OrderCase:
    """Say once what became of the pieces: back on the shelf, where they count again, or written
    off.
    """
    if end not in {GoodsEnd.RESTOCKED, GoodsEnd.WRITTEN_OFF}:
        raise FieldError("end", _l("Choose one of the two."))
    case, order, _lines, line = _opened(case_id)
    policies.check_decides(actor, order)
    moved(
        update(OrderCase)
        .where(OrderCase.id == case.id, OrderCase.goods == GoodsEnd.OPEN)
        .values(goods=end),
        CaseMovedError(details=[policies.how_case_stands(case.state)]),
    )
    moves.set_on(case, goods=end)
    if end == GoodsEnd.RESTOCKED:
        _shelve(line, case.quantity)
    data = moves.quantities([(line, case.quantity)]) | {"goods": end.value}
    _note(actor, case, order, CASE_GOODS, side=Side.SHOP, at=at, **data)
    return case


def run_case_timer(case_id: int, *, at: datetime) -> CaseTimer | None:
    """Do what is due on one case; does nothing where somebody was faster or it is not yet due."""
    case, order, _lines, line = _opened(case_id)
    if case.due_at is None or case.due_at > at:
        return None
    what = case.due_what
    if what == CaseTimer.TO_OPERATOR:
        _to_desk(SYSTEM, case, order, line, side=Side.SITE, reason="", at=at)
    else:
        _move(case, order, CaseState.CLOSED, at=at)
        _note(SYSTEM, case, order, CASE_CLOSED, side=Side.SITE, at=at)
    return what


def _opened(case_id: int) -> Opened:
    """Return a case, its order and line for one move; whoever comes second waits at the order."""
    order_id = db.session.scalar(select(OrderCase.order_id).where(OrderCase.id == case_id))
    if order_id is None:
        raise NotFoundError
    order, lines = moves.opened(order_id)
    case = db.session.scalars(
        select(OrderCase).where(OrderCase.id == case_id),
        execution_options={"populate_existing": True},
    ).one()
    return case, order, lines, moves.line_by_id(lines, case.line_id)


def _check_turn(
    case: OrderCase, turn: int, states: Sequence[CaseState], *, is_agreed: bool = False
) -> None:
    """Refuse whoever saw the case as it was before: each move counts its turn on."""
    agreed = case.is_agreed or case.state == CaseState.RULED
    if case.turn != turn or case.state not in states or agreed != is_agreed:
        raise CaseMovedError(details=[policies.how_case_stands(case.state)])


def _move(
    case: OrderCase,
    order: Order,
    state: CaseState,
    *,
    at: datetime,
    due: timedelta | None = None,
    timer: CaseTimer = CaseTimer.TO_OPERATOR,
    **values: Any,
) -> None:
    """Move a case along its table, with its order's axis and its timer, by compare-and-swap."""
    values |= {
        "state": state,
        "turn": case.turn + 1,
        "moved_at": at,
        "over_at": at if state == CaseState.CLOSED else None,
        "due_what": None if due is None else timer,
        "due_at": None if due is None else at + due,
    }
    allowed = [one for one, after in CASE_MOVES.items() if state in after]
    moved(
        update(OrderCase)
        .where(OrderCase.id == case.id, OrderCase.turn == case.turn, OrderCase.state.in_(allowed))
        .values(**values),
        CaseMovedError(details=[policies.how_case_stands(case.state)]),
    )
    moves.set_on(case, **values)
    moves.save(order, case_state=state)


def _settle(
    actor: Viewer,
    whole: Opened,
    side: Side,
    *,
    remedy: Remedy,
    amount_minor: int,
    reason: str = "",
    at: datetime,
) -> None:
    """End a case as both sides want it; a replacement ends it when it is handed over."""
    case, order = whole[:2]
    values: dict[str, Any] = {"remedy": remedy, "amount_minor": amount_minor, "is_agreed": True}
    if remedy != Remedy.NOTHING:
        values["liable"] = Liable.MERCHANT
    if remedy == Remedy.REPLACEMENT:
        _move(case, order, CaseState.WAITING_MERCHANT, at=at, due=DONE, **values)
    else:
        _move(case, order, CaseState.CLOSED, at=at, **values)
    _carry_out(actor, whole, remedy, amount_minor, reason=reason, at=at)
    told = {"remedy": remedy.value, "amount_minor": case.amount_minor}
    _note(actor, case, order, CASE_AGREED, side=side, at=at, reason=reason, **told)


def _carry_out(
    actor: Viewer, whole: Opened, remedy: Remedy, amount_minor: int, *, reason: str, at: datetime
) -> None:
    """Owe the money, or set a replacement aside; the goods then wait for the shop's word."""
    case, order, lines, line = whole
    if remedy == Remedy.NOTHING:
        return
    if remedy == Remedy.REPLACEMENT:
        _shelve(line, -case.quantity)
        _save(case, set_aside=case.quantity if line.kind == LineKind.GOODS else 0)
    else:
        why = reason or str(_l("After-sale"))
        if remedy == Remedy.MONEY_BACK:
            _check_pieces(line, case.quantity)
            pieces = [(line, case.quantity)]
            refund = sums.take_back(actor, order, lines, pieces, reason=why, at=at)
        else:
            refund = sums.allow(actor, order, lines, line, amount_minor, reason=why, at=at)
        _save(case, refund_id=refund.id, amount_minor=refund.amount_minor)
    has_goods = line.kind == LineKind.GOODS and case.problem != Problem.MISSING
    if has_goods and remedy != Remedy.PART_BACK and case.goods == GoodsEnd.NONE:
        _save(case, goods=GoodsEnd.OPEN)


def _to_desk(
    actor: Viewer,
    case: OrderCase,
    order: Order,
    line: OrderLine,
    *,
    side: Side,
    reason: str,
    at: datetime,
) -> None:
    """Hand a case to the desk; a replacement that was set aside goes back on the shelf."""
    if case.set_aside:
        _shelve(line, case.set_aside)
    goods = GoodsEnd.NONE if case.goods == GoodsEnd.OPEN else case.goods
    nothing: dict[str, Any] = {"remedy": None, "amount_minor": 0, "is_agreed": False}
    nothing["set_aside"] = 0
    _move(case, order, CaseState.WITH_OPERATOR, at=at, goods=goods, **nothing)
    _note(actor, case, order, CASE_TO_DESK, side=side, at=at, reason=reason)


def _shelve(line: OrderLine, count: int) -> None:
    """Put pieces on the shelf again, or take them off; what has no count needs none."""
    if line.kind != LineKind.GOODS or line.variant_id is None or count == 0:
        return
    pool_id = db.session.scalar(select(Variant.pool_id).where(Variant.id == line.variant_id))
    if pool_id is None:
        return
    try:
        pools.add_total(pool_id, count * line.pack_size)
    except PoolTooLowError as low:
        raise NoReplacementError from low


def _checked_amount(
    order: Order, line: OrderLine, case: OrderCase, remedy: Remedy, amount_minor: int
) -> int:
    """Return the money a remedy stands for; refuses what can never be given back."""
    if remedy == Remedy.MONEY_BACK:
        _check_pieces(line, case.quantity)
        most = sums.most_minor(line, charge_of(moves.charge_about(order)))
        if most == 0:
            raise NothingPaidError
        return min(sums.freed_minor(line, case.quantity), most)
    if remedy != Remedy.PART_BACK:
        return 0
    if amount_minor <= 0:
        raise FieldError("amount", _l("Say how much."))
    if amount_minor > sums.most_minor(line, charge_of(moves.charge_about(order))):
        raise RefundTooMuchError
    return amount_minor


def _check_pieces(line: OrderLine, count: int) -> None:
    if count > line.handed_over - line.refunded:
        raise QuantityError(line_id=line.id)


def _save(case: OrderCase, **values: Any) -> None:
    changed(update(OrderCase).where(OrderCase.id == case.id).values(**values))
    moves.set_on(case, **values)


def _collected_at(order: Order) -> datetime | None:
    """Return when pieces of an order went over the counter last."""
    return db.session.scalar(
        select(func.max(OrderMove.at)).where(
            OrderMove.order_id == order.id, OrderMove.verb == HANDED_OVER.name
        )
    )


def _note(
    actor: Viewer,
    case: OrderCase,
    order: Order,
    verb: Verb,
    *,
    side: Side,
    at: datetime,
    reason: str = "",
    **data: Any,
) -> None:
    told = {"case_id": case.id} | data
    moves.note(actor, order, verb, side=side, at=at, reason=reason, data=told)
