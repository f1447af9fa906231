"""Random lives of orders: whatever is done in whatever order, pieces, money and pools add up."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from app.core import clock
from app.core.db import db, transaction
from app.core.errors import LinliError
from app.core.ledger.queries import audit
from app.core.pools.models import Hold, Pool
from app.core.pools.queries import wrong_counts
from app.core.pools.types import HoldState
from app.merchants.models import Variant
from app.orders.jobs import sweep
from app.orders.models import HandOver, Order, OrderCase, OrderLine, Proposal, ProposalLine
from app.orders.queries.closings import choices_of
from app.orders.services import (
    cases,
    cash,
    closings,
    counter,
    endings,
    offline,
    preparation,
    proposals,
)
from app.orders.types import (
    CASE_MOVES,
    ORDER_MOVES,
    CaseState,
    GoodsEnd,
    Liable,
    OfflineItem,
    OrderState,
    Problem,
    Remedy,
    Side,
)
from app.orders.types.proposals import ProposalState, ProposedLine
from app.payments.models import Charge, Payment, Refund
from app.payments.policies import state_of
from app.payments.types import PaymentStatus, PayWay, RefundStatus
from app.settlement.queries import drift
from tests.factories import accounts, merchants, orders
from tests.sizes import Proven, Size, database_in_use, size

STOCK, OTHERS = 60, 12
SIZES = {Size.QUICK: (3, 15), Size.CI: (15, 30), Size.FULL: (150, 50)}
few = st.integers(0, 3)
which = st.integers(0, 5)


@contextmanager
def refusals() -> Iterator[None]:
    """Let every refusal pass: the machine asks for nonsense most of the time."""
    try:
        with transaction():
            yield
    except LinliError:
        db.session.rollback()


def reachable(table: Mapping[Any, frozenset[Any]], state: Any) -> set[Any]:
    """Return where something can stand that stood there before, by the table of moves alone."""
    found, new = {state}, {state}
    while new:
        new = {one for was in new for one in table[was]} - found
        found |= new
    return found


class OrderLives(RuleBasedStateMachine):
    """A shop of its own, its buyer, and time."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.now: datetime = orders.NOON
        with clock.travel(self.now):
            self.place = orders.stall(stock=STOCK, capacity=50)
            self.keeper, self.buyer = self.place.keeper, self.place.customer
            self.other = orders.variant_of(
                merchants.goods(self.place.merchant, price=3000, stock=OTHERS)
            )
            self.judge = accounts.viewer(accounts.person(roles=("operator",)))
        self.orders: list[int] = []
        self.states: dict[tuple[str, int], Any] = {}

    def case(self, number: int) -> OrderCase:
        """Return the latest case of an order, or one that never was."""
        db.session.rollback()
        of_order = select(OrderCase).where(OrderCase.order_id == self.one(number))
        found = db.session.scalars(of_order.order_by(OrderCase.id.desc()).limit(1)).first()
        return found or OrderCase(id=0, turn=0, state=CaseState.OPEN, is_agreed=False)

    def line(self, number: int) -> OrderLine | None:
        """Return one of the lines of an order, also one that joined it later."""
        of_order = select(OrderLine).where(OrderLine.order_id == self.one(number))
        fresh = {"populate_existing": True}
        found = db.session.scalars(of_order.order_by(OrderLine.id), execution_options=fresh).all()
        return found[number % len(found)] if found else None

    def one(self, number: int) -> int:
        return self.orders[number % len(self.orders)] if self.orders else 0

    @rule(quantity=st.integers(1, 4), way=st.sampled_from(PayWay), slot=st.integers(0, 2))
    def order(self, quantity: int, way: PayWay, slot: int) -> None:
        if len(self.orders) < 6:
            with clock.travel(self.now):
                placed = orders.placed(self.place, quantity, pay_way=way, slot=slot)
            self.orders.append(placed.id)

    @rule(number=which)
    def accept(self, number: int) -> None:
        with refusals():
            preparation.accept(self.keeper, self.one(number), at=self.now)

    @rule(number=which)
    def decline(self, number: int) -> None:
        with refusals():
            preparation.decline(self.keeper, self.one(number), reason="no", at=self.now)

    @rule(number=which, ready=few, short=few)
    def prepare(self, number: int, ready: int, short: int) -> None:
        order_id = self.one(number)
        line = self.line(number)
        if line is not None:
            with refusals():
                preparation.prepare(self.keeper, order_id, {line.id: (ready, short)}, at=self.now)

    @rule(number=which, count=st.integers(1, 4), money=st.sampled_from([None, *PayWay]))
    def hand_over(self, number: int, count: int, money: PayWay | None) -> None:
        order_id = self.one(number)
        line = self.line(number)
        if line is not None:
            with refusals():
                counter.hand_over(
                    self.keeper, order_id, quantities={line.id: count}, money=money, at=self.now
                )

    @rule(number=which)
    def undo(self, number: int) -> None:
        own = select(HandOver.id).where(HandOver.merchant_id == self.place.merchant.id)
        hands = db.session.scalars(own.order_by(HandOver.id)).all()
        if hands:
            with refusals():
                counter.undo_hand_over(self.keeper, hands[number % len(hands)], at=self.now)

    @rule(number=which)
    def cancel(self, number: int) -> None:
        with refusals():
            endings.cancel(self.buyer, self.one(number), at=self.now)

    @rule(number=which)
    def cancel_by_shop(self, number: int) -> None:
        with refusals():
            endings.cancel_by_shop(self.keeper, self.one(number), reason="gone", at=self.now)

    @rule(number=which)
    def say_paid(self, number: int) -> None:
        with refusals():
            cash.say_paid(self.buyer, self.one(number), at=self.now)

    @rule(number=which)
    def confirm_money(self, number: int) -> None:
        with refusals():
            cash.confirm_money(self.keeper, self.one(number), at=self.now)

    @rule(number=which)
    def dispute(self, number: int) -> None:
        payment_id = db.session.scalar(
            select(Payment.id)
            .join(Charge, Charge.id == Payment.charge_id)
            .where(Charge.about_id == self.one(number))
            .limit(1)
        )
        if payment_id is not None:
            with refusals():
                cash.dispute_money(
                    self.keeper, self.one(number), payment_id, reason="no", at=self.now
                )

    @rule(number=which, count=st.integers(1, 4))
    def refund(self, number: int, count: int) -> None:
        order_id = self.one(number)
        line = self.line(number)
        if line is not None:
            with refusals():
                cash.refund_lines(
                    self.keeper, order_id, {line.id: count}, reason="stale", at=self.now
                )

    @rule(number=which)
    def give_back(self, number: int) -> None:
        owed = db.session.scalars(
            select(Refund.id)
            .join(Charge, Charge.id == Refund.charge_id)
            .where(Refund.status == RefundStatus.OWED, Charge.payee_id == self.place.merchant.id)
            .order_by(Refund.id)
        ).all()
        if owed:
            with refusals():
                cash.give_money_back(
                    self.keeper, self.one(number), owed[number % len(owed)], at=self.now
                )

    @rule(number=which, count=st.integers(1, 3), wish=st.sampled_from(Remedy))
    def complain(self, number: int, count: int, wish: Remedy) -> None:
        line = self.line(number)
        if line is not None:
            with refusals():
                cases.open_case(
                    self.buyer, line.order_id, line_id=line.id, quantity=count,
                    problem=Problem.BROKEN, wish=wish, words="Look.", at=self.now,
                )  # fmt: skip

    @rule(number=which, remedy=st.sampled_from(Remedy), amount=st.sampled_from([900, 6000]))
    def answer_case(self, number: int, remedy: Remedy, amount: int) -> None:
        """Let whoever has the word on a case say something, now and then to the wrong side."""
        case, at = self.case(number), self.now
        with refusals():
            if case.state == CaseState.WITH_OPERATOR:
                cases.rule(
                    self.judge, case.id, turn=case.turn, remedy=remedy, amount_minor=amount,
                    liable=Liable.COURIER, reason="So be it.", at=at,
                )  # fmt: skip
            elif case.is_agreed or case.state == CaseState.RULED:
                cases.hand_replacement(self.keeper, case.id, turn=case.turn, at=at)
            elif case.state != CaseState.WAITING_RESIDENT:
                cases.offer(
                    self.keeper, case.id, turn=case.turn, remedy=remedy, amount_minor=amount,
                    reason="Sorry.", at=at,
                )  # fmt: skip
            elif number % 2:
                cases.agree(self.buyer, case.id, turn=case.turn, at=at)
            else:
                side, asks = Side.RESIDENT, {"turn": case.turn, "reason": "No.", "at": at}
                cases.ask_desk(self.buyer, case.id, side=side, **asks)

    @rule(
        number=which, replaces=few, quantity=st.integers(1, 3), price=st.sampled_from([900, 3100])
    )
    def propose(self, number: int, replaces: int, quantity: int, price: int) -> None:
        """Offer something else for pieces that are short, or something more."""
        line = self.line(number)
        if line is None:
            return
        more = ProposedLine(price, quantity, "Tap")
        instead = ProposedLine(price, quantity, "", self.other, line.id, replaces)
        with refusals():
            wanted = [instead, more] if replaces == 3 else [instead] if replaces else [more]
            proposals.propose(self.keeper, line.order_id, wanted, at=self.now)

    @rule(number=which, answer=st.sampled_from(["accept", "decline", "withdraw"]))
    def answer_proposal(self, number: int, answer: str) -> None:
        db.session.rollback()
        own = select(Proposal.id).where(Proposal.merchant_id == self.place.merchant.id)
        ids = db.session.scalars(own.order_by(Proposal.id.desc()).limit(3)).all()
        if not ids:
            return
        chosen = ids[number % len(ids)]
        with refusals():
            if answer == "withdraw":
                proposals.withdraw(self.keeper, chosen, at=self.now)
            elif answer == "accept":
                proposals.accept(self.buyer, chosen, at=self.now)
            else:
                proposals.decline(self.buyer, chosen, at=self.now)

    @rule(number=which, end=st.sampled_from([GoodsEnd.RESTOCKED, GoodsEnd.WRITTEN_OFF]))
    def settle_goods(self, number: int, end: GoodsEnd) -> None:
        with refusals():
            cases.settle_goods(self.keeper, self.case(number).id, end, at=self.now)

    @rule(number=which)
    def not_collected(self, number: int) -> None:
        with refusals():
            endings.mark_uncollected(self.keeper, self.one(number), at=self.now)

    @rule(number=which)
    def ask_to_move(self, number: int) -> None:
        with refusals():
            closings.ask(self.keeper, self.one(number), reason="Painting.", at=self.now)

    @rule(number=which, takes_back=st.booleans())
    def choose(self, number: int, takes_back: bool) -> None:
        order_id = self.one(number)
        choices = choices_of(order_id, at=self.now)
        with refusals():
            if takes_back or not choices:
                closings.take_back(self.buyer, order_id, at=self.now)
            else:
                chosen = choices[number % len(choices)].key
                closings.choose(self.buyer, order_id, chosen, at=self.now)

    @rule(number=which, key=st.integers(0, 3), minutes=st.integers(0, 90), is_paid=st.booleans())
    def tell_what_was_noted_offline(
        self, number: int, key: int, minutes: int, is_paid: bool
    ) -> None:
        """Let a device send a hand-over late, now and then one that it sent before."""
        noted = OfflineItem(
            f"device-key-{key}", self.one(number), self.now - timedelta(minutes=minutes), 2, is_paid
        )
        with refusals():
            offline.take_in(self.keeper, self.place.merchant.id, noted, at=self.now)

    @rule()
    def restart(self) -> None:
        """Let go of every connection and of what was read before, as a process that ends does."""
        db.session.rollback()
        db.session.expire_all()
        db.engine.dispose()

    @rule(minutes=st.sampled_from([5, 31, 120, 60 * 26, 60 * 24 * 8]))
    def time_goes_by(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        sweep(self.now)

    @invariant()
    def every_piece_is_somewhere_and_no_money_is_made_up(self) -> None:
        db.session.rollback()
        assert wrong_counts() == []
        handed = 0
        own = select(OrderLine).join(Order).where(Order.merchant_id == self.place.merchant.id)
        lines = db.session.scalars(own, execution_options={"populate_existing": True})
        short = 0
        for line in lines:
            parts = (line.to_prepare, line.short, line.ready, line.handed_over)
            assert line.quantity == sum(parts) + line.uncollected + line.cancelled
            assert 0 <= line.refunded <= line.handed_over
            each = line.unit_minor + line.packaging_minor
            assert 0 <= line.allowed_minor <= each * (line.handed_over - line.refunded)
            if line.variant_id is not None:
                handed, short = handed + line.handed_over, short + line.short
        left = self.shelf(self.place.variant_id) + self.shelf(self.other)
        assert left == STOCK + OTHERS - handed - short + self.shelved_by_cases()
        self.what_is_proposed_fits()
        charges = select(Charge).where(Charge.payee_id == self.place.merchant.id)
        for charge in db.session.scalars(charges, execution_options={"populate_existing": True}):
            self.money_adds_up(charge)

    def shelf(self, variant_id: int) -> int:
        """How many stand on the shelf, promised ones included."""
        pool = select(Variant.pool_id).where(Variant.id == variant_id).scalar_subquery()
        return db.session.scalar(select(Pool.total).where(Pool.id == pool)) or 0

    def what_is_proposed_fits(self) -> None:
        """Only an open proposal keeps anything, and never more than is to be prepared."""
        of_shop = Proposal.merchant_id == self.place.merchant.id
        wanted = select(Proposal.state, ProposalLine).join(Proposal).where(of_shop)
        under: dict[int, int] = {}
        for state, line in db.session.execute(wanted):
            holds = select(Hold).where(Hold.id.in_(line.hold_ids))
            for hold in db.session.scalars(holds, execution_options={"populate_existing": True}):
                is_kept = hold.state == HoldState.HELD
                assert not is_kept or state == ProposalState.OPEN
                assert hold.owner_kind == (
                    "order" if state == ProposalState.ACCEPTED else "proposal"
                )
            if line.line_id is not None and state == ProposalState.OPEN:
                under[line.line_id] = under.get(line.line_id, 0) + line.replaces
        for line_id, count in under.items():
            of_order = db.session.get_one(OrderLine, line_id, populate_existing=True)
            assert count <= of_order.to_prepare

    @invariant()
    def no_order_and_no_case_moves_outside_its_table(self) -> None:
        db.session.rollback()
        own = select(Order.id, Order.state).where(Order.merchant_id == self.place.merchant.id)
        for order_id, state in db.session.execute(own):
            was = self.states.get(("order", order_id), OrderState.PLACED)
            assert state in reachable(ORDER_MOVES, was), (was, state)
            self.states["order", order_id] = state
        cases_of = select(OrderCase.id, OrderCase.state)
        for case_id, state in db.session.execute(
            cases_of.where(OrderCase.merchant_id == self.place.merchant.id)
        ):
            was = self.states.get(("case", case_id), CaseState.NONE)
            assert state in reachable(CASE_MOVES, was), (was, state)
            self.states["case", case_id] = state

    def shelved_by_cases(self) -> int:
        """What cases put back on the shelf, less what they took off it."""
        own = select(OrderCase).where(OrderCase.merchant_id == self.place.merchant.id)
        found = db.session.scalars(own, execution_options={"populate_existing": True})
        return sum(
            (case.quantity if case.goods == GoodsEnd.RESTOCKED else 0) - case.set_aside
            for case in found
        )

    def money_adds_up(self, charge: Charge) -> None:
        rows = db.session.execute(
            select(Payment.status, Payment.amount_minor, Payment.confirmed_at).where(
                Payment.charge_id == charge.id
            )
        ).all()
        came = sum(
            row.amount_minor
            for row in rows
            if row.confirmed_at and row.status != PaymentStatus.WITHDRAWN
        )
        back = db.session.scalar(
            select(func.coalesce(func.sum(Refund.amount_minor), 0)).where(
                Refund.charge_id == charge.id
            )
        )
        assert (charge.confirmed_minor, charge.refunded_minor) == (came, back)
        assert charge.refunded_minor <= charge.confirmed_minor
        on_lines = db.session.scalar(
            select(func.sum(OrderLine.refunded_minor)).where(OrderLine.order_id == charge.about_id)
        )
        assert (on_lines or 0) <= charge.refunded_minor
        assert charge.state == state_of(
            amount_minor=charge.amount_minor,
            confirmed_minor=came,
            refunded_minor=back or 0,
            said=sum(row.status == PaymentStatus.SAID for row in rows),
            disputed=sum(row.status == PaymentStatus.DISPUTED for row in rows),
        )
        assert charge.confirmed_minor - charge.refunded_minor <= max(
            charge.amount_minor, came - (back or 0)
        )


@pytest.mark.sized
@pytest.mark.timeout(1800)
def test_random_lives_of_orders_always_add_up(app: Flask, proven: Proven) -> None:
    examples, steps = SIZES[size()]

    run_state_machine_as_test(
        OrderLives,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert wrong_counts() == []
    assert not any(drift().values())
    assert audit().is_clean
    proven(
        f"random lives of orders, {database_in_use()}, {examples} lives of {steps} moves",
        "quantities, charges, pools and ledger add up after each",
        "they always add up",
    )
