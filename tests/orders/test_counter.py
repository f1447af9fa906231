"""The counter: codes, parts, money in the same tap, undo, and who is locked out."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.access import GUEST
from app.core.db import db, transaction
from app.core.pools.queries import wrong_counts
from app.merchants.queries.selling import offers_for
from app.orders import policies
from app.orders.errors import (
    NothingToHandOverError,
    NotYetAcceptedError,
    QuantityError,
    SealedError,
    UndoOverError,
    WrongShopError,
)
from app.orders.models import HandOver
from app.orders.parts import qr_of
from app.orders.services import cash, counter, endings
from app.payments.errors import MoneyGoneBackError
from app.payments.queries import charge_of
from app.payments.types import PaymentState, PayWay
from tests.factories import accounts, orders
from tests.factories.orders import Stall
from tests.visitor import Visitor


def handed(place: Stall, order: Any, money: PayWay | None = PayWay.CASH, **more: Any) -> HandOver:
    with transaction():
        return counter.hand_over(place.keeper, order.id, money=money, at=clock.now(), **more)


def test_every_single_misread_sign_and_every_swap_of_a_code_is_noticed() -> None:
    for _ in range(50):
        code = policies.new_code()
        assert policies.is_code(code)
        assert not set("01258BILOSUVZ") & set(code)
        for place, sign in enumerate(code):
            other = policies.ALPHABET[(policies.ALPHABET.index(sign) + 5) % 23]
            assert not policies.is_code(code[:place] + other + code[place + 1 :])
        for place in range(7):
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            assert swapped == code or not policies.is_code(swapped)


def test_a_part_is_handed_over_with_its_money_and_the_rest_later(place: Stall) -> None:
    order = orders.accepted(place, 3)
    line = orders.line_of(order)
    handed(place, order, quantities={line.id: 1})
    line = orders.line_of(order)
    assert (line.handed_over, line.to_prepare) == (1, 2)
    assert charge_of(("order", order.id)).confirmed_minor == 2600
    handed(place, order)
    assert orders.line_of(order).handed_over == 3
    assert charge_of(("order", order.id)).state == PaymentState.PAID
    assert wrong_counts() == []
    assert offers_for([place.variant_id], at=clock.now())[place.variant_id].free == 4


def test_what_is_collected_cannot_be_collected_again_nor_more_than_is_there(place: Stall) -> None:
    order = orders.accepted(place, 2)
    with pytest.raises(QuantityError):
        handed(place, order, quantities={orders.line_of(order).id: 3})
    handed(place, order)
    with pytest.raises(NothingToHandOverError):
        handed(place, order)


def test_an_order_is_handed_over_only_once_accepted_and_by_its_own_shop(place: Stall) -> None:
    order = orders.placed(place)
    with pytest.raises(NotYetAcceptedError):
        handed(place, order)
    order = orders.accepted(place)
    other = orders.stall().keeper
    with pytest.raises(WrongShopError), transaction():
        counter.hand_over(other, order.id, at=clock.now())
    assert handed(place, order).by_name == "小李"


def test_money_given_back_for_one_piece_is_no_money_for_the_next(place: Stall) -> None:
    order = orders.accepted(place, 3)
    line = orders.line_of(order)
    handed(place, order, quantities={line.id: 1})
    with transaction():
        cash.refund_lines(place.keeper, order.id, {line.id: 1}, reason="stale", at=clock.now())
    again = handed(place, order, quantities={line.id: 1})
    assert again.payment_id is not None
    charge = charge_of(("order", order.id))
    assert (charge.confirmed_minor, charge.refunded_minor, charge.owed_minor) == (5200, 2600, 2600)


def test_a_hand_over_is_undone_within_ten_minutes_with_its_money(place: Stall) -> None:
    order = orders.accepted(place, 2)
    hand = handed(place, order)
    with transaction():
        counter.undo_hand_over(place.keeper, hand.id, at=clock.now() + timedelta(minutes=10))
    line = orders.line_of(order)
    assert (line.ready, line.handed_over) == (2, 0)
    charge = charge_of(("order", order.id))
    assert (charge.state, charge.confirmed_minor) == (PaymentState.UNPAID, 0)
    assert wrong_counts() == []
    with pytest.raises(UndoOverError), transaction():
        counter.undo_hand_over(place.keeper, hand.id, at=clock.now())
    again = handed(place, order)
    late = clock.now() + timedelta(minutes=11)
    with pytest.raises(UndoOverError), transaction():
        counter.undo_hand_over(place.keeper, again.id, at=late)


def test_a_hand_over_on_a_closed_bill_stays(place: Stall) -> None:
    hand = handed(place, orders.accepted(place))
    with transaction():
        assert counter.seal_hand_overs([hand.id], at=clock.now()) == 1
    with pytest.raises(SealedError), transaction():
        counter.undo_hand_over(place.keeper, hand.id, at=clock.now())


def test_a_hand_over_of_which_something_was_refunded_stays(place: Stall) -> None:
    order = orders.accepted(place, 2)
    hand = handed(place, order)
    line = orders.line_of(order)
    with transaction():
        cash.refund_lines(place.keeper, order.id, {line.id: 1}, reason="stale", at=clock.now())
    with pytest.raises((UndoOverError, MoneyGoneBackError)), transaction():
        counter.undo_hand_over(place.keeper, hand.id, at=clock.now())


def test_the_counter_finds_by_code_qr_name_number_and_last_four_digits(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    order = orders.accepted(place)
    keeper, url = sign_in(place.owner), f"/workbench/{place.merchant.id}/counter"
    there = f"{url}/{order.id}"
    for words in (
        order.code,
        order.code.lower(),
        policies.shown_code(order.code),
        qr_of(order.code),
    ):
        assert keeper.post(f"{url}/find", {"words": words}, status=303).location == there
    for words in ("王梅", "王", "5678", order.number):
        page = keeper.follow(keeper.post(f"{url}/find", {"words": words}, status=303))
        assert there in page.text
    signed = qr_of(order.code).rsplit("/", 1)[-1]
    assert keeper.get(f"/workbench/code/{signed}").location == there
    assert keeper.get(f"/workbench/code/{order.code}-000000000000").status in {303, 404, 302}
    assert sign_in(place.buyer).get(f"/workbench/code/{signed}").status == 403


def test_another_shops_code_is_refused_by_its_shops_name(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    order = orders.accepted(place)
    other = orders.stall()
    url = f"/workbench/{other.merchant.id}/counter/find"
    refused = sign_in(other.owner).post(url, {"words": order.code})
    assert refused.status == 403
    assert "This order is from Wheatfield" in refused


def test_a_wrong_day_is_a_warning_and_what_was_collected_says_when(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    order = orders.accepted(place, slot=9)
    keeper, url = sign_in(place.owner), f"/workbench/{place.merchant.id}/counter/{order.id}"
    assert "Not for today" in keeper.visit(url)
    handed(place, order)
    assert "Collected already" in keeper.visit(url)


def test_guessing_codes_is_locked_out_for_a_quarter_of_an_hour(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    order = orders.accepted(place)
    keeper, url = sign_in(place.owner), f"/workbench/{place.merchant.id}/counter/find"
    for _ in range(10):
        assert keeper.post(url, {"words": policies.new_code()}).status == 404
    locked = keeper.post(url, {"words": order.code})
    assert locked.status == 429
    assert locked.answer.headers["Retry-After"] == "900"
    with clock.travel(orders.NOON + timedelta(minutes=16)):
        assert keeper.post(url, {"words": order.code}).status == 303


def test_a_guest_who_guesses_is_locked_out_too(place: Stall, guest: Visitor) -> None:
    orders.placed(place)
    for _ in range(10):
        sent = {"phone": "13812345678", "code": policies.new_code()}
        assert guest.post("/orders/find", sent).status == 422
    assert guest.post("/orders/find", sent).status == 429


def test_a_photo_of_the_code_opens_the_order_and_other_pictures_are_refused(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    import segno

    order = orders.accepted(place)
    keeper, url = sign_in(place.owner), f"/workbench/{place.merchant.id}/counter/photo"
    picture = io.BytesIO()
    segno.make(qr_of(order.code)).save(picture, kind="png", scale=8)
    sent = {"photo": (io.BytesIO(picture.getvalue()), "code.png")}
    found = keeper.post(url, sent, content_type="multipart/form-data")
    assert found.location == f"/workbench/{place.merchant.id}/counter/{order.id}"
    for body in (b"", b"\x89PNG\r\n", b"GIF89a", picture.getvalue()[:100]):
        refused = keeper.post(
            url, {"photo": (io.BytesIO(body), "x.png")}, content_type="multipart/form-data"
        )
        assert refused.status == 422
    assert keeper.post(url, {}).status == 422


def test_two_clerks_with_two_pages_hand_over_once(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    order = orders.accepted(place)
    clerk = accounts.person(language="en", staff_of={place.merchant.id: "clerk"})
    url = f"/workbench/{place.merchant.id}/counter/{order.id}"
    pages = [(who, who.visit(url)) for who in (sign_in(place.owner), sign_in(clerk))]
    answers = [who.post(f"{url}/hand-over", page.forms("hand-over")[0]) for who, page in pages]
    assert [answer.status for answer in answers] == [303, 409]
    assert "given by 小李" in answers[1]
    who, page = pages[0]
    assert who.post(f"{url}/hand-over", page.forms("hand-over")[0]).status == 303
    assert len(db.session.scalars(select(HandOver)).all()) == 1


def test_a_member_who_is_no_staff_cannot_hand_over(place: Stall) -> None:
    order = orders.accepted(place)
    for actor in (place.customer, GUEST):
        with pytest.raises(WrongShopError), transaction():
            counter.hand_over(actor, order.id, at=clock.now())
    with transaction():
        endings.cancel_by_shop(place.keeper, order.id, reason="gone", at=clock.now())
