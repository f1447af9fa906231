"""What is posted, and how accounts read."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

POINTS = "PTS"


class AccountKind(StrEnum):
    """What an account is; assets and expenses grow by debits, the others by credits."""

    ASSET = "asset"
    EXPENSE = "expense"
    LIABILITY = "liability"
    INCOME = "income"
    EQUITY = "equity"

    @property
    def grows_by_debit(self) -> bool:
        """Whether a debit makes the balance larger."""
        return self in (AccountKind.ASSET, AccountKind.EXPENSE)


@dataclass(frozen=True, slots=True)
class Movement:
    """An amount above zero from one account's debit to another's credit, by account codes."""

    debit: str
    credit: str
    amount_minor: int

    @property
    def mirrored(self) -> "Movement":
        """The movement that undoes this one."""
        return Movement(debit=self.credit, credit=self.debit, amount_minor=self.amount_minor)


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry about to be posted; the key is for ever, the same key with other content is an
    alarm.
    """

    key: str
    cause: tuple[str, int]
    movements: tuple[Movement, ...]
    at: datetime
    memo: dict[str, Any] | None = None
    reverses: int | None = None


@dataclass(frozen=True, slots=True)
class MovementRow:
    """A movement as one account sees it; `amount_minor` is signed as that account's balance
    moves.
    """

    id: int
    entry_id: int
    key: str
    cause_kind: str
    cause_id: int
    at: datetime
    memo: dict[str, Any] | None
    amount_minor: int
    other_code: str
    reverses: int | None


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account with its balance, as the operator reads it."""

    id: int
    code: str
    kind: AccountKind
    unit: str
    balance_minor: int


@dataclass(frozen=True, slots=True)
class Audit:
    """What the audit counted; every figure must be zero."""

    figures: dict[str, int] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        """Whether all figures are zero."""
        return not any(self.figures.values())
