"""What is in a basket or a checkout, priced as of now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select

from app.core.access import Viewer, token_hash
from app.core.db import Count, db
from app.core.errors import NotFoundError
from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.merchants.models import Listing, Merchant, Variant
from app.merchants.queries.selling import offers_for
from app.merchants.types import ListingKind, MerchantState, OfferRow, PolicyRow
from app.orders.models import Basket, BasketLine, Checkout, CheckoutLine
from app.orders.types import LineKind, Quote, QuoteLine, ShopQuote

TIME_FORMAT = "%Y%m%dT%H%MZ"


@dataclass(frozen=True, slots=True)
class ChosenRow:
    """One line as it stands in a basket or checkout, with the names it falls back on."""

    id: int
    variant_id: int
    time_key: str
    quantity: int
    seen_minor: int
    listing_id: int
    listing_zh: str
    listing_en: str
    merchant_id: int
    merchant_zh: str
    merchant_en: str
    rule: PolicyRow

    @classmethod
    def of(cls, row: Any) -> ChosenRow:
        """Read one row of `_chosen`."""
        values: tuple[Any, ...] = (*row[:11], PolicyRow(row[8], *row[11:18]))
        return cls(*values)


def baskets_of(viewer: Viewer, token: str | None) -> Select[int]:
    """Return the select of a viewer's basket ids: the member's own, and what the guest cookie still
    holds.
    """
    return select(Basket.id).where(_mine(viewer, token))


def basket_count(viewer: Viewer, token: str | None) -> Count | None:
    """Return what counts the pieces in the basket; None for a guest who has none."""
    if viewer.is_guest and not token:
        return None
    wanted = _pieces(is_member=viewer.is_member, has_token=bool(token))
    hashed = token_hash(token) if token else None
    return Count(wanted, {"person_id": viewer.id, "token_hash": hashed})


@cache
def _pieces(*, is_member: bool, has_token: bool) -> Any:
    mine: list[ColumnElement[bool]] = []
    if is_member:
        mine.append(Basket.person_id == bindparam("person_id"))
    if has_token:
        mine.append(Basket.token_hash == bindparam("token_hash"))
    return (
        select(func.sum(BasketLine.quantity))
        .join(Basket, Basket.id == BasketLine.basket_id)
        .where(or_(*mine))
        .scalar_subquery()
    )


def basket_quote(viewer: Viewer, token: str | None, *, at: datetime) -> Quote:
    """Return what the basket costs now, with what stands in the way of each line. Two
    statements.
    """
    if viewer.is_guest and not token:
        return Quote(())
    rows = db.session.execute(
        _chosen(BasketLine)
        .where(BasketLine.basket_id.in_(baskets_of(viewer, token)))
        .order_by(BasketLine.id)
    )
    chosen = [ChosenRow.of(row) for row in rows]
    return quoted(chosen, offers_for([row.variant_id for row in chosen], at=at), at=at)


def checkout_for(viewer: Viewer, checkout_id: int, token: str | None) -> Checkout:
    """Return a checkout that is the viewer's own; refuses any other as if it were not there."""
    found = db.session.scalars(
        select(Checkout).where(Checkout.id == checkout_id),
        execution_options={"populate_existing": True},
    ).one_or_none()
    if found is None or not _owns(viewer, token, found.person_id, found.token_hash):
        raise NotFoundError
    return found


def checkout_quote(
    viewer: Viewer, checkout_id: int, token: str | None, *, at: datetime
) -> tuple[Checkout, Quote]:
    """Return a checkout of the viewer's own and what its lines cost now; what it holds is there.

    Refuses any other checkout as if it were not there. Two statements.
    """
    wanted: Any = (
        _chosen(CheckoutLine)
        .add_columns(Checkout)
        .join(Checkout, Checkout.id == CheckoutLine.checkout_id)
        .where(CheckoutLine.checkout_id == checkout_id)
        .order_by(CheckoutLine.id)
        .execution_options(populate_existing=True)
    )
    rows = db.session.execute(wanted).all()
    found = rows[0][-1] if rows else None
    if found is None or not _owns(viewer, token, found.person_id, found.token_hash):
        raise NotFoundError
    chosen = [ChosenRow.of(row) for row in rows]
    offers = offers_for([row.variant_id for row in chosen], at=at)
    return found, quoted(chosen, offers, at=at, held=True)


def held_quote(checkout_id: int, *, at: datetime) -> tuple[Quote, dict[int, list[int]]]:
    """Return a checkout's quote and the holds of each of its lines. Two statements."""
    wanted: Any = (
        _chosen(CheckoutLine)
        .add_columns(CheckoutLine.hold_ids)
        .where(CheckoutLine.checkout_id == checkout_id)
        .order_by(CheckoutLine.id)
    )
    rows = db.session.execute(wanted).all()
    chosen = [ChosenRow.of(row) for row in rows]
    offers = offers_for([row.variant_id for row in chosen], at=at)
    return quoted(chosen, offers, at=at, held=True), {row[0]: list(row[-1]) for row in rows}


