"""`flask settlement …`: close weeks, print a bill, check that all bills add up."""

import csv
import json
import sys
from datetime import date

import click

from app.core import clock
from app.core.cli import group
from app.core.db import transaction
from app.core.money import Money
from app.settlement.policies import week_of
from app.settlement.queries import bill_of, drift, merchants_to_bill, stream_lines
from app.settlement.services.bills import close_next_week

settlement = group("settlement")


@settlement.command("close")
@click.option(
    "--through", type=click.DateTime(["%Y-%m-%d"]), help="close weeks that ended by this day"
)
@click.option("--merchant", type=int, help="only this shop")
@click.option("--json", "as_json", is_flag=True, help="for machines")
def close(through: click.DateTime | None, merchant: int | None, as_json: bool) -> None:
    """Close every ended week that has something to bill; running it again changes nothing."""
    day: date = through.date() if through else clock.today()  # type: ignore[attr-defined]
    before = week_of(day)
    count = payable = 0
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
    writer.writerow(["at", "kind", "order", "amount", "commission", "note"])
    for line in stream_lines(bill_id):
        writer.writerow(
            [
                clock.local(line.at).isoformat(timespec="seconds"),
                line.kind,
                line.order_number or "",
                Money(line.gross_minor).plain(),
                Money(line.commission_minor).plain(),
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
            "",
        ]
    )
    writer.writerow(["carried in", "", "", "", Money(bill.opening_minor).plain(), ""])
    writer.writerow(["to pay", "", "", "", Money(bill.payable_minor).plain(), str(bill.due_on)])


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
