"""The walk-in queue: numbers given out, called, passed over."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for

from app.core import clock
from app.core.access import Role, me, staff_of
from app.core.db import transaction
from app.core.errors import ConflictError
from app.core.i18n import lazy_gettext as _l
from app.core.pages import live_answer, render, said, toast
from app.core.settings import settings
from app.orders.queries.queues import queue_of
from app.orders.services import queues as services
from app.workbench.forms.calendar import CallForm, GiveForm, QueueForm
from app.workbench.views.blueprint import bp

KEEPERS = (Role.OWNER, Role.MANAGER, Role.CLERK)
SET = toast("workbench.queue_set", _l("Changed."))
CALLED = toast("workbench.queue_called", _l("Called. Their phone shows it."))
GIVEN = toast("workbench.queue_given", _l("The number is given out."))


@bp.get("/<int:merchant_id>/queue")
@staff_of("merchant_id", *KEEPERS)
def queue(merchant_id: int) -> Response:
    """See who is called, who waits, and who was not there."""
    return render("workbench/queue.html", **_page(merchant_id))


@bp.get("/<int:merchant_id>/queue/live")
@staff_of("merchant_id", *KEEPERS)
def queue_live(merchant_id: int) -> Response:
    page = _page(merchant_id)
    version = f"shop-queue:{merchant_id}:{page['queue'].version if page['queue'] else 0}"
    return live_answer(version, lambda: render("workbench/_queue.html", **page))


@bp.post("/<int:merchant_id>/queue")
@staff_of("merchant_id", *KEEPERS)
def set_queue(merchant_id: int) -> Response:
    """Open or close the queue, and say how long one takes."""
    form = QueueForm.posted()
    page = _page(merchant_id)
    page.pop("form")
    with form.shows_field_errors("workbench/queue.html", **page):
        form.check()
        with transaction(once=form.key) as act:
            services.set_queue(
                me(), merchant_id, is_open=bool(form.is_open.data),
                minutes_each=form.minutes_each.data or 1, at=clock.now(),
            )  # fmt: skip
            act.leads_to(_url(merchant_id))
    return said(act.location, SET)


@bp.post("/<int:merchant_id>/queue/call")
@staff_of("merchant_id", *KEEPERS)
def call(merchant_id: int) -> Response:
    """Call the next one, or one out of turn."""
    form = CallForm.posted()
    form.check()
    seen, number = form.seen.data or 0, form.number.data
    try:
        with transaction(once=form.key) as act:
            act.leads_to(_url(merchant_id))
            at = clock.now()
            if number:
                services.call_number(me(), merchant_id, number, seen=seen, at=at)
            else:
                is_missed = bool(form.is_missed.data)
                services.call_next(me(), merchant_id, seen=seen, is_missed=is_missed, at=at)
    except ConflictError as refused:
        return render("workbench/queue.html", 409, **_page(merchant_id) | {"refused": refused})
    return said(act.location, CALLED)


@bp.post("/<int:merchant_id>/queue/give")
@staff_of("merchant_id", *KEEPERS)
def give_number(merchant_id: int) -> Response:
    """Give a number to somebody without a phone."""
    form = GiveForm.posted()
    form.check()
    try:
        with transaction(once=form.key) as act:
            act.leads_to(_url(merchant_id))
            services.take_number(me(), merchant_id, name=form.name.data or "", at=clock.now())
    except ConflictError as refused:
        return render("workbench/queue.html", 409, **_page(merchant_id) | {"refused": refused})
    return said(act.location, GIVEN)


def _page(merchant_id: int) -> dict[str, Any]:
    found = queue_of(merchant_id, at=clock.now())
    minutes, is_open = (found.minutes_each, found.is_open) if found else (15, False)
    address = url_for("orders.queue", merchant_id=merchant_id)
    return {
        "merchant_id": merchant_id,
        "queue": found,
        "form": QueueForm.posted(is_open=is_open, minutes_each=minutes),
        "giving": GiveForm.posted(),
        "link": settings().base_url + address,
        "refused": None,
    }


def _url(merchant_id: int) -> str:
    return url_for("workbench.queue", merchant_id=merchant_id)
