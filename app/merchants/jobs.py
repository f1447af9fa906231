"""Timed work of merchants: opening spans are kept fourteen days ahead, drafts go up and prices
change at their time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.core.db import transaction
from app.core.errors import ConflictError
from app.core.jobs.registry import every
from app.merchants.services import papers, prices, shelf, waits
from app.merchants.services.figures import write_ratings
from app.merchants.services.hours import keep_late_spans


@every(minutes=30, key="merchants.spans")
def keep_spans(now: datetime) -> None:
    """Renew the spans of all shops that reach less than fourteen days ahead, some at a time."""
    while True:
        with transaction():
            renewed = keep_late_spans(at=now)
        if renewed == 0:
            return


@every(minutes=1440, key="merchants.ratings")
def rate_shops(now: datetime) -> None:
    """Write down how shops are rated, for lists that ask for well rated ones."""
    with transaction():
        write_ratings(at=now)


@every(minutes=1, key="merchants.shelf")
def tend_shelves(now: datetime) -> None:
    """Put up every draft whose time has come, then change every price whose time has come; each in
    its own transaction, each once, however late.
    """
    for step in (shelf.publish_next, prices.move_next):
        while _moved(step, now):
            pass


@every(minutes=1, key="merchants.waits")
def tend_waits(now: datetime) -> None:
    """Give what was kept too long to the next in line, and what lies free to the first; each once,
    however late.
    """
    for step in (waits.end_offers, waits.offer_waiting):
        told = 1
        while told:
            with transaction():
                told = step(at=now)


@every(minutes=60, key="merchants.papers")
def warn_of_papers(now: datetime) -> None:
    """Tell each shop once of a paper that ends soon, however late."""
    while _moved(papers.warn_next, now):
        pass


def _moved(step: Callable[..., bool], now: datetime) -> bool:
    try:
        with transaction():
            return step(at=now)
    except ConflictError:
        return False  # A person was faster with this one; the rest is looked at in a minute.
