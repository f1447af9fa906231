"""A shop's orders: today, the board, one order, all of them."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for

from app.core import clock
from app.core.access import Role, me, staff_of
from app.core.activity.seen import seen
from app.core.activity.types import Hook
from app.core.db import transaction
from app.core.errors import FieldError
from app.core.forms import ButtonForm
from app.core.i18n import lazy_gettext as _l
from app.core.pages import live_answer, render, said, toast
from app.forum.parts import talk
from app.forum.queries.threads import thread_views
from app.merchants.queries import collecting, keeping
from app.merchants.queries.selling import names_of
from app.merchants.types import ListingKind
from app.orders.queries import boards
from app.orders.queries.cases import case_of_order
from app.orders.queries.orders import hand_overs_of, shop_order, shop_orders, timeline_of
from app.orders.queries.proposals import proposals_of_order
from app.orders.queries.talks import unread_talks
from app.orders.services import cash, endings, preparation
from app.orders.services.talks import open_talk
from app.orders.types import CASE_WORDS, UNDO_MINUTES, CaseState, OrderState
from app.payments.queries import payments_of, refunds_of, refunds_owed_by
from app.payments.types import PayWay
from app.workbench.forms import RushForm
from app.workbench.views.blueprint import bp

DECIDERS = (Role.OWNER, Role.MANAGER, Role.CLERK)
ACCEPTED = toast("workbench.accepted", _l("Accepted. The buyer sees it on the order's page."))
DECLINED = toast("workbench.declined", _l("Declined. The buyer sees why on the order's page."))
PREPARED = toast("workbench.prepared", _l("Marked."))
MONEY = toast("workbench.money", _l("The money is written down."))
REFUNDED = toast("workbench.refunded", _l("The refund is written down; tick it when you gave it."))
GIVEN = toast("workbench.given", _l("Given back."))
CANCELLED = toast("workbench.cancelled", _l("Cancelled. The buyer sees why on the order's page."))
MISSED = toast("workbench.missed", _l("Marked as not collected; it is back on the shelf."))


@bp.get("/<int:merchant_id>/")
@staff_of("merchant_id")
def today(merchant_id: int) -> Response:
    now = clock.now()
    figures, slots = boards.figures_of(merchant_id, at=now), boards.counter_of(merchant_id, at=now)
    is_quiet = not slots and not (figures.waiting or figures.to_prepare or figures.ready)
    is_keeper = me().is_staff_of(merchant_id, Role.OWNER, Role.MANAGER)
    return render(
        "workbench/today.html",
        merchant_id=merchant_id,
        shop=names_of([merchant_id]).get(merchant_id, ("", "")),
        figures=figures,
        slots=slots,
        refunds=refunds_owed_by(("merchant", merchant_id)),
        lacks=_lacks(merchant_id) if is_quiet and is_keeper else (),
    )


def _lacks(merchant_id: int) -> tuple[str, ...]:
    """Say what a new shop needs before anybody can order: a thing, and a place to collect it."""
    shelf = keeping.shelf_of(merchant_id)
    places = collecting.points_for([merchant_id]).get(merchant_id)
    collects = not shelf or any(row.kind == ListingKind.GOODS for row in shelf)
    return (*(() if shelf else ("listing",)), *(("point",) if collects and not places else ()))


@bp.get("/<int:merchant_id>/board")
@staff_of("merchant_id")
def board(merchant_id: int) -> Response:
    facts = _board(merchant_id)
    # Opening the board is looking at its new orders; that it redraws itself proves nobody there.
    last = max((row.order.id for row in facts["board"].waiting), default=0)
    seen(me(), "shop_orders", ("merchant", merchant_id), number=last, hook=Hook.SERVICE)
    return render(
        "workbench/board.html",
        rush=collecting.rush_of(merchant_id, at=facts["now"]),
        rush_form=RushForm.posted(),
        may_rush=me().is_staff_of(merchant_id, Role.OWNER, Role.MANAGER, Role.CLERK),
        **facts,
    )


@bp.get("/<int:merchant_id>/board/live")
@staff_of("merchant_id")
def board_live(merchant_id: int) -> Response:
    version = boards.board_version(merchant_id, at=clock.now())
    return live_answer(
        f"board:{merchant_id}:{version}:{request.args.get('by', '')}",
        lambda: render("workbench/_board.html", **_board(merchant_id)),
    )


@bp.get("/<int:merchant_id>/board/print")
@staff_of("merchant_id")
def pick_list(merchant_id: int) -> Response:
    shop = names_of([merchant_id]).get(merchant_id, ("", ""))
    return render("workbench/pick_list.html", shop=shop, **_board(merchant_id))


@bp.get("/<int:merchant_id>/orders")
@staff_of("merchant_id")
def orders(merchant_id: int) -> Response:
    words = request.args.get("q", "").replace("\x00", "").strip()[:60]
    wanted = request.args.get("state", "")
    state = OrderState(wanted) if wanted in list(OrderState) else None
    is_oldest = request.args.get("sort") == "old"
    after = request.args.get("after")
    return render(
        "workbench/orders.html",
        merchant_id=merchant_id,
        page=shop_orders(
            merchant_id, words=words, state=state, is_oldest_first=is_oldest, after=after
        ),
        words=words,
        state=wanted,
        is_oldest=is_oldest,
    )


@bp.get("/<int:merchant_id>/orders/<int:order_id>")
@staff_of("merchant_id")
def order(merchant_id: int, order_id: int) -> Response:
    found = shop_order(me(), merchant_id, order_id)
    back = url_for("workbench.order", merchant_id=merchant_id, order_id=order_id) + "#talk"
    seen(me(), "shop_order", ("order", order_id), hook=Hook.SERVICE)
    for thread in thread_views([found.thread_id] if found.thread_id else [], viewer=me()).values():
        last, subject = thread.last_number, ("thread", thread.id)
        seen(me(), "thread", subject, number=last, hook=Hook.SERVICE)
    talks = talk({found.id: found.thread_id}, me(), back=back) if found.thread_id else {}
    return render(
        "workbench/order.html",
        merchant_id=merchant_id,
        order=found,
        moves=timeline_of(order_id),
        proposals=proposals_of_order(order_id) if found.accepted_at else [],
        hands=hand_overs_of(order_id),
        payments=payments_of(found.charge.id),
        refunds=refunds_of(found.charge.id),
        talk=talks.get(found.id),
        undo_seconds=UNDO_MINUTES * 60,
        case=case_of_order(order_id) if found.case_state != CaseState.NONE else None,
        case_words=CASE_WORDS,
    )


@bp.post("/<int:merchant_id>/orders/<int:order_id>/accept")
@staff_of("merchant_id")
def accept(merchant_id: int, order_id: int) -> Response:
    ButtonForm.posted().check()
    shop_order(me(), merchant_id, order_id)
    with transaction():
        preparation.accept(me(), order_id, at=clock.now())
    return said(_card(merchant_id, order_id), ACCEPTED)


@bp.post("/<int:merchant_id>/orders/<int:order_id>/decline")
@staff_of("merchant_id", *DECIDERS)
def decline(merchant_id: int, order_id: int) -> Response:
    ButtonForm.posted().check()
    shop_order(me(), merchant_id, order_id)
    with transaction():
        preparation.decline(me(), order_id, reason=_reason(), at=clock.now())
    return said(_back(merchant_id), DECLINED)


@bp.post("/<int:merchant_id>/orders/<int:order_id>/ready")
@staff_of("merchant_id")
def ready(merchant_id: int, order_id: int) -> Response:
    ButtonForm.posted().check()
    shop_order(me(), merchant_id, order_id)
    with transaction():
        preparation.make_ready(me(), order_id, at=clock.now())
    return said(_card(merchant_id, order_id), PREPARED)


@bp.post("/<int:merchant_id>/orders/<int:order_id>/prepare")
@staff_of("merchant_id")
def prepare(merchant_id: int, order_id: int) -> Response:
    form = ButtonForm.posted()
    form.check()
    shop_order(me(), merchant_id, order_id)
    laid, missing = pieces("ready_"), pieces("short_")
    counts = {one: (laid.get(one, 0), missing.get(one, 0)) for one in laid | missing}
    with transaction(once=form.key) as act:
        act.leads_to(_card(merchant_id, order_id))
        preparation.prepare(me(), order_id, counts, reason=_reason(), at=clock.now())
    return said(act.location, PREPARED)


@bp.post("/<int:merchant_id>/orders/<int:order_id>/unready")
@staff_of("merchant_id")
def unready(merchant_id: int, order_id: int) -> Response:
    ButtonForm.posted().check()
    found = shop_order(me(), merchant_id, order_id)
    counts = {line.id: line.ready for line in found.lines if line.ready}
    with transaction():
        preparation.unready(me(), order_id, counts, at=clock.now())
    return said(_order(merchant_id, order_id), PREPARED)


@bp.post("/<int:merchant_id>/orders/<int:order_id>/cancel")
@staff_of("merchant_id", *DECIDERS)
def cancel(merchant_id: int, order_id: int) -> Response:
    ButtonForm.posted().check()
    shop_order(me(), merchant_id, order_id)
    with transaction():
        endings.cancel_by_shop(me(), order_id, reason=_reason(), at=clock.now())
    return said(_order(merchant_id, order_id), CANCELLED)


@bp.post("/<int:merchant_id>/orders/<int:order_id>/uncollected")
@staff_of("merchant_id", *DECIDERS)
def uncollected(merchant_id: int, order_id: int) -> Response:
    ButtonForm.posted().check()
    shop_order(me(), merchant_id, order_id)
    with transaction():
        endings.mark_uncollected(me(), order_id, at=clock.now())
    return said(_order(merchant_id, order_id), MISSED)


@bp.post("/<int:merchant_id>/orders/<int:order_id>/money")
@staff_of("merchant_id")
def money(merchant_id: int, order_id: int) -> Response:
    form = ButtonForm.posted()
    form.check()
    shop_order(me(), merchant_id, order_id)
    way = request.form.get("way", "")
    with transaction(once=form.key) as act:
        act.leads_to(_order(merchant_id, order_id))
        if way in list(PayWay):
            cash.take_money(me(), order_id, way=PayWay(way), at=clock.now())
        else:
            cash.confirm_money(me(), order_id, at=clock.now())
    return said(act.location, MONEY)


@bp.post("/<int:merchant_id>/orders/<int:order_id>/dispute/<int:payment_id>")
@staff_of("merchant_id", *DECIDERS)
def dispute(merchant_id: int, order_id: int, payment_id: int) -> Response:
    ButtonForm.posted().check()
    shop_order(me(), merchant_id, order_id)
    with transaction():
        cash.dispute_money(me(), order_id, payment_id, reason=_reason(), at=clock.now())
    return said(_order(merchant_id, order_id), MONEY)


@bp.post("/<int:merchant_id>/orders/<int:order_id>/refund")
@staff_of("merchant_id", *DECIDERS)
def refund(merchant_id: int, order_id: int) -> Response:
    form = ButtonForm.posted()
    form.check()
    shop_order(me(), merchant_id, order_id)
    counts = pieces("refund_")
    with transaction(once=form.key) as act:
        act.leads_to(_order(merchant_id, order_id))
        cash.refund_lines(me(), order_id, counts, reason=_reason(), at=clock.now())
    return said(act.location, REFUNDED)


@bp.post("/<int:merchant_id>/orders/<int:order_id>/refunds/<int:refund_id>/given")
@staff_of("merchant_id", *DECIDERS)
def refund_given(merchant_id: int, order_id: int, refund_id: int) -> Response:
    ButtonForm.posted().check()
    shop_order(me(), merchant_id, order_id)
    with transaction():
        cash.give_money_back(me(), order_id, refund_id, at=clock.now())
    return said(_order(merchant_id, order_id), GIVEN)


@bp.post("/<int:merchant_id>/orders/<int:order_id>/talk")
@staff_of("merchant_id")
def start_talk(merchant_id: int, order_id: int) -> Response:
    ButtonForm.posted().check()
    shop_order(me(), merchant_id, order_id)
    with transaction():
        open_talk(me(), order_id, at=clock.now())
    return said(_order(merchant_id, order_id) + "#talk", PREPARED)


def pieces(prefix: str) -> dict[int, int]:
    """Return the whole numbers of the posted fields `<prefix><line id>`; refuses what
    is no number.
    """
    found = {}
    for name, text in request.form.items():
        line = name.removeprefix(prefix)
        if name == line or not (line.isascii() and line.isdigit()) or len(line) > 12:
            continue
        count = text.strip() or "0"
        if not (count.isascii() and count.isdigit() and len(count) <= 6):
            raise FieldError("quantity", _l("Please give whole numbers."))
        if int(count):
            found[int(line)] = int(count)
    return found


def _reason() -> str:
    text = request.form.get("reason", "").strip()[:500]
    if "\x00" in text:
        raise FieldError("reason", _l("This contains characters that cannot be kept."))
    return text.encode("utf-8", "replace").decode()


def _board(merchant_id: int) -> dict[str, Any]:
    now = clock.now()
    return {
        "merchant_id": merchant_id,
        "board": boards.board_of(merchant_id, at=now),
        "unread": unread_talks(merchant_id),
        "by": "product" if request.args.get("by") == "product" else "slot",
        "now": now,
    }


def _back(merchant_id: int) -> str:
    return url_for("workbench.board", merchant_id=merchant_id)


def _card(merchant_id: int, order_id: int) -> str:
    """Back on the board at the order's own card."""
    return f"{_back(merchant_id)}#order-{order_id}"


def _order(merchant_id: int, order_id: int) -> str:
    return url_for("workbench.order", merchant_id=merchant_id, order_id=order_id)
