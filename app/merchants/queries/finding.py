"""How shops and listings stand in the index, one by one and all again for a rebuild."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import select

from app.core.db import db, fetch
from app.core.i18n import pick
from app.core.search.registry import findable
from app.core.search.types import Document
from app.merchants.models import Category, Listing, Merchant
from app.merchants.queries.selling import IDS
from app.merchants.types import SHOWN_STATES, MerchantState

PAGE = 500


def both(name_zh: str, name_en: str) -> str:
    """Return both names of a thing in one text."""
    return name_zh if name_zh == name_en else f"{name_zh} {name_en}".strip()


def merchant_document(merchant: Merchant, category: Category) -> Document:
    """Return what can be found of a shop."""
    parts = (both(category.name_zh, category.name_en), merchant.address, merchant.description)
    return Document(
        "merchant",
        merchant.id,
        both(merchant.name_zh, merchant.name_en),
        "\n".join(part for part in parts if part),
        merchant.approved_at or merchant.created_at,
        lang="zh_Hans" if merchant.name_zh else "en",
        weight=2 if merchant.state is MerchantState.ACTIVE else 1,
    )


def listing_document(listing: Listing, merchant: Merchant) -> Document:
    """Return what can be found of a listing."""
    parts = (both(merchant.name_zh, merchant.name_en), listing.description)
    return Document(
        "listing",
        listing.id,
        both(listing.name_zh, listing.name_en),
        "\n".join(part for part in parts if part),
        listing.created_at,
        lang="zh_Hans" if listing.name_zh else "en",
        weight=2,
    )


_SHOP_WORDS: Any = (
    select(
        Merchant.id, Merchant.name_zh, Merchant.name_en, Category.name_zh, Category.name_en,
        Merchant.description,
    )
    .join(Category, Category.id == Merchant.category_id)
    .where(Merchant.id.in_(IDS))
)  # fmt: skip
_LISTING_WORDS: Any = (
    select(
        Listing.id, Listing.name_zh, Listing.name_en, Merchant.name_zh, Merchant.name_en,
        Listing.description,
    )
    .join(Merchant, Merchant.id == Listing.merchant_id)
    .where(Listing.id.in_(IDS))
)  # fmt: skip


def found_words(kind: str, subject_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Return id → name and a line about it, of found shops or listings, in the reader's language;
    one statement.
    """
    wanted = _SHOP_WORDS if kind == "merchant" else _LISTING_WORDS
    return {
        row[0]: (pick(row[1], row[2]), " · ".join(filter(None, [pick(row[3], row[4]), row[5]])))
        for row in fetch(wanted, ids=list(subject_ids))
    }


@findable("merchant")
def all_merchants() -> Iterator[Document]:
    """Give every shop that is shown, in pages."""
    last = 0
    while True:
        rows = db.session.execute(
            select(Merchant, Category)
            .join(Category, Category.id == Merchant.category_id)
            .where(Merchant.id > last, Merchant.state.in_(SHOWN_STATES))
            .order_by(Merchant.id)
            .limit(PAGE)
        ).all()
        if not rows:
            return
        for merchant, category in rows:
            yield merchant_document(merchant, category)
        last = rows[-1][0].id


@findable("listing")
def all_listings() -> Iterator[Document]:
    """Give every listing that can be ordered, in pages."""
    last = 0
    while True:
        rows = db.session.execute(
            select(Listing, Merchant)
            .join(Merchant, Merchant.id == Listing.merchant_id)
            .where(
                Listing.id > last,
                Listing.archived_at.is_(None),
                Merchant.state == MerchantState.ACTIVE,
            )
            .order_by(Listing.id)
            .limit(PAGE)
        ).all()
        if not rows:
            return
        for listing, merchant in rows:
            yield listing_document(listing, merchant)
        last = rows[-1][0].id
