"""Replaying a shop's past sales: invoices become orders, returns their refunds, fees adjustments.

Each chunk is one transaction together with how far it came, so a killed replay goes on where it
stood and nothing is taken twice.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.core.access import Viewer
from app.core.db import changed, db, insert_ignoring
from app.merchants.queries.terms import terms_at
from app.orders.models import Order, OrderLine
from app.orders.services.past import write_past_orders, write_past_refunds
from app.orders.types import PastLine, PastOrder
from app.settlement.errors import LineRejectedError
from app.settlement.models import Replay, ReplayReject
from app.settlement.services.booking import book
from app.settlement.services.exports import money_of, understood
from app.settlement.types import Booking, ExportLine, Inspection, LineFate, LineKind, SaleLine

CHUNK_LINES = 3000
HERE = "an order of this invoice is here already"
Sold = dict[tuple[str, str, int], list[list[Any]]]


@dataclass(slots=True)
class Run:
    """A replay under way: whose, by which rules, and which sold pieces may still come back."""

    replay_id: int
    merchant_id: int
    actor: Viewer
    commission_bp: int
    fees: frozenset[str]
    sold: Sold = field(default_factory=dict)
    invoices: set[str] = field(default_factory=set)


def begin_replay(merchant_id: int, seen: Inspection, path: Path, *, at: datetime) -> Replay:
    """Return the replay of this file for this shop: new, or where an earlier run stood."""
    row = {
        "merchant_id": merchant_id,
        "digest": seen.digest,
        "source": path.name[:200],
        "lines": seen.lines,
        "started_at": at,
        "lines_done": 0,
        "imported_lines": 0,
        "rejected_lines": 0,
        "orders": 0,
        "refunds": 0,
        "adjustments": 0,
        "sales_minor": 0,
        "refunds_minor": 0,
        "adjustments_minor": 0,
        "rejected_money": "0",
    }
    insert_ignoring(Replay, [row], keys=["merchant_id", "digest"])
    wanted = sa.select(Replay).where(
        Replay.merchant_id == merchant_id, Replay.digest == seen.digest
    )
    return db.session.scalars(wanted).one()


def run_of(replay: Replay, actor: Viewer, *, fees: frozenset[str], at: datetime) -> Run:
    """Return what a run needs; after a stop, the sold pieces are read back from the orders."""
    rate = terms_at([replay.merchant_id], at)[replay.merchant_id].rate
    run = Run(replay.id, replay.merchant_id, actor, rate.commission_bp, fees)
    if replay.lines_done:
        _read_back(run)
    return run


def _read_back(run: Run) -> None:
    wanted = (
        sa.select(
            Order.contact_name,
            OrderLine.name_en,
            OrderLine.unit_minor,
            Order.id,
            OrderLine.id,
            OrderLine.quantity - OrderLine.refunded,
            Order.placed_at,
        )
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.merchant_id == run.merchant_id, Order.imported_key.is_not(None))
        .order_by(OrderLine.id)
    )
    keys = sa.select(Order.imported_key).where(Order.merchant_id == run.merchant_id)
    prefix = f"replay-{run.merchant_id}-"
    for key in db.session.scalars(
        keys.where(Order.imported_key.startswith(prefix, autoescape=True))
    ):
        run.invoices.add(str(key).removeprefix(prefix).split("~", 1)[0])
    for customer, name, unit, *rest in db.session.execute(wanted.execution_options(yield_per=5000)):
        run.sold.setdefault((customer, name.split(" ", 1)[0], unit), []).append(rest)


def chunks(lines: Iterable[ExportLine], *, size: int = CHUNK_LINES) -> Iterator[list[ExportLine]]:
    """Yield lines in chunks that never cut an invoice in two."""
    chunk: list[ExportLine] = []
    for _invoice, group in groupby(lines, key=lambda line: line.invoice):
        chunk += group
        if len(chunk) >= size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def replay_chunk(run: Run, lines: Sequence[ExportLine], *, at: datetime) -> None:
    """Write one chunk: orders, refunds, adjustments, rejects, and how far the replay came."""
    taken, rejects = _sorted_out(run, lines)
    orders, sale_bookings, doubles = _write_orders(run, taken)
    rejects += [(line, HERE) for line in lines if line.n in doubles]
    refunds, unmatched = _matched(run, [line for line in taken if line.fate is LineFate.RETURN])
    refund_bookings = _write_refunds(run, refunds)
    adjusted = [line for line in taken if line.fate is LineFate.ADJUSTMENT] + unmatched
    adjust_bookings = [_adjustment(run, line) for line in sorted(adjusted, key=lambda line: line.n)]
    book([*sale_bookings, *refund_bookings, *adjust_bookings])
    _write_rejects(run, rejects)
    step = {
        "lines_done": Replay.lines_done + len(lines),
        "imported_lines": Replay.imported_lines + len(lines) - len(rejects),
        "rejected_lines": Replay.rejected_lines + len(rejects),
        "orders": Replay.orders + orders,
        "refunds": Replay.refunds + len(refund_bookings),
        "adjustments": Replay.adjustments + len(adjust_bookings),
        "sales_minor": Replay.sales_minor + _gross(sale_bookings),
        "refunds_minor": Replay.refunds_minor + _gross(refund_bookings),
        "adjustments_minor": Replay.adjustments_minor + _gross(adjust_bookings),
    }
    changed(sa.update(Replay).where(Replay.id == run.replay_id).values(**step))
    _add_rejected_money(run, rejects)


def _gross(bookings: Sequence[Booking]) -> int:
    return sum(booking.gross_minor for booking in bookings)


def finish_replay(replay_id: int, *, at: datetime) -> None:
    """Note that every line of the file was read."""
    changed(
        sa.update(Replay)
        .where(Replay.id == replay_id, Replay.finished_at.is_(None))
        .values(finished_at=at)
    )


def _sorted_out(
    run: Run, lines: Sequence[ExportLine]
) -> tuple[list[SaleLine], list[tuple[ExportLine, str]]]:
    taken: list[SaleLine] = []
    rejects: list[tuple[ExportLine, str]] = []
    for line in lines:
        try:
            taken.append(understood(line, run.fees))
        except LineRejectedError as refused:
            rejects.append((line, str(refused)))
    return taken, rejects


def _write_orders(run: Run, taken: Sequence[SaleLine]) -> tuple[int, list[Booking], set[int]]:
    groups = _by_key(run, taken)
    written = write_past_orders(run.merchant_id, [_past(run, *one) for one in groups.items()])
    bookings = []
    for key, (order_id, line_ids, hand_id) in written.items():
        parts = groups[key]
        _remember(run, order_id, line_ids, parts)
        gross = sum(line.amount_minor for line in parts)
        bookings.append(
            Booking(
                f"hand_over:{hand_id}",
                LineKind.SALE,
                run.merchant_id,
                order_id,
                ("hand_over", hand_id),
                parts[0].at,
                gross,
                {run.commission_bp: gross},
            )
        )
    doubles = {line.n for key, parts in groups.items() if key not in written for line in parts}
    return len(written), bookings, doubles


def _by_key(run: Run, taken: Sequence[SaleLine]) -> dict[str, list[SaleLine]]:
    """Group lines by invoice; a number that came before in the file is an order of its own, told by
    its line.
    """
    groups: dict[str, list[SaleLine]] = {}
    for invoice, group in groupby(taken, key=lambda line: line.invoice):
        parts = [line for line in group if line.fate is LineFate.SALE]
        if not parts:
            continue
        key = f"replay-{run.merchant_id}-{invoice}"
        groups[f"{key}~{parts[0].n}" if invoice in run.invoices else key] = parts
        run.invoices.add(invoice)
    return groups


def _past(run: Run, key: str, parts: Sequence[SaleLine]) -> PastOrder:
    lines = tuple(
        PastLine(f"{line.code} {line.name}", line.quantity, line.unit_minor, run.commission_bp)
        for line in parts
    )
    return PastOrder(key, parts[0].at, parts[0].customer, lines)


def _remember(run: Run, order_id: int, line_ids: Sequence[int], parts: Sequence[SaleLine]) -> None:
    for line_id, line in zip(line_ids, parts, strict=True):
        if line.customer:
            key = (line.customer, line.code, line.unit_minor)
            run.sold.setdefault(key, []).append([order_id, line_id, line.quantity, line.at])


Parts = dict[tuple[str, int], tuple[datetime, list[tuple[int, int, int]]]]


def _matched(run: Run, returns: Sequence[SaleLine]) -> tuple[Parts, list[SaleLine]]:
    """Find the orders that returned pieces belong to: the customer's latest ones, at the same
    price.
    """
    found: Parts = {}
    unmatched: list[SaleLine] = []
    for line in returns:
        pieces = _pieces(run, line)
        if not pieces:
            unmatched.append(line)
        for order_id, line_id, count in pieces:
            parts = found.setdefault((line.invoice, order_id), (line.at, []))[1]
            parts.append((line_id, count, count * line.unit_minor))
    return found, unmatched


def _pieces(run: Run, line: SaleLine) -> list[tuple[int, int, int]]:
    if not line.customer:
        return []
    sold = run.sold.get((line.customer, line.code, line.unit_minor), [])
    before = [place for place in reversed(sold) if place[3] <= line.at and place[2] > 0]
    wanted = -line.quantity
    if sum(place[2] for place in before) < wanted:
        return []
    pieces = []
    for place in before:
        count = min(place[2], wanted)
        place[2] -= count
        wanted -= count
        pieces.append((place[0], place[1], count))
        if not wanted:
            break
    return pieces


def _write_refunds(run: Run, refunds: Parts) -> list[Booking]:
    rows = [(order_id, parts, at, invoice) for (invoice, order_id), (at, parts) in refunds.items()]
    if not rows:
        return []
    ids = write_past_refunds(rows, actor=run.actor)
    bookings = []
    for refund_id, (order_id, parts, at, invoice) in zip(ids, rows, strict=True):
        money = -sum(amount for _line, _count, amount in parts)
        bookings.append(
            Booking(
                f"refund:{refund_id}",
                LineKind.REFUND,
                run.merchant_id,
                order_id,
                ("refund", refund_id),
                at,
                money,
                {run.commission_bp: money},
                memo=invoice,
            )
        )
    return bookings


def _adjustment(run: Run, line: SaleLine) -> Booking:
    memo = f"{line.invoice} {line.code} {line.name}"[:200]
    return Booking(
        f"replay:{run.replay_id}:{line.n}",
        LineKind.ADJUSTMENT,
        run.merchant_id,
        None,
        ("replay", run.replay_id),
        line.at,
        line.amount_minor,
        {},
        memo=memo,
    )


def _write_rejects(run: Run, rejects: Sequence[tuple[ExportLine, str]]) -> None:
    rows = [
        {
            "replay_id": run.replay_id,
            "line": line.n,
            "reason": reason[:120],
            "content": [
                line.invoice,
                line.code,
                line.name,
                line.quantity,
                line.at,
                line.price,
                line.customer,
            ],
        }
        for line, reason in rejects
    ]
    if rows:
        db.session.execute(sa.insert(ReplayReject), rows)


def _add_rejected_money(run: Run, rejects: Sequence[tuple[ExportLine, str]]) -> None:
    more = sum((money_of(line) for line, _reason in rejects), Decimal(0))
    if more:
        kept = db.session.scalar(sa.select(Replay.rejected_money).where(Replay.id == run.replay_id))
        step = sa.update(Replay).where(Replay.id == run.replay_id)
        changed(step.values(rejected_money=str(Decimal(kept or "0") + more)))
