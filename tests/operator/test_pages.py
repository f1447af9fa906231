"""The operator's desk through the front door: every page, every act, and who may not."""

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import clock
from app.core.activity.types import privileged_verbs
from app.core.db import db, transaction
from app.merchants.models import Merchant, MerchantTerms
from app.merchants.types import MerchantState
from app.moderation import services as moderation
from app.moderation.types import Decision, ReportReason, Rule
from app.operator.types import VERB_WORDS
from app.settlement.models import Bill
from app.settlement.services.bills import close_week
from tests.factories.accounts import person
from tests.factories.forum import a_board, a_neighbour, a_thread
from tests.factories.merchants import shop
from tests.factories.settlement import sale
from tests.sizes import naughty_strings
from tests.visitor import Visitor

PAGES = [
    "/operator/", "/operator/duty", "/operator/orders", "/operator/people", "/operator/review",
    "/operator/words", "/operator/bills", "/operator/merchants", "/operator/terms",
    "/operator/boards", "/operator/boards/new", "/operator/categories", "/operator/categories/0",
    "/operator/neighbourhoods", "/operator/neighbourhoods/0", "/operator/points",
    "/operator/town", "/operator/charter", "/operator/neighbourhoods/list",
    "/operator/points/0", "/operator/audit", "/operator/health",
]  # fmt: skip
NOON = datetime(2026, 11, 10, 4, tzinfo=UTC)


@pytest.fixture
def desk(app: Flask, sign_in: Any) -> Visitor:
    """Return an operator at the desk."""
    visitor: Visitor = sign_in(person("Lin", roles=("operator",), language="en"))
    return visitor


@pytest.mark.parametrize("url", PAGES)
def test_each_page_is_for_operators_only(app: Flask, desk: Visitor, sign_in: Any, url: str) -> None:
    desk.visit(url)
    assert sign_in(person()).get(url).status == 403
    assert Visitor(app).get(url).location.startswith("/me/sign-in")


def test_the_trail_has_words_for_every_deed_by_office(app: Flask) -> None:
    ours = {verb for verb in privileged_verbs() if not verb.startswith("test.")}
    assert ours - set(VERB_WORDS) == set()


def test_a_role_is_given_and_taken_with_a_reason_and_stands_in_the_trail(
    app: Flask, desk: Visitor
) -> None:
    somebody = person("Zhao")
    url = f"/operator/people/{somebody.id}"
    form = desk.visit(url).forms("/roles")[-1]
    assert "fill this in" in desk.post(f"{url}/roles", form | {"reason": ""}, status=422).text
    desk.follow(
        desk.post(f"{url}/roles", form | {"role": "moderator", "reason": "helps"}, status=303)
    )
    page = desk.visit(url)
    assert "helps" in page
    take = next(
        form for form in desk.visit(url).tree.iter("form") if "/take" in form.get("action", "")
    )
    desk.post(take.get("action") or "", {"reason": "moved away"}, status=303)
    trail = desk.visit("/operator/audit")
    assert "helps" in trail
    assert "moved away" in trail


def test_a_form_that_is_refused_keeps_what_was_typed(app: Flask, desk: Visitor) -> None:
    form = desk.visit("/operator/boards/new").forms("/boards/new")[0]
    page = desk.post("/operator/boards/new", form | {"name": "新版块", "promise": ""}, status=422)
    assert page.field("name") == "新版块"
    wrong = form | {"name": "新版块", "promise": "有问必答"}
    wrong |= {"leader": "Nobody at all"}
    assert "Nobody by that name" in desk.post("/operator/boards/new", wrong, status=422).text
    desk.follow(desk.post("/operator/boards/new", wrong | {"leader": "Lin"}, status=303))
    assert "新版块" in desk.visit("/operator/boards")


def test_the_same_form_sent_twice_makes_one_board(app: Flask, desk: Visitor) -> None:
    form = desk.visit("/operator/boards/new").forms("/boards/new")[0]
    filled = form | {"name": "一次", "promise": "只有一个"}
    for _ in range(3):
        assert desk.post("/operator/boards/new", filled).status == 303
    assert desk.visit("/operator/boards").text.count("只有一个") == 1


