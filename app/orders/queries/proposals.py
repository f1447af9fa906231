"""Proposals and quotes as their two sides see them, and which are due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select

from app.accounts.models import User
from app.core.access import Viewer
from app.core.db import UtcDateTime, db, fetch
from app.core.errors import NotFoundError
from app.core.pages import Page, decode_key, keyset
from app.merchants.models import Merchant
from app.orders import policies
from app.orders.models import OrderLine, Proposal, ProposalLine
from app.orders.types.proposals import (
    ProposalKind,
    ProposalLineRow,
    ProposalRow,
    ProposalState,
)
from app.orders.types.worth import worth_minor

SHOWN = 20
_ROW = (
    Proposal.id, Proposal.kind, Proposal.state, Proposal.merchant_id, Merchant.name_zh,
    Merchant.name_en, Proposal.order_id, Proposal.person_id, func.coalesce(User.name, ""),
    Proposal.thread_id,
    Proposal.wish, Proposal.words, Proposal.starts_at, Proposal.made_at, Proposal.ends_at,
    Proposal.over_at,
)  # fmt: skip
_ROWS: Any = (
    select(*_ROW)
    .join(Merchant, Merchant.id == Proposal.merchant_id)
    .outerjoin(User, User.id == Proposal.person_id)
)
# Pieces that are given up are a line's last, so these are what an answer is about.
_ASKED: Any = OrderLine.quantity - OrderLine.short - OrderLine.cancelled
_WORTH_LESS: Any = worth_minor(OrderLine, _ASKED) - worth_minor(
    OrderLine, _ASKED - ProposalLine.replaces
)
_LINES: Any = (
    select(
        ProposalLine.proposal_id, ProposalLine.name_zh, ProposalLine.name_en,
        ProposalLine.variant_zh, ProposalLine.variant_en, ProposalLine.unit_minor,
        ProposalLine.packaging_minor, ProposalLine.quantity, ProposalLine.line_id,
        ProposalLine.replaces, func.coalesce(OrderLine.name_zh, ""),
        func.coalesce(OrderLine.name_en, ""),
        func.coalesce(_WORTH_LESS, 0),
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


def quote_for(viewer: Viewer, proposal_id: int) -> ProposalRow:
    """Return a quote to the one it is for; to nobody else, the town's own people included."""
    row = _one(proposal_id)
    if row.kind != ProposalKind.QUOTE or viewer.id is None or row.person_id != viewer.id:
        raise NotFoundError
    return row


def shop_quote(viewer: Viewer, merchant_id: int, proposal_id: int) -> ProposalRow:
    """Return a quote of one shop to those who serve it; refuses another shop's."""
    row = _one(proposal_id)
    is_theirs = row.kind == ProposalKind.QUOTE and row.merchant_id == merchant_id
    if not is_theirs or not policies.can_serve(viewer, merchant_id):
        raise NotFoundError
    return row


def quotes_of(
    person_id: int,
    *,
    is_open: bool = False,
    is_oldest_first: bool = False,
    after: str | None = None,
) -> Page[ProposalRow]:
    """Return a person's quotes, newest or oldest first, all or those that wait for a word."""
    return _listed(
        Proposal.person_id == person_id,
        is_open=is_open,
        is_oldest_first=is_oldest_first,
        after=after,
    )


def quotes_by(
    merchant_id: int,
    *,
    is_open: bool = False,
    is_oldest_first: bool = False,
    after: str | None = None,
) -> Page[ProposalRow]:
    """Return what a shop was asked for and quoted, newest or oldest first."""
    of_shop = Proposal.merchant_id == merchant_id
    return _listed(of_shop, is_open=is_open, is_oldest_first=is_oldest_first, after=after)


def quotes_in_thread(person_id: int, thread_id: int) -> list[ProposalRow]:
    """Return the quotes that a person has in a thread and that are open."""
    rows = fetch(_IN_THREAD, person_id=person_id, thread_id=thread_id)
    return _with_lines(rows)


_IN_THREAD: Any = _ROWS.where(
    Proposal.person_id == bindparam("person_id"),
    Proposal.thread_id == bindparam("thread_id"),
    Proposal.state == ProposalState.OPEN,
).order_by(Proposal.id.desc())


def _listed(
    whose: ColumnElement[bool], *, is_open: bool, is_oldest_first: bool, after: str | None
) -> Page[ProposalRow]:
    wanted = _ROWS.where(whose, Proposal.kind == ProposalKind.QUOTE)
    if is_open:
        wanted = wanted.where(Proposal.state.in_((ProposalState.ASKED, ProposalState.OPEN)))
    position = decode_key(after, int)
    if position:
        further = Proposal.id > position[0] if is_oldest_first else Proposal.id < position[0]
        wanted = wanted.where(further)
    order = Proposal.id if is_oldest_first else Proposal.id.desc()
    rows = db.session.execute(wanted.order_by(order).limit(SHOWN + 1)).all()
    return keyset(_with_lines(rows), SHOWN, lambda row: (row.id,))


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
        lines.setdefault(row[0], []).append(ProposalLineRow(*row[1:]))
    whole: list[tuple[Any, ...]] = [(*row, tuple(lines.get(row[0], ()))) for row in rows]
    return [ProposalRow(*values) for values in whole]
