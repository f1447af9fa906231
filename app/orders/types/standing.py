"""How a shop keeps its word: figures, each with how many orders stand behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

# Fewer than these tell nothing about a shop.
ENOUGH_CUSTOMERS = 10
ENOUGH_ANSWERS = 10
ENOUGH_ORDERS = 20


@dataclass(frozen=True, slots=True)
class ShopStanding:
    """What the latest orders of half a year say of a shop."""

    orders: int
    customers: int
    came_back: int
    answered: int
    answer_time: timedelta | None
    complaints: int

    @property
    def tells_return(self) -> bool:
        """Whether enough customers stand behind the share of those who came back."""
        return self.customers >= ENOUGH_CUSTOMERS

    @property
    def tells_answer(self) -> bool:
        """Whether enough answers stand behind the usual time."""
        return self.answered >= ENOUGH_ANSWERS and self.answer_time is not None

    @property
    def tells_complaints(self) -> bool:
        """Whether enough orders stand behind the number of complaints."""
        return self.orders >= ENOUGH_ORDERS
