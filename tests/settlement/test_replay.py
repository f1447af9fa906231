"""A sales export goes in once, every line is accounted for, and nothing of a broken file stays."""

import csv
import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.db import db
from app.core.ledger.queries import audit
from app.orders.models import Order, OrderLine
from app.settlement.models import Bill, Replay, SettlementLine
from app.settlement.queries import drift
from tests.factories.merchants import shop
from tests.sizes import Proven, Size, database_in_use, size

HEADER = [
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
]
LINES = [
    ["1", "A", "lamp", "6", "2026-01-05 09:00:00", "2.55", "17"],
    ["1", "M2", "mug", "2", "2026-01-05 09:00:00", "1.10", "17"],
    ["1", "POST", "postage", "1", "2026-01-05 09:00:00", "4.00", "17"],
    ["2", "A", "lamp", "1", "2026-01-06 09:00:00", "0.001", "18"],
    ["3", "M2", "broken", "-4", "2026-01-06 10:00:00", "0", ""],
    ["C4", "A", "lamp", "-2", "2026-01-07 09:00:00", "2.55", "17"],
    ["C5", "A", "lamp", "-9", "2026-01-07 09:30:00", "2.55", "17"],
    ["A6", "B", "adjust bad debt", "1", "2026-01-08 09:30:00", "-10.00", ""],
    ["1", "M2", "mug", "1", "2026-01-09 09:00:00", "1.10", "17"],
]


def written(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


def ran(app: Flask, *arguments: str) -> Any:
    return app.test_cli_runner().invoke(args=["import", "orders", *arguments])


def figures(app: Flask, path: Path, merchant_id: int, *more: str) -> dict[str, Any]:
    result = ran(app, str(path), "--merchant", str(merchant_id), "--json", *more)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.output.strip().splitlines()[-1])
    return found


def test_every_line_is_imported_or_rejected_with_its_reason(app: Flask, tmp_path: Path) -> None:
    merchant, file = shop(), written(tmp_path / "sales.csv", LINES)
    told = figures(app, file, merchant.id, "--rejects", str(tmp_path / "no.csv"))
    assert (told["lines_read"], told["lines_imported"], told["lines_rejected"]) == (9, 7, 2)
    assert (told["orders"], told["refunds"]) == (2, 1)
    exact = sum(Decimal(row[3]) * Decimal(row[5]) for row in LINES)
    assert Decimal(told["money_read"]) == exact
    rejected = (tmp_path / "no.csv").read_text(encoding="utf-8-sig").splitlines()
    reasons = [row[1] for row in csv.reader(rejected)][1:]
    assert reasons == ["the price is below the smallest coin", "a stock correction without money"]
    assert db.session.scalar(sa.select(OrderLine.refunded).order_by(OrderLine.id).limit(1)) == 2
    assert not any(drift().values())
    assert audit().is_clean


def test_a_second_run_changes_nothing(app: Flask, tmp_path: Path) -> None:
    merchant, file = shop(), written(tmp_path / "sales.csv", LINES)
    first = figures(app, file, merchant.id)
    again = figures(app, file, merchant.id)
    assert {**first, "lines_per_second": 0} == {**again, "lines_per_second": 0}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Order)) == 2


