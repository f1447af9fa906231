"""Proposals on an order: the shop adds lines or offers a substitute at a price, the buyer says yes
or no, and what nobody answers falls back to what was said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.core.access import SYSTEM, Viewer
from app.core.activity.types import Verb
from app.core.db import db, put
from app.core.errors import FieldError, NotFoundError
from app.core.i18n import lazy_gettext as _l
from app.core.i18n import pick
from app.core.pools import services as pools
from app.core.pools.errors import PoolEmptyError
from app.merchants.errors import NotOrderableError
from app.merchants.models import Listing, Variant
from app.merchants.queries.selling import offers_for
from app.merchants.types import ListingKind, OfferRow
from app.orders import policies
from app.orders.errors import ProposalsOpenError, QuantityError, SoldOutError
from app.orders.models import Order, OrderLine, Proposal, ProposalLine
from app.orders.policies.proposals import change_until
from app.orders.services import endings, moves, offers, preparation, sums
from app.orders.types import MOST_OF_ONE, LineKind, Side
from app.orders.types.proposals import (
    PROPOSAL_ACCEPTED,
    PROPOSAL_DECLINED,
    PROPOSAL_EXPIRED,
    PROPOSAL_LINES,
    PROPOSAL_WITHDRAWN,
    PROPOSALS_OPEN,
    PROPOSED,
    ProposalKind,
    ProposalState,
    ProposedLine,
)
from app.payments.types import RefundCause


def propose(
    actor: Viewer,
    order_id: int,
    wanted: Sequence[ProposedLine],
    *,
    words: str = "",
    at: datetime,
) -> Proposal:
    """Offer lines on an accepted order; what comes from the shelf is held until the answer is due.

    Refuses who may not decide for the shop, an order not accepted or over, more pieces than are to
    be prepared and not under offer, and a substitute that is sold out: then nothing is held.
    """
    order, lines = moves.opened(order_id)
    policies.check_decides(actor, order)
    preparation.check_accepted(order)
    check_shape(wanted)
    if len(offers.open_on(order.id)) >= PROPOSALS_OPEN:
        raise ProposalsOpenError
    _check_pieces(order, lines, wanted)
    is_substitute = any(line.replaces for line in wanted)
    ends_at = change_until(order, at, is_substitute=is_substitute)
    proposal = Proposal(
        kind=ProposalKind.CHANGE,
        state=ProposalState.OPEN,
        merchant_id=order.merchant_id,
        order_id=order.id,
        words=words.strip()[:500],
        made_at=at,
        made_by=actor.id,
        ends_at=ends_at,
    )
    db.session.add(proposal)
    db.session.flush()
    written = written_lines(
        proposal, wanted, at=at, until=ends_at, is_work=_is_work(lines), replaced=lines
    )
    if order.due_at is not None and order.due_at < ends_at:
        moves.set_timer(order, order.due_what, ends_at)  # nobody is given up on while asked
    _note(actor, order, proposal, written, PROPOSED, side=Side.SHOP, at=at, reason=words)
    return proposal


def accept(actor: Viewer, proposal_id: int, *, key: str | None = None, at: datetime) -> Proposal:
    """Take what the shop proposed: its lines join the order, frozen as they were shown, and what
    they stand in for is short; a lower sum goes back, a higher one is asked.

    Refuses whose order it is not, and a proposal answered, taken back or run out.
    """
    proposal, order, lines = _opened(proposal_id)
    policies.check_owns(actor, order, key)
    offers.to_state(proposal, ProposalState.ACCEPTED, before=at, over_at=at)
    preparation.check_accepted(order)
    written = offers.lines_of(proposal.id)
    holds = [hold_id for line in written for hold_id in line.hold_ids]
    pools.confirm(holds)
    pools.hand_on(holds, to=("order", order.id))
    gone = offers.fall_short(lines, written)
    added = joined(order, lines, written)
    lines.extend(added)
    sums.restate(actor, order, lines, gone, cause=RefundCause.SHORT, reason="", at=at)
    if any(line.to_prepare for line in added):
        moves.save(order, ready_at=None)
    endings.wait_for_buyer(order, since=at)
    _note(actor, order, proposal, written, PROPOSAL_ACCEPTED, side=Side.RESIDENT, at=at)
    return proposal


def decline(actor: Viewer, proposal_id: int, *, key: str | None = None, at: datetime) -> Proposal:
    """Say no: nothing is added, and what was to be replaced is short and its money goes back.

    Refuses whose order it is not, and a proposal answered or taken back before.
    """
    proposal, order, lines = _opened(proposal_id)
    policies.check_owns(actor, order, key)
    offers.to_state(proposal, ProposalState.DECLINED, over_at=at)
    told: dict[str, Any] = {"verb": PROPOSAL_DECLINED, "side": Side.RESIDENT}
    _fall_back(actor, order, lines, proposal, **told, at=at)
    return proposal


def expire(proposal_id: int, *, at: datetime) -> ProposalState | None:
    """Let a proposal that nobody answered in time fall back; does nothing where somebody was
    faster or it is not yet due. A quote only ends.
    """
    proposal = offers.proposal_by_id(proposal_id)
    if proposal.kind == ProposalKind.QUOTE:
        if _is_due(proposal, at):
            offers.to_state(proposal, ProposalState.EXPIRED, over_at=at)
            return ProposalState.EXPIRED
        return None
    proposal, order, lines = _opened(proposal_id)
    if not _is_due(proposal, at):
        return None
    offers.to_state(proposal, ProposalState.EXPIRED, over_at=at)
    told: dict[str, Any] = {"verb": PROPOSAL_EXPIRED, "side": Side.SITE}
    _fall_back(SYSTEM, order, lines, proposal, **told, at=at)
    return ProposalState.EXPIRED


def withdraw(actor: Viewer, proposal_id: int, *, at: datetime) -> Proposal:
    """Take a proposal back before it is answered; what it would have replaced is to be prepared as
    before.
    """
    proposal, order, _lines = _opened(proposal_id)
    policies.check_decides(actor, order)
    offers.to_state(proposal, ProposalState.WITHDRAWN, over_at=at)
    written = offers.lines_of(proposal.id)
    offers.let_go(written)
    _note(actor, order, proposal, written, PROPOSAL_WITHDRAWN, side=Side.SHOP, at=at)
    return proposal


def written_lines(
    proposal: Proposal,
    wanted: Sequence[ProposedLine],
    *,
    at: datetime,
    until: datetime,
    is_work: bool,
    replaced: Sequence[OrderLine] = (),
) -> list[ProposalLine]:
    """Write the lines of a proposal, in the shop's own words or as its shelf names them; hold what
    comes off the shelf.
    """
    chosen = [line.variant_id for line in wanted if line.variant_id is not None]
    found = _from_shelf(proposal.merchant_id, chosen, at=at)
    holds = _held(proposal, wanted, found, until=until, at=at)
    old = {line.id: line for line in replaced}
    rows = []
    for line, hold_ids in zip(wanted, holds, strict=True):
        offer = found.get(line.variant_id or 0)
        replaces = old.get(line.line_id or 0)
        rows.append(
            {
                "proposal_id": proposal.id,
                "is_work": is_work and not offer and not replaces,
                "listing_id": offer.listing_id if offer else None,
                "variant_id": line.variant_id,
                "name_zh": offer.name_zh if offer else line.name.strip()[:120],
                "name_en": offer.name_en if offer else "",
                "variant_zh": offer.variant_zh if offer else "",
                "variant_en": offer.variant_en if offer else "",
                "unit_minor": line.unit_minor,
                "packaging_minor": replaces.packaging_minor if replaces else 0,
                "quantity": line.quantity,
                "line_id": line.line_id,
                "replaces": line.replaces,
                "hold_ids": hold_ids,
            }
        )
    put(ProposalLine, rows)
    return offers.lines_of(proposal.id)


def check_shape(wanted: Sequence[ProposedLine]) -> None:
    """Refuse lines that say too little, or stand in for nothing."""
    if not 0 < len(wanted) <= PROPOSAL_LINES:
        raise FieldError("name", _l("Write at least one line."))
    for line in wanted:
        if line.variant_id is None and not line.name.strip():
            raise FieldError("name", _l("Say what it is."))
        if not 0 < line.quantity <= MOST_OF_ONE or line.unit_minor < 0:
            raise FieldError("quantity", _l("Choose between 1 and 999."))
        if (line.line_id is None) != (line.replaces == 0) or line.replaces < 0:
            raise QuantityError(line_id=line.line_id)


def _check_pieces(order: Order, lines: Sequence[OrderLine], wanted: Sequence[ProposedLine]) -> None:
    taken = offers.under_offer(order.id)
    for line in wanted:
        if line.line_id is None:
            continue
        of_order = moves.line_by_id(lines, line.line_id)
        taken[of_order.id] = taken.get(of_order.id, 0) + line.replaces
        if of_order.kind != LineKind.GOODS or taken[of_order.id] > of_order.to_prepare:
            raise QuantityError(line_id=of_order.id)


def _is_work(lines: Sequence[OrderLine]) -> bool:
    """What joins a booked time is work and needs no laying out; beside goods it is prepared."""
    return any(line.kind == LineKind.SERVICE for line in lines)


def _from_shelf(
    merchant_id: int, variant_ids: Sequence[int], *, at: datetime
) -> dict[int, OfferRow]:
    found = offers_for(variant_ids, at=at)
    for variant_id in variant_ids:
        offer = found.get(variant_id)
        if offer is None or offer.merchant_id != merchant_id or offer.kind != ListingKind.GOODS:
            raise NotFoundError
        if not offer.is_orderable:
            raise NotOrderableError(variant_id=variant_id)
    return found


def _held(
    proposal: Proposal,
    wanted: Sequence[ProposedLine],
    found: Mapping[int, OfferRow],
    *,
    until: datetime,
    at: datetime,
) -> list[list[int]]:
    """Hold what comes from a counted shelf, all or nothing; return the holds of each line."""
    pooled = [
        (number, offer.pool_id, line.quantity * offer.pack_size)
        for number, line in enumerate(wanted)
        if (offer := found.get(line.variant_id or 0)) and offer.pool_id is not None
    ]
    holds: list[list[int]] = [[] for _line in wanted]
    try:
        taken = pools.take(
            [(pool_id, count) for _number, pool_id, count in pooled],
            owner=("proposal", proposal.id),
            until=until,
            at=at,
        )
    except PoolEmptyError as empty:
        offer = next(one for one in found.values() if one.pool_id == empty.data["pool_id"])
        raise SoldOutError(
            name=pick(offer.name_zh, offer.name_en),
            left=max(0, empty.data["free"] or 0) // offer.pack_size,
            variant_id=offer.variant_id,
        ) from empty
    for (number, _pool_id, _count), hold_id in zip(pooled, taken, strict=True):
        holds[number] = [hold_id]
    return holds


def _opened(proposal_id: int) -> tuple[Proposal, Order, list[OrderLine]]:
    """Open the order of a proposal for one move, then read the proposal as it stands."""
    found = offers.proposal_by_id(proposal_id)
    if found.kind != ProposalKind.CHANGE or found.order_id is None:
        raise NotFoundError
    order, lines = moves.opened(found.order_id)
    return offers.proposal_by_id(proposal_id), order, lines


def _is_due(proposal: Proposal, at: datetime) -> bool:
    is_open = proposal.state == ProposalState.OPEN
    return is_open and proposal.ends_at is not None and proposal.ends_at <= at


def joined(
    order: Order, lines: Sequence[OrderLine], written: Sequence[ProposalLine]
) -> list[OrderLine]:
    """Write accepted lines on the order, under the commission that is frozen on it."""
    last = max((line.position for line in lines), default=0)
    copied = (
        "listing_id", "variant_id", "name_zh", "name_en", "variant_zh", "variant_en",
        "unit_minor", "packaging_minor", "quantity", "hold_ids",
    )  # fmt: skip
    said = _said_of([one.variant_id for one in written if one.variant_id is not None])
    rows: list[dict[str, Any]] = []
    for position, one in enumerate(written, start=last + 1):
        rows.append(
            {name: getattr(one, name) for name in copied}
            | said.get(one.variant_id, {"pack_size": 1, "rules": "", "allergens": ""})
            | {
                "order_id": order.id,
                "kind": LineKind.SERVICE if one.is_work else LineKind.GOODS,
                "position": position,
                "commission_bp": order.frozen["commission_bp"],
                "to_prepare": 0 if one.is_work else one.quantity,
                "ready": one.quantity if one.is_work else 0,
            }
        )
    ids = put(OrderLine, rows)
    return [db.session.get_one(OrderLine, line_id) for line_id in ids]


def _said_of(variant_ids: Sequence[int]) -> dict[int | None, dict[str, Any]]:
    """Return what an order freezes of things from the shelf beside name and price."""
    wanted = select(Variant.id, Variant.pack_size, Listing.rules, Listing.allergens).join(
        Listing, Listing.id == Variant.listing_id
    )
    rows = db.session.execute(wanted.where(Variant.id.in_(variant_ids)))
    return {row[0]: {"pack_size": row[1], "rules": row[2], "allergens": row[3]} for row in rows}


def _fall_back(
    actor: Viewer,
    order: Order,
    lines: Sequence[OrderLine],
    proposal: Proposal,
    *,
    verb: Verb,
    side: Side,
    at: datetime,
) -> None:
    """Do what the page said would happen without a yes: the shelf gets the substitute back, what
    was missing is short and not asked for.
    """
    written = offers.lines_of(proposal.id)
    offers.let_go(written)
    gone = offers.fall_short(lines, written)
    if gone:
        sums.restate(actor, order, lines, gone, cause=RefundCause.SHORT, reason="", at=at)
    _note(actor, order, proposal, written, verb, side=side, at=at)
    if gone:
        preparation.finish(actor, order, lines, at)


def _note(
    actor: Viewer,
    order: Order,
    proposal: Proposal,
    written: Sequence[ProposalLine],
    verb: Verb,
    *,
    side: Side,
    at: datetime,
    reason: str = "",
) -> None:
    data = {
        "proposal_id": proposal.id,
        "is_substitute": any(line.replaces for line in written),
        "amount_minor": sum(
            (line.unit_minor + line.packaging_minor) * line.quantity for line in written
        ),
        "lines": [
            {"name_zh": line.name_zh, "name_en": line.name_en, "quantity": line.quantity}
            for line in written
        ],
    }
    moves.note(actor, order, verb, side=side, at=at, reason=reason, data=data)
