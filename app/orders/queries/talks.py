"""Which orders' buyers wrote something that their shop has not read."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, or_, select

from app.accounts.models import RoleGrant
from app.core.db import fetch
from app.forum.models import Post, ThreadRead
from app.forum.types import Showing
from app.orders.models import Order
from app.orders.types import OrderState


def unread_talks(merchant_id: int) -> frozenset[int]:
    """Return the shop's orders under way on which the buyer wrote what none of its people has
    seen; told by how far they have read the talk. One statement.
    """
    return frozenset(row[0] for row in fetch(unread_orders(), merchant_id=merchant_id))


@cache
def unread_orders() -> Any:
    """Return the select of those orders' ids, asked with `merchant_id`."""
    staff = select(RoleGrant.user_id).where(
        RoleGrant.scope_kind == "merchant",
        RoleGrant.scope_id == bindparam("merchant_id"),
        RoleGrant.taken_at.is_(None),
    )
    read = (
        select(func.max(ThreadRead.number))
        .where(ThreadRead.thread_id == Order.thread_id, ThreadRead.user_id.in_(staff))
        .correlate(Order)
        .scalar_subquery()
    )
    return (
        select(Order.id)
        .join(Post, Post.thread_id == Order.thread_id)
        .where(
            Order.merchant_id == bindparam("merchant_id"),
            Order.state.in_((OrderState.PLACED, OrderState.ACCEPTED)),
            Post.showing == Showing.SHOWN,
            or_(Post.author_id.is_(None), Post.author_id == Order.person_id),
            Post.number > func.coalesce(read, 0),
        )
        .distinct()
    )
