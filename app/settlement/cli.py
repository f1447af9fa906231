"""`flask settlement …`: close weeks, print a bill, check that all bills add up."""

import csv
import json
import sys
import time
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path

import click

from app.core import clock
from app.core.access import SYSTEM
from app.core.cli import group
from app.core.db import transaction
from app.core.errors import LinliError
from app.core.i18n import speaking
from app.core.money import Money, exponent, site_currency
from app.core.pages import safe_cell
from app.core.settings import settings
from app.merchants.queries.selling import names_of
from app.settlement.models import Replay
from app.settlement.policies import week_of
from app.settlement.queries import (
    bill_of,
    drift,
    fees_to_book,
    merchants_to_bill,
    rejects_of,
    replay_of,
    stream_lines,
)
from app.settlement.services.bills import close_next_week
from app.settlement.services.exports import FEES, export_lines, inspected
from app.settlement.services.fees import book_fees
from app.settlement.services.replay import begin_replay, chunks, finish_replay, replay_chunk, run_of
from app.settlement.types import ExportColumns

settlement = group("settlement")


@settlement.command("close")
@click.option(
    "--through", type=click.DateTime(["%Y-%m-%d"]), help="close weeks that ended by this day"
)
@click.option("--merchant", type=int, help="only this shop")
@click.option("--json", "as_json", is_flag=True, help="for machines")
def close(through: click.DateTime | None, merchant: int | None, as_json: bool) -> None:
    """Book yearly fees that fell due and close every ended week that has something to bill; running
    it again changes nothing.
    """
    day: date = through.date() if through else clock.today()  # type: ignore[attr-defined]
    before = week_of(day)
    count = payable = 0
    for merchant_id in fees_to_book(day):
        if merchant in {None, merchant_id}:
            with transaction():
                book_fees(merchant_id, today=day)
    shops = [merchant] if merchant else merchants_to_bill()
    with click.progressbar(shops, label="closing", file=sys.stderr) as waiting:
        for merchant_id in waiting:
            while True:
                with transaction():
                    bill = close_next_week(merchant_id, before=before, at=clock.now())
                if bill is None:
                    break
                count, payable = count + 1, payable + bill.payable_minor
    if as_json:
        click.echo(json.dumps({"bills": count, "payable_minor": payable}))
    else:
        click.echo(f"{count} bills, {Money(payable).format(full=True)} to be paid")


@settlement.command("statement")
@click.argument("bill_id", type=int)
def statement(bill_id: int) -> None:
    """Print one bill with every line, as CSV."""
    bill = bill_of(bill_id)
    writer = csv.writer(sys.stdout)
    writer.writerow(["bill", bill.number, str(bill.starts_on), str(bill.ends_on)])
    writer.writerow(["at", "kind", "order", "amount", "commission", "fee", "note"])
    for line in stream_lines(bill_id):
        writer.writerow(
            [
                clock.local(line.at).isoformat(timespec="seconds"),
                line.kind,
                line.order_number or "",
                Money(line.gross_minor).plain(),
                Money(line.commission_minor).plain(),
                Money(line.fee_minor).plain(),
                line.memo,
            ]
        )
    writer.writerow(
        [
            "total",
            "",
            "",
            Money(bill.turnover_minor).plain(),
            Money(bill.commission_minor).plain(),
            Money(bill.fees_minor).plain(),
            "",
        ]
    )
    opening, payable = Money(bill.opening_minor).plain(), Money(bill.payable_minor).plain()
    writer.writerow(["carried in", "", "", "", opening, "", ""])
    writer.writerow(["to pay", "", "", "", payable, "", str(bill.due_on)])


@settlement.command("check")
@click.option("--json", "as_json", is_flag=True, help="for machines")
def check(as_json: bool) -> None:
    """Compare bills with their lines, receipts and the ledger; every figure must be zero."""
    figures = drift()
    if as_json:
        click.echo(json.dumps(figures))
    else:
        for name, number in figures.items():
            click.echo(f"{number:>6}  {name}")
    if any(figures.values()):
        sys.exit(1)


imports = group("import")


