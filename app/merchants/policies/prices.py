"""What a price becomes: by so many per cent or set, rounded to a step."""

from __future__ import annotations

from app.merchants.types import PriceWay


def changed_price(before: int, way: PriceWay, amount: int, *, step: int = 1) -> int:
    """Return the new price in minor units: `amount` is a percentage to add (or, negative, to take
    off) or the price itself. Halves round up, to full steps; what costs something never becomes
    free by rounding.
    """
    if way is PriceWay.SET:
        return amount
    hundredfold = before * (100 + amount)
    rounded = (2 * hundredfold + 100 * step) // (200 * step) * step
    return max(rounded, step if hundredfold > 0 else 0)
