"""How often a door may be tried: counted per account and address, so that nobody locks out another.

Each pair of account and address has its own small allowance, an address one over all accounts, and
an account one over all *strange* addresses. A device or address from which the person signed in
before is not strange: it has an allowance that strangers cannot use up.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.accounts.errors import TooManyTriesError
from app.accounts.types import AttemptKind


@dataclass(frozen=True)
class Allowance:
    """How many tries within which span, for each of the three counts."""

    pair: int
    address: int
    strangers: int
    span: timedelta


ALLOWANCES = {
    AttemptKind.SIGN_IN: Allowance(pair=5, address=40, strangers=200, span=timedelta(minutes=15)),
    AttemptKind.RESET: Allowance(pair=3, address=20, strangers=6, span=timedelta(hours=1)),
    AttemptKind.SIGN_UP: Allowance(pair=10, address=60, strangers=60, span=timedelta(hours=1)),
}


@dataclass(frozen=True)
class Tries:
    """How many tries were counted within the span, and when the oldest of each count was."""

    by_pair: int
    by_address: int
    by_strangers: int
    oldest: datetime | None


def check_may_try(kind: AttemptKind, tries: Tries, *, is_known: bool, at: datetime) -> None:
    """Refuse with `TooManyTriesError`, which says when the next try makes sense."""
    allowed = ALLOWANCES[kind]
    is_over = tries.by_pair >= allowed.pair
    if not is_known:
        is_over |= tries.by_address >= allowed.address or tries.by_strangers >= allowed.strangers
    if is_over:
        wait = (tries.oldest or at) + allowed.span - at
        raise TooManyTriesError(retry_after=max(1, int(wait.total_seconds()) + 1))
