"""Proposals and quotes as their two sides see them, and which are due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from app.accounts.models import User
from app.core.db import UtcDateTime, fetch
from app.core.errors import NotFoundError
from app.merchants.models import Merchant
from app.orders.models import OrderLine, Proposal, ProposalLine
from app.orders.types.proposals import (
    ProposalKind,
    ProposalLineRow,
    ProposalRow,
    ProposalState,
)

_ROW = (
    Proposal.id, Proposal.kind, Proposal.state, Proposal.merchant_id, Merchant.name_zh,
    Merchant.name_en, Proposal.order_id, Proposal.person_id, User.name, Proposal.thread_id,
    Proposal.wish, Proposal.words, Proposal.starts_at, Proposal.made_at, Proposal.ends_at,
    Proposal.over_at,
)  # fmt: skip
_ROWS: Any = (
    select(*_ROW)
    .join(Merchant, Merchant.id == Proposal.merchant_id)
    .outerjoin(User, User.id == Proposal.person_id)
)
_LINES: Any = (
    select(
        ProposalLine.proposal_id, ProposalLine.name_zh, ProposalLine.name_en,
        ProposalLine.variant_zh, ProposalLine.variant_en, ProposalLine.unit_minor,
        ProposalLine.packaging_minor, ProposalLine.quantity, ProposalLine.line_id,
        ProposalLine.replaces, OrderLine.name_zh, OrderLine.name_en,
        OrderLine.unit_minor + OrderLine.packaging_minor,
    )
    .outerjoin(OrderLine, OrderLine.id == ProposalLine.line_id)
    .where(ProposalLine.proposal_id.in_(bindparam("ids", expanding=True)))
    .order_by(ProposalLine.id)
)  # fmt: skip
_OF_ORDER: Any = _ROWS.where(
    Proposal.order_id == bindparam("order_id"), Proposal.kind == ProposalKind.CHANGE
).order_by(Proposal.id.desc())
_ONE: Any = _ROWS.where(Proposal.id == bindparam("proposal_id"))
_DUE: Any = (
    select(Proposal.id)
    .where(
        Proposal.state == ProposalState.OPEN,
        Proposal.ends_at <= bindparam("now", type_=UtcDateTime),
    )
    .order_by(Proposal.ends_at, Proposal.id)
    .limit(200)
)


def due_proposal_ids(at: datetime) -> list[int]:
    """Return the proposals whose time is over and that nobody ended yet, the longest first."""
    return [row[0] for row in fetch(_DUE, now=at)]


def proposals_of_order(order_id: int) -> list[ProposalRow]:
    """Return what was proposed of an order, newest first. Two statements, one where nothing was."""
    return _with_lines(fetch(_OF_ORDER, order_id=order_id))


def order_of_change(proposal_id: int) -> int:
    """Return the order that a proposal would change; refuses what changes none."""
    row = _one(proposal_id)
    if row.kind != ProposalKind.CHANGE or row.order_id is None:
        raise NotFoundError
    return row.order_id


def _one(proposal_id: int) -> ProposalRow:
    rows = _with_lines(fetch(_ONE, proposal_id=proposal_id))
    if not rows:
        raise NotFoundError
    return rows[0]


def _with_lines(rows: Sequence[Any]) -> list[ProposalRow]:
    if not rows:
        return []
    lines: dict[int, list[ProposalLineRow]] = {}
    for row in fetch(_LINES, ids=[row[0] for row in rows]):
        old = (row[10] or "", row[11] or "", row[12] or 0)
        lines.setdefault(row[0], []).append(ProposalLineRow(*row[1:10], *old))
    return [
        ProposalRow(*row[:8], row[8] or "", *row[9:], tuple(lines.get(row[0], ()))) for row in rows
    ]
