"""The rows of proposals: each ended once, and taken back when an order moves on without them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from app.core.db import db, moved
from app.core.errors import LinliError, NotFoundError
from app.core.pools import services as pools
from app.orders.models import Order, OrderLine, Proposal, ProposalLine
from app.orders.policies.proposals import over_error
from app.orders.services import moves
from app.orders.types import Quantity
from app.orders.types.proposals import PROPOSAL_MOVES, ProposalKind, ProposalState


def proposal_by_id(proposal_id: int) -> Proposal:
    """Return a proposal as it stands now; refuses one that is not there."""
    found = db.session.get(Proposal, proposal_id, populate_existing=True)
    if found is None:
        raise NotFoundError
    return found


def lines_of(proposal_id: int) -> list[ProposalLine]:
    """Return the lines of a proposal, in their order."""
    wanted = select(ProposalLine).where(ProposalLine.proposal_id == proposal_id)
    return list(db.session.scalars(wanted.order_by(ProposalLine.id)))


def open_on(order_id: int) -> list[Proposal]:
    """Return what of an order is proposed and not answered, whether or not its time is over."""
    wanted = select(Proposal).where(
        Proposal.order_id == order_id,
        Proposal.kind == ProposalKind.CHANGE,
        Proposal.state == ProposalState.OPEN,
    )
    return list(db.session.scalars(wanted.order_by(Proposal.id)))


def to_state(
    proposal: Proposal,
    state: ProposalState,
    *,
    before: datetime | None = None,
    error: LinliError | None = None,
    **values: Any,
) -> None:
    """Move a proposal along its table of moves, once, and only while its time runs where `before`
    is named; refuses (ProposalOverError) whoever comes second.
    """
    allowed = [one for one, targets in PROPOSAL_MOVES.items() if state in targets]
    step = update(Proposal).where(Proposal.id == proposal.id, Proposal.state.in_(allowed))
    if before is not None:
        step = step.where(Proposal.ends_at > before)
    moved(step.values(state=state, **values), error or over_error(proposal))
    moves.set_on(proposal, state=state, **values)


def let_go(lines: Sequence[ProposalLine]) -> None:
    """Give back what the pools keep for lines that nobody will get."""
    pools.release([hold_id for line in lines for hold_id in line.hold_ids])


def withdraw_unfit(order: Order, lines: Sequence[OrderLine], *, at: datetime) -> None:
    """Take back the substitutes for pieces that are no longer to be prepared: they were found, or
    given up.
    """
    left = {line.id: line.to_prepare for line in lines}
    for proposal in open_on(order.id):
        proposed = lines_of(proposal.id)
        wanted: dict[int, int] = {}
        for line in proposed:
            if line.line_id is not None:
                wanted[line.line_id] = wanted.get(line.line_id, 0) + line.replaces
        if all(left.get(line_id, 0) >= count for line_id, count in wanted.items()):
            for line_id, count in wanted.items():
                left[line_id] -= count
            continue
        to_state(proposal, ProposalState.WITHDRAWN, over_at=at)
        let_go(proposed)


def end_all(
    order: Order, lines: Sequence[OrderLine], *, at: datetime
) -> list[tuple[OrderLine, int]]:
    """Take back all that is proposed of an order that ends; return the pieces that would have been
    replaced, which are short now.
    """
    gone = []
    for proposal in open_on(order.id):
        proposed = lines_of(proposal.id)
        to_state(proposal, ProposalState.WITHDRAWN, over_at=at)
        let_go(proposed)
        gone += fall_short(lines, proposed)
    return gone


def fall_short(
    lines: Sequence[OrderLine], proposed: Sequence[ProposalLine]
) -> list[tuple[OrderLine, int]]:
    """Let what was to be replaced be short: it was not there, so it is off the shelf too."""
    gone = []
    for one in proposed:
        if one.line_id is None:
            continue
        line = moves.line_by_id(lines, one.line_id)
        moves.move_pieces(line, Quantity.TO_PREPARE, Quantity.SHORT, one.replaces)
        moves.use_up(line, one.replaces)
        gone.append((line, one.replaces))
    return gone


def under_offer(order_id: int) -> dict[int, int]:
    """Return how many pieces of each of an order's lines an open proposal would stand in for."""
    found: dict[int, int] = {}
    for proposal in open_on(order_id):
        for line in lines_of(proposal.id):
            if line.line_id is not None:
                found[line.line_id] = found.get(line.line_id, 0) + line.replaces
    return found
