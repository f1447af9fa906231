"""A town may let only those write whose number is proven; the refusal leads to the proof."""

from flask import Flask

from app.accounts import queries
from app.accounts.services import writing
from app.core import clock
from app.core.db import transaction
from tests.factories.accounts import person
from tests.factories.forum import a_board
from tests.visitor import Visitor

WORDS = {"title": "Where to buy a lamp", "body": "The one on the corner closed."}


def switch(app: Flask, status: int = 303, **more: str) -> None:
    boss = Visitor.signed_in(app, person(roles=("operator",), language="en").id)
    boss.visit("/operator/getting-in")
    boss.post("/operator/getting-in/writing", {"reason": "spam from abroad", **more}, status=status)


def post(app: Flask, who: int, board_id: int) -> int:
    browser = Visitor.signed_in(app, who)
    page = browser.visit(f"/forum/boards/{board_id}/new")
    form = page.forms("/new")[0]
    return browser.post(f"/forum/boards/{board_id}/new", {**form, **WORDS}).status


def test_only_proven_numbers_write_where_the_switch_is_on(app: Flask) -> None:
    place = a_board()
    unproven = person(language="en")
    proven = person(phone="13800138000")
    with transaction():
        queries.user(proven.id).phone_proven_at = clock.now()
    helper = person(roles=("moderator",))
    assert post(app, unproven.id, place.id) == 303
    switch(app, needs_number="y")
    assert writing.needs_number()
    assert post(app, unproven.id, place.id) == 403
    assert post(app, proven.id, place.id) == 303
    assert post(app, helper.id, place.id) == 303
    switch(app)
    assert post(app, unproven.id, place.id) == 303


def test_the_refusal_says_why_and_leads_to_the_proof(app: Flask) -> None:
    place = a_board()
    switch(app, needs_number="y")
    browser = Visitor.signed_in(app, person(language="en").id)
    form = browser.visit(f"/forum/boards/{place.id}/new").forms("/new")[0]
    page = browser.post(f"/forum/boards/{place.id}/new", {**form, **WORDS}, status=403)
    assert "proven phone number" in page
    assert 'href="/me/settings/phone"' in page.text


def test_only_an_operator_turns_the_switch_and_says_why(app: Flask) -> None:
    neighbour = Visitor.signed_in(app, person().id)
    neighbour.post("/operator/getting-in/writing", {"reason": "x"}, status=403)
    helper = Visitor.signed_in(app, person(roles=("moderator",)).id)
    assert helper.get("/operator/getting-in").status == 200
    helper.post("/operator/getting-in/writing", {"reason": "x", "needs_number": "y"}, status=403)
    switch(app, status=422, reason="")
    assert not writing.needs_number()
