"""Quotes: for one person, until a time, ordered once in one tap."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.db import db, transaction
from app.core.errors import NotFoundError
from app.orders.errors import ProposalOverError, ProposalsOpenError, WrongShopError
from app.orders.jobs import sweep
from app.orders.models import Order, OrderLine, Proposal
from app.orders.queries.orders import timeline_of
from app.orders.services import counter, quotes
from app.orders.services.quotes import QuoteDraft
from app.orders.types import OrderState
from app.orders.types.proposals import ProposalState, ProposedLine
from app.payments.queries import charge_of
from app.payments.types import PayWay
from tests.factories import accounts, forum, orders
from tests.factories import proposals as made
from tests.factories.orders import Stall
from tests.races import Race
from tests.visitor import Visitor

SignIn = Callable[..., Visitor]


def draft(**more: Any) -> QuoteDraft:
    lines = [ProposedLine(30000, 1, "换水龙头"), ProposedLine(4000, 2, "角阀")]
    return QuoteDraft(lines, clock.now() + timedelta(days=3), "周二上午来", **more)


def answered(place: Stall, **more: Any) -> Proposal:
    """Let the buyer ask and the shop answer."""
    with transaction():
        asked = quotes.ask(place.customer, place.merchant.id, wish="厨房龙头漏水", at=clock.now())
    with transaction():
        return quotes.answer(place.keeper, asked.id, draft(**more), at=clock.now())


def ordered(place: Stall, quote: Proposal) -> Order:
    with transaction():
        return quotes.order_quote(place.customer, quote.id, pay_way=PayWay.CASH, at=clock.now())


def test_a_quote_becomes_an_accepted_order_with_its_lines_and_its_sum(place: Stall) -> None:
    at = clock.now() + timedelta(days=2)
    order = orders.fresh(ordered(place, answered(place, starts_at=at)))

    assert (order.state, order.total_minor, order.slot_starts_at) == (
        OrderState.ACCEPTED, 38000, at,
    )  # fmt: skip
    of_order = db.select(OrderLine).where(OrderLine.order_id == order.id)
    lines = list(db.session.scalars(of_order.order_by(OrderLine.id)))
    assert [(line.name_zh, line.quantity, line.ready) for line in lines] == [
        ("换水龙头", 1, 1), ("角阀", 2, 2),
    ]  # fmt: skip
    with transaction():
        counter.hand_over(place.keeper, order.id, money=PayWay.CASH, at=clock.now())
    charge = charge_of(("order", order.id))
    assert (charge.confirmed_minor, charge.owed_minor) == (38000, 0)


def test_what_the_site_accepts_for_a_shop_bears_nobodys_name(place: Stall) -> None:
    order = ordered(place, answered(place))
    accepted, placed = timeline_of(order.id)
    assert (accepted.verb, accepted.side, accepted.actor_name) == ("order.accepted", "shop", "")
    assert placed.actor_name == place.buyer.name


def test_a_quote_that_ran_out_refuses_and_can_be_asked_for_again(place: Stall) -> None:
    quote = answered(place)
    with clock.travel(clock.now() + timedelta(days=4)):
        with pytest.raises(ProposalOverError) as refused:
            ordered(place, quote)
        assert "2026-11-2" in refused.value.data["details"][0]
        sweep(clock.now())
        assert made.fresh(quote).state == ProposalState.EXPIRED
        with transaction():
            again = quotes.ask_again(place.customer, quote.id, at=clock.now())
    assert (again.state, again.wish) == (ProposalState.ASKED, "厨房龙头漏水")


def test_an_open_quote_is_not_asked_for_again(place: Stall) -> None:
    quote = answered(place)
    with pytest.raises(ProposalsOpenError), transaction():
        quotes.ask_again(place.customer, quote.id, at=clock.now())


def test_nobody_else_orders_or_opens_a_quote(place: Stall, sign_in: SignIn) -> None:
    quote = answered(place)
    stranger = accounts.person(language="en")
    with pytest.raises(NotFoundError), transaction():
        quotes.order_quote(accounts.viewer(stranger), quote.id, pay_way=PayWay.CASH, at=clock.now())
    sign_in(place.buyer).visit(f"/orders/quotes/{quote.id}")
    for someone in (stranger, place.owner, accounts.person(roles=("operator",), language="en")):
        sign_in(someone).visit(f"/orders/quotes/{quote.id}", status=404)
    other = orders.stall()
    sign_in(other.owner).visit(f"/workbench/{other.merchant.id}/quotes/{quote.id}", status=404)


def test_a_shop_answers_a_thread_and_only_who_asked_finds_the_quote(
    place: Stall, sign_in: SignIn
) -> None:
    thread = forum.a_thread(forum.a_board(), place.customer)
    keeper = sign_in(place.owner)
    page = keeper.visit(f"/forum/threads/{thread.id}")
    assert "Answer with a quote" in page
    url = f"/workbench/{place.merchant.id}/threads/{thread.id}/quote"
    form = keeper.visit(url).forms("/quote")[0]
    keeper.post(url, form | {"name_0": "换阀芯", "price_0": "80"}, status=303)

    assert "A quote for you from" in sign_in(place.buyer).visit(f"/forum/threads/{thread.id}")
    stranger = sign_in(accounts.person(language="en"))
    assert "A quote for you" not in stranger.visit(f"/forum/threads/{thread.id}")


def test_another_shop_answers_nothing_that_it_was_not_asked(place: Stall) -> None:
    thread = forum.a_thread(forum.a_board(), place.customer)
    stranger = accounts.viewer(accounts.person())
    with pytest.raises(WrongShopError), transaction():
        quotes.quote_in_thread(stranger, place.merchant.id, thread.id, draft(), at=clock.now())


def test_asking_answering_and_ordering_goes_through_the_pages(
    place: Stall, sign_in: SignIn
) -> None:
    buyer, keeper = sign_in(place.buyer), sign_in(place.owner)
    url = f"/orders/quotes/ask/{place.merchant.id}"
    assert "Please fill this in" in buyer.post(url, buyer.visit(url).forms("/ask")[0], status=422)
    form = buyer.visit(url).forms("/ask")[0] | {"wish": "厨房龙头漏水"}
    page = buyer.follow(buyer.post(url, form, status=303))
    assert "The shop has your question" in page
    asked = db.session.scalars(db.select(Proposal)).one()

    url = f"/workbench/{place.merchant.id}/quotes/{asked.id}"
    form = keeper.visit(url).forms(url)[0]
    wrong = keeper.post(url, form | {"name_0": "换龙头"}, status=422)
    assert "Say what it costs." in wrong
    assert wrong.field("name_0") == "换龙头"
    keeper.post(url, form | {"name_0": "换龙头", "price_0": "300"}, status=303)

    page = buyer.visit(f"/orders/quotes/{asked.id}")
    form = page.forms("/order")[0]
    page = buyer.follow(buyer.post(f"/orders/quotes/{asked.id}/order", form, status=303))
    assert "换龙头" in page
    assert "You ordered this." in buyer.visit(f"/orders/quotes/{asked.id}")
    keeper.visit(f"/workbench/{place.merchant.id}/quotes")
    buyer.visit("/orders/quotes")


def test_fifty_taps_on_one_quote_are_one_order(place: Stall, race: Race) -> None:
    quote = answered(place)
    number, buyer = quote.id, place.customer

    def tap(_number: int) -> Any:
        with transaction():
            return quotes.order_quote(buyer, number, pay_way=PayWay.CASH, at=clock.now()).id

    answers = race(tap, runners=50)

    assert sum(isinstance(answer, int) for answer in answers) == 1
    assert all(isinstance(one, int | ProposalOverError) for one in answers)
    db.session.rollback()
    assert db.session.scalar(db.select(db.func.count()).select_from(Order)) == 1
