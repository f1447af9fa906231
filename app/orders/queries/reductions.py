"""What comes off the lines of a quote, and what came off those of an order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select

from app.core.db import fetch
from app.merchants.models import Listing, PriceChange, PriceChangeLine, Variant
from app.merchants.queries.selling import AT, IDS
from app.merchants.types import OfferRow
from app.orders.models import Checkout, Order, OrderLine, OrderReduction
from app.orders.types import Quote, QuoteLine
from app.orders.types.states import OrderState
from app.promotions.queries import price, rules_for
from app.promotions.types import Audience, Buyer, Piece, Priced, Reduction, Rule

NEVER_CAME = (OrderState.CANCELLED, OrderState.DECLINED, OrderState.EXPIRED)


def reduced(quote: Quote, person_id: int | None, *, checkout_id: int = 0, at: datetime) -> Quote:
    """Return a quote with what comes off each line, and the coupons that each shop's order could
    take; a checkout's buyer and choice are its own. Two statements, one more for first orders.
    """
    if not quote.shops:
        return quote
    facts = _facts_of([line.variant_id for line in quote.lines], checkout_id, at)
    told = next(iter(facts.values()), None)
    if checkout_id and told is not None:
        person_id = told[3]
    chosen = {int(shop): one for shop, one in ((told[4] if told else None) or {}).items()}
    # The price of a group-buy is its own: nothing else comes off it.
    alone = [line for shop in quote.shops if not shop.together for line in shop.lines]
    pieces = [_piece(line, facts[line.variant_id][1]) for line in alone]
    off = _priced(pieces, person_id, chosen, at)
    return Quote(
        tuple(
            shop
            if shop.together
            else replace(
                shop,
                lines=tuple(
                    replace(
                        line,
                        reductions=off[shop.merchant_id].reductions.get(line.id, ()),
                        list_minor=facts[line.variant_id][2],
                    )
                    for line in shop.lines
                ),
                coupons=off[shop.merchant_id].options,
            )
            for shop in quote.shops
        )
    )


def off_at_counter(goods: Iterable[tuple[OfferRow, int]], *, at: datetime) -> int:
    """Return what comes off for somebody who is no member and buys so many of each."""
    chosen = [(offer, count) for offer, count in goods if count]
    if not chosen:
        return 0
    facts = _facts_of([offer.variant_id for offer, _count in chosen], 0, at)
    pieces = [
        Piece(
            offer.variant_id, offer.merchant_id, offer.listing_id, facts[offer.variant_id][1],
            offer.kind.value, count, offer.price_minor,
        )
        for offer, count in chosen
    ]  # fmt: skip
    found = _priced(pieces, None, {}, at)
    rows = (ones for shop in found.values() for ones in shop.reductions.values())
    return sum(one.amount_minor for ones in rows for one in ones)


def _priced(
    pieces: list[Piece], person_id: int | None, chosen: Mapping[int, int], at: datetime
) -> dict[int, Priced]:
    rules = rules_for({piece.merchant_id for piece in pieces}, person_id, at=at)
    return price(pieces, rules, _buyer(person_id, rules), chosen)


def _piece(line: QuoteLine, category_id: int) -> Piece:
    return Piece(
        line.id, line.merchant_id, line.listing_id, category_id, line.kind.value, line.quantity,
        line.unit_minor,
    )  # fmt: skip


def _buyer(person_id: int | None, rules: Iterable[Rule]) -> Buyer:
    if person_id is None:
        return Buyer()
    if not any(rule.audience is Audience.FIRST_ORDER for rule in rules):
        return Buyer(person_id)
    rows = fetch(_ordered_at(), person_id=person_id)
    return Buyer(person_id, frozenset(row[0] for row in rows))


@cache
def _ordered_at() -> Any:
    """Return the select of the shops where a person ordered anything that was not called off."""
    return (
        select(Order.merchant_id)
        .where(Order.person_id == bindparam("person_id"), Order.state.not_in(NEVER_CAME))
        .distinct()
    )


def _facts_of(variant_ids: Iterable[int], checkout_id: int, at: datetime) -> dict[int, Any]:
    """Return of each variant its category and its price without the change that is on for a time;
    and of a checkout its buyer and the coupons chosen.
    """
    ids = sorted(set(variant_ids))
    rows = fetch(_facts(), ids=ids, checkout_id=checkout_id, at=at)
    return {row[0]: row for row in rows}


@cache
def _facts() -> Any:
    of_checkout = Checkout.id == bindparam("checkout_id")
    usual = (
        select(PriceChangeLine.before_minor)
        .join(PriceChange, PriceChange.id == PriceChangeLine.change_id)
        .where(
            PriceChangeLine.variant_id == Variant.id,
            PriceChangeLine.is_applied,
            PriceChangeLine.after_minor == Variant.price_minor,
            PriceChangeLine.after_minor < PriceChangeLine.before_minor,
            PriceChange.applied_at.is_not(None),
            PriceChange.undone_at.is_(None),
            PriceChange.ends_at > AT,
        )
        .order_by(PriceChange.id.desc())
        .limit(1)
        .correlate(Variant)
        .scalar_subquery()
    )
    return (
        select(
            Variant.id,
            Listing.category_id,
            usual,
            select(Checkout.person_id).where(of_checkout).scalar_subquery(),
            select(Checkout.coupons).where(of_checkout).scalar_subquery(),
        )
        .join(Listing, Listing.id == Variant.listing_id)
        .where(Variant.id.in_(IDS))
    )


# --- what came off ---


def reductions_of(order_id: int) -> dict[int, list[Reduction]]:
    """Return what came off each line of an order, as it was frozen. One statement."""
    found: dict[int, list[Reduction]] = {}
    for row in fetch(_frozen(), order_id=order_id):
        found.setdefault(row[0], []).append(Reduction(row[1], None, *row[2:]))
    return found


@cache
def _frozen() -> Any:
    return (
        select(
            OrderReduction.order_line_id, OrderReduction.promotion_id, OrderReduction.funder,
            OrderReduction.name_zh, OrderReduction.name_en, OrderReduction.amount_minor,
        )
        .join(OrderLine, OrderLine.id == OrderReduction.order_line_id)
        .where(OrderLine.order_id == bindparam("order_id"))
        .order_by(OrderReduction.id)
    )  # fmt: skip


# --- who came for the first time ---


def is_first_collected(person_id: int, order_id: int) -> bool:
    """Whether nothing of any other order of a person was ever collected."""
    wanted = (
        select(OrderLine.id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(
            Order.person_id == bindparam("person_id"),
            Order.id != bindparam("order_id"),
            OrderLine.handed_over > 0,
        )
        .limit(1)
    )
    return not fetch(wanted, person_id=person_id, order_id=order_id)


def contacts_of(phone: str, person_id: int) -> set[int]:
    """Return the other accounts that ordered with the same phone number."""
    if not phone:
        return set()
    wanted = (
        select(Order.person_id)
        .where(
            Order.contact_phone == bindparam("phone"),
            Order.person_id.is_not(None),
            Order.person_id != bindparam("person_id"),
        )
        .distinct()
    )
    return {row[0] for row in fetch(wanted, phone=phone, person_id=person_id)}
