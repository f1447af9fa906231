"""From basket to orders: fifteen minutes in which everything is held, then one order per shop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Update, bindparam, select, update

from app.accounts.services.children import check_may_order
from app.core.access import Viewer, token_hash
from app.core.db import changed, db, fetch, put
from app.core.errors import FieldError
from app.core.i18n import lazy_gettext as _l
from app.core.i18n import pick
from app.core.pools import services as pools
from app.core.pools.errors import HoldGoneError, PoolEmptyError
from app.merchants.errors import SlotFullError, TimeTakenError
from app.merchants.queries.collecting import chosen_slots
from app.merchants.services.scarce import slot_part
from app.merchants.types import Load, SlotChoice
from app.orders import policies
from app.orders.errors import (
    BasketEmptyError,
    BookedError,
    CheckoutOverError,
    LineProblemError,
    PriceChangedError,
    TermsChangedError,
)
from app.orders.models import Checkout, CheckoutLine, Order
from app.orders.queries.baskets import (
    basket_to_hold,
    checkout_for,
    held_quote,
    own_checkouts,
    whose,
)
from app.orders.services import grouping
from app.orders.services.basket import take_out
from app.orders.services.bookings import take_time, write_bookings
from app.orders.services.deliveries import fees_of, planned, way_of, write_deliveries
from app.orders.services.holding import let_go, settle_goods, take_goods
from app.orders.services.reductions import freeze_reductions
from app.orders.services.writing import (
    Deal,
    draw_numbers,
    settle_in,
    written_lines,
    written_orders,
)
from app.orders.types import (
    HOLD_MINUTES,
    CheckoutRow,
    CheckoutState,
    Contact,
    LineKind,
    Quote,
    QuoteLine,
    SlotWish,
    Way,
)
from app.payments.types import PayWay


def start_checkout(
    actor: Viewer, *, token: str | None, expected_total: int, at: datetime
) -> CheckoutRow:
    """Hold everything in the basket for fifteen minutes.

    Refuses an empty basket, a line that cannot be ordered, another sum than the buyer saw, and
    whatever is no longer there: then nothing is held.
    """
    check_may_order(actor)
    quote, has_earlier = basket_to_hold(actor, token, at=at)
    _check(quote, expected_total)
    if has_earlier:
        _leave_others(actor, token, at=at)
    until = at + timedelta(minutes=HOLD_MINUTES)
    hashed = None if actor.is_member else token_hash(token or "")
    begun = {"person_id": actor.id, "token_hash": hashed, "state": CheckoutState.OPEN}
    [checkout_id] = put(Checkout, [{**begun, "started_at": at, "expires_at": until}])
    holds = _held(quote.lines, ("checkout", checkout_id), until=until, at=at)
    put(
        CheckoutLine,
        [
            {
                "checkout_id": checkout_id,
                "variant_id": line.variant_id,
                "quantity": line.quantity,
                "seen_minor": line.each_minor,
                "time_key": line.time_key,
                "starts_at": line.starts_at,
                "ends_at": line.ends_at,
                "hold_ids": holds[line.id],
            }
            for line in quote.lines
        ],
    )
    return CheckoutRow(checkout_id, actor.id, hashed, CheckoutState.OPEN, until)


def place_orders(
    actor: Viewer,
    checkout_id: int,
    *,
    token: str | None,
    wishes: Mapping[int, SlotWish],
    contact: Contact,
    pay_way: PayWay,
    note: str = "",
    expected_total: int,
    seen_terms: str | None = None,
    at: datetime,
    clerk: Viewer | None = None,
) -> list[Order]:
    """Turn a checkout into one order per shop, all or none; a `clerk` of the shop entered it for
    somebody, who takes it along now where no pickup time is wished for.

    Refuses a checkout that is over, another sum than the buyer saw (saying what changed), other
    rules or allergens than `seen_terms` names, a pickup time that is full or past, a day for which
    something cannot be made, and a guest who left neither phone nor mail.
    """
    goes_now = clerk is not None and not wishes
    if not goes_now:
        _check_contact(actor, contact)
    claimed = changed(
        _claiming(is_member=actor.is_member), of_checkout=checkout_id, now=at, **whose(actor, token)
    )
    if not claimed:
        raise CheckoutOverError(state=checkout_for(actor, checkout_id, token).state.value)
    quote, held, numbers = held_quote(checkout_id, drawn=draw_numbers(at), at=at)
    ways = planned(actor, quote, wishes)
    quote = quote.with_fees(fees_of(ways))
    _check(quote, expected_total)
    if seen_terms not in (None, quote.terms_key):
        raise TermsChangedError
    grouping.check_open(quote, at=at)
    slots = {} if goes_now else _slots(quote, wishes, ways, at)
    try:
        pools.confirm([hold for hold_ids in held.values() for hold in hold_ids])
    except HoldGoneError as gone:
        raise CheckoutOverError from gone
    taken = _slots_taken(slots, quote.loads, ("checkout", checkout_id), at)
    deal = Deal(actor, checkout_id, contact, pay_way, note, at, clerk)
    orders = written_orders(deal, quote, slots, taken, numbers=numbers)
    held = settle_goods(quote, held, slots, ("checkout", checkout_id), at=at)
    lines = written_lines(orders, quote, held)
    freeze_reductions(actor.id, orders, quote, lines, at=at)
    alone = grouping.join(orders, quote)
    settle_in(deal, orders, lines)
    write_bookings([line for found in lines.values() for line in found])
    write_deliveries(alone, ways)
    take_out(actor, token=token, variant_ids=[line.variant_id for line in quote.lines])
    return orders


@cache
def _claiming(*, is_member: bool) -> Update:
    return (
        update(Checkout)
        .where(
            Checkout.id == bindparam("of_checkout"),
            own_checkouts(is_member=is_member),
            Checkout.state == CheckoutState.OPEN,
            Checkout.expires_at > bindparam("now"),
        )
        .values(state=CheckoutState.PLACED)
    )


def leave_checkout(actor: Viewer, checkout_id: int, *, token: str | None, at: datetime) -> None:
    """Give back what a checkout holds; one that is over already stays as it is."""
    checkout = checkout_for(actor, checkout_id, token)
    _end([checkout.id], CheckoutState.LEFT, at=at)


def expire_checkouts(*, at: datetime, limit: int = 100) -> int:
    """End the checkouts whose time is over and give back what they held; return how many."""
    due = db.session.scalars(
        select(Checkout.id)
        .where(Checkout.state == CheckoutState.OPEN, Checkout.expires_at <= at)
        .order_by(Checkout.id)
        .limit(limit)
    ).all()
    return _end(list(due), CheckoutState.EXPIRED, at=at)


# --- the quote and its holds ---


def _check(quote: Quote, expected_total: int) -> None:
    if not quote.shops:
        raise BasketEmptyError
    for line in quote.lines:
        if line.problem:
            raise LineProblemError(
                name=pick(line.name_zh, line.name_en), why=line.problem, variant_id=line.variant_id
            )
    if quote.total_minor != expected_total:
        raise PriceChangedError(
            changes=policies.changed_prices(quote),
            expected_minor=expected_total,
            total_minor=quote.total_minor,
        )


def _held(
    lines: Sequence[QuoteLine], owner: tuple[str, int], *, until: datetime, at: datetime
) -> dict[int, list[int]]:
    """Hold every line, goods in one go; booked times one after the other, each seeing the one
    before.
    """
    found: dict[int, list[int]] = {line.id: [] for line in lines}
    found |= take_goods(lines, owner, until=until, at=at)
    for line in lines:
        if line.kind == LineKind.SERVICE:
            found[line.id] = _booked(line, owner, until=until, at=at)
    return found


def _booked(line: QuoteLine, owner: tuple[str, int], *, until: datetime, at: datetime) -> list[int]:
    try:
        _time, holds = take_time(line.listing_id, line.time_key, owner=owner, until=until, at=at)
    except TimeTakenError as taken:
        name = pick(line.name_zh, line.name_en)
        raise BookedError(name=name, variant_id=line.variant_id) from taken
    return holds


def _leave_others(actor: Viewer, token: str | None, *, at: datetime) -> None:
    """Whoever starts anew gives back what an earlier checkout of theirs still holds."""
    earlier = fetch(_open_ones(is_member=actor.is_member), **whose(actor, token))
    _end([row[0] for row in earlier], CheckoutState.LEFT, at=at)


@cache
def _open_ones(*, is_member: bool) -> Any:
    is_open = Checkout.state == CheckoutState.OPEN
    return select(Checkout.id).where(own_checkouts(is_member=is_member), is_open)


def _end(checkout_ids: list[int], state: CheckoutState, *, at: datetime) -> int:
    if not checkout_ids:
        return 0
    ended = list(
        db.session.scalars(
            update(Checkout)
            .where(Checkout.id.in_(checkout_ids), Checkout.state == CheckoutState.OPEN)
            .values(state=state)
            .returning(Checkout.id),
            execution_options={"synchronize_session": False},
        )
    )
    if not ended:
        return 0
    rows = db.session.scalars(
        select(CheckoutLine.hold_ids).where(CheckoutLine.checkout_id.in_(ended))
    )
    let_go([hold_id for hold_ids in rows for hold_id in hold_ids], at=at)
    return len(ended)


# --- placing ---


def _check_contact(actor: Viewer, contact: Contact) -> None:
    if not contact.name.strip():
        raise FieldError("name", _l("Please fill this in."))
    if actor.is_guest and not (contact.phone.strip() or contact.mail.strip()):
        raise FieldError("phone", _l("Leave a phone number or a mail address."))


def _slots(
    quote: Quote, wishes: Mapping[int, SlotWish], ways: Mapping[int, Way], at: datetime
) -> dict[int, SlotChoice]:
    """Return the time of each shop that needs one; refuses a point that is not the shop's, and
    another area than the one that reaches the address.
    """
    needing = [shop.merchant_id for shop in quote.shops if shop.needs_slot]
    asked = {shop_id: wishes[shop_id].slot_key for shop_id in needing if shop_id in wishes}
    found = chosen_slots(asked, delivering=ways, loads=quote.loads, at=at) if asked else {}
    for merchant_id in needing:
        slot, reach = found.get(merchant_id), way_of(ways, merchant_id)
        if slot is None or (reach and slot.point_id != reach.point_id):
            raise FieldError(f"slot_{merchant_id}", _l("Choose when you will come."))
    return found


def _slots_taken(
    slots: Mapping[int, SlotChoice],
    loads: Mapping[int, Load],
    owner: tuple[str, int],
    at: datetime,
) -> dict[int, int]:
    """Take what each shop's order needs of its pickup time; return the hold by shop."""
    parts = {shop_id: slot_part(slot, loads[shop_id]) for shop_id, slot in slots.items()}
    try:
        holds = pools.take(list(parts.values()), owner=owner, at=at)
    except PoolEmptyError as full:
        raise SlotFullError(pool_id=full.data["pool_id"]) from full
    return dict(zip(parts, holds, strict=True))
