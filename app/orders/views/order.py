"""The resident's pages of an order: code and way, lines and timeline, money, talk, cancelling."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, redirect, request, url_for

from app.core import clock
from app.core.access import Viewer, me, member, public
from app.core.activity.seen import seen
from app.core.activity.types import Hook
from app.core.db import transaction
from app.core.errors import FieldError
from app.core.forms import ButtonForm
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.pages import Link, live_answer, render, said, slot
from app.core.settings import settings
from app.forum.parts import talk
from app.merchants.queries.reviews import rights_of_order
from app.merchants.types import ReviewRow
from app.orders import policies
from app.orders.forms import FindForm, MessageForm, ReasonForm
from app.orders.parts import qr_of
from app.orders.queries.calendar import helpers_of_lines, joining_of_lines
from app.orders.queries.cards import cards_of_order
from app.orders.queries.cases import case_of_order
from app.orders.queries.deliveries import proofs_of
from app.orders.queries.orders import (
    GROUPS,
    count_open,
    find_by_phone,
    is_own,
    order_page,
    orders_of,
    shops_of_buyer,
    timeline_of,
)
from app.orders.queries.proposals import proposals_of_order
from app.orders.queries.reductions import reductions_of
from app.orders.services import cash, endings
from app.orders.services.counter import check_tries, note_wrong_code
from app.orders.services.talks import open_talk, write_as_guest
from app.orders.types import (
    CASE_WORDS,
    HANDED_OVER,
    UNDER_WAY,
    CaseState,
    DeliveryState,
    OrderPage,
    OrderState,
    TimelineRow,
)
from app.orders.views.blueprint import CANCELLED, DISPUTED, SAID_PAID, SENT, bp
from app.orders.views.closings import closing_question
from app.payments.queries import payments_of, refunds_of
from app.payments.types import PaymentState


@bp.get("/")
@member
def mine() -> Response:
    person_id, asked = me().id or 0, request.args
    shops = shops_of_buyer(person_id)
    shop = asked.get("shop", type=int)
    shop = shop if shop in {row[0] for row in shops} else None
    group = asked.get("group", "") if asked.get("group", "") in GROUPS else ""
    is_oldest = asked.get("sort") == "old"
    page = orders_of(
        person_id,
        group=group,
        merchant_id=shop,
        is_oldest_first=is_oldest,
        after=asked.get("after"),
    )
    chosen: dict[str, Any] = {"shop": shop, "group": group, "is_oldest": is_oldest}
    return render("orders/mine.html", page=page, shops=shops, **chosen)


@bp.get("/<int:order_id>")
@public
def order(order_id: int) -> Response:
    found = order_page(me(), order_id, key=_key())
    seen(me(), "order", ("order", found.id), hook=Hook.SERVICE)
    return render("orders/order.html", **_page(found))


@bp.get("/<int:order_id>/live")
@public
def order_live(order_id: int) -> Response:
    found = order_page(me(), order_id, key=_key())
    return live_answer(
        f"order:{found.id}:{found.version}", lambda: render("orders/_order.html", **_page(found))
    )


@bp.get("/<int:order_id>/cancel")
@public
def cancel(order_id: int) -> Response:
    found = order_page(me(), order_id, key=_key())
    return render(
        "orders/cancel.html", order=found, key=_key(), form=ReasonForm.posted(), **_terms(found)
    )


@bp.post("/<int:order_id>/cancel")
@public
def cancel_order(order_id: int) -> Response:
    found = order_page(me(), order_id, key=_key())
    form = ReasonForm.posted()
    with form.shows_field_errors("orders/cancel.html", order=found, key=_key(), **_terms(found)):
        form.check()
        with transaction(once=form.key) as act:
            act.leads_to(_url(order_id))
            endings.cancel(
                me(), order_id, key=_key(), reason=form.reason.data or "", at=clock.now()
            )
    return said(act.location, CANCELLED)


@bp.post("/<int:order_id>/said-paid")
@public
def say_paid(order_id: int) -> Response:
    form = ButtonForm.posted()
    form.check()
    order_page(me(), order_id, key=_key())
    with transaction(once=form.key) as act:
        act.leads_to(_url(order_id))
        cash.say_paid(me(), order_id, key=_key(), at=clock.now())
    return said(act.location, SAID_PAID)


@bp.post("/<int:order_id>/dispute/<int:payment_id>")
@public
def dispute(order_id: int, payment_id: int) -> Response:
    form = ReasonForm.posted()
    found = order_page(me(), order_id, key=_key())
    with form.shows_field_errors("orders/order.html", **_page(found)):
        form.check()
        with transaction(once=form.key) as act:
            act.leads_to(_url(order_id))
            cash.dispute_money(
                me(),
                order_id,
                payment_id,
                reason=form.reason.data or "",
                key=_key(),
                at=clock.now(),
            )
    return said(act.location, DISPUTED)


@bp.post("/<int:order_id>/talk")
@member
def start_talk(order_id: int) -> Response:
    ButtonForm.posted().check()
    order_page(me(), order_id)
    with transaction():
        open_talk(me(), order_id, at=clock.now())
    return redirect(url_for("orders.order", order_id=order_id, _anchor="talk"), 303)  # type: ignore[return-value]


@bp.post("/<int:order_id>/say")
@public
def say(order_id: int) -> Response:
    """Let a guest write to the shop; a member writes in the thread itself."""
    found = order_page(me(), order_id, key=_key())
    form = MessageForm.posted()
    with form.shows_field_errors("orders/order.html", **_page(found)):
        form.check()
        with transaction(once=form.key) as act:
            act.leads_to(_url(order_id) + "#talk")
            write_as_guest(order_id, form.body.data or "", key=_key(), at=clock.now())
    return said(act.location, SENT)


@bp.get("/find")
@public
def find() -> Response:
    return render("orders/find.html", form=FindForm.posted())


@bp.post("/find")
@public
def find_order() -> Response:
    form = FindForm.posted()
    with form.shows_field_errors("orders/find.html"):
        form.check()
        check_tries(_who(), at=clock.now())
        found = find_by_phone(form.phone.data, form.code.data)
        if found is None:
            with transaction():
                note_wrong_code(_who(), at=clock.now())
            raise FieldError("code", _l("No order has this phone and this code."))
    order_id, number, is_guests = found
    key = policies.guest_key(number) if is_guests else None
    return redirect(url_for("orders.order", order_id=order_id, key=key), 303)  # type: ignore[return-value]


def _who() -> list[str]:
    return [f"find:{request.remote_addr or 'nobody'}"]


def _key() -> str | None:
    return request.args.get("key", "")[:64] or None


def _url(order_id: int) -> str:
    return url_for("orders.order", order_id=order_id, key=_key())


def _terms(found: OrderPage) -> dict[str, Any]:
    at = clock.now()
    late = found.accepted_at is not None and found.free_until is not None and at > found.free_until
    if found.delivery and found.slot_ends_at and at > found.slot_ends_at:
        late = late and found.delivery.state == DeliveryState.BACK
    waiting_minor = sum(line.waiting_minor for line in found.lines)
    return {"is_late": late, "waiting_minor": waiting_minor}


def _page(found: OrderPage) -> dict[str, Any]:
    paid = found.charge.state != PaymentState.UNPAID
    talks = {}
    if found.thread_id is not None:
        back, writes_here = _url(found.id) + "#talk", found.person_id is not None
        talks = talk({found.id: found.thread_id}, me(), back=back, has_form=writes_here)
    moves = timeline_of(found.id)
    return {
        "order": found,
        "key": _key(),
        "case": case_of_order(found.id) if found.case_state != CaseState.NONE else None,
        "case_words": CASE_WORDS,
        "case_until": case_until(found, moves),
        "code": policies.shown_code(found.code),
        "qr": policies.qr_text(found.code, settings().base_url),
        "moves": moves,
        "proposals": proposals_of_order(found.id) if found.accepted_at else [],
        "payments": payments_of(found.charge.id) if paid else [],
        "refunds": refunds_of(found.charge.id) if found.charge.refunded_minor else [],
        "talk": talks.get(found.id),
        "is_own": is_own(found, me()),
        "rights": _rights(found),
        "proofs": proofs_of(found.id) if found.delivery and not found.waiting else (),
        "cards": cards_of_order(found.id) if any(one.handed_over for one in found.lines) else [],
        "qr_of": qr_of,
        **_bookings(found),
        **closing_question(found),
        "now": clock.now(),
        **_terms(found),
        "reductions": reductions_of(found.id) if found.is_reduced else {},
    }


def _bookings(found: OrderPage) -> dict[str, Any]:
    """Return with whom each time is booked, which of them may be changed, and whether the same can
    be booked again.
    """
    booked = [line for line in found.lines if line.starts_at]
    at = clock.now()
    is_free = found.accepted_at is None or found.free_until is None or at <= found.free_until
    open_lines = [one for one in booked if one.waiting and one.starts_at and at < one.starts_at]
    return {
        "helpers": helpers_of_lines([line.id for line in booked]),
        "rebookable": {one.id for one in open_lines} if found.is_open and is_free else set(),
        "can_again": bool(booked) and not open_lines,
        "joining": joining_of_lines(
            [line.id for line in booked] if found.state == OrderState.ACCEPTED else []
        ),
    }


def case_until(found: OrderPage, moves: list[TimelineRow]) -> datetime | None:
    """Return until when the buyer may open a case; None where nothing can be opened now."""
    if found.case_state in UNDER_WAY or found.state not in {OrderState.ACCEPTED, OrderState.CLOSED}:
        return None
    times = [row.at for row in moves if row.verb == HANDED_OVER.name]
    if not times or not any(line.refundable for line in found.lines):
        return None
    until = policies.case_until(max(times))
    return until if clock.now() <= until else None


def _rights(found: OrderPage) -> list[ReviewRow]:
    """Return what the buyer may review of what was handed over."""
    if found.person_id != me().id or not any(line.handed_over for line in found.lines):
        return []
    return rights_of_order(me(), found.id, at=clock.now())


@slot("me_links").add
def _my_orders(viewer: Viewer) -> list[Link]:
    return [Link(url_for("orders.mine"), _("My orders"), count_open(viewer.id or 0))]
