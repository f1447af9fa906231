"""The shelf as a table: taken out, changed in a spreadsheet, brought back."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from app.core import clock
from app.core.access import Role, me, staff_of
from app.core.db import transaction
from app.core.errors import FieldError
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.i18n import pick
from app.core.pages import csv_answer, render
from app.merchants.errors import ImportRefusedError
from app.merchants.queries.shelf import sheet_of
from app.merchants.services.sheets import read_sheet
from app.merchants.types.sheets import SHEET_COLUMNS, SheetLine
from app.workbench.forms import TableForm, plain_amount
from app.workbench.views.blueprint import bp

LARGEST = 2 * 1024 * 1024


@bp.get("/<int:merchant_id>/listings.csv")
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def shelf_file(merchant_id: int) -> Response:
    """Give the whole shelf as a CSV file; brought back unchanged, it changes nothing."""
    heads = [pick(zh, en) for _key, zh, en in SHEET_COLUMNS]
    rows = [_cells(line) for line in sheet_of(merchant_id)]
    return csv_answer(f"linli-shelf-{merchant_id}.csv", heads, rows)


def _cells(line: SheetLine) -> list[Any]:
    kinds = {"goods": pick("商品", "goods"), "service": pick("服务", "service")}
    other = {"kind": kinds[line.kind], "price": plain_amount(line.price_minor)}
    values = [other.get(key, getattr(line, key, "")) for key, _zh, _en in SHEET_COLUMNS]
    return ["" if value is None else value for value in values]


@bp.route("/<int:merchant_id>/listings/table", methods=["GET", "POST"])
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def shelf_table(merchant_id: int) -> Response:
    """Bring a table back, and say what came of each line."""
    form = TableForm.posted()
    page: dict[str, Any] = {"merchant_id": merchant_id}
    if request.method == "GET":
        return render("workbench/table.html", form=form, **page)
    with form.shows_field_errors("workbench/table.html", **page):
        form.check()
        content = form.file.data.read(LARGEST + 1) if form.file.data else b""
        if not content:
            raise FieldError("file", _l("Choose a file first."))
        if len(content) > LARGEST:
            raise FieldError("file", _l("This table is too long. Send it in parts."))
        try:
            with transaction():
                report = read_sheet(me(), merchant_id, content, at=clock.now())
        except ImportRefusedError as refused:
            raise FieldError("file", str(refused)) from refused
    heads = {key: pick(zh, en) for key, zh, en in SHEET_COLUMNS}
    faults = [
        (
            _("Line %(n)s, column “%(column)s”", n=fault.line, column=heads[fault.column])
            if fault.column in heads
            else _("Line %(n)s", n=fault.line),
            fault.reason,
        )
        for fault in report.faults
    ]
    return render("workbench/table.html", form=TableForm(), report=report, faults=faults, **page)
