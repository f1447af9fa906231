"""Who orders in a shop, how the shop does, and both as files."""

import csv
import io
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.accounts.types import Language
from app.core import clock
from app.core.db import db, transaction
from app.orders.jobs import count_nearby
from app.orders.models import CustomerNote, Order
from app.orders.queries.customers import customers_of
from app.orders.queries.figures import figures_by
from app.orders.services.leaving import forget_contacts
from app.orders.types.customers import CustomerSort, CustomerView, Span
from tests.factories import orders
from tests.factories.accounts import person, viewer
from tests.factories.merchants import shop
from tests.factories.places import neighbourhood


@pytest.fixture
def place(app):
    with clock.travel(orders.NOON):
        yield orders.stall(stock=200, capacity=40)


@pytest.fixture
def boss(place, sign_in):
    return sign_in(place.owner)


def base(place) -> str:
    return f"/workbench/{place.merchant.id}"


def bought(place, name: str, times: int = 1) -> Order:
    buyer = person(name)
    made = [orders.accepted(place, 1, actor=viewer(buyer)) for _ in range(times)]
    with transaction():
        theirs = sa.update(Order).where(Order.person_id == buyer.id)
        db.session.execute(theirs.values(contact_name=name))
    return made[0]


def listed(place, **chosen) -> list[tuple[str, int]]:
    asked = {"view": CustomerView.ALL, "sort": CustomerSort.LAST, "words": "", "after": None}
    page = customers_of(place.merchant.id, at=clock.now(), **asked | chosen)
    return [(row.name, row.orders) for row in page.rows]


def table(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_a_shop_sees_who_ordered_there_how_often_and_for_how_much(place, boss) -> None:
    bought(place, "苏棠", 2)
    bought(place, "王梅")
    page = boss.visit(f"{base(place)}/customers")
    assert "苏棠" in page
    assert "王梅" in page
    assert listed(place) == [("王梅", 1), ("苏棠", 2)]
    assert listed(place, sort=CustomerSort.ORDERS) == [("苏棠", 2), ("王梅", 1)]
    assert listed(place, view=CustomerView.RETURNING) == [("苏棠", 2)]
    assert listed(place, view=CustomerView.ONCE, words="王") == [("王梅", 1)]
    assert listed(place, view=CustomerView.AWAY) == []
    with clock.travel(orders.NOON + timedelta(days=61)):
        assert len(listed(place, view=CustomerView.AWAY)) == 2
    assert "Nobody fits" in boss.visit(f"{base(place)}/customers?q=%00nobody&view=odd&after=x~y")


def test_a_note_is_kept_for_the_customer_and_nobody_else_of_the_shop_reads_it(
    place, boss, sign_in
) -> None:
    order = bought(place, "苏棠", 2)
    url = f"{base(place)}/customers/{order.id}"
    page = boss.follow(boss.post(url, {"text": "不要坚果"}, status=303))
    assert "不要坚果" in page
    assert listed(place, view=CustomerView.NOTED) == [("苏棠", 2)]
    clerk = person("店员", staff_of={place.merchant.id: "clerk"})
    rival = shop("别家", owner=person("对手"))
    assert sign_in(clerk).get(url).status == 403
    assert sign_in(person("别人")).get(url).status == 403
    assert boss.get(f"/workbench/{rival.id}/customers/{order.id}").status == 403
    assert boss.get(f"{base(place)}/customers/999999").status == 404
    boss.post(url, {"text": ""}, status=303)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CustomerNote)) == 0


def test_a_note_goes_when_the_contact_on_the_orders_goes(place, boss) -> None:
    order = bought(place, "苏棠")
    boss.post(f"{base(place)}/customers/{order.id}", {"text": "按两次门铃"}, status=303)
    with transaction():
        db.session.execute(sa.update(Order).values(over_at=clock.now()))
    with transaction():
        forget_contacts(clock.now() + timedelta(days=1))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CustomerNote)) == 0
    assert listed(place) == []


