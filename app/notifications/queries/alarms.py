"""Alarms that are due, who runs a shop, and its group's robot."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, select

from app.accounts.models import RoleGrant
from app.core.access import Role
from app.core.db import db
from app.core.sms.numbers import e164_or_none
from app.core.sms.services import can_send_sms
from app.merchants.models import Merchant
from app.notifications.models import OrderAlarm, Robot
from app.notifications.queries.reach import has_failed
from app.notifications.types import AlarmRow, Way, whose_robot
from app.orders.models import Order

RUNNERS = (Role.OWNER, Role.MANAGER, Role.CLERK)


def due_alarms(at: datetime, *, limit: int) -> list[AlarmRow]:
    """Return the alarms whose next step is due, the longest due first."""
    rows: Sequence[Any] = db.session.execute(
        select(
            OrderAlarm.order_id,
            OrderAlarm.merchant_id,
            OrderAlarm.placed_at,
            OrderAlarm.step,
            OrderAlarm.due_at,
            Order.state,
            Order.number,
            Merchant.name_zh,
            Merchant.name_en,
            Merchant.phone,
        )
        .join(Order, Order.id == OrderAlarm.order_id)
        .join(Merchant, Merchant.id == OrderAlarm.merchant_id)
        .where(OrderAlarm.due_at <= at)
        .order_by(OrderAlarm.due_at, OrderAlarm.order_id)
        .limit(limit)
    ).all()
    return [AlarmRow(*(*row[:9], _mobile(row[9]))) for row in rows]


def _mobile(phone: str) -> str | None:
    """Return a shop's number where a text message can go there."""
    number = e164_or_none(phone) if phone and can_send_sms() else None
    return None if number is None or has_failed(Way.SMS, number) else number


def open_alarms(merchant_id: int, *, up_to: int) -> list[int]:
    """Return the orders up to one whose alarm still runs."""
    wanted = select(OrderAlarm.order_id).where(
        OrderAlarm.merchant_id == merchant_id,
        OrderAlarm.ended_at.is_(None),
        OrderAlarm.order_id <= up_to,
    )
    return list(db.session.scalars(wanted))


def staff_in_turn(merchant_id: int) -> list[int]:
    """Return who runs a shop: owners first, then managers, then clerks."""
    order = case({role.value: number for number, role in enumerate(RUNNERS)}, value=RoleGrant.role)
    wanted = (
        select(RoleGrant.user_id)
        .where(
            RoleGrant.scope_kind == "merchant",
            RoleGrant.scope_id == merchant_id,
            RoleGrant.role.in_(RUNNERS),
            RoleGrant.taken_at.is_(None),
        )
        .order_by(order, RoleGrant.id)
    )
    return list(dict.fromkeys(db.session.scalars(wanted)))


def robot_of(merchant_id: int | None) -> int | None:
    """Return a shop's robot that has not failed, or the town's for no shop."""
    whose = whose_robot(merchant_id)
    wanted = select(Robot.id).where(Robot.whose == whose, Robot.failed_at.is_(None))
    return db.session.scalar(wanted)
