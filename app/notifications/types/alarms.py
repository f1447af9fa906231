"""New orders that a shop has not seen, group robots, and whom the desk phones."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.core.i18n import lazy_gettext as _l
from app.orders.types import OrderState


class AlarmStep(StrEnum):
    """Who is told next of an order that its shop has not seen."""

    ROBOT = "robot"
    SMS = "sms"
    DESK = "desk"
    DONE = "done"


class AlarmEnd(StrEnum):
    """Why nobody need be told of an order any more."""

    SEEN = "seen"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """An alarm whose time has come, with what its texts need."""

    order_id: int
    merchant_id: int
    placed_at: datetime
    step: AlarmStep
    due_at: datetime
    state: OrderState
    number: str
    shop_zh: str
    shop_en: str
    shop_number: str | None


class CallWhy(StrEnum):
    """Why somebody is to be phoned."""

    SHOP_SILENT = "shop_silent"
    NO_WAY = "no_way"
    ALL_FAILED = "all_failed"


class CallState(StrEnum):
    """Where a call stands; settled means that it was not needed any more."""

    WAITING = "waiting"
    REACHED = "reached"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class CallRow:
    """Somebody to be phoned, with whom to ask for and why."""

    id: int
    about_kind: str
    about_id: int
    why: CallWhy
    state: CallState
    since: datetime
    tries: int
    note: str
    last_at: datetime | None
    last_by: str | None
    number: str | None
    shop_zh: str | None
    shop_en: str | None
    shop_phone: str | None
    person: str | None
    person_phone: str | None
    person_id: int | None
    data: dict[str, Any]


ROBOT_MINUTE = 15


class RobotKind(StrEnum):
    """Whose group robot it is."""

    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"


ROBOT_LABELS = {
    RobotKind.WECOM: _l("WeCom"),
    RobotKind.DINGTALK: _l("DingTalk"),
    RobotKind.FEISHU: _l("Feishu"),
}


@dataclass(frozen=True, slots=True)
class RobotRow:
    """A group robot without its secrets."""

    id: int
    merchant_id: int | None
    kind: RobotKind
    host: str
    tail: str
    is_signed: bool
    made_at: datetime
    told_at: datetime | None
    failed_at: datetime | None
    failure: str


@dataclass(frozen=True, slots=True)
class Errand:
    """One line for a group robot about an order: a new one, or one that the desk should phone."""

    robot_id: int
    order_id: int
    number: str
    shop: tuple[str, str]
    key: str
    merchant_id: int
    is_desk: bool = False


def whose_robot(merchant_id: int | None) -> str:
    """Return the word for whose robot it is: a shop's, or the town's."""
    return "town" if merchant_id is None else f"shop:{merchant_id}"
