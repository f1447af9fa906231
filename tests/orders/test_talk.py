"""What both sides say on an order, and what reaches a guest by mail."""

import re
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from app.core import clock
from app.core.access import GUEST, Viewer
from app.core.activity.seen import flush_seen
from app.core.db import db, transaction
from app.core.jobs.models import OutboxRow
from app.forum.models import Thread
from app.forum.services import reply
from app.notifications.models import Notice
from app.orders.models import Order
from app.orders.policies import guest_key
from app.orders.queries.baskets import basket_quote
from app.orders.services import basket, checkout, preparation
from app.orders.types import MESSAGES, MESSAGES_MINUTES, Contact
from app.payments.types import PayWay
from tests.factories import accounts, orders
from tests.factories.notifications import follow
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


def test_the_board_marks_an_order_until_the_shop_has_read_its_buyers_message(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    order, other = orders.accepted(place), orders.accepted(place)
    helper = accounts.person(staff_of={place.merchant.id: "clerk"}, language="en")
    board = f"/workbench/{place.merchant.id}/board"
    keeper, second = sign_in(place.owner), sign_in(helper)
    buyer = sign_in(place.buyer)
    assert "new message" not in keeper.visit(board)
    before = keeper.get(f"{board}/live")
    buyer.post(f"/orders/{order.id}/talk", status=303)
    thread_id = orders.fresh(order).thread_id
    assert thread_id
    said = Viewer(id=place.buyer.id, name=place.buyer.name)
    with transaction():
        reply(said, db.session.get_one(Thread, thread_id), "Could you slice it?", at=clock.now())
    marked = keeper.get(f"{board}/live", headers={"If-None-Match": before.answer.headers["ETag"]})
    assert marked.status == 200
    assert marked.text.count("new message") == 1
    assert f'id="order-{other.id}"' in marked.text
    assert "new message" in second.visit(board)
    second.visit(f"/workbench/{place.merchant.id}/orders/{order.id}")
    flush_seen()
    assert "new message" not in keeper.visit(board)
    with transaction():
        reply(said, db.session.get_one(Thread, thread_id), "Thinly.", at=clock.now())
    assert "new message" in keeper.visit(board)


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


def guests_order(place: Stall, mail: str = "passer@example.org") -> Order:
    """Place an order as a guest."""
    token, at = basket.new_token(), clock.now()
    with transaction():
        basket.add_to_basket(GUEST, token=token, variant_id=place.variant_id, at=at)
    total = basket_quote(GUEST, token, at=at).total_minor
    with transaction():
        held = checkout.start_checkout(GUEST, token=token, expected_total=total, at=at).id
    wish = orders.free_slot(place.point, place.merchant)
    with transaction():
        [order] = checkout.place_orders(
            GUEST, held, token=token, wishes={place.merchant.id: wish},
            contact=Contact("Passer By", "138 0000 1234", mail),
            pay_way=PayWay.CASH, expected_total=total, at=at,
        )  # fmt: skip
    return order


def letters() -> list[dict[str, str]]:
    db.session.rollback()
    rows = db.session.scalars(select(OutboxRow).order_by(OutboxRow.id)).all()
    return [row.payload for row in rows if row.name == "mail.send"]


def test_a_guest_writes_under_the_name_on_the_order_and_the_shop_answers(
    place: Stall, guest: Visitor, sign_in: Callable[..., Visitor]
) -> None:
    order, keeper = guests_order(place), sign_in(place.owner)
    url = f"/orders/{order.id}?key={guest_key(order.number)}"
    [form] = guest.visit(url).forms("/say")
    answer = guest.post(_say(url), form | {"body": "Could you **slice** it?"}, status=303)
    page = guest.follow(answer)
    assert "Passer By" in page
    assert "slice" in page
    again = guest.post(_say(url), form | {"body": "Could you **slice** it?"}, status=303)
    assert again.location.split("#")[0] in answer.location
    follow(clock.now())
    db.session.rollback()
    [notice] = db.session.scalars(select(Notice).where(Notice.kind == "order_message"))
    assert (notice.person_id, notice.data["who"]) == (place.owner.id, "Passer By")
    assert "Passer By wrote to you about order" in keeper.visit("/me/notifications/")
    shop_page = keeper.visit(f"/workbench/{place.merchant.id}/orders/{order.id}")
    assert shop_page.text.count("slice") == 1
    [answering] = shop_page.forms("/forum/")
    thread_id = orders.fresh(order).thread_id
    keeper.post(f"/forum/threads/{thread_id}/reply", answering | {"body": "Done."}, status=303)
    follow(clock.now())
    last = letters()[-1]
    assert last["to"] == "passer@example.org"
    [link] = re.findall(r"http://localhost(/orders/\S+)", last["text"])
    assert "Done." in guest.visit(link)


def test_only_the_key_lets_a_guest_write(place: Stall, guest: Visitor) -> None:
    order, mine = guests_order(place), orders.placed(place)
    for url in (f"/orders/{order.id}", f"/orders/{order.id}?key=wrong", f"/orders/{mine.id}"):
        assert guest.post(_say(url), {"body": "Let me in"}).status == 404
    assert db.session.scalar(select(Order.thread_id).where(Order.id == order.id)) is None


def test_a_guest_who_writes_without_end_is_asked_to_wait_and_keeps_the_words(
    place: Stall, guest: Visitor
) -> None:
    order = guests_order(place)
    url = f"/orders/{order.id}?key={guest_key(order.number)}"
    for number in range(MESSAGES):
        guest.post(_say(url), {"body": f"And {number}", "once": f"a{number}"}, status=303)
    page = guest.post(_say(url), {"body": "One more thing", "once": "last"}, status=422)
    assert "Wait ten minutes" in page
    assert "One more thing" in page
    assert guest.post(_say(url), {"body": "  ", "once": "none"}).status == 422
    with clock.travel(clock.now() + timedelta(minutes=MESSAGES_MINUTES + 1)):
        guest.post(_say(url), {"body": "One more thing", "once": "later"}, status=303)


def test_what_the_order_writes_itself_reaches_a_guest_once(place: Stall) -> None:
    order = guests_order(place)
    with transaction():
        preparation.accept(place.keeper, order.id, at=clock.now())
    follow(clock.now())
    sent = [one for one in letters() if one["to"] == "passer@example.org"]
    assert len(sent) == 2  # placed, and accepted
    assert all(guest_key(order.number) in one["text"] for one in sent)


def _say(url: str) -> str:
    path, _, query = url.partition("?")
    return f"{path}/say?{query}"
