"""Three first minutes on a phone: how few pages, touches and fields each life takes."""

from tests.journeys.conftest import OpenPage
from tools import live, lives
from tools.shop import open_bare_shop


def test_a_resident_joins_with_three_fields_and_orders_with_six_touches(
    open_page: OpenPage,
) -> None:
    walk = lives.Walk(open_page("/", language="zh"))
    lives.sign_up(walk)
    assert walk.fields == 3
    assert walk.pages <= 4
    order = lives.Walk(walk.page)
    lives.first_order(order)
    assert "/orders/" in order.page.url
    assert order.taps <= 6
    assert order.fields <= 1
    assert walk.seconds + order.seconds < 300


def test_a_merchant_has_a_first_thing_on_sale_within_two_minutes(
    open_page: OpenPage, town: live.Site
) -> None:
    shop_id, owner = open_bare_shop(town, "Noodles", "Mo-Su 00:00-23:30")
    walk = lives.Walk(open_page("/", language="zh", token=owner))
    lives.merchant(walk, shop_id)
    assert walk.page.locator("button[form=order]").count() == 1
    assert walk.fields == 2
    assert walk.seconds < 120