def test_a_shop_that_applied_is_approved_and_may_be_suspended(app: Flask, desk: Visitor) -> None:
    merchant = shop()
    with transaction():
        db.session.execute(sa.update(Merchant).values(state=MerchantState.APPLIED))
    desk.post(f"/operator/merchants/{merchant.id}/approve", status=303)
    assert desk.post(f"/operator/merchants/{merchant.id}/suspend", {"reason": ""}).status == 422
    desk.post(f"/operator/merchants/{merchant.id}/suspend", {"reason": "no licence"}, status=303)
    states = sa.select(Merchant.state).where(Merchant.id == merchant.id)
    assert db.session.scalar(states) == MerchantState.SUSPENDED
    assert desk.post(f"/operator/merchants/{merchant.id}/approve").status == 409


def test_a_new_rate_counts_from_now_and_a_bad_one_is_refused(app: Flask, desk: Visitor) -> None:
    form = desk.visit("/operator/terms").forms("/terms")[0]
    desk.post("/operator/terms", form | {"percent": "5.005"}, status=422)
    desk.post("/operator/terms", form | {"percent": "5.5", "valid_from": "2020-01-01"}, status=422)
    desk.follow(desk.post("/operator/terms", form | {"percent": "5.5"}, status=303))
    assert db.session.scalar(sa.select(MerchantTerms.commission_bp)) == 550


def test_a_yearly_fee_takes_the_commissions_place(app: Flask, desk: Visitor) -> None:
    form = desk.visit("/operator/terms").forms("/terms")[0] | {"way": "fee"}
    for odd in ("", "0", "-3", "1.005", "nan"):
        answer = desk.post("/operator/terms", form | {"fee": odd}, status=422)
        assert f'value="{odd}"' in answer.text or not odd, odd
    page = desk.follow(desk.post("/operator/terms", form | {"fee": "600", "percent": "5"}))
    assert "¥600 a year, nothing on orders" in page
    row = db.session.execute(sa.select(MerchantTerms.commission_bp, MerchantTerms.yearly_fee_minor))
    assert row.one() == (0, 60000)


def test_a_neighbourhood_needs_an_outline_of_degrees(app: Flask, desk: Visitor) -> None:
    url = "/operator/neighbourhoods/0"
    filled = desk.visit(url).forms("/neighbourhoods/0")[0] | {
        "name": "河滨", "slug": "riverside", "lat": "30.76", "lng": "103.98",
    }  # fmt: skip
    assert "no pair" in desk.post(url, filled | {"polygon": "30.1;103"}, status=422).text
    outline = "30.75, 103.97\n30.77, 103.97\n30.77, 103.99"
    desk.follow(desk.post(url, filled | {"polygon": outline}, status=303))
    assert "30.77, 103.99" in desk.visit("/operator/neighbourhoods/1")


def test_short_names_are_plain_and_names_are_had_once(app: Flask, desk: Visitor) -> None:
    url = "/operator/categories/0"
    trade = {
        "slug": "corner-bakery", "name_zh": "面包点心铺", "name_en": "Corner bakery",
        "drawing": "bakery",
    }  # fmt: skip
    filled = desk.visit(url).forms("/categories/0")[0] | trade
    for slug in ("Bad Slug!", "-a", "a--b", "面包", "a_b"):
        assert "corner-bakery" in desk.post(url, filled | {"slug": slug}, status=422).text
    desk.follow(desk.post(url, filled, status=303))
    again = desk.visit(url).forms("/categories/0")[0] | trade | {"slug": "other"}
    assert "has this name" in desk.post(url, again, status=422).text
    places = "/operator/neighbourhoods/0"
    values = {"name": "河滨", "slug": "riverside", "lat": "30.76", "lng": "103.98"}
    place = desk.visit(places).forms("/neighbourhoods/0")[0] | values
    desk.post(places, place | {"slug": "River Side"}, status=422)
    desk.follow(desk.post(places, place, status=303))
    fresh = desk.visit(places).forms("/neighbourhoods/0")[0] | values | {"slug": "riverside-2"}
    assert "has this name" in desk.post(places, fresh, status=422).text


def test_a_refusal_says_what_it_is_and_what_to_do(app: Flask, sign_in: Any) -> None:
    neighbour = sign_in(person(language="en"))
    closed = neighbour.get("/operator/")
    assert closed.status == 403
    assert "This is not for you" in closed.text
    assert "run this town" in closed.text
    lost = neighbour.get("/nowhere")
    assert lost.status == 404
    assert lost.forms("/search")


