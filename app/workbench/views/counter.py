"""The counter: find by code, camera, name or last four digits; hand over; undo."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, request, url_for

from app.core import clock
from app.core.access import me, member, staff_of
from app.core.db import transaction
from app.core.errors import FieldError, LinliError, NotFoundError
from app.core.forms import ButtonForm
from app.core.i18n import lazy_gettext as _l
from app.core.i18n import pick
from app.core.pages import live_answer, render, said, toast
from app.merchants.queries.selling import names_of
from app.orders.errors import CodeUnknownError, WrongShopError
from app.orders.queries import boards
from app.orders.queries.cards import card_by_code, cards_of_order
from app.orders.queries.offline import unseen
from app.orders.queries.orders import hand_overs_of, shop_order
from app.orders.services import counter as services
from app.orders.types import OrderState
from app.payments.queries import refunds_of
from app.payments.types import PayWay
from app.workbench.views.blueprint import bp
from app.workbench.views.codes import code_of, typed_code
from app.workbench.views.orders import pieces
from app.workbench.views.photos import text_in

HANDED = toast("workbench.handed", _l("Handed over."))
UNDONE = toast("workbench.undone", _l("Undone. It lies ready again."))


@bp.get("/<int:merchant_id>/counter")
@staff_of("merchant_id")
def counter(merchant_id: int) -> Response:
    words = request.args.get("q", "").replace("\x00", "").strip()[:60]
    return _counter(merchant_id, words)


@bp.get("/<int:merchant_id>/counter/live")
@staff_of("merchant_id")
def counter_live(merchant_id: int) -> Response:
    version = boards.board_version(merchant_id, at=clock.now())
    return live_answer(
        f"counter:{merchant_id}:{version}",
        lambda: render("workbench/_counter.html", **_room(merchant_id)),
    )


@bp.post("/<int:merchant_id>/counter/find")
@staff_of("merchant_id")
def find(merchant_id: int) -> Response:
    ButtonForm.posted().check()
    text = request.form.get("words", "").replace("\x00", "").strip()[:200]
    code = code_of(text)
    if code is None and not _reads_as_code(merchant_id, text):
        return redirect(url_for("workbench.counter", merchant_id=merchant_id, q=text[:60]), 303)  # type: ignore[return-value]
    return _at_counter(merchant_id, code, words=text[:60])


@bp.post("/<int:merchant_id>/counter/photo")
@staff_of("merchant_id")
def photo(merchant_id: int) -> Response:
    ButtonForm.posted().check()
    services.check_tries(_who(merchant_id), at=clock.now())
    try:
        text = text_in(request.files.get("photo"))
    except FieldError as unread:
        return _counter(merchant_id, refused=unread)
    return _at_counter(merchant_id, code_of(text))


@bp.get("/<int:merchant_id>/counter/<int:order_id>")
@staff_of("merchant_id")
def counter_order(merchant_id: int, order_id: int) -> Response:
    order = shop_order(me(), merchant_id, order_id)
    today = clock.today()
    day = clock.local(order.slot_starts_at).date() if order.slot_starts_at else today
    return render(
        "workbench/counter_order.html",
        merchant_id=merchant_id,
        order=order,
        cards=cards_of_order(order_id) if any(one.handed_over for one in order.lines) else [],
        hands=hand_overs_of(order_id),
        refunds=refunds_of(order.charge.id),
        wrong_day=order.waiting > 0 and day != today,
        may_hand_over=order.state == OrderState.ACCEPTED and order.waiting > 0,
    )


@bp.post("/<int:merchant_id>/counter/<int:order_id>/hand-over")
@staff_of("merchant_id")
def hand_over(merchant_id: int, order_id: int) -> Response:
    form = ButtonForm.posted()
    form.check()
    shop_order(me(), merchant_id, order_id)
    part = pieces("n_") if request.form.get("part") else None
    way = request.form.get("money", "")
    with transaction(once=form.key) as act:
        act.leads_to(url_for("workbench.counter", merchant_id=merchant_id))
        services.hand_over(
            me(),
            order_id,
            quantities=part,
            money=PayWay(way) if way in list(PayWay) else None,
            at=clock.now(),
        )
    return said(act.location, HANDED)


@bp.post("/<int:merchant_id>/counter/undo/<int:hand_over_id>")
@staff_of("merchant_id")
def undo(merchant_id: int, hand_over_id: int) -> Response:
    ButtonForm.posted().check()
    with transaction():
        hand = services.undo_hand_over(me(), hand_over_id, at=clock.now())
        if hand.merchant_id != merchant_id:
            raise NotFoundError
    url = url_for("workbench.counter_order", merchant_id=merchant_id, order_id=hand.order_id)
    return said(url, UNDONE)


@bp.get("/code/<signed_code>")
@member
def scanned(signed_code: str) -> Response:
    """Open the counter on the order whose QR a clerk scanned with the phone's own camera."""
    code = code_of(f"/{signed_code[:80]}")
    card = card_by_code(code) if code else None
    if card is not None and me().is_staff_of(card.merchant_id):
        return redirect(_card_url(card.merchant_id, card.id))  # type: ignore[return-value]
    found = boards.code_owner(code) if code else None
    if found is None:
        raise CodeUnknownError
    if not me().is_staff_of(found[0]):
        raise WrongShopError
    return redirect(url_for("workbench.counter_order", merchant_id=found[0], order_id=found[1]))  # type: ignore[return-value]


def _counter(merchant_id: int, words: str = "", refused: LinliError | None = None) -> Response:
    """The counter as it stands, with who fits the words or what was refused: the queue waits."""
    found = boards.search_counter(merchant_id, words) if words and not refused else []
    return render(
        "workbench/counter.html",
        status=refused.status if refused else 200,
        words=words,
        found=found,
        refused=refused,
        **_room(merchant_id),
    )


def _room(merchant_id: int) -> dict[str, Any]:
    now = clock.now()
    return {
        "merchant_id": merchant_id,
        "slots": boards.counter_of(merchant_id, at=now),
        "recent": boards.recent_hand_overs(merchant_id, at=now),
        "conflicts": unseen(merchant_id),
    }


def _reads_as_code(merchant_id: int, text: str) -> bool:
    """Eight letters may be a misread code or a name: a name that fits somebody is a name."""
    return typed_code(text) and not boards.search_counter(merchant_id, text)


def _at_counter(merchant_id: int, code: str | None, *, words: str = "") -> Response:
    services.check_tries(_who(merchant_id), at=clock.now())
    card = card_by_code(code) if code else None
    if card is not None and card.merchant_id == merchant_id:
        return redirect(_card_url(merchant_id, card.id), 303)  # type: ignore[return-value]
    try:
        owner, order_id = boards.order_by_code(me(), merchant_id, code or "")
        if owner != merchant_id:
            raise WrongShopError(
                _l("This order is from %(shop)s, not from your shop."),
                shop=pick(*names_of([owner])[owner]),
            )
    except LinliError as wrong:
        with transaction():
            services.note_wrong_code(_who(merchant_id), at=clock.now())
        return _counter(merchant_id, words, wrong)
    url = url_for("workbench.counter_order", merchant_id=merchant_id, order_id=order_id)
    return redirect(url, 303)  # type: ignore[return-value]


def _card_url(merchant_id: int, card_id: int) -> str:
    return url_for("workbench.card", merchant_id=merchant_id, card_id=card_id)


def _who(merchant_id: int) -> list[str]:
    return [f"counter:{me().id}", f"counter:{merchant_id}:{request.remote_addr or 'nobody'}"]
