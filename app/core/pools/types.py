"""What a pool and a hold look like from outside."""

from dataclasses import dataclass
from enum import StrEnum


class HoldState(StrEnum):
    """Where a hold stands; held → confirmed → consumed, and held or confirmed → released."""

    HELD = "held"
    CONFIRMED = "confirmed"
    RELEASED = "released"
    CONSUMED = "consumed"


@dataclass(frozen=True, slots=True)
class PoolRow:
    """A pool as pages show it; `free` is None where the pool is unlimited."""

    id: int
    kind: str
    subject_key: str
    total: int | None
    taken: int
    expired: int

    @property
    def free(self) -> int | None:
        """How many a taker could get now."""
        return None if self.total is None else self.total - self.taken + self.expired


@dataclass(frozen=True, slots=True)
class HoldRow:
    """One hold of an owner; `open_quantity` is what it still keeps away from others."""

    id: int
    pool_id: int
    quantity: int
    consumed: int
    state: HoldState
    owner_kind: str
    owner_id: int

    @property
    def open_quantity(self) -> int:
        """What is held and not yet consumed."""
        return self.quantity - self.consumed
