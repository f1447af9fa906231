"""What papers a shop shows, and which the desk has to look at."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, tuple_

from app.core.db import fetch
from app.core.lists import Page, decode_key, instant, keyset
from app.merchants.models import Merchant, MerchantPaper
from app.merchants.types.papers import PAPER_WARNING_DAYS, PaperRow, PaperState

LIST_SIZE = 30
_COLUMNS: Any = (
    MerchantPaper.id, MerchantPaper.merchant_id, Merchant.name_zh, Merchant.name_en,
    MerchantPaper.kind, MerchantPaper.number, MerchantPaper.holder, MerchantPaper.valid_until,
    MerchantPaper.picture_id, MerchantPaper.state, MerchantPaper.sent_at,
    MerchantPaper.decided_at, MerchantPaper.answer,
)  # fmt: skip


def papers_of(merchant_id: int) -> list[PaperRow]:
    """Return all papers of a shop, for its people and the desk."""
    wanted = _rows().where(MerchantPaper.merchant_id == merchant_id).order_by(MerchantPaper.kind)
    return [PaperRow(*row) for row in fetch(wanted)]


def papers_shown(merchant_id: int) -> list[PaperRow]:
    """Return what everybody may read of a shop's papers: those that the desk looked at."""
    return [paper for paper in papers_of(merchant_id) if paper.state is PaperState.CHECKED]


def papers_of_shops(merchant_ids: list[int]) -> dict[int, list[PaperRow]]:
    """Return the papers of some shops, for the desk's list of them."""
    found: dict[int, list[PaperRow]] = {}
    wanted = _rows().where(MerchantPaper.merchant_id.in_(merchant_ids)).order_by(MerchantPaper.kind)
    for row in fetch(wanted) if merchant_ids else ():
        found.setdefault(row.merchant_id, []).append(PaperRow(*row))
    return found


def papers_of_desk(
    state: PaperState | None, *, today: date, after: str | None = None
) -> Page[PaperRow]:
    """Return one page of the papers in a state, the one that waits longest first; without a state
    those that end within thirty days or have ended, the soonest first.
    """
    wanted = _rows().limit(LIST_SIZE + 1)
    if state is None:
        soon = today + timedelta(days=PAPER_WARNING_DAYS)
        wanted = wanted.where(
            MerchantPaper.state == PaperState.CHECKED, MerchantPaper.valid_until <= soon
        )
        order: Any = MerchantPaper.valid_until
        key = decode_key(after, date.fromisoformat, int)
    else:
        wanted = wanted.where(MerchantPaper.state == state)
        order = MerchantPaper.sent_at
        key = decode_key(after, instant, int)
    if key is not None:
        wanted = wanted.where(tuple_(order, MerchantPaper.id) > tuple_(*key))
    rows = [PaperRow(*row) for row in fetch(wanted.order_by(order, MerchantPaper.id))]
    last = "valid_until" if state is None else "sent_at"
    return keyset(rows, LIST_SIZE, lambda row: (getattr(row, last), row.id))


def _rows() -> Any:
    return select(*_COLUMNS).join(Merchant, Merchant.id == MerchantPaper.merchant_id)