def test_a_stopped_run_goes_on_where_it_stood(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.settlement.services import replay

    merchant, file = shop(), written(tmp_path / "sales.csv", LINES)
    monkeypatch.setattr(replay, "CHUNK_LINES", 1)
    monkeypatch.setattr(replay.chunks, "__kwdefaults__", {"size": 1})
    real, count = replay._write_rejects, []

    def dies(*arguments: Any) -> None:
        count.append(1)
        if len(count) == 4:
            raise KeyboardInterrupt
        real(*arguments)

    monkeypatch.setattr(replay, "_write_rejects", dies)
    ran(app, str(file), "--merchant", str(merchant.id))
    halfway = db.session.scalar(sa.select(Replay.lines_done))
    assert halfway is not None
    assert 0 < halfway < len(LINES)
    told = figures(app, file, merchant.id)
    assert (told["lines_imported"], told["lines_rejected"], told["refunds"]) == (7, 2, 1)


def test_the_closed_bills_add_up_to_the_import(app: Flask, tmp_path: Path) -> None:
    merchant, file = shop(), written(tmp_path / "sales.csv", LINES)
    told = figures(app, file, merchant.id)
    closing = app.test_cli_runner().invoke(args=["settlement", "close"])
    assert closing.exit_code == 0, closing.output
    turnover = Bill.sales_minor + Bill.refunds_minor + Bill.adjustments_minor
    total = db.session.scalar(sa.select(sa.func.sum(turnover)))
    assert Decimal(total or 0) / 100 == Decimal(told["money_imported"])
    unbilled = sa.select(sa.func.count()).where(SettlementLine.bill_id.is_(None))
    assert db.session.scalar(unbilled) == 0


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "columns are missing"),
        (b"a,b\n1,2\n", "columns are missing"),
        (",".join(HEADER).encode() + b"\n", "no lines"),
        (",".join(HEADER).encode() + b"\n1,A,\xff\xfe,1,2026-01-05,1,\n", "is not utf-8"),
        (
            gzip.compress(",".join(HEADER).encode() + b"\n1,A,x,1,2026-01-05,1,\n" * 99)[:-9],
            "cut off",
        ),
        (gzip.compress(b"0" * 40_000_000), "far more"),
        (b"\x1f\x8bnonsense", "damaged"),
    ],
)
def test_a_broken_file_is_refused_and_leaves_nothing(
    app: Flask, tmp_path: Path, content: bytes, says: str
) -> None:
    merchant, file = shop(), tmp_path / "broken.csv"
    file.write_bytes(content)
    result = ran(app, str(file), "--merchant", str(merchant.id))
    assert result.exit_code == 1
    assert says in result.output or "no CSV" in result.output
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Replay)) == 0


def test_another_currency_and_an_unknown_shop_are_refused(app: Flask, tmp_path: Path) -> None:
    merchant, file = shop(), written(tmp_path / "sales.csv", LINES)
    assert ran(app, str(file), "--merchant", str(merchant.id), "--currency", "GBP").exit_code == 1
    assert ran(app, str(file), "--merchant", "9999").exit_code == 1
    assert ran(app, str(file), "--merchant", str(merchant.id), "--currency", "CNY").exit_code == 0


@pytest.mark.sized
def test_a_year_of_a_real_shop_adds_up(
    app: Flask, tmp_path: Path, data_dir: Path, proven: Proven
) -> None:
    """Replay the Online Retail file: all in the full proof, a tenth in CI, less when quick."""
    share = {Size.FULL: None, Size.CI: 54_190}.get(size(), 8_000)
    source = data_dir / "orders" / "online_retail_2010_2011.csv.gz"
    file, lines, net = tmp_path / "retail.csv", 0, Decimal(0)
    with gzip.open(source, "rt", newline="") as full, file.open("w", newline="") as part:
        rows, out = csv.reader(full), csv.writer(part)
        out.writerow(next(rows))
        for row in rows:
            if lines == share:
                break
            out.writerow(row)
            lines, net = lines + 1, net + Decimal(row[3]) * Decimal(row[5])
    merchant = shop()
    told = figures(app, file, merchant.id)
    assert told["lines_imported"] + told["lines_rejected"] == told["lines_read"] == lines
    assert Decimal(told["money_read"]) == net
    if share is None:
        assert (lines, net) == (541_909, Decimal("9747747.934"))
    app.test_cli_runner().invoke(args=["settlement", "close"])
    assert not any(drift().values())
    assert audit().is_clean
    proven(
        f"a year of a real shop replayed, {database_in_use()}: {lines:,} lines, {net} in money",
        f"{told['lines_imported']:,} imported + {told['lines_rejected']:,} rejected, books clean",
        "imported + rejected = read, in lines and money",
    )
