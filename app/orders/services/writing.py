"""Writing orders down at placing: everything frozen as it stands, holds handed on, money asked."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from app.core import clock, i18n
from app.core.access import Viewer, token_hash
from app.core.db import fetch, put
from app.core.pools import services as pools
from app.merchants.types import SlotChoice
from app.orders import policies
from app.orders.models import Order, OrderLine
from app.orders.services import moves
from app.orders.services.guests import tell_guest
from app.orders.signals import order_placed
from app.orders.types import (
    PLACED,
    Contact,
    Frozen,
    OrderState,
    Quote,
    ShopQuote,
    Side,
    Timer,
)
from app.payments.services import open_charges
from app.payments.types import Asked, PayWay


@dataclass(frozen=True, slots=True)
class Deal:
    """What one placing says of all its orders: who, for whom, how it is paid, when, and who of the
    shop entered it.
    """

    actor: Viewer
    checkout_id: int | None
    contact: Contact
    pay_way: PayWay
    note: str
    at: datetime
    clerk: Viewer | None = None


def written_orders(
    deal: Deal,
    quote: Quote,
    slots: Mapping[int, SlotChoice],
    taken: Mapping[int, int],
    *,
    numbers: Sequence[str],
) -> list[Order]:
    """Write one order per shop, with the shop's terms and policies of this instant, under fresh
    `numbers`; where those are not enough it finds others.
    """
    count = len(quote.shops)
    if len(numbers) < count:
        numbers = _fresh_numbers(count, deal.at)
    rows = []
    for shop, number in zip(quote.shops, numbers[:count], strict=True):
        slot, hold_id = slots.get(shop.merchant_id), taken.get(shop.merchant_id)
        if shop.together:  # a group-buy is collected at its own time, which takes no place
            slot, hold_id = None, None
        rows.append(_row(deal, shop, slot, hold_id, number=number))
    ids = put(Order, rows)
    return [Order(id=order_id, **row) for order_id, row in zip(ids, rows, strict=True)]


def _row(
    deal: Deal, shop: ShopQuote, slot: SlotChoice | None, hold_id: int | None, *, number: str
) -> dict[str, Any]:
    actor, contact, at = deal.actor, deal.contact, deal.at
    frozen = _frozen(shop)
    starts_at, ends_at = _span(shop, slot)
    key = None if actor.is_member else policies.guest_key(number)
    due_at = None
    if not shop.together:  # whose cut-off answers, not the shop
        due_at = policies.answer_by(at, frozen.accept_minutes, starts_at)
    point_id = slot.point_id if slot else None
    return {
        "number": number,
        "code": policies.new_code(),
        "merchant_id": shop.merchant_id,
        "checkout_id": deal.checkout_id,
        "person_id": actor.id,
        "token_hash": token_hash(key) if key else None,
        "contact_name": contact.name.strip()[:60],
        "contact_phone": contact.phone.strip()[:40],
        "contact_mail": contact.mail.strip()[:254],
        "phone_last4": "".join(sign for sign in contact.phone if sign.isdigit())[-4:],
        "language": actor.language or i18n.language(),
        "note": deal.note.strip()[:500],
        "state": OrderState.PLACED,
        "pay_way": deal.pay_way,
        "total_minor": shop.total_minor,
        "packaging_minor": shop.packaging_minor,
        "fee_minor": shop.fee_minor,
        "frozen": asdict(frozen),
        "point_id": shop.together.point_id if shop.together else point_id,
        "slot_starts_at": starts_at,
        "slot_ends_at": ends_at,
        "slot_hold_id": hold_id,
        "place_id": actor.neighbourhood_id,
        "placed_at": at,
        "accept_by": due_at,
        "due_what": Timer.REMIND if due_at else None,
        "due_at": due_at,
    }


def _frozen(shop: ShopQuote) -> Frozen:
    """Return the shop's rules as they stand; a group-buy is free to cancel until its cut-off."""
    rule, together = shop.rule, shop.together
    free_before = shop.free_before
    if together:
        free_before = together.starts_at - together.cut_off_at
    return Frozen(
        commission_bp=shop.commission_bp,
        accept_minutes=rule.accept_minutes,
        cancel_minutes=int(free_before.total_seconds() // 60),
        no_show_rule=str(rule.no_show_rule),
        grace_minutes=rule.grace_minutes,
        collect_mode=str(rule.collect_mode),
    )


def _span(shop: ShopQuote, slot: SlotChoice | None) -> tuple[datetime | None, datetime | None]:
    """Return when the buyer comes: in the pickup slot, or else at the first booked time till the
    last.
    """
    if slot is not None:
        return slot.starts_at, slot.ends_at
    if shop.together:
        return shop.together.starts_at, shop.together.ends_at
    starts = [line.starts_at for line in shop.lines if line.starts_at]
    ends = [line.ends_at for line in shop.lines if line.ends_at]
    return min(starts, default=None), max(ends, default=None)


def written_lines(
    orders: Sequence[Order], quote: Quote, held: Mapping[int, list[int]]
) -> dict[int, list[OrderLine]]:
    """Write each order's lines, by order, with the holds that keep them."""
    rows = [
        {
            "order_id": order.id,
            "position": position,
            "kind": line.kind,
            "listing_id": line.listing_id,
            "variant_id": line.variant_id,
            "name_zh": line.name_zh,
            "name_en": line.name_en,
            "variant_zh": line.variant_zh,
            "variant_en": line.variant_en,
            "unit_minor": line.unit_minor,
            "packaging_minor": line.packaging_minor,
            "commission_bp": order.frozen["commission_bp"],
            "quantity": line.quantity,
            "reduced_minor": line.reduced_minor,
            "site_minor": line.site_minor,
            "list_minor": line.list_minor,
            "pack_size": line.pack_size,
            "rules": line.rules,
            "allergens": line.allergens,
            "to_prepare": line.quantity,
            "starts_at": line.starts_at,
            "ends_at": line.ends_at,
            "hold_ids": held.get(line.id, []),
        }
        for order, shop in zip(orders, quote.shops, strict=True)
        for position, line in enumerate(shop.lines, start=1)
    ]
    found: dict[int, list[OrderLine]] = {order.id: [] for order in orders}
    for line_id, row in zip(put(OrderLine, rows), rows, strict=True):
        found[row["order_id"]].append(OrderLine(id=line_id, **row))
    return found


def settle_in(deal: Deal, orders: Sequence[Order], lines: Mapping[int, list[OrderLine]]) -> None:
    """Give the orders what was held for them, ask their money, and announce them."""
    actor, at = deal.clerk or deal.actor, deal.at
    side = Side.SHOP if deal.clerk else Side.RESIDENT
    for order in orders:
        holds = [hold_id for line in lines[order.id] for hold_id in line.hold_ids]
        if order.slot_hold_id is not None:
            holds.append(order.slot_hold_id)
        pools.hand_on(holds, to=("order", order.id))
    open_charges(
        [
            Asked(
                ("order", order.id),
                order.person_id,
                ("merchant", order.merchant_id),
                order.total_minor,
            )
            for order in orders
        ],
        at=at,
    )
    told = {
        order.id: moves.quantities((line, line.quantity) for line in lines[order.id])
        for order in orders
    }
    moves.note_many(actor, [(order, told[order.id]) for order in orders], PLACED, side=side, at=at)
    for order in orders:
        order_placed.send(order, order=order, at=at, actor=actor)
        tell_guest(order, PLACED)


_USED: Any = select(Order.number).where(Order.number.in_(bindparam("drawn", expanding=True)))


def draw_numbers(at: datetime) -> list[str]:
    """Return some order numbers: the month, then digits that tell nobody how many orders there
    are. Another order may have one of them.
    """
    return list(dict.fromkeys(_drawn(at, 4) for _ in range(4)))


def _drawn(at: datetime, digits: int) -> str:
    return f"{clock.local(at):%y%m}-{secrets.randbelow(10**digits):0{digits}d}"


def _fresh_numbers(count: int, at: datetime) -> list[str]:
    """Return order numbers nobody has, longer ones where the short ones are used up."""
    found: list[str] = []
    for digits in (4, 5, 6, 8):
        drawn = {_drawn(at, digits) for _ in range(4 * count)}
        used = {row[0] for row in fetch(_USED, drawn=sorted(drawn))}
        found = sorted(drawn - used - set(found))[: count - len(found)] + found
        if len(found) == count:
            break
    return found
