"""What is in a basket or a checkout, priced as of now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, null, or_, select

from app.core import clock
from app.core.access import Viewer, token_hash
from app.core.db import Count, fetch, fetch_one
from app.core.errors import NotFoundError
from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.merchants.models import Listing, PickupPoint, StockWait, Variant
from app.merchants.queries.selling import AT, offer_columns, policy_columns, sold
from app.merchants.queries.terms import commission
from app.merchants.types import ListingKind, MerchantState, OfferRow, PolicyRow
from app.merchants.types.waits import WaitState
from app.orders.models import Basket, BasketLine, Checkout, CheckoutLine, GroupBuy, Order
from app.orders.queries.reductions import reduced
from app.orders.types import (
    CheckoutRow,
    CheckoutState,
    LineKind,
    Quote,
    QuoteLine,
    ShopQuote,
)
from app.orders.types.groupbuys import GroupBuyState, Together

OPEN_ONE: Any = GroupBuy.state == GroupBuyState.OPEN
_TOGETHER: tuple[Any, ...] = (
    GroupBuy.id, GroupBuy.opens_at, GroupBuy.cut_off_at, GroupBuy.point_id, PickupPoint.name_zh,
    PickupPoint.name_en, GroupBuy.starts_at, GroupBuy.ends_at,
)  # fmt: skip
TIME_FORMAT = "%Y%m%dT%H%MZ"


class ChosenRow(NamedTuple):
    """One line as it stands in a basket or checkout: its shop's rule, and what it is, also where it
    is no longer `offered`.
    """

    id: int
    variant_id: int
    time_key: str
    quantity: int
    seen_minor: int
    is_offered: bool
    commission_bp: int
    kept_hold_id: int | None
    rule: PolicyRow
    offer: OfferRow
    together: Together | None

    @classmethod
    def of(cls, row: Any) -> ChosenRow:
        """Read one row of `_chosen`."""
        after_rule = 8 + len(fields(PolicyRow))
        rule = PolicyRow(*row[8:after_rule])
        after_offer = after_rule + len(fields(OfferRow))
        offer = OfferRow(*row[after_rule:after_offer])
        told = row[after_offer : after_offer + len(fields(Together))]
        together = Together(*told) if told[0] is not None else None
        values: tuple[Any, ...] = (*row[:8], rule, offer, together)
        return cls._make(values)


def own_baskets(viewer: Viewer, token: str | None) -> dict[str, Any]:
    """Return the values that `baskets_of` is asked with."""
    return {"basket_of": viewer.id, "basket_hash": token_hash(token) if token else None}


@cache
def baskets_of(*, is_member: bool, has_token: bool) -> Select[int]:
    """Return the select of a viewer's basket ids: the member's own, and what the guest cookie still
    holds.
    """
    mine: list[ColumnElement[bool]] = []
    if is_member:
        mine.append(Basket.person_id == bindparam("basket_of"))
    if has_token:
        mine.append(Basket.token_hash == bindparam("basket_hash"))
    return select(Basket.id).where(or_(*mine) if mine else Basket.id.is_(None))


def basket_count(viewer: Viewer, token: str | None) -> Count | None:
    """Return what counts the pieces in the basket; None for a guest who has none."""
    if viewer.is_guest and not token:
        return None
    wanted = _pieces(is_member=viewer.is_member, has_token=bool(token))
    return Count(wanted, own_baskets(viewer, token))


@cache
def _pieces(*, is_member: bool, has_token: bool) -> Any:
    mine = baskets_of(is_member=is_member, has_token=has_token)
    return (
        select(func.sum(BasketLine.quantity))
        .where(BasketLine.basket_id.in_(mine))
        .scalar_subquery()
    )


def basket_quote(viewer: Viewer, token: str | None, *, at: datetime) -> Quote:
    """Return what the basket costs now, with what stands in the way of each line. One statement."""
    if viewer.is_guest and not token:
        return Quote(())
    wanted = _in_basket(is_member=viewer.is_member, has_token=bool(token))
    today = clock.local(at).date()
    rows = fetch(wanted, at=at, today=today, **own_baskets(viewer, token))
    return reduced(quoted([ChosenRow.of(row) for row in rows], at=at), viewer.id, at=at)


def basket_to_hold(viewer: Viewer, token: str | None, *, at: datetime) -> tuple[Quote, bool]:
    """Return what the basket costs now, and whether an earlier checkout still holds something.
    One statement.
    """
    if viewer.is_guest and not token:
        return Quote(()), False
    wanted = _to_hold(is_member=viewer.is_member, has_token=bool(token))
    values = own_baskets(viewer, token) | whose(viewer, token)
    rows = fetch(wanted, at=at, today=clock.local(at).date(), **values)
    quote = reduced(quoted([ChosenRow.of(row) for row in rows], at=at), viewer.id, at=at)
    return quote, bool(rows and rows[0][-1])


@cache
def _in_basket(*, is_member: bool, has_token: bool) -> Any:
    mine = baskets_of(is_member=is_member, has_token=has_token)
    chosen = _chosen(BasketLine, is_member=is_member)
    return chosen.where(BasketLine.basket_id.in_(mine)).order_by(BasketLine.id)


@cache
def _to_hold(*, is_member: bool, has_token: bool) -> Any:
    earlier = select(func.count()).where(
        own_checkouts(is_member=is_member), Checkout.state == CheckoutState.OPEN
    )
    wanted = _in_basket(is_member=is_member, has_token=has_token)
    return wanted.add_columns(earlier.scalar_subquery())


def checkout_for(viewer: Viewer, checkout_id: int, token: str | None) -> CheckoutRow:
    """Return a checkout that is the viewer's own; refuses any other as if it were not there."""
    row = fetch_one(_CHECKOUT, checkout_id=checkout_id)
    return _own(viewer, token, CheckoutRow(*row) if row else None)


