"""Proposals on an order: added lines, substitutes, their answers, their deadlines, their money."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.access import SYSTEM
from app.core.db import db, transaction
from app.core.errors import NotAllowedError
from app.core.pools.models import Hold
from app.core.pools.queries import wrong_counts
from app.core.pools.types import HoldState
from app.merchants.queries.selling import offers_for
from app.merchants.services.terms import set_terms
from app.merchants.types import Rate
from app.orders.errors import (
    NotYetAcceptedError,
    OnlyDeliversError,
    ProposalOverError,
    ProposalsOpenError,
    QuantityError,
    SoldOutError,
)
from app.orders.jobs import sweep
from app.orders.models import Order, OrderLine, Proposal, ProposalLine
from app.orders.services import cash, counter, endings, preparation, proposals
from app.orders.types import OrderState, Timer
from app.orders.types.proposals import ProposalState, ProposedLine
from app.payments.queries import charge_of, refunds_of
from app.payments.types import PayWay
from app.settlement.models import SettlementLine
from tests.factories import accounts, merchants, orders
from tests.factories import proposals as made
from tests.factories.orders import Stall
from tests.races import Race


@dataclass
class Short:
    """An accepted order of two loaves, one of which is short, and another thing on the shelf."""

    place: Stall
    order: Order
    other: int

    def lines(self) -> list[OrderLine]:
        db.session.rollback()
        of_order = db.select(OrderLine).where(OrderLine.order_id == self.order.id)
        fresh = {"populate_existing": True}
        return list(db.session.scalars(of_order.order_by(OrderLine.id), execution_options=fresh))

    def charge(self) -> Any:
        db.session.rollback()
        return charge_of(("order", self.order.id))

    def free(self) -> int | None:
        return offers_for([self.other], at=clock.now())[self.other].free


@pytest.fixture
def short(place: Stall) -> Short:
    return Short(place, orders.accepted(place), made.other(place))


def accept(short: Short, proposal: Proposal) -> None:
    with transaction():
        proposals.accept(short.place.customer, proposal.id, at=clock.now())


def decline(short: Short, proposal: Proposal) -> None:
    with transaction():
        proposals.decline(short.place.customer, proposal.id, at=clock.now())


def pay(short: Short) -> None:
    with transaction():
        cash.take_money(short.place.keeper, short.order.id, way=PayWay.CASH, at=clock.now())


def test_a_substitute_is_held_from_the_moment_it_is_offered(short: Short) -> None:
    offered = made.substitute(short.place, short.order, short.other)

    assert short.free() == 4
    [line] = short.lines()
    assert (line.to_prepare, line.short) == (2, 0)
    assert offered.ends_at is not None
    assert clock.now() < offered.ends_at <= short.order.slot_starts_at - timedelta(minutes=15)


def test_an_accepted_substitute_joins_the_order_and_what_it_replaces_is_short(short: Short) -> None:
    accept(short, made.substitute(short.place, short.order, short.other))

    old, new = short.lines()
    assert (old.to_prepare, old.short) == (1, 1)
    assert (new.variant_id, new.to_prepare, new.unit_minor) == (short.other, 1, 3000)
    assert new.commission_bp == old.commission_bp
    hold = db.session.get_one(Hold, new.hold_ids[0])
    assert (hold.state, hold.owner_kind) == (HoldState.CONFIRMED, "order")
    assert short.charge().amount_minor == 2600 + 3000
    assert wrong_counts() == []


def test_a_dearer_substitute_asks_the_difference_of_who_has_paid(short: Short) -> None:
    pay(short)
    accept(short, made.substitute(short.place, short.order, short.other))

    charge = short.charge()
    assert (charge.owed_minor, charge.refunded_minor) == (400, 0)


def test_a_cheaper_substitute_gives_the_difference_back(short: Short) -> None:
    pay(short)
    accept(short, made.substitute(short.place, short.order, short.other, price=2000))

    charge = short.charge()
    assert (charge.owed_minor, charge.refunded_minor) == (0, 600)
    [refund] = refunds_of(charge.id)
    assert refund.cause == "short"


@pytest.mark.parametrize("end", ["declined", "expired"])
def test_without_a_yes_the_missing_piece_is_short_and_refunded(short: Short, end: str) -> None:
    pay(short)
    offered = made.substitute(short.place, short.order, short.other)
    if end == "declined":
        decline(short, offered)
    else:
        assert offered.ends_at is not None
        sweep(offered.ends_at)

    [line] = short.lines()
    assert (line.to_prepare, line.short, short.free()) == (1, 1, 5)
    charge = short.charge()
    assert (charge.amount_minor, charge.refunded_minor) == (2600, 2600)
    assert made.fresh(offered).state == end
    assert wrong_counts() == []


def test_declining_the_only_thing_ends_the_order(short: Short) -> None:
    decline(short, made.substitute(short.place, short.order, short.other, count=2))
    assert orders.fresh(short.order).state == OrderState.CANCELLED


def test_a_worker_that_was_off_lets_it_fall_back_once_and_before_nobody_came(short: Short) -> None:
    offered = made.substitute(short.place, short.order, short.other)
    later = clock.now() + timedelta(days=3)

    with clock.travel(later):
        sweep(later)
        sweep(later)

    [line] = short.lines()
    assert (line.short, line.uncollected) == (1, 1)  # what was missing is no fault of the buyer's
    assert made.fresh(offered).over_at == later


def test_after_its_time_a_proposal_refuses_with_its_hour(short: Short) -> None:
    offered = made.substitute(short.place, short.order, short.other)
    assert offered.ends_at is not None

    with pytest.raises(ProposalOverError) as refused, transaction():
        proposals.accept(short.place.customer, offered.id, at=offered.ends_at)
    assert "2026-11-2" in refused.value.data["details"][0]
    assert len(short.lines()) == 1


def test_only_the_buyer_answers_and_no_courier_proposes(short: Short) -> None:
    offered = made.substitute(short.place, short.order, short.other)
    stranger = accounts.viewer(accounts.person())
    for someone in (stranger, short.place.keeper):
        with pytest.raises(NotAllowedError), transaction():
            proposals.accept(someone, offered.id, at=clock.now())
    courier = accounts.person(staff_of={short.place.merchant.id: "courier"})
    with pytest.raises(OnlyDeliversError), transaction():
        proposals.propose(
            accounts.viewer(courier), short.order.id, [ProposedLine(100, 1, "x")], at=clock.now()
        )


def test_more_than_is_short_cannot_be_offered_twice(short: Short) -> None:
    made.substitute(short.place, short.order, short.other, count=2)
    with pytest.raises(QuantityError):
        made.substitute(short.place, short.order, short.other)


def test_a_sold_out_substitute_is_refused_and_nothing_is_held(short: Short) -> None:
    with transaction():
        proposals.propose(
            short.place.keeper, short.order.id, [ProposedLine(3000, 4, "", short.other)],
            at=clock.now(),
        )  # fmt: skip
    with pytest.raises(SoldOutError):
        made.substitute(short.place, short.order, short.other, count=2)
    assert short.free() == 1


def test_nothing_is_proposed_before_the_shop_accepted(place: Stall) -> None:
    with pytest.raises(NotYetAcceptedError):
        made.addition(place, orders.placed(place))


def test_what_is_found_after_all_takes_the_offer_back(short: Short) -> None:
    offered = made.substitute(short.place, short.order, short.other)
    line = orders.line_of(short.order)
    with transaction():
        preparation.prepare(short.place.keeper, short.order.id, {line.id: (2, 0)}, at=clock.now())

    assert made.fresh(offered).state == ProposalState.WITHDRAWN
    assert short.free() == 5
    with pytest.raises(ProposalOverError):
        accept(short, offered)


def test_all_ready_leaves_out_what_waits_for_an_answer(short: Short) -> None:
    made.substitute(short.place, short.order, short.other)
    with transaction():
        preparation.make_ready(short.place.keeper, short.order.id, at=clock.now())
    [line] = short.lines()
    assert (line.ready, line.to_prepare) == (1, 1)
    with pytest.raises(ProposalsOpenError), transaction():
        preparation.make_ready(short.place.keeper, short.order.id, at=clock.now())
    with transaction():
        counter.hand_over(short.place.keeper, short.order.id, at=clock.now())
    [line] = short.lines()
    assert (line.handed_over, line.to_prepare) == (1, 1)


@pytest.mark.parametrize(
    "end",
    [
        lambda short: endings.cancel(short.place.customer, short.order.id, at=clock.now()),
        lambda short: endings.cancel_by_shop(
            short.place.keeper, short.order.id, reason="x", at=clock.now()
        ),
    ],
)
def test_an_order_that_ends_takes_its_proposals_along(
    short: Short, end: Callable[[Short], Any]
) -> None:
    pay(short)
    offered = made.substitute(short.place, short.order, short.other)
    with transaction():
        end(short)

    assert made.fresh(offered).state == ProposalState.WITHDRAWN
    assert short.free() == 5
    assert short.charge().refunded_minor == 5200
    assert wrong_counts() == []


def test_the_shop_may_take_a_proposal_back(short: Short) -> None:
    offered = made.substitute(short.place, short.order, short.other)
    with transaction():
        proposals.withdraw(short.place.keeper, offered.id, at=clock.now())
    [line] = short.lines()
    assert (line.to_prepare, short.free()) == (2, 5)
    with pytest.raises(ProposalOverError):
        accept(short, offered)


# --- the plumber: a fee for coming, the price after seeing it ---


@pytest.fixture
def visit(place: Stall) -> Short:
    """A visit that the plumber has made: its fee is paid, and the town takes five per cent."""
    with transaction():
        now = clock.now()
        set_terms(SYSTEM, place.merchant.id, Rate(500), valid_from=now, at=now)
    chair = merchants.resource(place.merchant)
    order = orders.booked(place, merchants.service(place.merchant, (chair.id,), price=5000))
    with transaction():
        counter.hand_over(place.keeper, order.id, money=PayWay.CASH, at=clock.now())
    return Short(place, orders.fresh(order), 0)


def test_the_price_after_seeing_it_joins_the_visit_once_accepted(visit: Short) -> None:
    added = made.addition(visit.place, visit.order)
    assert len(visit.lines()) == 1
    assert visit.charge().owed_minor == 0

    accept(visit, added)

    fee, work = visit.lines()
    assert (fee.handed_over, work.ready, work.name_zh) == (1, 1, "换阀芯")
    assert visit.charge().owed_minor == 8000
    with transaction():
        counter.hand_over(visit.place.keeper, visit.order.id, money=PayWay.CASH, at=clock.now())
    assert visit.charge().owed_minor == 0
    assert orders.fresh(visit.order).due_what == Timer.CLOSE


def test_commission_and_refund_of_an_added_line_are_as_of_any_other(visit: Short) -> None:
    accept(visit, made.addition(visit.place, visit.order))
    with transaction():
        counter.hand_over(visit.place.keeper, visit.order.id, money=PayWay.CASH, at=clock.now())
    _fee, work = visit.lines()
    rate = work.commission_bp
    assert rate > 0

    with transaction():
        cash.refund_lines(
            visit.place.keeper, visit.order.id, {work.id: 1}, reason="leaks", at=clock.now()
        )

    of_order = db.select(SettlementLine).where(SettlementLine.order_id == visit.order.id)
    booked = [row.commission_minor for row in db.session.scalars(of_order)]
    assert booked == [5000 * rate // 10_000, 8000 * rate // 10_000, -8000 * rate // 10_000]
    assert visit.charge().refunded_minor == 8000


def test_a_visit_that_is_over_gives_added_work_a_day_before_nobody_came(visit: Short) -> None:
    added = made.addition(visit.place, visit.order)
    later = clock.now() + timedelta(days=1)  # long after the booked time
    with clock.travel(later):
        accept(visit, added)
        sweep(later + timedelta(hours=20))
        _fee, work = visit.lines()
        assert work.ready == 1


def test_a_declined_addition_adds_nothing_and_the_fee_stays(visit: Short) -> None:
    decline(visit, made.addition(visit.place, visit.order))
    assert len(visit.lines()) == 1
    assert visit.charge().amount_minor == 5000
    assert orders.fresh(visit.order).due_what == Timer.CLOSE


# --- many taps ---


def test_fifty_taps_and_the_end_of_its_time_are_one_answer(short: Short, race: Race) -> None:
    offered = made.substitute(short.place, short.order, short.other)
    assert offered.ends_at is not None
    ends_at, buyer = offered.ends_at, short.place.customer

    def tap(number: int) -> Any:
        with transaction():
            if number % 5 == 4:
                return proposals.expire(offered.id, at=ends_at)
            return proposals.accept(buyer, offered.id, at=ends_at - timedelta(seconds=1)).state

    answers = race(tap, runners=50)

    won = [answer for answer in answers if isinstance(answer, ProposalState)]
    assert len(won) == 1
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert all(isinstance(answer, ProposalOverError) for answer in refused)
    lines = short.lines()
    assert lines[0].short == 1
    assert len(lines) == (2 if won == [ProposalState.ACCEPTED] else 1)
    proposed = db.session.scalars(db.select(ProposalLine)).one()
    assert proposed.replaces == 1
    assert wrong_counts() == []
