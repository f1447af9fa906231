"""Timed work of orders: what is due is done once, however late the site comes to it."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.core.db import transaction
from app.core.errors import ConflictError
from app.core.jobs.registry import every
from app.orders.queries.cases import due_case_ids
from app.orders.queries.closings import due_questions
from app.orders.queries.desk import due_checkouts, due_order_ids
from app.orders.queries.groupbuys import due_group_buys, orders_to_set_right
from app.orders.queries.proposals import due_proposal_ids
from app.orders.services import counting, deciding
from app.orders.services.basket import KEEP_DAYS, forget_old_baskets
from app.orders.services.cases import run_case_timer
from app.orders.services.checkout import expire_checkouts
from app.orders.services.closings import remind
from app.orders.services.proposals import expire
from app.orders.services.timers import run_timer

NEARBY_DAYS = 180


@every(minutes=1, key="orders.timers")
def sweep(now: datetime) -> int:
    """Do what is due on proposals, orders, cases and checkouts, each in a transaction of its own;
    return how much was done.
    """
    done = 0
    if due_checkouts(now):
        with transaction():
            done += expire_checkouts(at=now)
    # What was proposed first: a substitute that nobody answered is short, not left uncollected.
    for proposal_id in due_proposal_ids(now):
        try:
            with transaction():
                done += expire(proposal_id, at=now) is not None
        except ConflictError:
            continue
    for order_id in due_order_ids(now):
        try:
            with transaction():
                done += run_timer(order_id, at=now) is not None
        except ConflictError:
            continue  # somebody moved the order meanwhile; the next round looks again
    for case_id in due_case_ids(now):
        try:
            with transaction():
                done += run_case_timer(case_id, at=now) is not None
        except ConflictError:
            continue
    return done


@every(minutes=5, key="orders.questions")
def remind_of_questions(now: datetime) -> int:
    """Tell buyers again whose time was closed and who have not chosen; return how many."""
    done = 0
    for order_id in due_questions(now):
        with transaction():
            done += remind(order_id, at=now)
    return done


@every(minutes=1, key="orders.group_buys")
def sweep_group_buys(now: datetime) -> int:
    """Carry out what is due on group-buys, however late; return on how many something was."""
    due = due_group_buys(now)
    for group_buy_id in due:
        carry_out(group_buy_id, at=now)
    return len(due)


def carry_out(group_buy_id: int, *, at: datetime) -> None:
    """Decide a group-buy whose cut-off is past, and set each of its orders right, each in a
    transaction of its own; what a crash left behind the next round does.
    """
    with transaction():
        deciding.decide(group_buy_id, at=at)
    for order_id in orders_to_set_right(group_buy_id):
        try:
            with transaction():
                deciding.set_right(order_id, at=at)
        except ConflictError:
            continue  # somebody moved the order meanwhile; the next round looks again
    with transaction():
        deciding.rest(group_buy_id, at=at)


@every(minutes=1440, key="orders.nearby")
def count_nearby(now: datetime) -> None:
    """Count what neighbours ordered in the last half year."""
    with transaction():
        counting.write_nearby(since=now - timedelta(days=NEARBY_DAYS))


@every(minutes=1440, key="orders.old_baskets")
def forget_baskets(now: datetime) -> None:
    """Let baskets that nobody touched for a month go."""
    with transaction():
        forget_old_baskets(before=now - timedelta(days=KEEP_DAYS))
