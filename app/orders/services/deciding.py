"""What a group-buy's cut-off, its delivery and its end mean for each of its orders.

A step is decided in one transaction, on all orders at once; then each order is set right in one
of its own, so that nobody waits for a long list, and a site that went down goes on where it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from app.core.access import SYSTEM, Viewer
from app.core.activity.services import record
from app.core.db import changed, db, moved
from app.core.errors import FieldError
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.i18n import ngettext
from app.core.money import part_of
from app.merchants.models import Listing
from app.merchants.services.listings import archive_listing, sell_together
from app.orders.errors import GroupBuyMovedError
from app.orders.models import GroupBuy, GroupBuyItem, GroupBuyOrder, Order, OrderLine
from app.orders.policies import groupbuys as policies
from app.orders.queries.groupbuys import BUYER, COUNTED, STILL, led_group_buy
from app.orders.services import endings, moves, preparation, sums
from app.orders.types import (
    CLOSE_DAYS,
    GROUP_BUY_ARRIVED,
    GROUP_BUY_CLOSED,
    GROUP_BUY_FAILED,
    GROUP_BUY_REACHED,
    OPEN_STATES,
    PRICE_LOWERED,
    OrderState,
    Side,
)
from app.orders.types.groupbuys import GROUP_BUY_MOVES, GroupBuyState, Measure, Step

_FRESH = {"populate_existing": True}


def decide(group_buy_id: int, *, at: datetime) -> GroupBuyState | None:
    """Count who joined once the cut-off is past, and say whether it goes ahead; does nothing
    where somebody was faster or it is not yet due.
    """
    claimed = changed(
        update(GroupBuy)
        .where(
            GroupBuy.id == group_buy_id,
            GroupBuy.state == GroupBuyState.OPEN,
            GroupBuy.cut_off_at <= at,
        )
        .values(version=GroupBuy.version + 1)
    )
    if not claimed:
        return None
    found = _fresh(group_buy_id)
    people, pieces = _counted(group_buy_id)
    count = people if found.measure == Measure.PEOPLE else pieces
    if count < found.threshold:
        fail(SYSTEM, group_buy_id, reason=_missed(found, count), at=at)
        return GroupBuyState.FAILED
    gets = _cut_to_cases(found)
    if not any(sum(of_order.values()) for of_order in gets.values()):
        fail(SYSTEM, group_buy_id, reason=str(_l("Not one whole case came together.")), at=at)
        return GroupBuyState.FAILED
    _to_state(found, GroupBuyState.REACHED, decided_at=at, due_at=at, reached=count)
    sell_together(found.listing_id, False)
    _owe(group_buy_id, gets)
    archive_listing(SYSTEM, found.listing_id, True, at=at)
    _note(SYSTEM, found, GROUP_BUY_REACHED, at, people=people, pieces=pieces)
    return GroupBuyState.REACHED


def fail(actor: Viewer, group_buy_id: int, *, reason: str, at: datetime) -> None:
    """Let an open group-buy end without a purchase: all its orders are to be undone."""
    found = _fresh(group_buy_id)
    _to_state(found, GroupBuyState.FAILED, decided_at=at, due_at=at, reason=reason)
    sell_together(found.listing_id, False)
    changed(
        update(GroupBuyOrder).where(GroupBuyOrder.group_buy_id == group_buy_id).values(is_due=True)
    )
    listing = db.session.get_one(Listing, found.listing_id)
    if listing.archived_at is None:
        archive_listing(SYSTEM, listing.id, True, at=at)
    _note(actor, found, GROUP_BUY_FAILED, at, reason=reason)


def receive(actor: Viewer, group_buy_id: int, arrived: Mapping[int, int], *, at: datetime) -> None:
    """Say how many of each product came, `{item_id: count}`; a short delivery is shared fairly.

    Refuses who does not lead it, a second time, and while the orders wait for the step before.
    """
    led = led_group_buy(actor, group_buy_id, at=at)
    if any(count < 0 for count in arrived.values()) or set(arrived) != {
        item.id for item in led.items
    }:
        raise FieldError("arrived", _l("Say of each product how many came."))
    found = _fresh(group_buy_id)
    waits = select(func.count()).where(
        GroupBuyOrder.group_buy_id == group_buy_id, GroupBuyOrder.is_due.is_(True)
    )
    if db.session.scalar(waits):
        raise GroupBuyMovedError(group_buy_id=group_buy_id)
    _to_state(found, GroupBuyState.ARRIVED, due_at=at)
    gets: dict[int, dict[str, int]] = {}
    for item in _items(group_buy_id):
        changed(
            update(GroupBuyItem).where(GroupBuyItem.id == item.id).values(arrived=arrived[item.id])
        )
        _share(gets, _lines(group_buy_id, item.variant_id), arrived[item.id])
    _owe(group_buy_id, gets)
    _note(actor, found, GROUP_BUY_ARRIVED, at, arrived=sum(arrived.values()))


def set_right(order_id: int, *, at: datetime) -> bool:
    """Carry the last step of its group-buy out on one order, once; return whether it was to be
    done.
    """
    order, lines = moves.opened(order_id)
    claimed = changed(
        update(GroupBuyOrder)
        .where(GroupBuyOrder.order_id == order_id, GroupBuyOrder.is_due.is_(True))
        .values(is_due=False)
    )
    if not claimed:
        return False
    link = db.session.get_one(GroupBuyOrder, order_id, populate_existing=True)
    found = db.session.get_one(GroupBuy, link.group_buy_id, populate_existing=True)
    if order.state not in OPEN_STATES:
        return True
    if found.state == GroupBuyState.FAILED:
        endings.call_off(order, lines, reason=found.reason, at=at)
        return True
    if found.state == GroupBuyState.REACHED:
        _agree(found, order, lines, at)
    _lay_out(order_id, lines, link.gets or {}, is_here=found.state == GroupBuyState.ARRIVED, at=at)
    return True


def rest(group_buy_id: int, *, at: datetime) -> None:
    """Say when something falls due next once all orders are set right; end what is over, with
    the leader's share of what was collected.
    """
    found = _fresh(group_buy_id)
    waits = select(func.count()).where(
        GroupBuyOrder.group_buy_id == group_buy_id, GroupBuyOrder.is_due.is_(True)
    )
    if found.due_at is None or found.state == GroupBuyState.OPEN or db.session.scalar(waits):
        return
    ends_at = found.ends_at + timedelta(days=CLOSE_DAYS)
    if found.state == GroupBuyState.FAILED:
        _save(found, due_at=None)
    elif at < ends_at:
        _save(found, due_at=ends_at)
    else:
        share = part_of(_collected_minor(group_buy_id), found.share_bp)
        _to_state(found, GroupBuyState.CLOSED, due_at=None, leader_minor=share)
        _note(SYSTEM, found, GROUP_BUY_CLOSED, at, leader_minor=share)


# --- deciding ---


def _missed(found: GroupBuy, count: int) -> str:
    """Say how many were missing, for the buyers."""
    missing = found.threshold - count
    if found.measure == Measure.PEOPLE:
        return ngettext("%(num)s person was missing.", "%(num)s people were missing.", missing)
    return ngettext("%(num)s piece was missing.", "%(num)s pieces were missing.", missing)


def _counted(group_buy_id: int) -> tuple[int, int]:
    row = db.session.execute(
        select(func.count(BUYER.distinct()), func.coalesce(func.sum(STILL), 0))
        .select_from(GroupBuyOrder)
        .join(Order, Order.id == GroupBuyOrder.order_id)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(GroupBuyOrder.group_buy_id == group_buy_id, Order.state.in_(COUNTED))
    ).one()
    return int(row[0]), int(row[1])


def _cut_to_cases(found: GroupBuy) -> dict[int, dict[str, int]]:
    """Write down how many cases of each product are bought; return what each line gets of them."""
    gets: dict[int, dict[str, int]] = {}
    for item in _items(found.id):
        lines = _lines(found.id, item.variant_id)
        asked = sum(line.to_prepare for line in lines)
        cases, kept = policies.whole_cases(asked, item.case_size, item.tolerance)
        changed(update(GroupBuyItem).where(GroupBuyItem.id == item.id).values(cases=cases))
        _share(gets, lines, kept)
    return gets


def _share(gets: dict[int, dict[str, int]], lines: Sequence[Any], available: int) -> None:
    given = policies.fair_shares(available, [line.to_prepare for line in lines])
    for line, count in zip(lines, given, strict=True):
        gets.setdefault(line.order_id, {})[str(line.id)] = count


def _items(group_buy_id: int) -> list[GroupBuyItem]:
    wanted = select(GroupBuyItem).where(GroupBuyItem.group_buy_id == group_buy_id)
    return list(db.session.scalars(wanted.order_by(GroupBuyItem.id)))


def _lines(group_buy_id: int, variant_id: int) -> list[Any]:
    """The lines of a product that wait for it, in the order in which they came."""
    return list(
        db.session.execute(
            select(OrderLine.id, OrderLine.order_id, OrderLine.to_prepare)
            .join(GroupBuyOrder, GroupBuyOrder.order_id == OrderLine.order_id)
            .join(Order, Order.id == OrderLine.order_id)
            .where(
                GroupBuyOrder.group_buy_id == group_buy_id,
                OrderLine.variant_id == variant_id,
                OrderLine.to_prepare > 0,
                Order.state.in_(OPEN_STATES),
            )
            .order_by(OrderLine.id)
        )
    )


def _owe(group_buy_id: int, gets: Mapping[int, dict[str, int]]) -> None:
    for order_id, of_order in gets.items():
        changed(
            update(GroupBuyOrder)
            .where(GroupBuyOrder.order_id == order_id, GroupBuyOrder.group_buy_id == group_buy_id)
            .values(gets=of_order, is_due=True)
        )


# --- one order ---


def _agree(found: GroupBuy, order: Order, lines: Sequence[OrderLine], at: datetime) -> None:
    """Accept an order of a group-buy that goes ahead, at the price that was reached."""
    items = {item.variant_id: item for item in _items(found.id)}
    prices = {
        line.id: policies.price_at(
            item.price_minor, [Step(*step) for step in item.steps], found.reached or 0
        )
        for line in lines
        if (item := items.get(line.variant_id or 0))
    }
    less = sums.lower_prices(SYSTEM, order, lines, prices, at=at)
    if less:
        moves.note(SYSTEM, order, PRICE_LOWERED, side=Side.SITE, at=at, data={"amount_minor": less})
    if order.state == OrderState.PLACED:
        preparation.accept(SYSTEM, order.id, at=at)


def _lay_out(
    order_id: int,
    lines: Sequence[OrderLine],
    gets: Mapping[str, int],
    *,
    is_here: bool,
    at: datetime,
) -> None:
    """Mark what an order does not get as short, and lay out what is here."""
    counts = {}
    for line in lines:
        given = min(gets.get(str(line.id), 0), line.to_prepare)
        ready = given if is_here else 0
        if ready or line.to_prepare > given:
            counts[line.id] = (ready, line.to_prepare - given)
    if counts:
        why = _("Less came than was ordered; it was shared fairly.")
        if not is_here:
            why = _("Only whole cases are bought; the rest was shared fairly.")
        is_short = any(short for _ready, short in counts.values())
        preparation.prepare(SYSTEM, order_id, counts, reason=why if is_short else "", at=at)


# --- the group-buy itself ---


def _collected_minor(group_buy_id: int) -> int:
    each = OrderLine.unit_minor * (OrderLine.handed_over - OrderLine.refunded)
    total = db.session.scalar(
        select(func.coalesce(func.sum(each - OrderLine.allowed_minor), 0))
        .join(GroupBuyOrder, GroupBuyOrder.order_id == OrderLine.order_id)
        .where(GroupBuyOrder.group_buy_id == group_buy_id)
    )
    return max(0, int(total or 0))


def _fresh(group_buy_id: int) -> GroupBuy:
    return db.session.get_one(GroupBuy, group_buy_id, populate_existing=True)


def _to_state(found: GroupBuy, state: GroupBuyState, **values: Any) -> None:
    allowed = [one for one, after in GROUP_BUY_MOVES.items() if state in after]
    moved(
        update(GroupBuy)
        .where(GroupBuy.id == found.id, GroupBuy.state.in_(allowed))
        .values(state=state, version=GroupBuy.version + 1, **values),
        GroupBuyMovedError(group_buy_id=found.id),
    )
    moves.set_on(found, state=state, **values)


def _save(found: GroupBuy, **values: Any) -> None:
    changed(update(GroupBuy).where(GroupBuy.id == found.id).values(**values))
    moves.set_on(found, **values)


def _note(actor: Viewer, found: GroupBuy, verb: Any, at: datetime, **told: Any) -> None:
    about = {"merchant_id": found.merchant_id, "listing_id": found.listing_id}
    record(actor, verb, ("group_buy", found.id), at=at, data=about | told)
