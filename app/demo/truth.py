"""What the simulator knows it did: counted as it acts, never read back from the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.core.money import part_of


@dataclass(slots=True)
class Tally:
    """Figures that only grow, and the orders by where they stand."""

    counts: dict[str, int] = field(default_factory=dict)
    orders: dict[str, int] = field(default_factory=dict)
    money: dict[str, int] = field(default_factory=dict)
    hooks: dict[str, set[int]] = field(default_factory=dict)
    attendance: dict[str, dict[str, int]] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Take the people of each hook as sets, also from what was kept."""
        self.hooks = {name: set(people) for name, people in self.hooks.items()}

    def count(self, name: str, number: int = 1) -> None:
        """Count something that was done."""
        self.counts[name] = self.counts.get(name, 0) + number

    def move(self, before: str | None, after: str) -> None:
        """Move one order from where it stood."""
        if before is not None:
            self.orders[before] -= 1
        self.orders[after] = self.orders.get(after, 0) + 1

    def pay(self, name: str, minor: int) -> None:
        """Add to a sum of money."""
        self.money[name] = self.money.get(name, 0) + minor

    def earn(self, base_before: int, base_after: int, bp: int) -> None:
        """Move an order's commission with its base; rounded once for the order as it stands."""
        self.pay("commission", part_of(base_after, bp) - part_of(base_before, bp))

    def touch(self, hook: str, person_id: int) -> None:
        """Remember that somebody was held by a hook."""
        self.hooks.setdefault(hook, set()).add(person_id)

    def at_gathering(self, key: str, name: str, number: int = 1) -> None:
        """Count at one gathering."""
        row = self.attendance.setdefault(key, {})
        row[name] = row.get(name, 0) + number

    def kept(self) -> dict[str, Any]:
        """Return all figures as plain values."""
        hooks = {name: sorted(people) for name, people in self.hooks.items()}
        return {name: getattr(self, name) for name in self.__slots__} | {"hooks": hooks}

    def told(self) -> dict[str, Any]:
        """Return the figures as the simulator prints them."""
        return {
            **{name: self.counts[name] for name in sorted(self.counts)},
            "orders": {state: count for state, count in sorted(self.orders.items()) if count},
            "money": {f"{name}_minor": self.money[name] for name in sorted(self.money)},
            "hooks": {name: len(people) for name, people in sorted(self.hooks.items())},
            "attendance": {key: self.attendance[key] for key in sorted(self.attendance)},
            "refused": dict(sorted(self.refused.items())),
        }
