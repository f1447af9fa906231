"""Writing down what neighbours order."""

from __future__ import annotations

from datetime import datetime

from app.merchants.queries.figures import left_out
from app.merchants.services.figures import set_nearby
from app.orders.queries.figures import ordered_nearby


def write_nearby(*, since: datetime) -> None:
    """Write down what people of each neighbourhood ordered since an instant."""
    set_nearby(ordered_nearby(since=since, left_out=left_out()))
