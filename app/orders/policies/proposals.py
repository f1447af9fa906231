"""Until when a proposal can be accepted, and how it stands for whoever comes second."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.core import clock
from app.core.i18n import gettext as _
from app.orders.errors import ProposalOverError
from app.orders.models import Order, Proposal
from app.orders.policies import answer_by
from app.orders.types.proposals import (
    CHANGE_HOURS,
    LEAST_MINUTES,
    SUBSTITUTE_MINUTES,
    ProposalState,
)


def change_until(order: Order, at: datetime, *, is_substitute: bool) -> datetime:
    """Return until when a change to an order can be accepted: a substitute in two waking hours and
    before the buyer leaves home, never sooner than in ten minutes; anything else in two days.
    """
    if not is_substitute:
        return at + timedelta(hours=CHANGE_HOURS)
    until = answer_by(at, SUBSTITUTE_MINUTES, order.slot_starts_at)
    return max(until, at + timedelta(minutes=LEAST_MINUTES))


def over_error(proposal: Proposal) -> ProposalOverError:
    """Return the refusal of a proposal that can no longer be accepted, with what became of it."""
    return ProposalOverError(
        proposal_id=proposal.id, state=proposal.state.value, details=[how_proposal_stands(proposal)]
    )


def how_proposal_stands(proposal: Proposal) -> str:
    """Return the sentence for somebody who came second: what became of a proposal."""
    if proposal.state in {ProposalState.OPEN, ProposalState.EXPIRED} and proposal.ends_at:
        when = clock.local(proposal.ends_at).strftime("%Y-%m-%d %H:%M")
        return _("It could be accepted until %(time)s.", time=when)
    return {
        ProposalState.ACCEPTED: _("It was accepted."),
        ProposalState.DECLINED: _("It was declined."),
        ProposalState.WITHDRAWN: _("The shop took it back."),
    }.get(proposal.state, _("The shop has not answered yet."))
