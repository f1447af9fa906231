"""Writing orders down at placing: everything frozen as it stands, holds handed on, money asked."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select

from app.core import clock, i18n
from app.core.access import Viewer, token_hash
from app.core.db import db
from app.core.pools import services as pools
from app.merchants.queries.selling import terms_at
from app.merchants.types import PolicyRow, SlotChoice
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
from app.payments.services import open_charge
from app.payments.types import PayWay


@dataclass(frozen=True, slots=True)
class Deal:
    """What one placing says of all its orders: who, for whom, how it is paid, when."""

    actor: Viewer
    checkout_id: int
    contact: Contact
    pay_way: PayWay
    note: str
    at: datetime


def written_orders(
    deal: Deal, quote: Quote, slots: Mapping[int, SlotChoice], taken: Mapping[int, int]
) -> list[Order]:
    """Write one order per shop, with the shop's terms and policies of this instant."""
    shop_ids = [shop.merchant_id for shop in quote.shops]
    terms = terms_at(shop_ids, deal.at)
    orders = []
    for shop, number in zip(quote.shops, _fresh_numbers(len(shop_ids), deal.at), strict=True):
        frozen = _frozen(shop.rule, terms[shop.merchant_id].commission_bp)
        order = _order(deal, shop, slots.get(shop.merchant_id), frozen, number=number)
        order.slot_hold_id = taken.get(shop.merchant_id)
        orders.append(order)
    db.session.add_all(orders)
    db.session.flush()
    return orders


def _order(
    deal: Deal, shop: ShopQuote, slot: SlotChoice | None, frozen: Frozen, *, number: str
) -> Order:
    actor, contact, at = deal.actor, deal.contact, deal.at
    starts_at, ends_at = _span(shop, slot)
    key = None if actor.is_member else policies.guest_key(number)
    due_at = policies.answer_by(at, frozen.accept_minutes, starts_at)
    return Order(
        number=number,
        code=policies.new_code(),
        merchant_id=shop.merchant_id,
        checkout_id=deal.checkout_id,
        person_id=actor.id,
        token_hash=token_hash(key) if key else None,
        contact_name=contact.name.strip()[:60],
        contact_phone=contact.phone.strip()[:40],
        contact_mail=contact.mail.strip()[:254],
        phone_last4="".join(sign for sign in contact.phone if sign.isdigit())[-4:],
        language=actor.language or i18n.language(),
        note=deal.note.strip()[:500],
        state=OrderState.PLACED,
        pay_way=deal.pay_way,
        total_minor=shop.total_minor,
        packaging_minor=shop.packaging_minor,
        fee_minor=0,
        frozen=asdict(frozen),
        point_id=slot.point_id if slot else None,
        slot_starts_at=starts_at,
        slot_ends_at=ends_at,
        place_id=actor.neighbourhood_id,
        placed_at=at,
        accept_by=due_at,
        due_what=Timer.REMIND,
        due_at=due_at,
    )


def _frozen(rule: PolicyRow, commission_bp: int) -> Frozen:
    return Frozen(
        commission_bp=commission_bp,
        accept_minutes=rule.accept_minutes,
        cancel_minutes=rule.cancel_minutes,
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
    starts = [line.starts_at for line in shop.lines if line.starts_at]
    ends = [line.ends_at for line in shop.lines if line.ends_at]
    return min(starts, default=None), max(ends, default=None)


def written_lines(
    orders: Sequence[Order], quote: Quote, held: Mapping[int, list[int]]
) -> dict[int, list[OrderLine]]:
    """Write each order's lines, by order, with the holds that keep them."""
    found: dict[int, list[OrderLine]] = {}
    for order, shop in zip(orders, quote.shops, strict=True):
        found[order.id] = [
            OrderLine(
                order_id=order.id,
                position=position,
                kind=line.kind,
                listing_id=line.listing_id,
                variant_id=line.variant_id,
                name_zh=line.name_zh,
                name_en=line.name_en,
                variant_zh=line.variant_zh,
                variant_en=line.variant_en,
                unit_minor=line.unit_minor,
                packaging_minor=line.packaging_minor,
                commission_bp=order.frozen["commission_bp"],
                quantity=line.quantity,
                to_prepare=line.quantity,
                starts_at=line.starts_at,
                ends_at=line.ends_at,
                hold_ids=held.get(line.id, []),
            )
            for position, line in enumerate(shop.lines, start=1)
        ]
    db.session.add_all(line for lines in found.values() for line in lines)
    db.session.flush()
    return found


def settle_in(
    deal: Deal,
    order: Order,
    shop: ShopQuote,
    lines: Sequence[OrderLine],
) -> None:
    """Give the order what was held for it, ask its money, and announce it."""
    actor, at, owner = deal.actor, deal.at, ("order", order.id)
    holds = [hold_id for line in lines for hold_id in line.hold_ids]
    if order.slot_hold_id is not None:
        holds.append(order.slot_hold_id)
    if holds:
        pools.hand_on(holds, to=owner)
    open_charge(
        owner,
        payer_id=order.person_id,
        payee=("merchant", order.merchant_id),
        amount_minor=shop.total_minor,
        at=at,
    )
    data = moves.quantities((line, line.quantity) for line in lines)
    moves.note(actor, order, PLACED, side=Side.RESIDENT, at=at, data=data)
    order_placed.send(order, order=order, at=at, actor=actor)
    tell_guest(order, PLACED)


def _fresh_numbers(count: int, at: datetime) -> list[str]:
    """Return order numbers nobody has: the month, then digits that tell nobody how many orders
    there are.
    """
    month = clock.local(at).strftime("%y%m")
    found: list[str] = []
    for digits in (4, 5, 6, 8):
        drawn = {f"{month}-{secrets.randbelow(10**digits):0{digits}d}" for _ in range(4 * count)}
        used = set(db.session.scalars(select(Order.number).where(Order.number.in_(drawn))))
        found = sorted(drawn - used - set(found))[: count - len(found)] + found
        if len(found) == count:
            break
    return found
