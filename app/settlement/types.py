"""Kinds of lines, states of bills, and the rows that pages and files are made of."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from app.core.activity.types import Hook, verb

BILL_CLOSED = verb("bill.closed", Hook.SERVICE)
RECEIPT_RECORDED = verb("bill.receipt_recorded", Hook.SERVICE, privileged=True)
RECEIPT_TAKEN_BACK = verb("bill.receipt_taken_back", Hook.SERVICE, privileged=True)
WRITE_OFF_ASKED = verb("bill.write_off_asked", Hook.SERVICE, privileged=True)
WRITE_OFF_DECIDED = verb("bill.write_off_decided", Hook.SERVICE, privileged=True)

INCOME = "income:commission"
INCOME_FEES = "income:fees"
COUPONS = "expense:coupons"
BANK = "bank:platform"
WRITTEN_OFF = "expense:writeoff"


class LineKind(StrEnum):
    """Why a line is on a bill."""

    SALE = "sale"
    UNDONE = "undone"
    REFUND = "refund"
    ADJUSTMENT = "adjustment"
    FEE = "fee"
    FEE_BACK = "fee_back"
    COUPON = "coupon"


class BillState(StrEnum):
    """What is still to be paid of a bill."""

    OPEN = "open"
    PART_PAID = "part_paid"
    PAID = "paid"
    NOTHING_DUE = "nothing_due"


class ReceiptWay(StrEnum):
    """How a bill was met: how its money came in, or that two people let it go."""

    BANK = "bank"
    CASH = "cash"
    WALLET = "wallet"
    WRITTEN_OFF = "written_off"


# What somebody records as having come in.
MONEY_WAYS = (ReceiptWay.BANK, ReceiptWay.CASH, ReceiptWay.WALLET)


class WriteOffState(StrEnum):
    """Whether a second person has looked at a write-off."""

    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Booking:
    """One fact that moves a shop's turnover and, through `bases`, its commission; or a yearly fee.

    `bases` is what the commission is reckoned on, in minor units by rate (basis points); all may
    be negative. What the site pays of its own coupons is a fee below nought of the kind COUPON.
    """

    key: str
    kind: LineKind
    merchant_id: int
    order_id: int | None
    cause: tuple[str, int]
    at: datetime
    gross_minor: int
    bases: dict[int, int] = field(default_factory=dict)
    fee_minor: int = 0
    memo: str = ""


@dataclass(frozen=True, slots=True)
class FeeYear:
    """One year that a shop pays a fee for; `left_on` is the first day that it did not have of it,
    where the terms changed or the shop left before its end.
    """

    terms_id: int
    starts_on: date
    ends_on: date
    fee_minor: int
    left_on: date | None = None

    @property
    def back_minor(self) -> int:
        """What is given back: the fee less its share for the days that ran, rounded once."""
        if self.left_on is None:
            return 0
        days, ran = (self.ends_on - self.starts_on).days + 1, (self.left_on - self.starts_on).days
        return self.fee_minor - (2 * self.fee_minor * ran + days) // (2 * days)


@dataclass(frozen=True, slots=True)
class BillRow:
    """A bill in a list."""

    id: int
    number: str
    merchant_id: int
    merchant_zh: str
    merchant_en: str
    starts_on: date
    ends_on: date
    due_on: date
    sales_minor: int
    refunds_minor: int
    adjustments_minor: int
    commission_minor: int
    fees_minor: int
    opening_minor: int
    payable_minor: int
    carried_minor: int
    paid_minor: int
    coupons_minor: int
    state: BillState

    @property
    def yearly_minor(self) -> int:
        """What of the fees is the yearly one."""
        return self.fees_minor - self.coupons_minor

    @property
    def open_minor(self) -> int:
        """What is still to be paid."""
        return self.payable_minor - self.paid_minor

    @property
    def turnover_minor(self) -> int:
        """What was sold, less what went back, with adjustments."""
        return self.sales_minor + self.refunds_minor + self.adjustments_minor

    def is_late(self, today: date) -> bool:
        """Whether its day has passed with something still to be paid."""
        return self.open_minor > 0 and self.due_on < today


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line of a bill."""

    id: int
    at: datetime
    kind: LineKind
    order_id: int | None
    order_number: str | None
    gross_minor: int
    commission_minor: int
    fee_minor: int
    memo: str

    @property
    def owed_minor(self) -> int:
        """What the shop owes the site by it."""
        return self.commission_minor + self.fee_minor


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """Money that came in for a bill."""

    id: int
    amount_minor: int
    way: ReceiptWay
    reference: str
    received_on: date
    at: datetime
    taken_back_at: datetime | None


@dataclass(frozen=True, slots=True)
class WriteOffRow:
    """A sum that one person asks to let go; another decides."""

    id: int
    bill_id: int
    number: str
    merchant_zh: str
    merchant_en: str
    amount_minor: int
    reason: str
    asked_by: int | None
    asker: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class MoneyDue:
    """What all shops owe: on bills, of that late, and not billed yet."""

    billed_minor: int
    late_minor: int
    unbilled_minor: int
    late_count: int


class LineFate(StrEnum):
    """What becomes of one line of a shop's sales export."""

    SALE = "sale"
    RETURN = "return"
    ADJUSTMENT = "adjustment"


@dataclass(frozen=True, slots=True)
class ExportColumns:
    """Which column of a sales export says what."""

    invoice: str = "InvoiceNo"
    code: str = "StockCode"
    name: str = "Description"
    quantity: str = "Quantity"
    at: str = "InvoiceDate"
    price: str = "UnitPrice"
    customer: str = "CustomerID"


@dataclass(frozen=True, slots=True)
class ExportLine:
    """One line of a sales export as it was written; `n` counts data lines from 1."""

    n: int
    invoice: str
    code: str
    name: str
    quantity: str
    at: str
    price: str
    customer: str


@dataclass(frozen=True, slots=True)
class SaleLine:
    """One understood line: pieces, minor units, an instant; money is `quantity * unit_minor`."""

    n: int
    invoice: str
    code: str
    name: str
    quantity: int
    unit_minor: int
    at: datetime
    customer: str
    fate: LineFate

    @property
    def amount_minor(self) -> int:
        """The line's money, signed."""
        return self.quantity * self.unit_minor


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a first look at an export found: its content's hash and how many data lines it has."""

    digest: str
    lines: int
