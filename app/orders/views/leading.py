"""A group-buy as its leader and its shop run it: who joined, the text for the chat, a pasted list,
what came.
"""

from __future__ import annotations

from typing import Any

from flask import Response, url_for

from app.core import clock
from app.core.access import me, member
from app.core.db import transaction
from app.core.errors import FieldError
from app.core.forms import ButtonForm
from app.core.i18n import pick
from app.core.pages import absolute, part, render, said
from app.forum.queries import board_for, boards_seen
from app.orders.forms import AnnounceForm, CallOffForm, CountsForm, ListForm, PhoneForm
from app.orders.jobs import carry_out
from app.orders.policies.groupbuys import can_lead, masked
from app.orders.queries import groupbuys as queries
from app.orders.services import groupbuys as services
from app.orders.services.deciding import receive
from app.orders.types.groupbuys import GroupBuyRow
from app.orders.views.blueprint import ANNOUNCED, CALLED_OFF, DROPPED, ENTERED, RECEIVED, bp

PAGE = "orders/lead.html"


@bp.get("/group-buys/<int:group_buy_id>/lead")
@member
def lead(group_buy_id: int) -> Response:
    return render(PAGE, **_page(group_buy_id))


@bp.post("/group-buys/<int:group_buy_id>/receive")
@member
def receive_group_buy(group_buy_id: int) -> Response:
    form = CountsForm.posted()
    try:
        form.check()
        with transaction(once=form.key) as act:
            receive(me(), group_buy_id, form.counts(), at=clock.now())
            act.leads_to(url_for("orders.lead", group_buy_id=group_buy_id))
    except FieldError as refused:
        page = _page(group_buy_id) | {"refused": str(refused)}
        return render(PAGE, status=422, **page)
    carry_out(group_buy_id, at=clock.now())
    return said(act.location, RECEIVED)


@bp.post("/group-buys/<int:group_buy_id>/list")
@member
def paste_list(group_buy_id: int) -> Response:
    form = ListForm.posted()
    page = _page(group_buy_id)
    with form.shows_field_errors(PAGE, **page | {"list_form": form}):
        form.check()
        with transaction(once=form.key):
            count, lost = services.read_list(
                me(), group_buy_id, form.text.data or "", at=clock.now()
            )
    form.text.data = "\n".join(line.text for line in lost)
    told = {"list_form": form, "read": count, "lost": lost}
    return render(PAGE, **_page(group_buy_id) | told)


@bp.post("/group-buys/drafts/<int:draft_id>/enter")
@member
def enter_draft(draft_id: int) -> Response:
    form = PhoneForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        order = services.enter_draft(me(), draft_id, phone=form.phone.data or "", at=clock.now())
        group_buy_id = queries.group_buy_of_order(order.id)
        act.leads_to(url_for("orders.lead", group_buy_id=group_buy_id, _anchor="list"))
    return said(act.location, ENTERED)


@bp.post("/group-buys/drafts/<int:draft_id>/drop")
@member
def drop_draft(draft_id: int) -> Response:
    form = ButtonForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        group_buy_id = services.drop_draft(me(), draft_id, at=clock.now())
        act.leads_to(url_for("orders.lead", group_buy_id=group_buy_id, _anchor="list"))
    return said(act.location, DROPPED)


@bp.post("/group-buys/<int:group_buy_id>/call-off")
@member
def call_off_group_buy(group_buy_id: int) -> Response:
    form = CallOffForm.posted()
    with form.shows_field_errors(PAGE, **_page(group_buy_id) | {"off_form": form}):
        form.check()
        with transaction(once=form.key) as act:
            services.call_off(me(), group_buy_id, reason=form.reason.data or "", at=clock.now())
            act.leads_to(url_for("orders.lead", group_buy_id=group_buy_id))
    carry_out(group_buy_id, at=clock.now())
    return said(act.location, CALLED_OFF)


@bp.post("/group-buys/<int:group_buy_id>/announce")
@member
def announce_group_buy(group_buy_id: int) -> Response:
    page = _page(group_buy_id)
    form = _announcing(page["buy"])
    with form.shows_field_errors(PAGE, **page | {"announce_form": form}):
        form.check()
        with transaction(once=form.key) as act:
            thread_id = services.announce(
                me(), group_buy_id, board_for(me(), form.board_id.data),
                title=form.title.data or "", body=form.body.data or "", at=clock.now(),
            )  # fmt: skip
            act.leads_to(url_for("forum.thread", thread_id=thread_id))
    return said(act.location, ANNOUNCED)


def _announcing(found: GroupBuyRow) -> AnnounceForm:
    text = part(
        "orders/_jielong.txt", buy=found, joined=(), masked=masked, link=_link(found), short=True
    )
    form: AnnounceForm = AnnounceForm.posted(
        title=pick(found.name_zh, found.name_en), body=str(text).strip()
    )
    form.board_id.choices = [(row.id, pick(row.name, row.name_en)) for row in boards_seen(me())]
    return form


def _link(found: GroupBuyRow) -> str:
    return absolute(url_for("orders.group_buy", group_buy_id=found.id))


def _page(group_buy_id: int) -> dict[str, Any]:
    found = queries.led_group_buy(me(), group_buy_id, at=clock.now())
    joined = queries.joined(group_buy_id)
    text = part(
        "orders/_jielong.txt", buy=found, joined=joined, masked=masked, link=_link(found),
        short=False,
    )  # fmt: skip
    return {
        "buy": found,
        "now": clock.now(),
        "joined": joined,
        "drafts": queries.drafts_of(group_buy_id),
        "text": str(text).strip(),
        "keeps": can_lead(me(), merchant_id=found.merchant_id, leader_id=None),
        "list_form": ListForm(),
        "off_form": CallOffForm(),
        "announce_form": _announcing(found) if found.thread_id is None else None,
    }
