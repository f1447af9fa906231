"""Group robots: put in, tested, refused, taken away; and never into the private network."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app.core.db import db
from app.notifications.models import Robot
from tests.factories import accounts, merchants
from tests.notifications.outside import Service
from tests.visitor import Visitor

INSIDE = [
    "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1",
    "https://127.0.0.1/send",
    "https://10.0.0.8/send",
    "https://192.168.1.1/send",
    "https://[fe80::1]/send",
    "https://[64:ff9b::7f00:1]/send",
    "https://metadata.internal/send",
    "https://router/send",
    "ftp://example.com/send",
    "https://example.com:22/send",
    "https://a:b@example.com/send",
    "not an address",
]
GOOD = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=secret-1234"


def robots() -> list[Robot]:
    db.session.rollback()
    return list(db.session.scalars(db.select(Robot)))


def a_keeper(app: Flask) -> tuple[Visitor, str]:
    owner = accounts.person(language="en")
    merchant = merchants.shop(owner=owner)
    return Visitor.signed_in(app, owner.id), f"/workbench/{merchant.id}/robot"


def an_operator(app: Flask) -> tuple[Visitor, str]:
    return Visitor.signed_in(
        app, accounts.person(language="en", roles=("operator",)).id
    ), "/operator/robot"


@pytest.mark.parametrize("who", [a_keeper, an_operator])
def test_a_robot_is_put_in_tested_and_taken_away(app: Flask, outside: Service, who: Any) -> None:
    visitor, page = who(app)
    assert "No robot yet" in visitor.visit(page)
    form = visitor.visit(page).forms("/robot")[0]
    sent = form | {"kind": "wecom", "url": f"{outside.url}/send?key=secret-1234"}
    shown = visitor.follow(visitor.post(page, sent, 303))
    assert "It has not spoken yet" in shown
    assert "secret-1" not in shown.text
    outside.answer = {"errcode": 0, "errmsg": "ok"}
    shown = visitor.follow(visitor.post(f"{page}/test", {}, 303))
    assert "It last spoke" in shown
    assert outside.said == [
        {"msgtype": "text", "text": {"content": "This is a test: new orders are told here."}}
    ]
    visitor.follow(visitor.post(f"{page}/remove", {}, 303))
    assert robots() == []


def test_a_refused_test_says_why_in_the_services_words(app: Flask, outside: Service) -> None:
    visitor, page = a_keeper(app)
    visitor.post(page, {"kind": "wecom", "url": f"{outside.url}/send"}, 303)
    outside.answer = {"errcode": 93000, "errmsg": "invalid webhook url"}
    refused = visitor.post(f"{page}/test", {})
    assert refused.status == 409
    assert "invalid webhook url" in refused
    assert "invalid webhook url (93000)" in visitor.visit(page)
    outside.answer = {"errcode": 0}
    assert "It last spoke" in visitor.follow(visitor.post(f"{page}/test", {}, 303))


@pytest.mark.parametrize("url", INSIDE)
def test_a_robot_that_leads_inside_is_refused_and_keeps_what_was_typed(
    app: Flask, url: str
) -> None:
    visitor, page = a_keeper(app)
    refused = visitor.post(page, {"kind": "feishu", "url": url, "secret": "s"}, 422)
    assert "Paste the whole address" in refused
    assert refused.field("url") == url
    assert robots() == []


def test_a_robot_in_the_public_network_is_taken(app: Flask) -> None:
    visitor, page = a_keeper(app)
    visitor.post(page, {"kind": "wecom", "url": GOOD}, 303)
    (row,) = robots()
    assert row.url == GOOD


def test_an_address_that_was_let_in_is_looked_at_again_when_it_is_called(
    app: Flask, outside: Service
) -> None:
    visitor, page = a_keeper(app)
    visitor.post(page, {"kind": "wecom", "url": f"{outside.url}/send"}, 303)
    known = app.extensions["linli_settings"]
    app.extensions["linli_settings"] = replace(known, private_webhooks=False)
    refused = visitor.post(f"{page}/test", {})
    assert refused.status == 409
    assert "does not lead to the public network" in refused
    assert outside.posts == []


def test_only_those_who_run_the_shop_set_its_robot(app: Flask) -> None:
    owner, clerk = accounts.person(), accounts.person()
    merchant = merchants.shop(owner=owner)
    hand = accounts.person(staff_of={merchant.id: "clerk"})
    page = f"/workbench/{merchant.id}/robot"
    for person in (clerk, hand):
        visitor = Visitor.signed_in(app, person.id)
        assert visitor.get(page).status == 403
        assert visitor.post(page, {"kind": "wecom", "url": GOOD}).status == 403
    assert Visitor.signed_in(app, owner.id).get("/operator/robot").status == 403
    assert robots() == []
