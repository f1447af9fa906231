"""A new order reaches its shop: robot, then text message, then a call, until somebody looked."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from app.core import clock
from app.core.activity.seen import flush_seen
from app.core.db import db, transaction
from app.core.jobs.services import run_all
from app.notifications.jobs.alarms import ring
from app.notifications.models import Call, OrderAlarm
from app.notifications.services import robots
from app.notifications.services.town import set_town_reach
from app.notifications.types import AlarmEnd, CallState, Quiet, RobotKind
from app.orders.models import Order
from app.orders.services import endings, preparation
from tests.factories import accounts
from tests.factories.merchants import goods, point, shop
from tests.factories.orders import NOON, Stall, placed, stall
from tests.notifications.outside import Service
from tests.visitor import Visitor

pytestmark = pytest.mark.usefixtures("app")
PHONE = "+8613800138000"
At = Callable[..., Any]


def a_stall(**more: Any) -> Stall:
    """A shop whose owner left a number."""
    place = stall(**more)
    with transaction():
        db.session.execute(
            db.text("UPDATE users SET phone = :phone WHERE id = :id"),
            {"phone": PHONE, "id": place.owner.id},
        )
    return place


def with_robot(
    place: Stall, outside: Service, kind: RobotKind = RobotKind.WECOM, secret: str = ""
) -> None:
    outside.answer = {"errcode": 0, "errmsg": "ok"}
    with transaction():
        robots.set_robot(
            place.keeper,
            place.merchant.id,
            kind,
            f"{outside.url}/robot?key=1",
            secret,
            at=clock.now(),
        )


def rung(minutes: float) -> None:
    """Let the alarms ring so long after noon, as often as the worker would."""
    with clock.travel(NOON + timedelta(minutes=minutes)):
        ring(clock.now())
        ring(clock.now())
        run_all()
    db.session.rollback()


def alarm() -> OrderAlarm:
    db.session.rollback()
    return db.session.scalars(db.select(OrderAlarm)).one()


def waiting() -> list[Call]:
    db.session.rollback()
    return list(db.session.scalars(db.select(Call).where(Call.state == CallState.WAITING)))


def test_robot_then_text_then_a_call(at: At, outside: Service, texts: list[Any]) -> None:
    with at(NOON):
        place = a_stall()
        with_robot(place, outside)
        order = placed(place)
    rung(0)
    assert [one["text"]["content"] for one in outside.said] == [
        f"{place.merchant.name_zh}有新订单 {order.number}，请来看看、接单。"
        f" http://localhost/workbench/{place.merchant.id}/board"
    ]
    rung(2.9)
    assert texts == []
    rung(3)
    (text,) = texts
    assert text.to == PHONE
    assert text.text.startswith(f"Order {order.number} still waits for you to accept it · 邻里 (")
    rung(9.9)
    assert waiting() == []
    rung(10)
    rung(30)
    (call,) = waiting()
    assert (call.about_kind, call.about_id) == ("order", order.id)
    assert len(outside.said) == len(texts) == 1


def test_no_text_or_line_names_the_buyer(at: At, outside: Service, texts: list[Any]) -> None:
    with at(NOON):
        place = a_stall()
        with_robot(place, outside)
        placed(place)
    for minutes in (0, 3, 10):
        rung(minutes)
    words = str(outside.said) + str([one.text for one in texts])
    assert "王梅" not in words
    assert "1234" not in words


def test_it_ends_at_once_when_the_shop_accepts(at: At, texts: list[Any]) -> None:
    with at(NOON):
        place = a_stall()
        order = placed(place)
    rung(0)
    with at(NOON + timedelta(minutes=2)), transaction():
        preparation.accept(place.keeper, order.id, at=clock.now())
    assert alarm().how is AlarmEnd.MOVED
    for minutes in (3, 10, 60):
        rung(minutes)
    assert texts == []
    assert waiting() == []


def test_it_ends_when_somebody_of_the_shop_opens_the_board(
    app: Flask, at: At, texts: list[Any]
) -> None:
    with at(NOON):
        place = a_stall()
        placed(place)
    with at(NOON + timedelta(minutes=1)):
        keeper = Visitor.signed_in(app, place.owner.id)
        keeper.visit(f"/workbench/{place.merchant.id}/board")
        flush_seen()
    assert alarm().how is AlarmEnd.SEEN
    rung(10)
    assert texts == []


def test_a_board_that_redraws_itself_proves_nobody_there(
    app: Flask, at: At, texts: list[Any]
) -> None:
    with at(NOON):
        place = a_stall()
        keeper = Visitor.signed_in(app, place.owner.id)
        keeper.visit(f"/workbench/{place.merchant.id}/board")
        placed(place)
    with at(NOON + timedelta(minutes=1)):
        keeper.get(f"/workbench/{place.merchant.id}/board/live")
        flush_seen()
    rung(3)
    assert len(texts) == 1


def test_opening_one_order_ends_its_alarm_and_no_other(app: Flask, at: At) -> None:
    with at(NOON):
        place = a_stall()
        first, second = placed(place, 1), placed(place, 1)
        keeper = Visitor.signed_in(app, place.owner.id)
        keeper.visit(f"/workbench/{place.merchant.id}/orders/{second.id}")
        flush_seen()
    db.session.rollback()
    rows = {row.order_id: row.how for row in db.session.scalars(db.select(OrderAlarm))}
    assert rows == {first.id: None, second.id: AlarmEnd.SEEN}


def test_a_cancelled_order_takes_its_call_off_the_list(at: At) -> None:
    with at(NOON):
        place = a_stall()
        order = placed(place)
    for minutes in (0, 3, 10):
        rung(minutes)
    assert len(waiting()) == 1
    with at(NOON + timedelta(minutes=11)), transaction():
        endings.cancel(place.customer, order.id, at=clock.now())
    assert waiting() == []


def test_a_site_that_was_down_does_each_step_late_and_once(
    at: At, outside: Service, texts: list[Any]
) -> None:
    with at(NOON):
        place = a_stall()
        with_robot(place, outside)
        placed(place)
    rung(90)
    assert (len(outside.said), len(texts)) == (1, 0)
    rung(92)
    assert len(texts) == 0
    rung(93)
    assert (len(outside.said), len(texts), len(waiting())) == (1, 1, 0)
    rung(100)
    rung(500)
    assert (len(outside.said), len(texts), len(waiting())) == (1, 1, 1)


def test_two_workers_take_one_step_once(at: At, texts: list[Any]) -> None:
    with at(NOON):
        placed(a_stall())
    rung(0)
    with at(NOON + timedelta(minutes=3)):
        for _ in range(4):
            ring(clock.now())
        run_all()
    assert len(texts) == 1


def test_a_shop_that_is_shut_is_told_in_the_morning(at: At, texts: list[Any]) -> None:
    night = NOON.replace(hour=15)  # 23:00 in the town
    with at(NOON.replace(hour=2)):
        open_all_night = a_stall()
        owner = accounts.person("小周", phone="+8613800138001")
        merchant = shop(owner=owner, opening_hours="Mo-Su 09:00-18:00")
        shut = Stall(
            merchant, goods(merchant), point(merchant, capacity=9), owner, accounts.person("丙")
        )
    with at(night):
        placed(open_all_night)
        placed(shut, slot=12)
        ring(clock.now())
    with at(night + timedelta(minutes=5)):
        ring(clock.now())
        run_all()
        assert [one.to for one in texts] == [PHONE]
    with at(datetime(2026, 11, 22, 0, 0, tzinfo=night.tzinfo)):
        ring(clock.now())
        ring(clock.now())
    with at(datetime(2026, 11, 22, 0, 3, tzinfo=night.tzinfo)):
        ring(clock.now())
        ring(clock.now())
        run_all()
    assert [one.to for one in texts] == [PHONE, "+8613800138001"]


def test_what_the_shop_wrote_down_itself_rings_nobody(at: At) -> None:
    with at(NOON):
        place = a_stall()
        placed(place, actor=place.keeper)
    db.session.rollback()
    assert db.session.scalars(db.select(OrderAlarm)).all() == []


def test_the_days_budget_stops_the_texts_and_not_the_call(
    app: Flask, at: At, texts: list[Any]
) -> None:
    with at(NOON):
        operator = accounts.viewer(accounts.person(language="en", roles=("operator",)))
        with transaction():
            set_town_reach(
                operator,
                quiet=Quiet(),
                waits={},
                alarm_sms=3,
                alarm_desk=10,
                sms_budget=1,
                at=clock.now(),
            )
        place = a_stall()
        placed(place, 1)
        placed(place, 1)
    for minutes in (0, 3, 10):
        rung(minutes)
    assert len(texts) == 1
    assert len(waiting()) == 2
    with at(NOON + timedelta(minutes=11)):
        desk = Visitor.signed_in(app, operator.id or 0)
        assert "1 text message was not sent today" in desk.visit("/operator/calls")
        assert "1 of 1 used today" in desk.visit("/operator/reach")


def test_the_operator_sets_the_minutes(at: At, texts: list[Any]) -> None:
    with at(NOON):
        operator = accounts.viewer(accounts.person(language="en", roles=("operator",)))
        with transaction():
            set_town_reach(
                operator,
                quiet=Quiet(),
                waits={},
                alarm_sms=1,
                alarm_desk=2,
                sms_budget=9,
                at=clock.now(),
            )
        placed(a_stall())
    rung(0)
    rung(1)
    assert len(texts) == 1
    rung(2)
    assert len(waiting()) == 1


def test_a_storm_of_orders_waits_for_the_robots_next_minute(at: At, outside: Service) -> None:
    with at(NOON):
        place = a_stall(stock=40, capacity=40)
        with_robot(place, outside)
        for _ in range(17):
            placed(place, 1)
    rung(0)
    assert len(outside.said) == 15
    rung(1)
    assert len(outside.said) == 17


def test_a_dingtalk_robot_is_signed(at: At, outside: Service) -> None:
    with at(NOON):
        place = a_stall()
        with_robot(place, outside, RobotKind.DINGTALK, "SECabc")
        placed(place)
    rung(0)
    asked = parse_qs(urlsplit(outside.posts[0][0]).query)
    stamp = asked["timestamp"][0]
    words = f"{stamp}\nSECabc".encode()
    sign = base64.b64encode(hmac.new(b"SECabc", words, hashlib.sha256).digest()).decode()
    assert asked["sign"] == [sign]
    assert int(stamp) == int(NOON.timestamp() * 1000)


def test_a_feishu_robot_is_signed_its_own_way(at: At, outside: Service) -> None:
    with at(NOON):
        place = a_stall()
        with_robot(place, outside, RobotKind.FEISHU, "abc")
        outside.answer = {"code": 0, "msg": "success"}
        placed(place)
    rung(0)
    (said,) = outside.said
    key = f"{said['timestamp']}\nabc".encode()
    assert said["sign"] == base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()
    assert said["msg_type"] == "text"


def test_the_order_itself_is_untouched_by_its_alarm(at: At) -> None:
    with at(NOON):
        order = placed(a_stall())
    for minutes in (0, 3, 10):
        rung(minutes)
    found = db.session.get(Order, order.id, populate_existing=True)
    assert found is not None
    assert found.version == order.version
