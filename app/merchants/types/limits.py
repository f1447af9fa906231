"""Fixed lengths, kinds of pools and roles of merchants."""

from __future__ import annotations

QUANTUM_MINUTES = 15
SLOT_POOL = "slot"
DAY_POOL = "day"
STOCK_POOL = "stock"
QUANTUM_POOL = "quantum"
SPAN_DAYS = 14
STAFF_ROLES = ("owner", "manager", "clerk", "courier")
# A shop says at most so many days ahead, and for so many, that it is away.
CLOSURE_DAYS = 92
