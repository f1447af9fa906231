"""How a shop does, counted from its orders: what each number means stands beside it on the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from statistics import median
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, select

from app.core import clock
from app.core.db import UtcDateTime, fetch
from app.merchants.types.figures import FEWEST
from app.orders.models import Order, OrderCase, OrderLine
from app.orders.queries.customers import COUNTED, kept_money, who
from app.orders.types import LineKind, OrderState
from app.orders.types.customers import SPANS, Bucket, Figures, Share, Span
from app.payments.models import Charge


@cache
def _orders() -> Any:
    of_order = OrderLine.order_id == Order.id
    return (
        select(
            Order.id,
            Order.placed_at,
            Order.state,
            Order.accepted_at,
            Order.ready_at,
            Order.slot_starts_at,
            kept_money().label("money"),
            who().label("who"),
            exists().where(of_order, OrderLine.kind == LineKind.GOODS).label("is_goods"),
            exists().where(of_order, OrderLine.uncollected > 0).label("is_missed"),
            exists().where(OrderCase.order_id == Order.id).label("has_case"),
        )
        .join(Charge, and_(Charge.about_kind == "order", Charge.about_id == Order.id))
        .where(
            Order.merchant_id == bindparam("merchant_id"),
            Order.placed_at >= bindparam("since", type_=UtcDateTime),
            Order.placed_at <= bindparam("until", type_=UtcDateTime),
            Order.imported_key.is_(None),
            Order.state.not_in((OrderState.AWAITING_PAYMENT, OrderState.EXPIRED)),
        )
    )


@cache
def _before() -> Any:
    return (
        select(who().label("who"))
        .where(
            Order.merchant_id == bindparam("merchant_id"),
            Order.placed_at < bindparam("since", type_=UtcDateTime),
            Order.state.in_(COUNTED),
            who().is_not(None),
        )
        .distinct()
    )


def figures_by(merchant_id: int, span: Span, *, at: datetime) -> Figures:
    """Return a shop's figures of the last two weeks, twelve weeks or twelve months, added up by
    span. Two statements.
    """
    begins = _begins(span, clock.local(at).date())
    rows, figures = _counted(merchant_id, since=clock.at_local(begins[0], time(0)), until=at)
    orders, money = Counter[date](), Counter[date]()
    for row in rows:
        if row.state in COUNTED:
            orders[_begin_of(span, clock.local(row.placed_at).date())] += 1
        money[_begin_of(span, clock.local(row.placed_at).date())] += row.money
    figures["buckets"] = tuple(Bucket(day, orders[day], money[day]) for day in begins)
    return Figures(**figures)


def _counted(
    merchant_id: int, *, since: datetime, until: datetime
) -> tuple[Sequence[Any], dict[str, Any]]:
    rows = fetch(_orders(), merchant_id=merchant_id, since=since, until=until)
    known = {row.who for row in fetch(_before(), merchant_id=merchant_id, since=since)}
    counted = [row for row in rows if row.state in COUNTED]
    times = Counter(row.who for row in counted if row.who)
    again = sum(1 for one, count in times.items() if count > 1 or one in known)
    # What was accepted in the moment it was placed asked nobody: it was sold over the counter.
    asked = [row for row in counted if row.accepted_at is None or row.accepted_at > row.placed_at]
    answers = [row.accepted_at - row.placed_at for row in asked if row.accepted_at]
    due = [row for row in counted if row.is_goods and row.slot_starts_at and row.ready_at]
    over = [row for row in counted if row.state == OrderState.CLOSED]
    return rows, {
        "orders": len(counted),
        "sales_minor": sum(row.money for row in rows),
        "came_back": Share(again, len(times)),
        "answered": Share(len(answers), len(asked)),
        "answer_minutes": _middle(answers),
        "on_time": Share(sum(row.ready_at <= row.slot_starts_at for row in due), len(due)),
        "not_collected": Share(sum(row.is_missed for row in over), len(over)),
        "cases": Share(sum(row.has_case for row in counted), len(counted)),
    }


def _middle(answers: Iterable[timedelta]) -> int | None:
    """Return the minutes within which half of the orders were answered; too few say nothing."""
    minutes = [max(answer.total_seconds(), 0) / 60 for answer in answers]
    return round(median(minutes)) if len(minutes) >= FEWEST else None


def _begins(span: Span, today: date) -> list[date]:
    """Return the days on which the shown spans begin, the earliest first."""
    found = [_begin_of(span, today)]
    while len(found) < SPANS[span]:
        found.append(_begin_of(span, found[-1] - timedelta(days=1)))
    return found[::-1]


def _begin_of(span: Span, day: date) -> date:
    if span is Span.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if span is Span.MONTH else day


@cache
def nearby_counts() -> Any:
    """Return the select of how many people of each neighbourhood ordered a thing since an instant,
    where they are enough not to tell of one of them.
    """
    people = func.count(func.distinct(Order.person_id))
    return (
        select(Order.place_id, OrderLine.listing_id, people.label("people"))
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(
            Order.placed_at >= bindparam("since", type_=UtcDateTime),
            Order.state.in_(COUNTED),
            Order.place_id.is_not(None),
            Order.person_id.is_not(None),
            OrderLine.listing_id.is_not(None),
            Order.person_id.not_in(bindparam("left_out", expanding=True)),
        )
        .group_by(Order.place_id, OrderLine.listing_id)
        .having(people >= FEWEST)
    )


def ordered_nearby(*, since: datetime, left_out: Sequence[int]) -> list[tuple[int, int, int]]:
    """Return neighbourhood, listing and number of people who ordered it there since an instant."""
    return [tuple(row) for row in fetch(nearby_counts(), since=since, left_out=left_out)]