@imports.command("orders")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--merchant", required=True, type=int, help="the shop whose sales these are")
@click.option("--currency", help="the file's currency; must be the site's")
@click.option("--encoding", default="utf-8", show_default=True)
@click.option(
    "--fee", "fees", multiple=True, help="a code that is a fee, not a product (may be repeated)"
)
@click.option("--invoice", default="InvoiceNo", show_default=True, help="column of the invoice")
@click.option("--code", default="StockCode", show_default=True, help="column of the product's code")
@click.option(
    "--name", default="Description", show_default=True, help="column of the product's name"
)
@click.option("--quantity", default="Quantity", show_default=True, help="column of the quantity")
@click.option("--at", default="InvoiceDate", show_default=True, help="column of date and time")
@click.option("--price", default="UnitPrice", show_default=True, help="column of the unit price")
@click.option("--customer", default="CustomerID", show_default=True, help="column of the customer")
@click.option("--rejects", type=click.Path(path_type=Path), help="where rejected lines go (CSV)")
@click.option("--json", "as_json", is_flag=True, help="for machines")
def import_orders(  # noqa: PLR0917 - one argument per flag
    file: Path,
    merchant: int,
    currency: str | None,
    encoding: str,
    fees: tuple[str, ...],
    invoice: str,
    code: str,
    name: str,
    quantity: str,
    at: str,
    price: str,
    customer: str,
    rejects: Path | None,
    as_json: bool,
) -> None:
    """Replay a shop's sales export: past cash orders, their refunds, fees as adjustments."""
    if currency and currency != site_currency():
        raise click.ClickException(
            f"the site keeps its books in {site_currency()}; a file in {currency} is refused"
        )
    if merchant not in names_of([merchant]):
        raise click.ClickException(f"there is no shop {merchant}")
    columns = ExportColumns(invoice, code, name, quantity, at, price, customer)
    started = time.monotonic()
    try:
        with speaking("en"):  # as the command's own words
            replay = _replayed(file, merchant, columns, encoding, frozenset(fees) or FEES)
    except LinliError as refused:
        raise click.ClickException(str(refused)) from refused
    target = rejects or settings().instance / "imports" / f"{file.name}.rejects.csv"
    _write_rejects(replay.id, target)
    _report(replay, target, time.monotonic() - started, as_json=as_json)


def _replayed(
    file: Path, merchant: int, columns: ExportColumns, encoding: str, fees: frozenset[str]
) -> Replay:
    seen = inspected(file, columns, encoding=encoding)
    with transaction():
        replay = begin_replay(merchant, seen, file, at=clock.now())
    done = replay.lines_done
    run = run_of(replay, SYSTEM, fees=fees, at=clock.now())
    waiting = islice(export_lines(file, columns, encoding=encoding), done, None)
    with click.progressbar(length=seen.lines, label="replaying", file=sys.stderr) as bar:
        bar.update(done)
        for chunk in chunks(waiting):
            with transaction():
                replay_chunk(run, chunk, at=clock.now())
            bar.update(len(chunk))
    with transaction():
        finish_replay(replay.id, at=clock.now())
    return replay_of(replay.id)


def _write_rejects(replay_id: int, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["line", "reason", "invoice", "code", "name", "quantity", "at", "price", "customer"]
        )
        for line, reason, content in rejects_of(replay_id):
            writer.writerow([line, reason, *map(safe_cell, content)])


def _report(replay: Replay, target: Path, seconds: float, *, as_json: bool) -> None:
    unit = Decimal(10) ** exponent(site_currency())
    imported = replay.sales_minor + replay.refunds_minor + replay.adjustments_minor
    figures = {
        "lines_read": replay.lines,
        "lines_imported": replay.imported_lines,
        "lines_rejected": replay.rejected_lines,
        "orders": replay.orders,
        "refunds": replay.refunds,
        "adjustments": replay.adjustments,
        "money_imported": str(imported / unit),
        "money_rejected": replay.rejected_money,
        "money_read": str(imported / unit + Decimal(replay.rejected_money)),
        "lines_per_second": round(replay.lines / seconds) if seconds else 0,
        "rejects": target.name,
    }
    if as_json:
        click.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        click.echo(f"{name.replace('_', ' '):<20} {value}")
