"""Proposals for tests, made through the services."""

from app.core import clock
from app.core.db import db, transaction
from app.orders.models import Order, Proposal
from app.orders.services import proposals
from app.orders.types.proposals import ProposedLine
from tests.factories import merchants, orders
from tests.factories.orders import Stall


def other(place: Stall, *, price: int = 3000, stock: int = 5) -> int:
    """Put another thing on the stall's shelf; return its size."""
    return orders.variant_of(
        merchants.goods(place.merchant, name_zh="黑麦", name_en="Rye", price=price, stock=stock)
    )


def substitute(
    place: Stall, order: Order, variant_id: int, *, count: int = 1, price: int = 3000
) -> Proposal:
    """Offer so many of another thing for as many pieces of the order's first line."""
    line = orders.line_of(order)
    wanted = ProposedLine(price, count, "", variant_id, line.id, count)
    with transaction():
        return proposals.propose(place.keeper, order.id, [wanted], at=clock.now())


def addition(place: Stall, order: Order, *, name: str = "换阀芯", price: int = 8000) -> Proposal:
    """Add a line of the shop's own words."""
    with transaction():
        return proposals.propose(
            place.keeper, order.id, [ProposedLine(price, 1, name)], at=clock.now()
        )


def fresh(proposal: Proposal) -> Proposal:
    """Return a proposal as it stands in the database."""
    return db.session.get_one(Proposal, proposal.id, populate_existing=True)