def quoted(
    chosen: Sequence[ChosenRow],
    offers: dict[int, OfferRow],
    *,
    at: datetime,
    held: bool = False,
) -> Quote:
    """Return the quote of chosen lines, shop by shop in the order in which they were chosen."""
    shops: dict[int, list[QuoteLine]] = {}
    names: dict[int, tuple[str, str, PolicyRow]] = {}
    for row in chosen:
        line = _line(row, offers.get(row.variant_id), at, held=held)
        shops.setdefault(row.merchant_id, []).append(line)
        names[row.merchant_id] = (row.merchant_zh, row.merchant_en, row.rule)
    return Quote(
        tuple(
            ShopQuote(shop_id, *names[shop_id], lines=tuple(lines))
            for shop_id, lines in shops.items()
        )
    )


def when_of(time_key: str) -> datetime | None:
    """Return the instant a time key names, or None for none."""
    if not time_key:
        return None
    try:
        return datetime.strptime(time_key, TIME_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None


def _line(row: ChosenRow, offer: OfferRow | None, at: datetime, *, held: bool) -> QuoteLine:
    starts_at = when_of(row.time_key)
    minutes = offer.duration_minutes if offer else None
    ends_at = starts_at + timedelta(minutes=minutes) if starts_at and minutes else None
    return QuoteLine(
        id=row.id,
        variant_id=row.variant_id,
        listing_id=row.listing_id,
        merchant_id=row.merchant_id,
        kind=_kind(row, offer),
        name_zh=row.listing_zh,
        name_en=row.listing_en,
        variant_zh=offer.variant_zh if offer else "",
        variant_en=offer.variant_en if offer else "",
        quantity=row.quantity,
        unit_minor=offer.price_minor if offer else row.seen_minor,
        packaging_minor=offer.packaging_minor if offer else 0,
        seen_minor=row.seen_minor,
        pool_id=offer.pool_id if offer else None,
        free=offer.free if offer else 0,
        starts_at=starts_at,
        ends_at=ends_at,
        problem=_problem(row, offer, starts_at, at, held=held),
        picture_id=offer.picture_id if offer else None,
        drawing=offer.category_drawing if offer else "shop",
    )


def _kind(row: ChosenRow, offer: OfferRow | None) -> LineKind:
    is_service = offer.kind == ListingKind.SERVICE if offer else bool(row.time_key)
    return LineKind.SERVICE if is_service else LineKind.GOODS


def _problem(
    row: ChosenRow, offer: OfferRow | None, starts_at: datetime | None, at: datetime, *, held: bool
) -> str:
    if offer is None or offer.listing_archived:
        return _("This is no longer offered.")
    if offer.merchant_state != MerchantState.ACTIVE:
        return _("This shop takes no orders now.")
    if offer.sold_out_today and not held:
        return _("Sold out today.")
    if starts_at is not None and starts_at <= at:
        return _("This time is over.")
    if held or offer.free is None or offer.free >= row.quantity:
        return ""
    if offer.free <= 0:
        return _("Sold out.")
    return ngettext("Only %(num)s left.", "Only %(num)s left.", offer.free)


def _chosen(source: type[BasketLine] | type[CheckoutLine]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            source.id,
            source.variant_id,
            source.time_key,
            source.quantity,
            source.seen_minor,
            Listing.id,
            Listing.name_zh,
            Listing.name_en,
            Merchant.id,
            Merchant.name_zh,
            Merchant.name_en,
            Merchant.accept_minutes,
            Merchant.cancel_minutes,
            Merchant.no_show_rule,
            Merchant.grace_minutes,
            Merchant.collect_mode,
            Merchant.pay_code_text,
            Merchant.pay_picture_id,
        )
        .join(Variant, Variant.id == source.variant_id)
        .join(Listing, Listing.id == Variant.listing_id)
        .join(Merchant, Merchant.id == Listing.merchant_id)
    )


def _mine(viewer: Viewer, token: str | None) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = []
    if viewer.is_member:
        conditions.append(Basket.person_id == viewer.id)
    if token:
        conditions.append(Basket.token_hash == token_hash(token))
    return or_(*conditions) if conditions else Basket.id.is_(None)


def own_checkouts(viewer: Viewer, token: str | None) -> ColumnElement[bool]:
    """Return the condition on checkouts that are the viewer's own."""
    if viewer.is_member:
        return Checkout.person_id == viewer.id
    return Checkout.token_hash == token_hash(token or "")


def _owns(viewer: Viewer, token: str | None, person_id: int | None, hashed: str | None) -> bool:
    if person_id is not None:
        return viewer.id == person_id
    return bool(token) and hashed == token_hash(token or "")
