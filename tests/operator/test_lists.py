"""The desk's lists: found by words, narrowed, sorted, and read on without losing a row."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.core.db import transaction
from app.merchants.queries.keeping import shops_of_desk
from app.merchants.types import MerchantState
from app.settlement.services.bills import close_week
from tests.factories.accounts import person
from tests.factories.forum import a_board, a_neighbour, a_thread
from tests.factories.merchants import shop
from tests.factories.settlement import sale
from tests.visitor import Visitor

NOON = datetime(2026, 11, 10, 4, tzinfo=UTC)


@pytest.fixture
def desk(app: Any, sign_in: Any) -> Visitor:
    visitor: Visitor = sign_in(person("Lin", roles=("operator",), language="en"))
    return visitor


def test_shops_are_found_by_name_and_sorted_three_ways(desk: Visitor) -> None:
    for name in ("丙 C", "甲 A", "乙~B"):
        shop(name, name_en="")

    def order(url: str) -> list[str]:
        return re.findall("丙 C|甲 A|乙~B", desk.visit(f"/operator/merchants{url}").text)

    assert order("") == ["乙~B", "甲 A", "丙 C"]
    assert order("?sort=old") == ["丙 C", "甲 A", "乙~B"]
    assert order("?sort=name") == sorted(order(""))
    assert order("?q=甲&sort=name") == ["甲 A"]
    nothing = desk.visit("/operator/merchants?q=nobody%00&state=active")
    assert "No shop by that name." in nothing
    assert nothing.field("q") == "nobody"
    assert nothing.forms("/operator/merchants")[0]["state"] == "active"


@pytest.mark.parametrize("sort", ["new", "old", "name"])
def test_every_shop_stands_on_one_page_of_the_desk(app: Any, sort: str) -> None:
    made = {shop(f"{number % 7}~{number}").id for number in range(53)}
    first = shops_of_desk(MerchantState.ACTIVE, sort=sort)
    second = shops_of_desk(MerchantState.ACTIVE, sort=sort, after=first.next_key)
    ids = [row.id for page in (first, second) for row in page.rows]
    assert len(ids) == len(set(ids)) == 53
    assert set(ids) == made
    assert second.next_key is None


def test_a_role_is_given_only_once_it_is_chosen(desk: Visitor) -> None:
    url = f"/operator/people/{person('Mo').id}"
    form = desk.visit(url).forms("/roles")[0]
    assert form["role"] == ""
    refused = desk.post(f"{url}/roles", form | {"reason": "helps"}, status=422)
    assert refused.field("reason") == "helps"
    desk.post(f"{url}/roles", form | {"role": "planner", "reason": "helps"}, status=303)


def test_people_are_turned_round_and_narrowed_by_how_they_stand(desk: Visitor) -> None:
    first, last = person("Ann Older"), person("Bea Newer")
    form = desk.visit(f"/operator/people/{last.id}").forms("/sanctions")[0]
    desk.post(f"/operator/people/{last.id}/sanctions", form | {"reason": "spam"}, status=303)

    def order(url: str) -> list[str]:
        found = re.findall("Ann Older|Bea Newer", desk.visit(f"/operator/people{url}").text)
        return list(dict.fromkeys(found))

    assert order("") == ["Bea Newer", "Ann Older"]
    assert order("?sort=old") == ["Ann Older", "Bea Newer"]
    assert order("?state=stopped") == ["Bea Newer"]
    assert "Nobody here." in desk.visit("/operator/people?state=closed")
    assert order("?q=Ann") == [first.name]


def test_waiting_threads_are_narrowed_by_board_and_turned_round(desk: Visitor) -> None:
    one, two = a_board("Repairs"), a_board("Swaps")
    for board, title in ((one, "Where is the tap"), (two, "Who wants a chair")):
        a_thread(board, a_neighbour(), title=title)

    def order(url: str) -> list[str]:
        return re.findall("Where is the tap|Who wants a chair", desk.visit(url).text)

    assert order("/operator/duty") == ["Where is the tap", "Who wants a chair"]
    assert order("/operator/duty?sort=newest") == ["Who wants a chair", "Where is the tap"]
    assert order(f"/operator/duty?board={two.id}") == ["Who wants a chair"]
    assert len(order("/operator/duty?board=999999")) == 2


def test_words_are_narrowed_by_what_they_do(desk: Visitor) -> None:
    form = desk.visit("/operator/words").forms("/operator/words")[-1]
    desk.post("/operator/words", form | {"words": "badword", "outcome": "mask"}, status=303)
    assert "badword" in desk.visit("/operator/words?does=mask")
    page = desk.visit("/operator/words?does=refuse&q=bad")
    assert "No word fits." in page
    assert "<td>badword" not in page.text


def test_bills_are_found_by_shop_and_turned_round(desk: Visitor) -> None:
    for name in ("Oak Bakery", "Elm Bakery"):
        merchant = shop(name, name_en="", owner=person(name))
        sale(merchant.id, 20000, at=NOON)
        with transaction():
            close_week(merchant.id, date(2026, 11, 9), at=datetime(2026, 11, 16, tzinfo=UTC))

    def order(url: str) -> list[str]:
        return re.findall("Oak Bakery|Elm Bakery", desk.visit(f"/operator/bills{url}").text)

    assert order("") == order("?sort=old")[::-1]
    assert order("?q=oak") == ["Oak Bakery"]
    page = desk.visit("/operator/bills?q=nobody&state=late")
    assert "No bill fits." in page
    assert page.forms("/operator/bills")[0]["state"] == "late"
