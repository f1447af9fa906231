"""Many over real HTTP at the same moment: for the last units, for the last place of a pickup time,
with a basket that changes, at many counters, with many refunds; and each time what comes out when
the guard is off.
"""

import re
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from app.core.db import db
from app.core.pools.models import Pool
from app.merchants.models import StockWait, Variant
from app.merchants.types.waits import WaitState
from app.orders.models import HandOver, Order, OrderLine
from app.payments.models import Charge, Refund
from tests.sizes import Proven, Size
from tools import live
from tools.shop import (
    SESSION,
    Shop,
    audit,
    fill_basket,
    inside,
    let_deliver,
    open_shop,
    order_id,
    place_order,
    send_order,
    start_checkout,
)
from tools.visitor import Answer, Visitor

BUYERS, UNITS, SENDINGS = 50, 7, 20
ROUNDS = {0: 1, 1: 1, 2: 10}
ACTORS = {0: 5, 1: 5, 2: 50}
WALLS = {"pools", "charges"}


@pytest.fixture(scope="module", params=["SQLite", "PostgreSQL"])
def server(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """The database server, or None for SQLite."""
    if request.param == "SQLite":
        yield None
        return
    with live.postgresql() as address:
        yield address


def kind(server: str | None) -> str:
    return "PostgreSQL" if server else "SQLite"


def all_at_once(number: int, work: Callable[[int], Any]) -> list[Any]:
    """Let so many threads begin at the same moment; return what each came back with."""
    barrier = threading.Barrier(number)
    results: list[Any] = [None] * number

    def run(index: int) -> None:
        barrier.wait()
        try:
            results[index] = work(index)
        except Exception as error:
            results[index] = error

    threads = [threading.Thread(target=run, args=(index,)) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    failed = [result for result in results if isinstance(result, Exception)]
    if failed:
        raise failed[0]
    return results


def race(site: live.Site) -> tuple[Shop, list[int]]:
    """Let every buyer walk from the listing to the order at once; return the orders they got."""
    shop = open_shop(site, stock=UNITS, buyers=BUYERS)
    site.start()
    got = all_at_once(BUYERS, lambda number: place_order(shop.buyer(number), shop))
    return shop, [found for found in got if found]


def stock_of(site: live.Site, shop: Shop) -> tuple[int, int, int]:
    """Return total and taken of the variant's pool, and how many orders there are."""
    with inside(site):
        chosen = sa.select(Variant.pool_id).where(Variant.id == shop.variant_id)
        pool = db.session.execute(
            sa.select(Pool.total, Pool.taken).where(Pool.id == chosen.scalar_subquery())
        ).one()
        orders = db.session.scalar(sa.select(sa.func.count()).select_from(Order))
        return pool.total, pool.taken, orders or 0


@pytest.mark.timeout(1800)
def test_fifty_buyers_for_the_last_seven_units_give_seven_orders(
    server: str | None, size: Size, proven: Proven
) -> None:
    for _ in range(ROUNDS[size]):
        with live.site(server, LINLI_TESTING="1", workers=2) as site:
            shop, orders = race(site)
            assert len(set(orders)) == UNITS
            assert stock_of(site, shop) == (UNITS, UNITS, UNITS)
            audit(site)
    proven(
        f"{BUYERS} buyers over HTTP for the last {UNITS} units, {kind(server)}, "
        f"{ROUNDS[size]} races",
        f"{UNITS} orders each time",
        f"{UNITS} orders every time",
    )


@pytest.mark.timeout(300)
def test_the_same_race_sees_the_fault_when_the_guard_is_off(
    server: str | None, proven: Proven
) -> None:
    with live.site(server, target="tests.proof.unguarded:app", LINLI_TESTING="1") as site:
        take_the_constraint_away(site)
        _shop, orders = race(site)
        assert len(set(orders)) > UNITS
        assert site.flask("pools", "check").returncode != 0
    proven(
        f"the same race without the guard, {kind(server)}",
        f"{len(set(orders))} orders, and `pools check` objects",
        "the fault is seen",
    )


def take_the_constraint_away(site: live.Site) -> None:
    """Remove the walls behind the guards too; on SQLite the faulty site ignores them by itself."""
    if site.database.startswith("sqlite"):
        return
    with inside(site), db.engine.begin() as connection:
        for table in WALLS:
            names = connection.scalars(
                sa.text("SELECT conname FROM pg_constraint WHERE contype = 'c' "
                        f"AND conrelid = '{table}'::regclass")
            ).all()  # fmt: skip
            for name in names:
                connection.execute(sa.text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))


@pytest.mark.timeout(300)
def test_one_form_sent_twenty_times_at_once_is_one_order(
    server: str | None, proven: Proven
) -> None:
    with live.site(server, LINLI_TESTING="1", workers=2) as site:
        shop = open_shop(site, stock=100, buyers=1)
        site.start()
        checkout = start_checkout(shop.buyer(0), fill_basket(shop.buyer(0), shop))
        assert checkout.status == 200
        answers = all_at_once(SENDINGS, lambda _: send_order(shop.buyer(0), checkout))
        assert {order_id(answer) for answer in answers} == {1}
        assert stock_of(site, shop) == (100, 1, 1)
    proven(
        f"the same form sent {SENDINGS} times at once, {kind(server)}",
        "1 order, and every sender is led to it",
        "1 order",
    )


# --- what goes round the last units: times, sums, hand-overs, refunds ---


@pytest.fixture(scope="module")
def guarded(server: str | None) -> Iterator[live.Site]:
    """A site as it is, with two workers, on which each race opens a shop of its own."""
    with live.site(server, LINLI_TESTING="1", workers=2) as site:
        site.start()
        yield site


@pytest.fixture(scope="module")
def unguarded(server: str | None) -> Iterator[live.Site]:
    """The same with the guards off."""
    with live.site(server, target="tests.proof.unguarded:app", LINLI_TESTING="1") as site:
        take_the_constraint_away(site)
        site.start()
        yield site


def to_the_door(buyer: Visitor, page: Answer) -> Answer:
    """Choose at the checkout to have it brought to the buyer's one address."""
    [way] = re.findall(r'name="way" value="(\d+:[1-9]\d*)"', page.text)
    return buyer.send(page.form(r"/orders/checkout/\d+$"), way=way)


def race_for_one_time(
    site: live.Site, actors: int, *, is_brought: bool
) -> tuple[list[int], set[int]]:
    """Let all be at the checkout, then send the same last hour at once; return the orders, and
    the statuses that the others got.
    """
    name = "Rider" if is_brought else "Barber"
    shop = open_shop(site, stock=actors, buyers=actors, capacity=1, name=name)
    if is_brought:
        let_deliver(site, shop, name=name, capacity=1)
    buyers = [shop.buyer(number) for number in range(actors)]
    pages = all_at_once(
        actors, lambda one: start_checkout(buyers[one], fill_basket(buyers[one], shop))
    )
    if is_brought:
        pages = all_at_once(actors, lambda one: to_the_door(buyers[one], pages[one]))
    wished = f"slot_{shop.merchant_id}"
    last = re.findall(rf'name="{wished}"[^>]*value="([^"]+)"', pages[0].text)[-1]

    def send(one: int) -> Answer:
        form = pages[one].form(r"/orders/checkout/\d+$", name="")
        return buyers[one].send(form, name="Buyer", phone="13800000000", **{wished: last})

    answers = all_at_once(actors, send)
    got = [order_id(answer) for answer in answers]
    refused = {answer.status for answer, found in zip(answers, got, strict=True) if not found}
    return [found for found in got if found], refused


@pytest.mark.timeout(300)
@pytest.mark.parametrize("is_brought", [False, True], ids=["pickup", "delivery"])
def test_the_last_place_of_a_time_goes_to_one(
    guarded: live.Site, server: str | None, size: Size, proven: Proven, is_brought: bool
) -> None:
    orders, refused = race_for_one_time(guarded, ACTORS[size], is_brought=is_brought)
    assert (len(orders), refused) == (1, {409})
    audit(guarded)
    proven(
        f"{ACTORS[size]} buyers over HTTP for the last place of a "
        f"{'delivery' if is_brought else 'pickup'} time, {kind(server)}",
        "1 order, and the others are told that it is full",
        "1 order",
    )


@pytest.mark.timeout(300)
@pytest.mark.parametrize("is_brought", [False, True], ids=["pickup", "delivery"])
def test_a_time_is_given_twice_when_the_guard_is_off(
    unguarded: live.Site, server: str | None, size: Size, proven: Proven, is_brought: bool
) -> None:
    orders, _refused = race_for_one_time(unguarded, ACTORS[size], is_brought=is_brought)
    assert len(orders) > 1
    said, way = f"{len(orders)} orders", "delivery" if is_brought else "pickup"
    what = f"the same race for a {way} time without the guard, {kind(server)}"
    proven(what, said, "the fault is seen")


def race_of_two_tabs(
    site: live.Site, actors: int, *, may_break: bool = False
) -> list[tuple[int, int, int]]:
    """Let half of the actors place what they chose while a second tab of each changes the basket;
    return of every order the price of its lines, what is asked for it, and what the buyer saw.
    Where the guard is off, placing may break on a basket that changed under it.
    """
    pairs = max(2, actors // 2)
    shop = open_shop(site, stock=9 * pairs, buyers=pairs, name="Grocer")
    seen: dict[int, int] = {}
    held = threading.Barrier(2 * pairs)

    def place(number: int) -> None:
        buyer = shop.buyer(number)
        checkout = start_checkout(buyer, fill_basket(buyer, shop, 2))
        held.wait(60)  # the other tab begins here
        held.wait(60)  # and has changed the basket once
        form = checkout.form(r"/orders/checkout/\d+$", name="")
        answer = send_order(buyer, checkout)
        if may_break and answer.status == 500:
            return
        placed = order_id(answer)
        assert placed
        seen[placed] = int(form.fields["expected_total"])

    def change(number: int) -> None:
        other = shop.buyer(number)
        held.wait(60)
        form = other.get("/orders/basket").form(r"/orders/basket/lines/\d+$", quantity="2")
        other.send(form, quantity="3")
        held.wait(60)
        for quantity in (1, 4, 3):  # never what the page of the checkout said
            if other.once("POST", form.action, _body(form.fields, quantity)).status == 404:
                break  # placed meanwhile: the line is gone

    def act(number: int) -> None:
        (place if number < pairs else change)(number % pairs)

    all_at_once(2 * pairs, act)
    priced = sa.func.sum((OrderLine.unit_minor + OrderLine.packaging_minor) * OrderLine.quantity)
    of_order = sa.and_(Charge.about_kind == "order", Charge.about_id == OrderLine.order_id)
    with inside(site):
        rows = db.session.execute(
            sa.select(OrderLine.order_id, priced, Charge.amount_minor)
            .join(Charge, of_order)
            .where(OrderLine.order_id.in_(seen))
            .group_by(OrderLine.order_id, Charge.amount_minor)
        ).all()
    return [(int(price), asked, seen[placed]) for placed, price, asked in rows]


def _body(fields: dict[str, str], quantity: int) -> bytes:
    return urlencode(fields | {"quantity": str(quantity)}).encode()


@pytest.mark.timeout(300)
def test_money_asked_is_pieces_ordered_while_the_basket_changes(
    guarded: live.Site, server: str | None, size: Size, proven: Proven
) -> None:
    sums = race_of_two_tabs(guarded, ACTORS[size])
    assert sums
    assert all(price == asked == seen for price, asked, seen in sums), sums
    audit(guarded)
    proven(
        f"{len(sums)} buyers placing while a second tab changes the basket, {kind(server)}",
        "each pays for what is ordered, as the page said",
        "money asked = pieces ordered, always",
    )


@pytest.mark.timeout(300)
def test_money_and_pieces_part_when_the_basket_is_read_again(
    unguarded: live.Site, server: str | None, size: Size, proven: Proven
) -> None:
    sums = race_of_two_tabs(unguarded, ACTORS[size], may_break=True)
    wrong = [row for row in sums if row[0] != row[1]]
    assert wrong
    said = f"{len(wrong)} of {len(sums)} pay for other pieces than they get"
    proven(
        f"the same two tabs with the basket read again, {kind(server)}", said, "the fault is seen"
    )


def accepted_order(site: live.Site, name: str, quantity: int) -> tuple[Shop, int, str]:
    """Place an order and let the shop accept it; return it with its pickup code."""
    shop = open_shop(site, stock=quantity, buyers=1, name=name)
    placed = place_order(shop.buyer(0), shop, quantity)
    assert placed
    page = clerk_of(shop).get(f"/workbench/{shop.merchant_id}/counter/{placed}")
    clerk_of(shop).send(page.form("/accept$"))
    with inside(site):
        code = db.session.scalar(sa.select(Order.code).where(Order.id == placed))
    return shop, placed, code or ""


def clerk_of(shop: Shop) -> Visitor:
    """Return another counter of the shop."""
    visitor = Visitor(shop.site.address)
    visitor.cookies[SESSION] = shop.owner
    return visitor


def race_of_counters(site: live.Site, actors: int) -> tuple[int, list[Answer]]:
    """Let every counter read the same code, then hand over at once; return how many hand-overs
    there are, and what the counters were told.
    """
    shop, placed, code = accepted_order(site, "Tailor", 2)
    room = f"/workbench/{shop.merchant_id}/counter"
    clerks = [clerk_of(shop) for _ in range(actors)]
    found = all_at_once(
        actors, lambda one: clerks[one].send(clerks[one].get(room).form("/find$"), words=code)
    )
    assert {page.path for page in found} == {f"{room}/{placed}"}
    answers = all_at_once(actors, lambda one: clerks[one].send(found[one].form("/hand-over$")))
    with inside(site):
        many = db.session.scalar(
            sa.select(sa.func.count()).select_from(HandOver).where(HandOver.order_id == placed)
        )
    return many or 0, answers


@pytest.mark.timeout(300)
def test_one_code_at_many_counters_is_handed_over_once(
    guarded: live.Site, server: str | None, size: Size, proven: Proven
) -> None:
    many, answers = race_of_counters(guarded, ACTORS[size])
    told = [answer for answer in answers if answer.status == 409]
    assert (many, len(told)) == (1, ACTORS[size] - 1)
    assert all(re.search(r"Collected already: .*given by Tailor owner", one.text) for one in told)
    audit(guarded)
    proven(
        f"{ACTORS[size]} counters over HTTP with one pickup code, {kind(server)}",
        "1 hand-over, and the others are told when and by whom",
        "1 hand-over",
    )


@pytest.mark.timeout(300)
def test_one_code_is_handed_over_twice_when_the_guard_is_off(
    unguarded: live.Site, server: str | None, size: Size, proven: Proven
) -> None:
    many, _answers = race_of_counters(unguarded, ACTORS[size])
    assert many > 1
    said = f"{many} hand-overs"
    proven(f"the same counters without the guard, {kind(server)}", said, "the fault is seen")


def race_of_refunds(site: live.Site, actors: int) -> tuple[int, int, int]:
    """Let many clerks take two of three pieces back at once; return what was paid, what goes back,
    and how many refunds there are.
    """
    shop, placed, _code = accepted_order(site, "Cobbler", 3)
    counter = clerk_of(shop).get(f"/workbench/{shop.merchant_id}/counter/{placed}")
    clerk_of(shop).send(counter.form("/hand-over$", money=""))
    clerks = [clerk_of(shop) for _ in range(actors)]
    address = f"/workbench/{shop.merchant_id}/orders/{placed}"
    forms = [one.get(address).form("/refund$", reason="") for one in clerks]
    [line] = [name for name in forms[0].fields if name.startswith("refund_")]
    all_at_once(actors, lambda one: clerks[one].send(forms[one], reason="stale", **{line: "2"}))
    with inside(site):
        paid, refunded, many = db.session.execute(
            sa.select(Charge.confirmed_minor, sa.func.sum(Refund.amount_minor), sa.func.count())
            .join(Refund, Refund.charge_id == Charge.id)
            .where(Charge.about_kind == "order", Charge.about_id == placed)
            .group_by(Charge.confirmed_minor)
        ).one()
    return paid, int(refunded), many


@pytest.mark.timeout(300)
def test_many_refunds_of_one_line_never_give_back_more_than_was_charged(
    guarded: live.Site, server: str | None, size: Size, proven: Proven
) -> None:
    paid, refunded, many = race_of_refunds(guarded, ACTORS[size])
    assert (paid, refunded, many) == (1500, 1000, 1)
    audit(guarded)
    proven(
        f"{ACTORS[size]} clerks over HTTP taking back two of three pieces, {kind(server)}",
        "two pieces' money goes back, once",
        "never more than was charged",
    )


@pytest.mark.timeout(300)
def test_refunds_go_above_what_was_charged_when_the_guard_is_off(
    unguarded: live.Site, server: str | None, size: Size, proven: Proven
) -> None:
    paid, refunded, many = race_of_refunds(unguarded, ACTORS[size])
    assert refunded > paid
    said = f"{many} refunds, {refunded / paid:.0f} times what was charged"
    proven(f"the same refunds without the guard, {kind(server)}", said, "the fault is seen")


def race_for_what_comes_back(site: live.Site, actors: int) -> tuple[int, int]:
    """Let half of the actors wait for what is sold out and half have it in their baskets; then one
    piece comes back while all of these try to hold it. Return how many hold it, and for how many
    of those who waited it is kept.
    """
    half = max(3, actors // 2)
    shop = open_shop(site, stock=1, buyers=2 * half + 1, name="Florist")
    *trying, first = [shop.buyer(number) for number in range(half + 1)]
    baskets = [fill_basket(buyer, shop) for buyer in trying]
    held = start_checkout(first, fill_basket(first, shop))
    for number in range(half + 1, 2 * half + 1):
        waiter = shop.buyer(number)
        page = waiter.get(f"/merchants/listings/{shop.listing_id}")
        assert waiter.send(page.form("/wait$")).status == 200

    def act(number: int) -> Answer:
        if number == half:
            return first.send(held.form("/leave$"))
        return start_checkout(trying[number], baskets[number])

    answers = all_at_once(half + 1, act)
    began = [one for one in answers[:half] if re.search(r"/orders/checkout/\d+$", one.path)]
    with inside(site):
        kept = db.session.scalar(
            sa.select(sa.func.count()).where(
                StockWait.variant_id == shop.variant_id, StockWait.state == WaitState.OFFERED
            )
        )
    return len(began), kept or 0


@pytest.mark.timeout(300)
def test_what_comes_back_is_kept_for_one_who_waited(
    guarded: live.Site, server: str | None, size: Size, proven: Proven
) -> None:
    assert race_for_what_comes_back(guarded, ACTORS[size]) == (0, 1)
    audit(guarded)
    proven(
        f"{ACTORS[size]} neighbours over HTTP, half of them in line, for the unit that came back, "
        f"{kind(server)}",
        "kept for the first in line, nobody else gets it",
        "1 gets it",
    )


@pytest.mark.timeout(300)
def test_what_comes_back_is_given_to_many_when_the_guard_is_off(
    unguarded: live.Site, server: str | None, size: Size, proven: Proven
) -> None:
    began, kept = race_for_what_comes_back(unguarded, ACTORS[size])
    assert began + kept > 1
    said = f"{began + kept} hold the one unit"
    proven(f"the same unit without the guard, {kind(server)}", said, "the fault is seen")
