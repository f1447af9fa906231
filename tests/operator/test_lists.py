"""The desk's lists: found by words, narrowed, sorted, and read on without losing a row."""

import re
from typing import Any

import pytest

from app.merchants.queries.keeping import shops_of_desk
from app.merchants.types import MerchantState
from tests.factories.accounts import person
from tests.factories.merchants import shop
from tests.visitor import Visitor


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
