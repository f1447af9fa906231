"""What the shop is told of an order, and the buyer of what is wrong: where, what, in place."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.core import clock
from app.core.db import changed, db, transaction
from app.merchants.models import Merchant
from app.merchants.services.points import use_point
from app.orders import policies
from app.orders.models import Order
from app.orders.queries.baskets import basket_quote
from app.orders.queries.boards import due_on, recent_hand_overs
from app.orders.queries.orders import orders_of
from app.orders.services import basket, cash, checkout, counter, preparation
from app.orders.types import Contact, SlotWish
from app.payments.models import Charge
from app.payments.queries import refunds_of
from app.payments.types import PayWay
from tests.factories import merchants, orders
from tests.factories.orders import Stall
from tests.visitor import Visitor


def sent_to_lobby(place: Stall, *, note: str = "请切片") -> Order:
    """Order two for the lobby of a house nearby, with a note."""
    lobby = merchants.point(None, name_zh="三号楼大堂", name_en="Lobby of house 3")
    with transaction():
        use_point(place.keeper, place.merchant.id, lobby.id, True, at=clock.now())
    checkout_id = orders.started(place, 2)
    wish = orders.free_slot(lobby, place.merchant)
    with transaction():
        [order] = checkout.place_orders(
            place.customer,
            checkout_id,
            token=None,
            wishes={place.merchant.id: SlotWish(lobby.id, wish.slot_key)},
            contact=Contact("王梅", "138 1234 5678"),
            pay_way=PayWay.OWN_CODE,
            note=note,
            expected_total=5200,
            at=clock.now(),
        )
    return order


def test_the_shop_reads_where_an_order_is_collected_and_what_the_buyer_noted(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    order = sent_to_lobby(place)
    keeper, base = sign_in(place.owner), f"/workbench/{place.merchant.id}"
    for path in ("board", f"orders/{order.id}", f"counter/{order.id}"):
        page = keeper.visit(f"{base}/{path}")
        assert "Lobby of house 3" in page, path
        assert "请切片" in page, path
    with transaction():
        preparation.accept(place.keeper, order.id, at=clock.now())
    for path in ("", "board", "board/print", "counter", f"counter/{order.id}"):
        page = keeper.visit(f"{base}/{path}")
        assert "Lobby of house 3" in page, path
        assert "请切片" in page, path


def test_two_points_at_one_time_are_two_groups_on_the_board(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    for order in (sent_to_lobby(place), orders.placed(place, 1)):
        with transaction():
            preparation.accept(place.keeper, order.id, at=clock.now())
    page = sign_in(place.owner).visit(f"/workbench/{place.merchant.id}/board/print")
    assert page.text.index("Lobby of house 3") != page.text.rindex("At the shop")


def test_what_the_buyer_says_is_paid_shows_in_the_shops_lists(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    order = sent_to_lobby(place)
    keeper, url = sign_in(place.owner), f"/workbench/{place.merchant.id}/board"
    assert "said paid" not in keeper.visit(url)
    with transaction():
        cash.say_paid(place.customer, order.id, at=clock.now())
    assert "said paid" in keeper.visit(url)
    with transaction():
        preparation.accept(place.keeper, order.id, at=clock.now())
    assert "said paid" in keeper.visit(f"/workbench/{place.merchant.id}/")


def test_money_that_is_still_owed_back_is_not_called_refunded(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    order = sent_to_lobby(place)
    buyer, keeper = sign_in(place.buyer), sign_in(place.owner)
    pages = (
        (buyer, f"/orders/{order.id}"),
        (keeper, f"/workbench/{place.merchant.id}/orders/{order.id}"),
    )
    with transaction():
        cash.take_money(place.keeper, order.id, way=PayWay.OWN_CODE, at=clock.now())
    with transaction():
        preparation.decline(place.keeper, order.id, reason="no flour", at=clock.now())
    for visitor, url in pages:
        page = visitor.visit(url)
        assert "to be refunded" in page
        assert ">refunded<" not in page.text
    charge_id = db.session.scalars(select(Charge.id)).one()
    with transaction():
        cash.give_money_back(place.keeper, order.id, refunds_of(charge_id)[0].id, at=clock.now())
    for visitor, url in pages:
        page = visitor.visit(url)
        assert "to be refunded" not in page
        assert ">refunded<" in page.text


@pytest.mark.parametrize(
    ("text", "is_link"),
    [
        ("wxp://f2f0abc", True),
        ("WEIXIN://wxpay/bizpayurl?pr=1", True),
        (" https://qr.alipay.com/fkx01 ", True),
        ("麦田面包房 · 收款码在柜台", False),
        ("wxp://f2f0 and more words", False),
        ("https://example.org/pay", False),
        ("", False),
    ],
)
def test_only_a_payment_link_becomes_a_code_to_scan(
    place: Stall, sign_in: Callable[..., Visitor], text: str, is_link: bool
) -> None:
    with transaction():
        changed(update(Merchant).where(Merchant.id == place.merchant.id).values(pay_code_text=text))
    assert bool(policies.pay_link(text)) is is_link
    order = sent_to_lobby(place)
    page = sign_in(place.buyer).visit(f"/orders/{order.id}")
    assert ("s payment code" in page) is is_link
    if text and not is_link:
        assert text in page


def test_an_order_is_named_after_what_of_it_is_still_asked_for(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    other = merchants.goods(place.merchant, name_zh="白面包", name_en="White loaf", price=1000)
    for variant_id in (place.variant_id, orders.variant_of(other)):
        with transaction():
            basket.add_to_basket(
                place.customer, token=None, variant_id=variant_id, quantity=2, at=clock.now()
            )
    total = basket_quote(place.customer, None, at=clock.now()).total_minor
    with transaction():
        begun = checkout.start_checkout(
            place.customer, token=None, expected_total=total, at=clock.now()
        )
    with transaction():
        [order] = checkout.place_orders(
            place.customer,
            begun.id,
            token=None,
            wishes={place.merchant.id: orders.free_slot(place.point, place.merchant)},
            contact=Contact("王梅", "138 1234 5678"),
            pay_way=PayWay.CASH,
            expected_total=total,
            at=clock.now(),
        )
    [row] = orders_of(place.buyer.id).rows
    assert (row.pieces, row.kinds) == (4, 2)
    with transaction():
        preparation.accept(place.keeper, order.id, at=clock.now())
    with transaction():
        preparation.prepare(
            place.keeper, order.id, {orders.line_of(order).id: (0, 2)}, at=clock.now()
        )
    [row] = orders_of(place.buyer.id).rows
    assert (row.first_en, row.pieces, row.kinds) == ("White loaf", 2, 1)
    page = sign_in(place.owner).visit(f"/workbench/{place.merchant.id}/")
    assert "White loaf ×2" in page


def test_whoever_loses_the_last_piece_stands_in_the_basket_again(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    buyer = sign_in(place.buyer)
    buyer.post("/orders/basket/add", {"variant_id": place.variant_id, "quantity": 6}, status=303)
    form = buyer.visit("/orders/basket").forms("/orders/checkout")[0]
    rival = orders.accounts.viewer(orders.accounts.person("小陈"))
    orders.started(place, 3, actor=rival)
    page = buyer.post("/orders/checkout", form, status=409)
    assert "Only 4 left." in page
    assert "Nothing is held yet" in page
    assert page.forms("/orders/basket/lines"), "the line can be changed right there"


def test_a_wrong_code_is_answered_on_the_counter(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    keeper, url = sign_in(place.owner), f"/workbench/{place.merchant.id}/counter/find"
    page = keeper.post(url, {"words": policies.new_code()}, status=404)
    assert page.forms("/counter/find"), "the next one in the queue can be served at once"
    assert 'role="alert"' in page.text


def test_the_checkout_names_all_that_is_missing_at_once(place: Stall, guest: Visitor) -> None:
    guest.post("/orders/basket/add", {"variant_id": place.variant_id}, status=303)
    form = guest.visit("/orders/basket").forms("/orders/checkout")[0]
    begun = guest.post("/orders/checkout", form, status=303)
    sent = guest.follow(begun).forms("/orders/checkout")[0]
    page = guest.post(begun.location, sent | {"name": "", "phone": "", "mail": ""}, status=422)
    assert "3 things are missing" in page
    for place_on_page in ("#name", "#phone", f"#slot_{place.merchant.id}"):
        assert f'href="{place_on_page}"' in page.text
        assert f'id="{place_on_page[1:]}"' in page.text


def test_no_undo_is_offered_once_money_went_back(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    order = orders.accepted(place, 2)
    with transaction():
        counter.hand_over(
            place.keeper, order.id, quantities=None, money=PayWay.CASH, at=clock.now()
        )
    keeper, url = sign_in(place.owner), f"/workbench/{place.merchant.id}/orders/{order.id}"
    assert "Undo the hand-over" in keeper.visit(url)
    assert len(recent_hand_overs(place.merchant.id, at=clock.now())) == 1
    with transaction():
        cash.refund_lines(
            place.keeper, order.id, {orders.line_of(order).id: 1}, reason="stale", at=clock.now()
        )
    assert "Undo the hand-over" not in keeper.visit(url)
    assert recent_hand_overs(place.merchant.id, at=clock.now()) == []


def test_closing_for_today_says_how_many_orders_the_day_still_has(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    keeper, url = sign_in(place.owner), f"/workbench/{place.merchant.id}/hours"
    assert "still to be collected today" not in keeper.visit(url)
    first, second = orders.placed(place, 1), orders.accepted(place, 1)
    today = clock.local(clock.now()).date()
    days = [clock.local(one.slot_starts_at).date() for one in (first, second)]
    assert due_on(place.merchant.id, at=clock.now()) == days.count(today)
    with clock.travel(first.slot_starts_at - timedelta(minutes=40)):
        assert "orders are still to be collected today" in keeper.visit(url)


def test_after_a_move_the_board_stays_at_the_orders_card(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    order = orders.placed(place)
    keeper, base = sign_in(place.owner), f"/workbench/{place.merchant.id}"
    answer = keeper.post(f"{base}/orders/{order.id}/accept", {}, status=303)
    assert answer.location.endswith(f"#order-{order.id}")
    assert f'id="order-{order.id}"' in keeper.visit(f"{base}/board").text