def test_files_give_customers_orders_and_lines_and_no_program_takes_a_name_for_a_formula(
    place, boss
) -> None:
    bought(place, "=SUM(A1)", 2)
    bought(place, "王梅")
    customers = table(boss.get(f"{base(place)}/customers.csv"))
    assert [row[:2] for row in customers[1:]] == [["王梅", "1"], ["'=SUM(A1)", "2"]]
    assert not any("@" in cell or "138" in cell for row in customers for cell in row)
    found = table(boss.get(f"{base(place)}/orders.csv"))
    assert [row[3] for row in found[1:]] == ["王梅", "'=SUM(A1)", "'=SUM(A1)"]
    lines = table(boss.get(f"{base(place)}/lines.csv"))
    assert len(lines) == 4
    assert [row[5] for row in lines[1:]] == ["1", "1", "1"]


def test_figures_are_plain_counts_and_too_few_say_nothing(place, boss) -> None:
    bought(place, "苏棠", 2)
    few = figures_by(place.merchant.id, Span.WEEK, at=clock.now())
    assert (few.orders, few.came_back.part, few.came_back.whole) == (2, 1, 1)
    assert few.came_back.percent is None
    assert "Too few to say" in boss.visit(f"{base(place)}/figures")
    for number in range(4):
        bought(place, f"邻居{number}")
    many = figures_by(place.merchant.id, Span.DAY, at=clock.now() + timedelta(minutes=1))
    assert (many.came_back.part, many.came_back.whole, many.came_back.percent) == (1, 5, 20)
    assert many.orders == sum(one.orders for one in many.buckets) == 6
    assert len(many.buckets) == 14
    for by in ("day", "week", "month", "odd"):
        assert "<caption>" in boss.visit(f"{base(place)}/figures?by={by}").text


def test_a_customer_of_before_who_comes_again_has_come_back(place) -> None:
    order = bought(place, "苏棠")
    with transaction():
        long_ago = orders.NOON - timedelta(days=300)
        db.session.execute(sa.update(Order).values(placed_at=long_ago))
    buyer = db.session.get(Order, order.id).person_id
    orders.placed(place, 1, actor=viewer(buyer))
    found = figures_by(place.merchant.id, Span.WEEK, at=clock.now() + timedelta(minutes=1))
    assert (found.orders, found.came_back.part, found.came_back.whole) == (1, 1, 1)


def test_keys_are_listed_for_who_works_with_a_keyboard(place, boss) -> None:
    page = boss.visit(f"{base(place)}/")
    assert 'data-key="b"' in page.text
    assert "By keyboard" in page


def test_people_near_you_is_told_from_five_people_on_and_not_to_who_wants_none(
    place, sign_in
) -> None:
    home = neighbourhood()
    people = [person(f"邻居{n}", neighbourhood_id=home.id) for n in range(5)]
    me = person("苏棠", neighbourhood_id=home.id, language=Language.ENGLISH)
    for each in people[:4]:
        orders.accepted(place, 1, actor=viewer(each))
    orders.accepted(place, 2, actor=viewer(people[0]))
    count_nearby(clock.now())
    mine = sign_in(me)
    url = "/merchants/ordered-nearby"
    assert "Too few orders" in mine.visit(url), "four people, one of them twice"
    orders.accepted(place, 1, actor=viewer(people[4]))
    count_nearby(clock.now())
    assert "· 5 people" in mine.visit(url)
    mine.post(url, {"out": "1"}, status=303)
    assert "· 5 people" not in mine.visit(url)
    mine.post(url, {"out": "0"}, status=303)
    assert "in which neighbourhood" in sign_in(person("Nowhere", language="en")).visit(url)
    sign_in(people[4]).post(url, {"out": "1"}, status=303)
    count_nearby(clock.now())
    assert "· 5 people" not in mine.visit(url), "who is left out is not counted"
