"""After-sale cases: what is wrong, what is wished and offered, who answers for it, and rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.core.i18n import lazy_gettext as _l
from app.orders.types.orders import LineRow, OrderPage, TimelineRow
from app.orders.types.states import CaseState


class Problem(StrEnum):
    """What is wrong with what was collected."""

    BROKEN = "broken"
    QUALITY = "quality"
    WRONG = "wrong"
    MISSING = "missing"
    OTHER = "other"


class Remedy(StrEnum):
    """What sets a case right: wished by the buyer, offered by the shop, ruled by the operator."""

    MONEY_BACK = "money_back"
    PART_BACK = "part_back"
    REPLACEMENT = "replacement"
    NOTHING = "nothing"


class Liable(StrEnum):
    """Who answers for it."""

    MERCHANT = "merchant"
    PLATFORM = "platform"
    COURIER = "courier"
    RESIDENT = "resident"


class GoodsEnd(StrEnum):
    """What became of the pieces a case is about; open until the shop says it."""

    NONE = "none"
    OPEN = "open"
    RESTOCKED = "restocked"
    WRITTEN_OFF = "written_off"


class CaseTimer(StrEnum):
    """What falls due on a case next."""

    TO_OPERATOR = "to_operator"
    CLOSE = "close"


UNDER_WAY = (
    CaseState.OPEN,
    CaseState.WAITING_MERCHANT,
    CaseState.WAITING_RESIDENT,
    CaseState.WITH_OPERATOR,
    CaseState.RULED,
)
FOR_SHOP = (CaseState.OPEN, CaseState.WAITING_MERCHANT)

PROBLEM_WORDS = {
    Problem.BROKEN: _l("Broken or damaged"),
    Problem.QUALITY: _l("Not fresh, or not as promised"),
    Problem.WRONG: _l("The wrong thing"),
    Problem.MISSING: _l("Something is missing"),
    Problem.OTHER: _l("Something different"),
}
WISH_WORDS = {
    Remedy.MONEY_BACK: _l("My money back"),
    Remedy.PART_BACK: _l("I keep it, for less money"),
    Remedy.REPLACEMENT: _l("A replacement"),
}
REMEDY_WORDS = {
    Remedy.MONEY_BACK: _l("All the money back"),
    Remedy.PART_BACK: _l("Part of the money back"),
    Remedy.REPLACEMENT: _l("A replacement"),
    Remedy.NOTHING: _l("Nothing"),
}
LIABLE_WORDS = {
    Liable.MERCHANT: _l("The shop itself"),
    Liable.PLATFORM: _l("The town's site"),
    Liable.COURIER: _l("Who delivered it"),
    Liable.RESIDENT: _l("The buyer"),
}
CASE_WORDS = {
    CaseState.OPEN: _l("The shop is to answer"),
    CaseState.WAITING_MERCHANT: _l("It is the shop's turn"),
    CaseState.WAITING_RESIDENT: _l("It is the buyer's turn"),
    CaseState.WITH_OPERATOR: _l("With the town's desk"),
    CaseState.RULED: _l("Decided by the town's desk"),
    CaseState.CLOSED: _l("Settled"),
}
GOODS_WORDS = {
    GoodsEnd.OPEN: _l("not said yet"),
    GoodsEnd.RESTOCKED: _l("back on the shelf"),
    GoodsEnd.WRITTEN_OFF: _l("written off"),
}


@dataclass(frozen=True, slots=True)
class CaseBrief:
    """The latest case of an order, as the order's own page shows it."""

    id: int
    state: CaseState
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case in a list."""

    id: int
    order_id: int
    number: str
    merchant_id: int
    merchant_zh: str
    merchant_en: str
    contact_name: str
    name_zh: str
    name_en: str
    quantity: int
    problem: Problem
    state: CaseState
    opened_at: datetime
    moved_at: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything one case's page shows, to each of its three sides."""

    id: int
    order: OrderPage
    line: LineRow
    quantity: int
    problem: Problem
    wish: Remedy
    words: str
    state: CaseState
    turn: int
    remedy: Remedy | None
    amount_minor: int
    is_agreed: bool
    liable: Liable | None
    goods: GoodsEnd
    opened_at: datetime
    over_at: datetime | None
    due_at: datetime | None
    most_minor: int
    pictures: tuple[int, ...]
    steps: tuple[TimelineRow, ...]

    @property
    def is_for_shop(self) -> bool:
        """Whether the shop has the next word on what is to be done."""
        return self.state in FOR_SHOP and not self.is_agreed

    @property
    def owes_replacement(self) -> bool:
        """Whether the shop has a replacement to hand over."""
        is_fixed = self.is_agreed or self.state == CaseState.RULED
        return is_fixed and self.remedy == Remedy.REPLACEMENT and self.over_at is None