def checkout_quote(
    viewer: Viewer, checkout_id: int, token: str | None, *, at: datetime
) -> tuple[CheckoutRow, Quote]:
    """Return a checkout of the viewer's own and what its lines cost now; what it holds is there.

    Refuses any other checkout as if it were not there. One statement.
    """
    rows = fetch(_in_checkout(), checkout_id=checkout_id, at=at, today=clock.local(at).date())
    found = _own(viewer, token, CheckoutRow(*rows[0][-5:]) if rows else None)
    quote = quoted([ChosenRow.of(row) for row in rows], at=at, held=True)
    return found, reduced(quote, viewer.id, checkout_id=checkout_id, at=at)


def held_quote(
    checkout_id: int, *, drawn: Sequence[str], at: datetime
) -> tuple[Quote, dict[int, list[int]], list[str]]:
    """Return a checkout's quote, the holds of each of its lines, and which of the numbers `drawn`
    for its orders no order has. One statement.
    """
    today = clock.local(at).date()
    rows = fetch(_to_place(), checkout_id=checkout_id, drawn=list(drawn), at=at, today=today)
    quote = quoted([ChosenRow.of(row) for row in rows], at=at, held=True)
    quote = reduced(quote, None, checkout_id=checkout_id, at=at)
    used = (rows[0][-1] or "").split(",") if rows else drawn
    fresh = [number for number in drawn if number not in used]
    return quote, {row[0]: list(row[-7]) for row in rows}, fresh


@cache
def _to_place() -> Any:
    used = select(func.aggregate_strings(Order.number, ",")).where(
        Order.number.in_(bindparam("drawn", expanding=True))
    )
    return _in_checkout().add_columns(used.scalar_subquery())


_CHECKOUT: Any = select(
    Checkout.id, Checkout.person_id, Checkout.token_hash, Checkout.state, Checkout.expires_at
).where(Checkout.id == bindparam("checkout_id"))


@cache
def _in_checkout() -> Any:
    """Return the select of a checkout's lines, each with its holds and the checkout itself."""
    return (
        _chosen(CheckoutLine)
        .add_columns(CheckoutLine.hold_ids, *_CHECKOUT.selected_columns)
        .join(Checkout, Checkout.id == CheckoutLine.checkout_id)
        .where(CheckoutLine.checkout_id == bindparam("checkout_id"))
        .order_by(CheckoutLine.id)
    )


def quoted(chosen: Sequence[ChosenRow], *, at: datetime, held: bool = False) -> Quote:
    """Return the quote of chosen lines, shop by shop in the order in which they were chosen; what
    is in a group-buy stands by itself.
    """
    shops: dict[tuple[int, Together | None], list[QuoteLine]] = {}
    told: dict[tuple[int, Together | None], ChosenRow] = {}
    for row in chosen:
        key = (row.offer.merchant_id, row.together)
        shops.setdefault(key, []).append(_line(row, at, held=held))
        told[key] = row
    return Quote(tuple(_shop(told[key], lines) for key, lines in shops.items()))


