"""A small town is lived: its truth is what the database holds, and a kill costs nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts.models import User
from app.accounts.policies.passwords import is_right
from app.accounts.queries import user_by_mail, viewer_as
from app.accounts.services import create_person
from app.core import clock
from app.core.activity.models import LogEntry
from app.core.db import db, transaction
from app.core.jobs.models import OutboxRow
from app.core.ledger.queries import audit
from app.core.pools.queries import wrong_counts
from app.demo.content.people import VOICES
from app.demo.life import Life
from app.events.models import Registration
from app.events.types import RegistrationState
from app.factory import create_app
from app.forum.models import Post, Thread
from app.forum.queries.waiting import unanswered
from app.merchants.models import (
    Listing,
    Merchant,
    ShelfSection,
    StockWait,
    TimeException,
    Variant,
)
from app.notifications.models import Notice
from app.orders.models import Delivery, GroupBuy, MoveQuestion, Order, Proposal, QueueNumber
from app.orders.queries.boards import board_of
from app.orders.queries.orders import open_orders_of
from app.orders.types import DeliveryState
from app.orders.types.groupbuys import GroupBuyState
from app.orders.types.proposals import ProposalState
from app.payments.models import Payment, Refund
from app.payments.types import PaymentStatus, RefundCause
from app.promotions.models import Promotion, PromotionUse
from app.promotions.types import UseState
from app.settlement.models import Bill, BillReceipt, SettlementLine
from app.settlement.queries import drift
from tests.conftest import POSTGRESQL, _settings
from tests.sizes import Size, size
from tools import live

NOW = datetime(2026, 11, 18, 7, 20, tzinfo=UTC)
SIZE = ("--residents", "60", "--days", "7", "--seed", "5", "--json")


class KilledError(Exception):
    """The process ended here."""


def lived(app: Flask, *arguments: str) -> dict[str, Any]:
    """Run the simulator and return the truth it prints."""
    with clock.travel(NOW):
        done = app.test_cli_runner().invoke(args=["simulate", *(arguments or SIZE)])
    assert done.exit_code == 0, done.output
    return dict(json.loads(done.stdout))


@pytest.fixture
def other_app(tmp_path: Path) -> Iterator[Flask]:
    """Give a second site with a database of its own, of the same kind."""
    folder = tmp_path / "other"
    folder.mkdir()
    with live.database(POSTGRESQL or None, folder, ready=True) as address:
        made = create_app(_settings(folder, address))
        yield made
        with made.app_context():
            db.engine.dispose()


def count(*conditions: Any) -> int:
    return db.session.scalar(sa.select(sa.func.count()).where(*conditions)) or 0


def total(column: Any, *conditions: Any) -> int:
    return int(
        db.session.scalar(sa.select(sa.func.coalesce(sa.func.sum(column), 0)).where(*conditions))
    )


def people_who(*verbs: str) -> int:
    wanted = sa.select(sa.func.count(sa.distinct(LogEntry.actor_id))).where(
        LogEntry.verb.in_(verbs)
    )
    return db.session.scalar(wanted) or 0


@pytest.mark.timeout(300)
def test_the_truth_is_what_the_database_holds_and_the_town_is_alive(app: Flask) -> None:
    truth = lived(app)
    the_counts_are_true(truth)
    the_money_is_true(truth)
    the_books_are_clean()
    now_is_alive()
    shops_are_busy()
    past_notices_are_history()
    again = lived(app)
    assert again == truth
    assert truth["members"] == 60
    assert any(row.get("arrived_people") for row in truth["attendance"].values())


def the_counts_are_true(truth: dict[str, Any]) -> None:
    assert truth["members"] == count(User.id > 0)
    assert truth["threads"] == count(Thread.board_id.is_not(None))
    on_boards = sa.select(Thread.id).where(Thread.board_id.is_not(None))
    assert truth["replies"] == count(Post.thread_id.in_(on_boards), Post.number > 1)
    assert truth["orders_placed"] == count(Order.id > 0)
    states = db.session.execute(sa.select(Order.state, sa.func.count()).group_by(Order.state))
    assert truth["orders"] == {state.value: number for state, number in states}
    arrived = total(Registration.arrived, Registration.state == RegistrationState.CONFIRMED)
    assert sum(row.get("arrived_people", 0) for row in truth["attendance"].values()) == arrived
    assert truth["hooks"]["content"] == people_who("thread.opened")
    assert truth["hooks"]["topic"] == people_who("post.written")
    assert truth["hooks"]["relation"] == people_who("post.thanked")
    assert truth["hooks"]["service"] == people_who("order.placed")
    assert set(truth["refused"]) <= {"ConflictError", "SoldOutError", "NotFoundError"}


def the_money_is_true(truth: dict[str, Any]) -> None:
    money = truth["money"]
    assert money["charged_minor"] == total(Order.total_minor)
    confirmed = Payment.status == PaymentStatus.CONFIRMED
    assert money["taken_minor"] == total(Payment.amount_minor, confirmed) > 0
    after_sale = Refund.cause == RefundCause.AFTER_SALE
    assert money.get("refunded_minor", 0) == total(Refund.amount_minor, after_sale)
    assert money["commission_minor"] == total(SettlementLine.commission_minor) > 0
    assert money["billed_minor"] == total(Bill.payable_minor) > 0
    assert money.get("received_minor", 0) == total(BillReceipt.amount_minor)


def the_books_are_clean() -> None:
    assert audit().is_clean
    assert wrong_counts() == []
    assert not any(drift().values())
    assert count(OutboxRow.name == "mail.send") == 0


def now_is_alive() -> None:
    resident = user_by_mail("resident@linli.test")
    merchant = user_by_mail("merchant@linli.test")
    operator = user_by_mail("operator@linli.test")
    assert resident is not None
    assert merchant is not None
    assert operator is not None
    assert is_right("linli-demo", resident.password_hash)
    assert viewer_as(operator.id).is_operator
    shops = viewer_as(merchant.id).merchant_ids
    assert len(shops) >= 2
    assert count(Merchant.id > 0) >= 24
    assert count(Listing.id > 0) >= 120
    with clock.travel(NOW):
        assert any(order.merchant_id in shops for order in open_orders_of(resident.id))
        assert len(unanswered(viewer_as(operator.id), at=NOW)) >= 6
        board = board_of(min(shops), at=NOW)
    assert board.waiting
    assert board.slots


def shops_are_busy() -> None:
    """What a shop can do is seen somewhere in town, just now."""
    assert count(Delivery.state == DeliveryState.ON_WAY) == 1
    assert count(Proposal.state == ProposalState.OPEN) == 2  # a substitute and a quote
    states = set(db.session.scalars(sa.select(GroupBuy.state)))
    assert states == {GroupBuyState.OPEN, GroupBuyState.ARRIVED}
    assert count(GroupBuy.thread_id.is_not(None)) == 1
    assert count(Promotion.stopped_at.is_(None)) == 3
    assert count(PromotionUse.state == UseState.TAKEN) == 1
    assert count(StockWait.id > 0) == 1
    assert count(QueueNumber.id > 0) == 2
    assert count(MoveQuestion.due_at.is_not(None)) == 1
    assert count(TimeException.id > 0) == 1
    assert count(Variant.pack_size > 1) == 1
    assert count(ShelfSection.id > 0) == 3
    assert count(Listing.daily_total > 0) == count(Listing.is_call_out) == 1


def past_notices_are_history() -> None:
    """Inboxes have something new, but nothing was mailed and the clockwork runs again."""
    assert count(Notice.read_at.is_(None)) > 0
    assert count(OutboxRow.name == "mail.send") == 0
    waiting = OutboxRow.name.startswith("every:") & (OutboxRow.due_at > NOW + timedelta(minutes=1))
    assert count(waiting) == 0


@pytest.mark.sized
@pytest.mark.skipif(
    size() is Size.QUICK,
    reason="lives two towns: LINLI_PROOF=ci or full",
)
@pytest.mark.timeout(600)
def test_a_town_that_was_killed_goes_on_to_the_same_truth(
    app: Flask, other_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with other_app.app_context():
        truth = lived(other_app)
        db.session.remove()
        db.engine.dispose()
    alive, done = Life.live, []

    def dies(self: Life, ends: datetime) -> bool:
        done.append(ends)
        if len(done) == 90:
            raise KilledError
        return alive(self, ends)

    monkeypatch.setattr(Life, "live", dies)
    with clock.travel(NOW):
        first = app.test_cli_runner().invoke(args=["simulate", *SIZE])
    assert isinstance(first.exception, KilledError)
    assert lived(app) == truth
    the_counts_are_true(truth)
    the_books_are_clean()


@pytest.mark.sized
@pytest.mark.skipif(size() is Size.QUICK, reason="lives a town: LINLI_PROOF=ci or full")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("days", ["1", "3"])
def test_the_smallest_town_is_one_resident_and_one_day(app: Flask, days: str) -> None:
    truth = lived(app, "--residents", "1", "--days", days, "--seed", "5", "--json")
    assert truth["members"] == len(VOICES)  # those who keep the shops and desks are always there
    the_counts_are_true(truth)
    the_books_are_clean()


@pytest.mark.parametrize("none", [("--residents", "0"), ("--days", "0")])
def test_a_town_of_nobody_or_no_time_is_refused(app: Flask, none: tuple[str, str]) -> None:
    refused = app.test_cli_runner().invoke(args=["simulate", *none])
    assert refused.exit_code == 2
    assert none[0] in refused.output
    assert count(User.id > 0) == 0


def test_a_last_minute_that_has_not_come_is_refused(app: Flask) -> None:
    with clock.travel(NOW):
        refused = app.test_cli_runner().invoke(args=["simulate", "--until", "2026-11-18T15:21"])
    assert refused.exit_code == 2
    assert "not come yet" in refused.output
    assert count(User.id > 0) == 0


def test_a_site_where_people_live_is_never_made_a_demo_town(app: Flask) -> None:
    with transaction():
        create_person(name="林", at=NOW - timedelta(days=1))
    for command in (["demo", "town"], ["simulate"]):
        refused = app.test_cli_runner().invoke(args=command)
        assert refused.exit_code == 1
        assert "People live on this site" in refused.output
    assert count(User.id > 0) == 1
