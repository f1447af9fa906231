"""The counter without a network: noted on the device, taken in once, each conflict named."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.db import db, transaction
from app.core.ledger.queries import audit
from app.core.pools.queries import wrong_counts
from app.orders.errors import WrongShopError
from app.orders.models import HandOver, OfflineHand, Order
from app.orders.queries.offline import compared, orders_to_keep, unseen
from app.orders.services import cash, closings, counter, endings, moving, offline
from app.orders.types import OfflineConflict, OfflineItem, OrderState
from app.payments.queries import charge_of
from app.payments.types import PayWay
from tests.factories import accounts, orders
from tests.factories.orders import Stall, fresh
from tests.visitor import Visitor

KEY = "0b1c2d3e-device-one"


def told(order: Order, key: str = KEY, **more: Any) -> OfflineItem:
    values: dict[str, Any] = {"given_at": clock.now(), "pieces": 2, "is_paid": True} | more
    return OfflineItem(key=key, order_id=order.id, **values)


def sent(place: Stall, item: OfflineItem, *, at: datetime | None = None) -> OfflineHand:
    with transaction():
        hand = offline.take_in(place.keeper, place.merchant.id, item, at=at or clock.now())
    return db.session.get_one(OfflineHand, hand.id, populate_existing=True)


def test_a_hand_over_noted_offline_is_taken_in_with_its_time_and_its_money(place: Stall) -> None:
    order, given_at = orders.accepted(place, 2), clock.now()
    later = given_at + timedelta(minutes=40)
    hand = sent(place, told(order, given_at=given_at), at=later)
    assert hand.conflict is None
    done = db.session.get_one(HandOver, hand.hand_over_id)
    assert (done.at, orders.line_of(order).handed_over) == (given_at, 2)
    assert charge_of(("order", order.id)).owed_minor == 0
    assert wrong_counts() == []
    assert audit().is_clean


def test_told_twenty_times_it_is_one_hand_over(place: Stall) -> None:
    order = orders.accepted(place, 2)
    found = {sent(place, told(order)).id for _ in range(20)}
    assert len(found) == 1
    assert db.session.query(HandOver).count() == 1


def test_two_devices_that_gave_the_same_order_converge_and_the_second_is_named(
    place: Stall,
) -> None:
    order = orders.accepted(place, 2)
    sent(place, told(order))
    second = sent(place, told(order, "another-device-1"))
    assert second.conflict == OfflineConflict.COLLECTED
    assert second.hand_over_id is None
    assert second.data["by"] == place.keeper.name
    assert [row.id for row in unseen(place.merchant.id)] == [second.id]
    assert charge_of(("order", order.id)).confirmed_minor == 5200
    with transaction():
        offline.mark_seen(place.keeper, place.merchant.id, second.id, at=clock.now())
    assert unseen(place.merchant.id) == []


def test_every_other_conflict_has_its_name(place: Stall) -> None:
    stock = orders.stall(stock=40, capacity=20)
    cancelled, refunded = orders.accepted(stock, 2), orders.accepted(stock, 2)
    unaccepted, moved = orders.placed(stock, 2), orders.accepted(stock, 2)
    part, foreign = orders.accepted(stock, 2), orders.accepted(place, 2)
    with transaction():
        cash.take_money(stock.keeper, refunded.id, way=PayWay.CASH, at=clock.now())
        for one in (cancelled, refunded):
            endings.cancel_by_shop(stock.keeper, one.id, reason="ill", at=clock.now())
        moving.move_on(stock.keeper, moved.id, at=clock.now())
        line = orders.line_of(part)
        counter.hand_over(stock.keeper, part.id, quantities={line.id: 1}, at=clock.now())
    named = {
        one.id: sent(stock, told(one, f"device-key-{one.id}"))
        for one in (cancelled, refunded, unaccepted, moved, part, foreign)
    }
    assert [named[one.id].conflict for one in (cancelled, refunded, unaccepted)] == [
        OfflineConflict.OVER, OfflineConflict.REFUNDED, OfflineConflict.NOT_ACCEPTED,
    ]  # fmt: skip
    assert [named[one.id].conflict for one in (moved, part, foreign)] == [
        OfflineConflict.OTHER_DAY, OfflineConflict.FEWER, OfflineConflict.UNKNOWN,
    ]  # fmt: skip
    assert [named[one.id].hand_over_id is None for one in (cancelled, moved, part)] == [
        True, False, False,
    ]  # fmt: skip
    assert named[foreign.id].order_id is None
    assert orders.line_of(foreign).handed_over == 0


def test_a_device_with_a_wrong_clock_gives_neither_tomorrow_nor_last_year(place: Stall) -> None:
    early, late = orders.accepted(place, 1), orders.accepted(place, 1)
    now = clock.now()
    first = sent(place, told(early, "device-key-1", given_at=now - timedelta(days=400)))
    second = sent(place, told(late, "device-key-2", given_at=now + timedelta(days=400)))
    assert (first.given_at, second.given_at) == (now - timedelta(days=2), now)


def test_who_does_not_work_there_sends_nothing(place: Stall) -> None:
    order = orders.accepted(place, 1)
    with pytest.raises(WrongShopError), transaction():
        offline.take_in(place.customer, place.merchant.id, told(order), at=clock.now())


def test_a_device_keeps_names_and_what_fits_a_code_and_nothing_else(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    order = orders.accepted(place, 2)
    keeper, base = sign_in(place.owner), f"/workbench/{place.merchant.id}/counter"
    answer = keeper.get(f"{base}/today.json")
    kept = json.loads(answer.text)
    assert answer.answer.headers["Cache-Control"] == "no-store"
    [one] = kept["orders"]
    assert set(one) == {"id", "name", "number", "code", "what", "pieces", "when", "owed"}
    assert order.code not in answer.text
    plain = json.dumps(one | {"code": "", "number": ""})
    assert "5678" not in plain
    assert "138" not in plain
    salt = bytes.fromhex(kept["salt"])
    assert one["code"] == compared(order.code, salt)
    slow = hashlib.pbkdf2_hmac("sha256", order.code.encode(), salt, kept["rounds"], 16)
    assert one["code"] == slow.hex()
    assert json.loads(keeper.get(f"{base}/today.json").text)["salt"] != kept["salt"]
    assert order.contact_name not in keeper.visit(f"{base}/offline")
    stranger = sign_in(accounts.person())
    assert stranger.get(f"{base}/today.json").status == 403
    assert stranger.post(f"{base}/queue").status in {400, 403}


def test_only_today_is_kept(place: Stall) -> None:
    orders.accepted(place, 1, slot=30)
    assert orders_to_keep(place.merchant.id, salt=b"salt", at=clock.now()) == []


def test_a_device_sends_its_queue_and_the_conflict_stands_on_the_counter_until_seen(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    order = orders.accepted(place, 2)
    keeper, base = sign_in(place.owner), f"/workbench/{place.merchant.id}/counter"
    items = [
        {"key": key, "order": order.id, "at": clock.now().isoformat(), "pieces": 2, "paid": True}
        for key in ("device-one-1", "device-two-1")
    ]
    csrf = json.loads(keeper.get(f"{base}/today.json").text)["csrf"]
    head = {"X-CSRF-Token": csrf, "Content-Type": "application/json"}
    answer = keeper.client.post(f"{base}/queue", data=json.dumps(items), headers=head)
    done = json.loads(answer.text)["done"]
    assert [one["conflict"] for one in done] == [None, "collected"]
    page = keeper.visit(base)
    assert "It was collected already" in page
    [hand] = unseen(place.merchant.id)
    keeper.post(f"{base}/queue/{hand.id}/seen", status=303)
    assert "It was collected already" not in keeper.visit(base)
    for wrong in ("", "{}", "[1]", '[{"key": "x"}]', json.dumps([items[0] | {"at": "noon"}])):
        assert keeper.client.post(f"{base}/queue", data=wrong, headers=head).status_code == 400
    assert fresh(order).state == OrderState.ACCEPTED


def test_who_was_asked_to_choose_and_came_all_the_same_is_handed_over(place: Stall) -> None:
    order = orders.accepted(place, 2)
    with transaction():
        closings.ask(place.keeper, order.id, reason="Painting.", at=clock.now())
    assert sent(place, told(order)).conflict is None