def test_a_bill_is_paid_in_parts_and_a_wrong_receipt_taken_back(app: Flask, desk: Visitor) -> None:
    merchant = shop(owner=(owner := person("Owner")))
    sale(merchant.id, 20000, at=NOON)
    with transaction():
        bill = close_week(merchant.id, date(2026, 11, 9), at=datetime(2026, 11, 16, tzinfo=UTC))
    url = f"/operator/bills/{bill.id}"
    form = desk.visit(url).forms("/receipts")[0]
    assert form["amount"] == "10.00"
    desk.post(f"{url}/receipts", form | {"amount": "10.001"}, status=422)
    assert desk.post(f"{url}/receipts", form | {"amount": "11"}).status == 409
    desk.follow(
        desk.post(f"{url}/receipts", form | {"amount": "4", "reference": "W46"}, status=303)
    )
    kept = sa.select(Bill.paid_minor).where(Bill.id == bill.id)
    assert db.session.scalar(kept) == 400
    desk.post(f"{url}/receipts/1/take-back", {"reason": "wrong shop"}, status=303)
    assert db.session.scalar(kept) == 0
    assert "loaf" not in desk.get(f"{url}.csv").text
    shown = Visitor.signed_in(app, owner.id).visit(f"/workbench/{merchant.id}/bills/{bill.id}")
    assert "¥200.00" in shown
    stranger = Visitor.signed_in(app, person().id)
    assert stranger.get(f"/workbench/{merchant.id}/bills/{bill.id}").status in {403, 404}


@pytest.mark.parametrize("number", ["9" * 10, "9" * 20, "9" * 400, "-1", "one", "%00", ""])
def test_a_number_that_is_none_in_an_address_narrows_nothing(desk: Visitor, number: str) -> None:
    desk.visit(f"/operator/audit?person={number}&days={number}&after={number}")
    desk.visit(f"/operator/terms?shop={number}")
    desk.visit(f"/operator/people?q={number}&after={number}")
    desk.visit(f"/operator/words?q={number}")


def texts_of(form: Any) -> list[str]:
    """Return the names of a form's fields that take any text."""
    typed = [node for node in form.iter("input") if node.get("type") in {None, "text", "search"}]
    return [str(node.get("name")) for node in [*typed, *form.iter("textarea")] if node.get("name")]


@pytest.mark.sized
@pytest.mark.timeout(600)
def test_naughty_strings_are_kept_as_typed_or_refused_at_the_field(
    desk: Visitor, data_dir: Path
) -> None:
    """Every form of the desk that takes text; a kept one leads on, a refused one is shown again."""
    answers = Counter[int]()
    pages = [*PAGES, f"/operator/people/{person('Zhao').id}"]
    for url in pages:
        page = desk.visit(url)
        for form in page.tree.iter("form"):
            action, fields = form.get("action") or url, texts_of(form)
            if not fields or (form.get("method") or "get") != "post":
                continue
            given = page.forms(action)[0]
            for text in naughty_strings(data_dir, every=29):
                filled = given | dict.fromkeys(fields, text) | {"form_key": token_urlsafe(9)}
                answer = desk.post(action, filled)
                assert answer.status in {303, 409, 422}, f"{action} {text!r}: {answer.status}"
                answers[answer.status] += 1
                if answer.status == 422 and "\x00" not in text:
                    again = {
                        value.strip() for sent in answer.forms(action) for value in sent.values()
                    }
                    assert text.strip() in again, action
    assert answers[303]
    assert answers[422]


def test_the_desk_offers_what_a_report_and_an_answer_need(app: Flask, desk: Visitor) -> None:
    lin, zhao = a_neighbour("林阿姨"), a_neighbour("赵一鸣")
    keeper = a_neighbour("值班", role="moderator")
    thread = a_thread(a_board(), lin)
    with transaction():
        item = moderation.report(
            zhao, "thread", thread.id, reason=ReportReason.RUDE, text="", at=clock.now()
        )
    page = desk.visit("/operator/review")
    assert "It may stay" in page
    assert "Show it" not in page
    with transaction():
        moderation.decide(keeper, item.id, Decision.HIDE, rule=Rule.KIND, at=clock.now())
        moderation.appeal(lin, "thread", thread.id, text="我没骂人", at=clock.now())
    page = desk.visit("/operator/review")
    assert "the author answers · 我没骂人" in page
    assert "Show it" in page
