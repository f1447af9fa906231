"""Around the board: how long things take, slips to print, a rush, and who did not come."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Response, request, url_for

from app.core import clock
from app.core.access import Role, me, staff_of
from app.core.db import transaction
from app.core.errors import FieldError, NotFoundError
from app.core.forms import ButtonForm
from app.core.i18n import lazy_gettext as _l
from app.core.pages import render, said, toast
from app.merchants.queries import keeping
from app.merchants.queries.selling import names_of
from app.merchants.services import hours
from app.merchants.types import ListingKind
from app.orders.queries import boards, products
from app.orders.services.preparation import set_preparation_times
from app.workbench.forms import RushForm
from app.workbench.views.blueprint import bp

TIMED = toast("workbench.timed", _l("The board now says when to begin."))
RUSHED = toast("workbench.rushed", _l("Pickup times now ask for more notice. It ends by itself."))
CALM = toast("workbench.calm", _l("Back to the usual notice."))
KEEPERS = (Role.OWNER, Role.MANAGER, Role.CLERK)
PAPERS = ("58", "80", "label")
FAR = timedelta(days=60)


@bp.route("/<int:merchant_id>/board/times", methods=["GET", "POST"])
@staff_of("merchant_id", *KEEPERS)
def preparation_times(merchant_id: int) -> Response:
    """Say how many minutes each thing takes to make, all on one page."""
    rows = [row for row in keeping.shelf_of(merchant_id) if row.kind == ListingKind.GOODS]
    kept = products.minutes_of(row.id for row in rows)
    page: dict[str, Any] = {"merchant_id": merchant_id, "rows": rows, "error": ""}
    if request.method == "GET":
        typed = {row.id: str(kept.get(row.id, "")) for row in rows}
        return render("workbench/times.html", typed=typed, **page)
    form = ButtonForm.posted()
    form.check()
    typed = {row.id: request.form.get(f"minutes_{row.id}", "").strip()[:9] for row in rows}
    try:
        minutes = {one: _minutes(text) for one, text in typed.items()}
        with transaction(once=form.key) as act:
            set_preparation_times(me(), merchant_id, minutes, at=clock.now())
            act.leads_to(url_for("workbench.board", merchant_id=merchant_id, by="product"))
    except FieldError as refused:
        page["error"] = str(refused)
        return render("workbench/times.html", 422, typed=typed, **page)
    return said(act.location, TIMED)


def _minutes(text: str) -> int:
    if text and not (text.isascii() and text.isdigit()):
        raise FieldError("minutes", _l("Please give whole numbers."))
    return int(text or 0)


@bp.get("/<int:merchant_id>/slips")
@staff_of("merchant_id")
def slips(merchant_id: int) -> Response:
    """Give a slip or a label for each order that waits, or for one, to print."""
    wanted = request.args.get("order", "")
    order_id = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else None
    found = boards.slips_of(merchant_id, order_id=order_id)
    if order_id is not None and not found:
        raise NotFoundError
    paper = request.args.get("paper", "")
    return render(
        "workbench/slips.html",
        merchant_id=merchant_id,
        shop=names_of([merchant_id]).get(merchant_id, ("", "")),
        slips=found,
        paper=paper if paper in PAPERS else PAPERS[0],
        order_id=order_id,
    )


@bp.post("/<int:merchant_id>/rush")
@staff_of("merchant_id", *KEEPERS)
def rush(merchant_id: int) -> Response:
    """Ask for more notice for a while."""
    form = RushForm.posted()
    form.check()
    at = clock.now()
    with transaction(once=form.key) as act:
        until = at + timedelta(hours=form.hours.data)
        hours.begin_rush(me(), merchant_id, form.minutes.data, until=until, at=at)
        act.leads_to(url_for("workbench.board", merchant_id=merchant_id))
    return said(act.location, RUSHED)


@bp.post("/<int:merchant_id>/rush/over")
@staff_of("merchant_id", *KEEPERS)
def rush_over(merchant_id: int) -> Response:
    ButtonForm.posted().check()
    with transaction():
        hours.end_rush(me(), merchant_id, at=clock.now())
    return said(url_for("workbench.board", merchant_id=merchant_id), CALM)


@bp.get("/<int:merchant_id>/missed")
@staff_of("merchant_id")
def missed(merchant_id: int) -> Response:
    """List who of a day did not come, with what can be done about each."""
    now = clock.now()
    today = clock.local(now).date()
    day = min(max(_day(request.args.get("day", ""), today), today - FAR), today)
    return render(
        "workbench/missed.html",
        merchant_id=merchant_id,
        day=day,
        before=day - timedelta(days=1) if day > today - FAR else None,
        after=day + timedelta(days=1) if day < today else None,
        rows=boards.missed_on(merchant_id, day, at=now),
    )


def _day(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise
