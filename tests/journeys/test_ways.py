"""The ways in which neighbours get things and services: brought, together, booked, quoted, cheaper,
replaced, moved; each on a phone, from the page where it begins to its end.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts import services as accounts
from app.accounts.types import Language
from app.core import clock
from app.core.access import SYSTEM, Grant, Viewer
from app.core.db import db, transaction
from app.merchants.models import Variant
from app.merchants.queries.collecting import points_for
from app.merchants.services import delivery, listings
from app.merchants.types import (
    ListingDraft,
    ListingKind,
    PointDraft,
    ResourceDraft,
    ResourceKind,
    SlotRuleDraft,
    VariantDraft,
    ZoneDraft,
)
from app.orders.jobs import carry_out
from app.orders.services.groupbuys import open_group_buy
from app.orders.types.groupbuys import GroupBuyDraft, ItemDraft, Measure, Step
from app.promotions.services import make_promotion
from app.promotions.types import Draft, Form, Kind
from tests.journeys.conftest import OpenPage, press
from tests.journeys.test_sights import faults, too_small, too_wide
from tools import live
from tools.shop import PLACE, Shop, inside, open_shop, place_order

HOUR = timedelta(hours=1)
# From and to in minutes of a day, and how long each time is.
DAYTIME, TO_MIDNIGHT = (0, 1380, 60), (1380, 1440, 5)


@dataclass
class Street:
    """A shop that gets its things to people in every way, and who works and buys there."""

    shop: Shop
    courier: str
    counter_id: int
    crackers_id: int
    cut_id: int
    visit_id: int
    group_buy_id: int

    def bench(self, path: str = "board") -> str:
        return f"/workbench/{self.shop.merchant_id}/{path}"


@pytest.fixture(scope="module")
def street(town: live.Site) -> Street:
    """Write the shop with everything that it offers."""
    shop, at = open_shop(town, stock=500, buyers=8, name="Corner", goods="Oat loaf"), clock.now()
    mine = ("merchant", shop.merchant_id)
    owner = Viewer(grants=frozenset({Grant("owner", *mine)}))

    def offer(name: str, price: int, **more: Any) -> int:
        kind = more.pop("kind", ListingKind.GOODS)
        draft = ListingDraft(kind, name, name, (VariantDraft(price),), **more)
        return listings.open_listing(owner, shop.merchant_id, draft, at=at).id

    def helper(name: str) -> int:
        draft = ResourceDraft(ResourceKind.PERSON, name)
        return listings.save_resource(owner, shop.merchant_id, draft, at=at).id

    def coupon(name: str, listing_id: int, off: int) -> None:
        draft = Draft(
            Kind.COUPON, Form.AMOUNT, name, name, at - HOUR, at + 48 * HOUR,
            merchant_id=shop.merchant_id, listing_id=listing_id, value_minor=off,
        )  # fmt: skip
        make_promotion(owner, draft, at=at)

    with inside(town), transaction():
        # In short times before midnight, so that one of today is left at any hour.
        week = [
            SlotRuleDraft(day, *times, 100) for day in range(7) for times in (DAYTIME, TO_MIDNIGHT)
        ]
        area = PointDraft("Round the corner", lead_minutes=0, rules=tuple(week), delivers=True)
        zone = ZoneDraft(area, radius_metres=2000, fee_minor=300)
        delivery.save_zone(owner, shop.merchant_id, zone, at=at)
        rider = accounts.create_person(
            name="Rider", mail="corner-rider@example.org", language=Language.ENGLISH, at=at
        )
        accounts.give_role(SYSTEM, rider.id, "courier", scope=mine, reason="rides", at=at)
        courier = accounts.start_session(rider.id, user_agent="tools", address="127.0.0.1")
        mei, wu = helper("Mei"), helper("Plumber Wu")
        visit = {"kind": ListingKind.SERVICE, "duration_minutes": 30, "resource_ids": (wu,)}
        visit_id = offer("Plumber comes", 5000, **visit, is_call_out=True)
        cut_id = offer("Haircut", 5000, **visit | {"resource_ids": (mei, wu)})
        crackers_id = offer("Rye crackers", 500)
        together = offer("Mandarins", 500)
        size = db.session.scalars(select(Variant.id).where(Variant.listing_id == together)).one()
        items = (ItemDraft(size, steps=(Step(3, 400),), stock=50),)
        [counter] = points_for([shop.merchant_id])[shop.merchant_id]
        draft = GroupBuyDraft(
            together, at, at + 24 * HOUR, Measure.PIECES, 2, counter.id,
            at + 25 * HOUR, at + 27 * HOUR, items,
        )  # fmt: skip
        group_buy = open_group_buy(owner, shop.merchant_id, draft, at=at)
        coupon("One off", crackers_id, 100)
        coupon("Two off", crackers_id, 200)
        return Street(shop, courier, counter.id, crackers_id, cut_id, visit_id, group_buy.id)


def sound(page: Any) -> None:
    """What a thumb and axe ask of a page."""
    assert [*faults(page), *too_wide(page), *too_small(page, "phone")] == []


def put(page: Any, listing_id: int) -> None:
    page.goto(f"/merchants/listings/{listing_id}")
    press(page, page.get_by_role("button", name="Add to basket"))


def to_checkout(page: Any) -> None:
    page.goto("/orders/basket")
    press(page, page.get_by_role("button", name="Choose a time"))
    page.wait_for_url("**/orders/checkout/*")


def place(page: Any, name: str) -> int:
    """Place what the checkout shows under a name; return the order's id on whose page it ends."""
    page.locator("input[name=name]").fill(name)
    page.locator("input[name=phone]").fill("13900001234")
    press(page, page.get_by_role("button", name="Place the order"))
    found = re.search(r"/orders/(\d+)", page.url)
    assert found, page.url
    return int(found[1])


def book(page: Any, listing_id: int, who: str = "") -> None:
    """Put a service at a time of its own into the basket."""
    page.goto(f"/merchants/listings/{listing_id}")
    if who:
        press(page, page.get_by_role("link", name=who, exact=True))
    choose_time(page)
    press(page, page.locator(".bar button[type=submit], .bar button[form=order]").last)


def choose_time(page: Any, number: int = 40) -> None:
    """Choose one of the free times, hours ahead, so that it may still be changed."""
    page.locator("fieldset details").evaluate_all("folds => folds.forEach(one => one.open = true)")
    page.locator("input[name=time_key]").nth(number).check()


def accept(keeper: Any, street: Street, order_id: int) -> None:
    keeper.goto(street.bench(f"orders/{order_id}"))
    press(keeper, keeper.get_by_role("button", name="Accept", exact=True))


def collect(keeper: Any, street: Street, code: str) -> None:
    """Hand over at the counter, by the code that the buyer shows."""
    keeper.goto(street.bench("counter"))
    keeper.locator("input[name=words]").fill(code)
    press(keeper, keeper.get_by_role("button", name="Find", exact=True))
    press(keeper, keeper.get_by_role("button", name="Took the money, all handed over"))


def title(page: Any) -> str:
    return str(page.locator("h1").inner_text())


def to_pay(page: Any) -> float:
    """Return the sum of the order whose page is open, in yuan."""
    return float(page.locator(".order-page .total .money").first.inner_text().strip("¥"))


def test_an_order_is_brought_to_the_door_for_a_fee_and_given_for_its_code(
    open_page: OpenPage, street: Street
) -> None:
    page = open_page("/me/addresses/new", token=street.shop.tokens[0])
    page.locator("input[name=text]").fill("Willow Lane 7")
    press(page, page.get_by_role("button", name="Keep this"))
    page.wait_for_url("**/pin")
    page.locator("#lat").fill(str(PLACE.lat + 0.001))
    page.locator("#lng").fill(str(PLACE.lng))
    press(page, page.get_by_role("button", name="Put the pin here"))
    put(page, street.shop.listing_id)
    to_checkout(page)
    press(page, page.get_by_role("button", name=re.compile("Bring it: Willow Lane 7 · ¥3")))
    assert "When shall it come?" in page.locator("main").inner_text()
    sound(page)
    page.locator(f"input[name=slot_{street.shop.merchant_id}]:not([disabled])").first.check()
    order_id = place(page, "Door of Willow Lane")
    page.goto(f"/orders/{order_id}")
    assert to_pay(page) == 8
    code = page.locator(".code").inner_text()
    keeper = open_page(street.bench(f"orders/{order_id}"), token=street.shop.owner)
    accept(keeper, street, order_id)
    keeper.goto(street.bench(f"orders/{order_id}"))
    press(keeper, keeper.get_by_role("button", name="All ready"))
    rider = open_page(street.bench("run"), token=street.courier)
    sound(rider)
    rider.get_by_role("link", name=re.compile("Willow Lane 7")).first.click()
    press(rider, rider.get_by_role("button", name="Take it along now"))
    page.goto(f"/orders/{order_id}")
    assert "It is on its way" in title(page)
    rider.goto(street.bench(f"run/{order_id}"))
    sound(rider)
    rider.locator("input[name=code]").fill(code)
    press(rider, rider.get_by_role("button", name="Took ¥8 in cash, handed over"))
    page.goto(f"/orders/{order_id}")
    assert "Delivered" in title(page)
    assert "handed over: Oat loaf" in page.locator(".timeline").inner_text()


def test_a_group_buy_is_joined_reached_shared_out_and_collected_at_the_lower_price(
    open_page: OpenPage, street: Street, town: live.Site
) -> None:
    url = f"/orders/group-buys/{street.group_buy_id}"
    page = open_page(url, token=street.shop.tokens[1])
    assert "from 3 pieces ¥4" in page.locator("main").inner_text()
    sound(page)
    page.locator("#join input[type=number]").fill("3")
    press(page, page.get_by_role("button", name="Join the group-buy"))
    to_checkout(page)
    assert "In a group-buy: collected at Corner counter" in page.locator("main").inner_text()
    order_id = place(page, "Mandarin Neighbour")
    page.goto(f"/orders/{order_id}")
    assert to_pay(page) == 15
    with inside(town):
        carry_out(street.group_buy_id, at=clock.now() + 24 * HOUR)
    page.goto(f"/orders/{order_id}")
    assert to_pay(page) == 12
    assert "the price of the group-buy: ¥3 less" in page.locator(".timeline").inner_text()
    code = page.locator(".code").inner_text()
    keeper = open_page(f"{url}/lead", token=street.shop.owner)
    sound(keeper)
    keeper.once("dialog", lambda dialog: dialog.accept())
    press(keeper, keeper.get_by_role("button", name="Share it out"))
    page.goto(f"/orders/{order_id}")
    assert "Ready to collect" in title(page)
    collect(keeper, street, code)
    page.goto(f"/orders/{order_id}")
    assert title(page) == "Collected"


def test_a_service_is_booked_with_a_person_moved_by_its_buyer_and_done(
    open_page: OpenPage, street: Street
) -> None:
    page = open_page("/", token=street.shop.tokens[2])
    book(page, street.cut_id, "Mei")
    to_checkout(page)
    order_id = place(page, "Haircut Neighbour")
    keeper = open_page("/workbench/", token=street.shop.owner)
    accept(keeper, street, order_id)
    page.goto(f"/orders/{order_id}")
    assert "Your time is booked" in title(page)
    main = page.locator(".lines").first
    assert "Mei" in main.inner_text()
    before = main.locator("time").get_attribute("datetime")
    page.get_by_role("link", name="Another time").click()
    page.wait_for_url("**/time*")
    sound(page)
    choose_time(page, 50)
    press(page, page.get_by_role("button", name="Take this time"))
    page.goto(f"/orders/{order_id}")
    after = page.locator(".lines time").first.get_attribute("datetime")
    assert after != before
    assert "the buyer chose another time" in page.locator(".timeline").inner_text()
    collect(keeper, street, page.locator(".code").inner_text())
    page.goto(f"/orders/{order_id}")
    assert "service done" in page.locator("main").inner_text()


def test_a_plumber_adds_what_it_takes_and_the_buyer_agrees_in_one_tap_and_pays(
    open_page: OpenPage, street: Street
) -> None:
    page = open_page(f"/merchants/listings/{street.visit_id}", token=street.shop.tokens[3])
    assert "This is the fee for coming" in page.locator("main").inner_text()
    book(page, street.visit_id)
    to_checkout(page)
    order_id = place(page, "Dripping Tap")
    page.goto(f"/orders/{order_id}")
    coming = to_pay(page)
    keeper = open_page("/workbench/", token=street.shop.owner)
    accept(keeper, street, order_id)
    keeper.goto(street.bench(f"orders/{order_id}"))
    keeper.get_by_role("link", name="Add work or things").click()
    keeper.wait_for_url("**/propose")
    keeper.locator("input[name=name_0]").fill("New valve")
    keeper.locator("input[name=price_0]").fill("80")
    sound(keeper)
    press(keeper, keeper.get_by_role("button", name="Send to the buyer"))
    page.goto(f"/orders/{order_id}")
    sound(page)
    press(page, page.get_by_role("button", name="Yes, please"))
    assert "New valve" in page.locator(".lines").first.inner_text()
    assert to_pay(page) == coming + 80
    collect(keeper, street, page.locator(".code").inner_text())
    page.goto(f"/orders/{order_id}")
    assert "paid" in page.locator(".total").first.inner_text()
    assert f"the shop has ¥{coming + 80:g}" in page.locator(".timeline").inner_text()


def test_a_price_is_asked_for_given_and_ordered_in_one_tap(
    open_page: OpenPage, street: Street
) -> None:
    page = open_page(f"/merchants/{street.shop.merchant_id}", token=street.shop.tokens[4])
    page.get_by_role("link", name="Ask for a price").click()
    page.wait_for_url("**/quotes/ask/*")
    page.locator("[name=wish]").fill("Thirty rolls for a school feast.")
    press(page, page.locator("main").get_by_role("button", name="Send", exact=True))
    quote = page.url
    keeper = open_page(street.bench("quotes"), token=street.shop.owner)
    keeper.get_by_role("link", name=re.compile("Corner buyer 4")).first.click()
    keeper.wait_for_url("**/quotes/*")
    keeper.locator("input[name=name_0]").fill("Thirty rolls")
    keeper.locator("input[name=price_0]").fill("66")
    sound(keeper)
    press(keeper, keeper.get_by_role("button", name="Send the quote"))
    page.goto(quote)
    sound(page)
    press(page, page.get_by_role("button", name="Order for ¥66"))
    assert re.search(r"/orders/\d+", page.url)
    assert "Thirty rolls" in page.locator("main").inner_text()
    assert "the shop accepted" in page.locator(".timeline").inner_text()


