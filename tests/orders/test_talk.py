"""What both sides say on an order, and what reaches a guest by mail."""

import re
from collections.abc import Callable

from sqlalchemy import select

from app.core import clock
from app.core.access import GUEST
from app.core.db import db, transaction
from app.core.jobs.models import OutboxRow
from app.orders.models import Order
from app.orders.queries.baskets import basket_quote
from app.orders.services import basket, checkout, preparation
from app.orders.types import Contact
from app.payments.types import PayWay
from tests.factories import accounts, orders
from tests.factories.orders import Stall
from tests.visitor import Visitor


def test_buyer_and_shop_talk_on_the_order_and_nobody_else_reads_it(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    order = orders.accepted(place)
    buyer, keeper = sign_in(place.buyer), sign_in(place.owner)
    buyer.post(f"/orders/{order.id}/talk", status=303)
    page = buyer.visit(f"/orders/{order.id}")
    sent = page.forms("/forum/")[0] | {"body": "Could you slice it?"}
    [action] = [
        form.get("action")
        for form in page.tree.iter("form")
        if "/forum/" in (form.get("action") or "")
    ]
    buyer.post(action, sent, status=303)
    shop_page = f"/workbench/{place.merchant.id}/orders/{order.id}"
    assert "Could you slice it?" in keeper.visit(shop_page)
    stranger = sign_in(accounts.person(language="en"))
    thread_id = orders.fresh(order).thread_id
    led = stranger.get(f"/forum/threads/{thread_id}")
    assert "slice" not in led.text
    assert led.status == 404 or stranger.get(led.location).status == 404
    assert stranger.post(f"/orders/{order.id}/talk").status == 404


def test_a_guest_with_a_mail_address_gets_the_link_that_opens_the_order(
    place: Stall, guest: Visitor
) -> None:
    token, at = basket.new_token(), clock.now()
    with transaction():
        basket.add_to_basket(GUEST, token=token, variant_id=place.variant_id, at=at)
    total = basket_quote(GUEST, token, at=at).total_minor
    with transaction():
        held = checkout.start_checkout(GUEST, token=token, expected_total=total, at=at).id
    wish = orders.free_slot(place.point, place.merchant)
    with transaction():
        [order] = checkout.place_orders(
            GUEST,
            held,
            token=token,
            wishes={place.merchant.id: wish},
            contact=Contact("Passer", mail="passer@example.org"),
            pay_way=PayWay.CASH,
            expected_total=total,
            at=at,
        )
    with transaction():
        preparation.accept(place.keeper, order.id, at=at)
    with transaction():
        preparation.make_ready(place.keeper, order.id, at=at)
    rows = db.session.scalars(select(OutboxRow).order_by(OutboxRow.id)).all()
    letters = [row.payload["text"] for row in rows if row.name == "mail.send"]
    assert len(letters) == 2
    [link] = re.findall(r"http://localhost/orders/\S+", letters[0])
    assert order.number in guest.visit(link.removeprefix("http://localhost"))
    assert db.session.scalars(select(Order.token_hash)).one() not in link
