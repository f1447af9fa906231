"""The alarm of a new order: robot, then text message, then a call, until its shop has seen it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update

from app.core.access import Viewer
from app.core.db import changed, insert_ignoring
from app.core.settings import settings
from app.notifications.models import OrderAlarm
from app.notifications.policies.quiet import quiet_until
from app.notifications.queries import alarms as queries
from app.notifications.queries.reach import reach_of, town_reach
from app.notifications.services import allowances, calls
from app.notifications.services.ladders import is_open, may_text
from app.notifications.types import (
    ROBOT_MINUTE,
    AlarmEnd,
    AlarmRow,
    AlarmStep,
    CallWhy,
    Errand,
    Letter,
    NoticeKind,
    NoticeRow,
    TownReach,
    Way,
)
from app.orders.models import Order
from app.orders.types import OrderState

BATCH = 50
MOST_TEXTS = 3


@dataclass(frozen=True, slots=True)
class _Turn:
    """One alarm whose time has come."""

    row: AlarmRow
    at: datetime
    town: TownReach

    def due(self, step: AlarmStep, *, has_acted: bool) -> datetime:
        """Return when a later step is due: by the order's own clock, or where this one came late,
        as long after it as usual.
        """
        minutes = {
            AlarmStep.ROBOT: 0,
            AlarmStep.SMS: self.town.alarm_sms,
            AlarmStep.DESK: self.town.alarm_desk,
        }
        usual = self.row.placed_at + timedelta(minutes=minutes[step])
        if not has_acted:
            return usual
        return max(usual, self.at + timedelta(minutes=minutes[step] - minutes[self.row.step]))


def start(order: Order, *, actor: Viewer) -> None:
    """Start the alarm of a new order; one that the shop itself wrote down needs none."""
    if order.imported_key or actor.is_staff_of(order.merchant_id):
        return
    row = {
        "order_id": order.id,
        "merchant_id": order.merchant_id,
        "placed_at": order.placed_at,
        "step": AlarmStep.ROBOT,
        "due_at": order.placed_at,
    }
    insert_ignoring(OrderAlarm, [row], keys=["order_id"])


def end(order_id: int, *, how: AlarmEnd, at: datetime) -> None:
    """End an order's alarm at once, and the call about it; does nothing where there is none."""
    _end(OrderAlarm.order_id == order_id, how=how, at=at)
    calls.settle(("order", order_id), at=at)


def note_seen(merchant_id: int, *, up_to: int, at: datetime) -> None:
    """End the alarms of all orders that somebody of the shop had before their eyes."""
    for order_id in queries.open_alarms(merchant_id, up_to=up_to):
        end(order_id, how=AlarmEnd.SEEN, at=at)


def ring(*, at: datetime, limit: int = BATCH) -> tuple[int, list[Errand | Letter]]:
    """Take the alarms' due steps; return how many alarms were looked at, and what is to be sent.

    Each step is taken once, by one worker, however late; a site that was down gives the shop its
    time again before it goes on to the next.
    """
    due = queries.due_alarms(at, limit=limit)
    town = town_reach()
    found: list[Errand | Letter] = []
    for row in due:
        turn = _Turn(row, at, town)
        if row.state is not OrderState.PLACED:
            end(row.order_id, how=AlarmEnd.MOVED, at=at)
        elif (pause := _silence(turn)) is not None:
            _move(turn, row.step, pause)
        elif row.step is AlarmStep.ROBOT:
            found += _tell_robot(turn)
        elif row.step is AlarmStep.SMS:
            found += _text(turn)
        elif row.step is AlarmStep.DESK:
            found += _ask_desk(turn)
    return len(due), found


def _silence(turn: _Turn) -> datetime | None:
    """Return until when the town sleeps; a shop that is open is told all the same."""
    until = quiet_until(turn.town.quiet, turn.at)
    return None if until is None or is_open(turn.row.merchant_id, turn.at) else until


def _tell_robot(turn: _Turn) -> list[Errand]:
    robot_id = queries.robot_of(turn.row.merchant_id)
    if robot_id is not None and not _may_say(robot_id, turn.at):
        _move(turn, AlarmStep.ROBOT, turn.at + timedelta(minutes=1))
        return []
    next_at = turn.due(AlarmStep.SMS, has_acted=robot_id is not None)
    if not _move(turn, AlarmStep.SMS, next_at) or robot_id is None:
        return []
    return [_errand(turn, robot_id, is_desk=False)]


def _text(turn: _Turn) -> list[Letter]:
    phones = _phones(turn)
    sent = [one for one in phones if may_text(turn.town, turn.at)]
    if not _move(turn, AlarmStep.DESK, turn.due(AlarmStep.DESK, has_acted=bool(sent))):
        return []
    return [_letter(turn, phone, language) for phone, language in sent]


def _phones(turn: _Turn) -> list[tuple[str, str]]:
    """Return the numbers of those who run the shop; where none has one, the shop's own."""
    people = queries.staff_in_turn(turn.row.merchant_id)
    reaches = reach_of(people, turn.town)
    found = [
        (reach.phone or "", reach.language)
        for one in people
        if (reach := reaches.get(one)) is not None and reach.can(Way.SMS)
    ]
    if not found and turn.row.shop_number:
        found = [(turn.row.shop_number, settings().language)]
    return found[:MOST_TEXTS]


def _ask_desk(turn: _Turn) -> list[Errand]:
    row = turn.row
    if not _move(turn, AlarmStep.DONE, None):
        return []
    calls.open_call(
        ("order", row.order_id),
        why=CallWhy.SHOP_SILENT,
        merchant_id=row.merchant_id,
        data={"number": row.number},
        at=turn.at,
    )
    robot_id = queries.robot_of(None)
    if robot_id is None or not _may_say(robot_id, turn.at):
        return []
    return [_errand(turn, robot_id, is_desk=True)]


def _may_say(robot_id: int, at: datetime) -> bool:
    return allowances.take(f"robot:{robot_id}:{at:%Y%m%d%H%M}", ROBOT_MINUTE, at=at)


def _errand(turn: _Turn, robot_id: int, *, is_desk: bool) -> Errand:
    row = turn.row
    return Errand(
        robot_id,
        row.order_id,
        row.number,
        (row.shop_zh, row.shop_en),
        f"alarm:{row.order_id}:{row.step.value}",
        row.merchant_id,
        is_desk,
    )


def _letter(turn: _Turn, phone: str, language: str) -> Letter:
    row = turn.row
    data = {"number": row.number, "merchant_id": row.merchant_id}
    notice = NoticeRow(
        0,
        NoticeKind.ORDER_WAITS,
        "order",
        row.order_id,
        data,
        None,
        None,
        None,
        row.placed_at,
        None,
    )
    key = f"alarm:{row.order_id}:sms:{phone}"
    return Letter(phone, language, notice, key, None, Way.SMS)


def _move(turn: _Turn, step: AlarmStep, due_at: datetime | None) -> bool:
    """Set the next step; False where another worker took this one, or the shop was faster."""
    mine = (
        OrderAlarm.order_id == turn.row.order_id,
        OrderAlarm.step == turn.row.step,
        OrderAlarm.due_at == turn.row.due_at,
        OrderAlarm.ended_at.is_(None),
    )
    return bool(changed(update(OrderAlarm).where(*mine).values(step=step, due_at=due_at)))


def _end(condition: object, *, how: AlarmEnd, at: datetime) -> int:
    step = update(OrderAlarm).where(condition, OrderAlarm.ended_at.is_(None))  # type: ignore[arg-type]
    return changed(step.values(ended_at=at, how=how, due_at=None))