def test_of_two_coupons_the_better_one_counts_by_itself_and_the_price_says_why(
    open_page: OpenPage, street: Street
) -> None:
    page = open_page(f"/merchants/{street.shop.merchant_id}", token=street.shop.tokens[5])
    for name in ("One off", "Two off"):
        page.goto(f"/merchants/{street.shop.merchant_id}")
        page.get_by_role("link", name=re.compile(name)).first.click()
        sound(page)
        press(page, page.get_by_role("button", name="Take this coupon"))
    put(page, street.crackers_id)
    to_checkout(page)
    assert "Your coupon “Two off” is in it." in page.locator("#coupons").inner_text()
    sound(page)
    why = page.locator("details", has_text="Why this price")
    why.locator("summary").click()
    assert "Two off" in why.inner_text()
    assert "the shop lets it off" in why.inner_text()
    page.locator(f"input[name=slot_{street.shop.merchant_id}]:not([disabled])").first.check()
    order_id = place(page, "Coupon Neighbour")
    page.goto(f"/orders/{order_id}")
    assert to_pay(page) == 3
    why = page.locator("details", has_text="Why this price")
    why.locator("summary").click()
    assert "Two off" in why.inner_text()


def test_what_is_short_is_replaced_or_left_out_in_one_tap_each(
    open_page: OpenPage, street: Street
) -> None:
    order_id = place_order(street.shop.buyer(6), street.shop, quantity=2, name="Short Neighbour")
    assert order_id is not None
    keeper = open_page("/workbench/", token=street.shop.owner)
    accept(keeper, street, order_id)
    page = open_page(f"/orders/{order_id}", token=street.shop.tokens[6])
    for answer in ("No, thank you", "Yes, please"):
        keeper.goto(street.bench(f"orders/{order_id}"))
        keeper.get_by_role("link", name="Instead of Oat loaf").click()
        keeper.wait_for_url("**/instead/*")
        keeper.locator("input[name=count]").fill("1")
        crackers = keeper.locator("option", has_text="Rye crackers").get_attribute("value")
        keeper.locator("select[name=variant_id]").select_option(crackers)
        keeper.locator("input[name=quantity]").fill("1")
        press(keeper, keeper.get_by_role("button", name="Send to the buyer"))
        page.goto(f"/orders/{order_id}")
        assert "Something is short. Would this do?" in page.locator("main").inner_text()
        press(page, page.get_by_role("button", name=answer))
    lines = page.locator(".lines").first.inner_text()
    assert "2 short" in lines
    assert "Rye crackers" in lines
    assert to_pay(page) == 5


def test_a_time_that_closes_is_left_for_another_in_one_tap(
    open_page: OpenPage, street: Street
) -> None:
    order_id = place_order(street.shop.buyer(7), street.shop, name="Moved Neighbour")
    assert order_id is not None
    keeper = open_page("/workbench/", token=street.shop.owner)
    accept(keeper, street, order_id)
    page = open_page(f"/orders/{order_id}", token=street.shop.tokens[7])
    when = page.locator(".order-page time").first
    before = when.get_attribute("datetime")
    here = clock.local(datetime.fromisoformat(before))
    keeper.goto(street.bench("points"))
    keeper.locator(f"a[href$='/points/{street.counter_id}/times']").click()
    keeper.wait_for_url("**/times")
    sound(keeper)
    keeper.locator("details").evaluate_all("days => days.forEach(day => day.open = true)")
    time = keeper.locator("form", has=keeper.locator(f"input[value='{here:%Y-%m-%d:%H%M}']"))
    press(keeper, time.get_by_role("button"))
    keeper.wait_for_url("**/closed-times")
    keeper.goto(keeper.url)  # without the word in the corner that comes and goes
    assert "Moved Neighbour" in keeper.locator("main").inner_text()
    sound(keeper)
    keeper.locator("input[name=reason]").fill("The lobby is being painted.")
    press(keeper, keeper.get_by_role("button", name="Let each buyer choose"))
    page.goto(f"/orders/{order_id}")
    assert "Your time is closed: what would you like?" in page.locator("main").inner_text()
    sound(page)
    press(page, page.get_by_role("button", name=re.compile("^Move to")).first)
    page.goto(f"/orders/{order_id}")
    assert when.get_attribute("datetime") != before
    assert "moved to" in page.locator(".timeline").inner_text()