def _shop(told: ChosenRow, lines: Sequence[QuoteLine]) -> ShopQuote:
    return ShopQuote(
        told.offer.merchant_id,
        told.offer.merchant_zh,
        told.offer.merchant_en,
        told.rule,
        told.commission_bp,
        tuple(lines),
        together=told.together,
    )


def when_of(time_key: str) -> datetime | None:
    """Return the instant a time key names, or None for none."""
    if not time_key:
        return None
    try:
        return datetime.strptime(time_key.partition(".")[0], TIME_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None


def _line(row: ChosenRow, at: datetime, *, held: bool) -> QuoteLine:
    starts_at = when_of(row.time_key)
    known = row.offer
    offer = known if row.is_offered else None
    minutes = offer.duration_minutes if offer else None
    ends_at = starts_at + timedelta(minutes=minutes) if starts_at and minutes else None
    return QuoteLine(
        id=row.id,
        variant_id=row.variant_id,
        listing_id=known.listing_id,
        merchant_id=known.merchant_id,
        kind=_kind(row, offer),
        name_zh=known.name_zh,
        name_en=known.name_en,
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
        time_key=row.time_key,
        pack_size=known.pack_size,
        kept_hold_id=row.kept_hold_id,
        daily_total=known.daily_total,
        lead_days=known.lead_days,
        rules=known.rules,
        allergens=known.allergens,
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
    if row.together is not None and not row.together.opens_at <= at < row.together.cut_off_at:
        return _("This group-buy takes no orders now.")
    free = None if offer.free is None else offer.free + (row.kept_hold_id is not None)
    if held or free is None or free >= row.quantity:
        return ""
    if free <= 0:
        return _("Sold out.")
    return ngettext("Only %(num)s left.", "Only %(num)s left.", free)


def _kept_hold(source: Any, *, is_member: bool) -> Any:
    """Return the column of the hold that keeps a piece for a member who waited for it."""
    if source is CheckoutLine or not is_member:
        return null()
    return (
        select(StockWait.hold_id)
        .where(
            StockWait.variant_id == source.variant_id,
            StockWait.person_id == bindparam("basket_of"),
            StockWait.state == WaitState.OFFERED,
            StockWait.due_at > AT,
        )
        .correlate(source)
        .scalar_subquery()
    )


def _chosen(source: type[BasketLine] | type[CheckoutLine], *, is_member: bool = False) -> Any:
    lines = select(
        source.id,
        source.variant_id,
        source.time_key,
        source.quantity,
        source.seen_minor,
        Variant.archived_at.is_(None),
        commission(),
        _kept_hold(source, is_member=is_member),
        *policy_columns(),
        *offer_columns(),
        *_TOGETHER,
    )
    chosen = sold(lines.select_from(source).join(Variant, Variant.id == source.variant_id))
    return chosen.outerjoin(
        GroupBuy,
        and_(GroupBuy.listing_id == Listing.id, OPEN_ONE),
    ).outerjoin(PickupPoint, PickupPoint.id == GroupBuy.point_id)


def own_checkouts(*, is_member: bool) -> ColumnElement[bool]:
    """Return the condition on checkouts that are a viewer's own, asked with `whose`."""
    if is_member:
        return Checkout.person_id == bindparam("whose_id")
    return Checkout.token_hash == bindparam("whose_hash")


def whose(viewer: Viewer, token: str | None) -> dict[str, Any]:
    """Return the values that `own_checkouts` is asked with."""
    if viewer.is_member:
        return {"whose_id": viewer.id}
    return {"whose_hash": token_hash(token or "")}


def _own(viewer: Viewer, token: str | None, found: CheckoutRow | None) -> CheckoutRow:
    if found is None or not _owns(viewer, token, found.person_id, found.token_hash):
        raise NotFoundError
    return found


def _owns(viewer: Viewer, token: str | None, person_id: int | None, hashed: str | None) -> bool:
    if person_id is not None:
        return viewer.id == person_id
    return bool(token) and hashed == token_hash(token or "")
