"""After-sale: opened with evidence, answered in turns and in time, settled once, and paid back
never beyond what came in.
"""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.accounts.queries.own import all_held
from app.accounts.types import Leaving
from app.core import clock
from app.core.db import db, transaction
from app.core.errors import FieldError, NotAllowedError
from app.core.media.models import Picture
from app.core.media.services import prepared_bytes
from app.core.pools.models import Pool
from app.merchants.models import Variant
from app.notifications.models import Notice
from app.orders.errors import (
    CaseMovedError,
    CaseOpenError,
    CaseTooLateError,
    NoReplacementError,
    NothingPaidError,
    QuantityError,
    UndoOverError,
)
from app.orders.jobs import sweep
from app.orders.models import Order, OrderCase
from app.orders.queries.desk import stuck_orders
from app.orders.services import cases, cash, counter, leaving
from app.orders.types import (
    CASE_ANSWER_HOURS,
    CASE_DAYS,
    CASE_MOVES,
    CaseState,
    GoodsEnd,
    Liable,
    Problem,
    Remedy,
    Side,
    Stuck,
)
from app.payments.errors import RefundTooMuchError
from app.payments.models import Refund
from app.payments.queries import charge_of
from app.payments.types import PaymentState, PayWay
from tests.factories import accounts, orders
from tests.factories.notifications import follow
from tests.factories.orders import Stall
from tests.races import Race
from tests.security.town import picture_file
from tests.visitor import Visitor

EACH = 2600
TWO_DAYS = timedelta(hours=CASE_ANSWER_HOURS, minutes=1)


def collected(place: Stall, quantity: int = 2, *, is_paid: bool = True) -> Order:
    """Place an order and hand all of it over, paid in the same tap."""
    order = orders.accepted(place, quantity)
    with transaction():
        money = PayWay.CASH if is_paid else None
        counter.hand_over(place.keeper, order.id, money=money, at=clock.now())
    return orders.fresh(order)


def opened(place: Stall, order: Order, **more: Any) -> int:
    """Say that one piece came broken and the money should come back."""
    values: dict[str, Any] = {
        "line_id": orders.line_of(order).id,
        "quantity": 1,
        "problem": Problem.BROKEN,
        "wish": Remedy.MONEY_BACK,
        "words": "The corner is off.",
        "at": clock.now(),
    }
    with transaction():
        return cases.open_case(place.customer, order.id, **values | more).id


def case_now(case_id: int) -> OrderCase:
    """Return a case as it stands in the database."""
    return db.session.get_one(OrderCase, case_id, populate_existing=True)


def offered(place: Stall, case_id: int, remedy: Remedy, amount: int = 0) -> OrderCase:
    """Let the shop answer."""
    with transaction():
        turn = case_now(case_id).turn
        cases.offer(
            place.keeper, case_id, turn=turn, remedy=remedy, amount_minor=amount,
            reason="Sorry about that.", at=clock.now(),
        )  # fmt: skip
    return case_now(case_id)


def ruled(place: Stall, case_id: int, remedy: Remedy, **more: Any) -> None:
    """Let the operator decide."""
    judge = accounts.viewer(accounts.person(roles=("operator",)))
    with transaction():
        turn = case_now(case_id).turn
        values = {"liable": Liable.PLATFORM, "reason": "Both are right.", "at": clock.now()}
        cases.rule(judge, case_id, turn=turn, remedy=remedy, **values | more)


def on_shelf(place: Stall) -> int | None:
    """Return how many of the thing are on the shelf, promised ones included."""
    wanted = select(Pool.total).join(Variant, Variant.pool_id == Pool.id)
    return db.session.scalar(wanted.where(Variant.listing_id == place.listing.id))


def charge(order: Order) -> Any:
    """Return what is asked for an order and what came of it."""
    return charge_of(("order", order.id))


def test_what_the_buyer_wished_settles_the_case_in_one_answer(place: Stall) -> None:
    order = collected(place)
    case_id = opened(place, order)
    assert orders.fresh(order).case_state == CaseState.OPEN
    case = offered(place, case_id, Remedy.MONEY_BACK)
    assert (case.state, case.amount_minor, case.liable) == (CaseState.CLOSED, EACH, Liable.MERCHANT)
    now = charge(order)
    assert (now.amount_minor, now.refunded_minor, now.owed_minor) == (EACH, EACH, 0)
    assert orders.line_of(order).refunded == 1
    assert orders.fresh(order).case_state == CaseState.CLOSED


def test_part_of_the_money_goes_back_and_is_asked_no_more(place: Stall) -> None:
    order = collected(place)
    case_id = opened(place, order, wish=Remedy.PART_BACK)
    with pytest.raises(RefundTooMuchError):
        offered(place, case_id, Remedy.PART_BACK, 2 * EACH + 1)
    assert offered(place, case_id, Remedy.PART_BACK, 600).state == CaseState.WAITING_RESIDENT
    with transaction():
        cases.agree(place.customer, case_id, turn=2, at=clock.now())
    now = charge(order)
    assert (now.amount_minor, now.refunded_minor) == (2 * EACH - 600, 600)
    assert (now.owed_minor, now.over_minor, now.state) == (0, 0, PaymentState.PART_REFUNDED)
    with transaction():
        line = orders.line_of(order)
        cash.refund_lines(place.keeper, order.id, {line.id: 2}, reason="All bad.", at=clock.now())
    now = charge(order)
    assert (now.amount_minor, now.refunded_minor, now.confirmed_minor) == (0, 2 * EACH, 2 * EACH)
    assert orders.line_of(order).allowed_minor == 0


def test_nothing_goes_back_where_nothing_came_in(place: Stall) -> None:
    order = collected(place, is_paid=False)
    case_id = opened(place, order)
    with pytest.raises(NothingPaidError):
        offered(place, case_id, Remedy.MONEY_BACK)
    assert case_now(case_id).state == CaseState.OPEN


def test_a_replacement_comes_off_the_shelf_and_ends_the_case_when_handed_over(
    place: Stall,
) -> None:
    order = collected(place)
    assert on_shelf(place) == 5
    case_id = opened(place, order, wish=Remedy.REPLACEMENT)
    case = offered(place, case_id, Remedy.REPLACEMENT)
    assert (case.state, on_shelf(place)) == (CaseState.WAITING_MERCHANT, 4)
    with transaction():
        cases.hand_replacement(place.keeper, case_id, turn=case.turn, at=clock.now())
    assert case_now(case_id).state == CaseState.CLOSED
    with transaction():
        cases.settle_goods(place.keeper, case_id, GoodsEnd.RESTOCKED, at=clock.now())
    assert on_shelf(place) == 5
    with pytest.raises(CaseMovedError), transaction():
        cases.settle_goods(place.keeper, case_id, GoodsEnd.RESTOCKED, at=clock.now())
    assert on_shelf(place) == 5
    assert charge(order).refunded_minor == 0


def test_an_empty_shelf_replaces_nothing(noon: None) -> None:
    place = orders.stall(stock=2)
    case_id = opened(place, collected(place), wish=Remedy.REPLACEMENT)
    with pytest.raises(NoReplacementError):
        offered(place, case_id, Remedy.REPLACEMENT)
    assert case_now(case_id).state == CaseState.OPEN


def test_a_case_opens_within_the_days_for_what_was_collected_once_at_a_time(place: Stall) -> None:
    order = collected(place)
    line_id = orders.line_of(order).id
    with pytest.raises(QuantityError):
        opened(place, order, quantity=3)
    stranger = accounts.viewer(accounts.person())
    with pytest.raises(NotAllowedError), transaction():
        cases.open_case(
            stranger, order.id, line_id=line_id, quantity=1, problem=Problem.BROKEN,
            wish=Remedy.MONEY_BACK, words="Mine.", at=clock.now(),
        )  # fmt: skip
    late = clock.now() + timedelta(days=CASE_DAYS, minutes=1)
    with pytest.raises(CaseTooLateError):
        opened(place, order, at=late)
    with pytest.raises(CaseTooLateError):
        opened(place, orders.accepted(place))
    opened(place, order, at=late - timedelta(minutes=1))
    with pytest.raises(CaseOpenError):
        opened(place, order)
    with pytest.raises(UndoOverError), transaction():
        counter.undo_hand_over(place.keeper, 1, at=clock.now())


def test_silence_of_either_side_brings_a_case_to_the_desk_once_however_late(place: Stall) -> None:
    quiet_shop = opened(place, collected(place, 1))
    quiet_buyer = opened(place, collected(place, 1), wish=Remedy.PART_BACK)
    offered(place, quiet_buyer, Remedy.NOTHING)
    sweep(clock.now() + timedelta(hours=47))
    assert case_now(quiet_shop).state == CaseState.OPEN
    late = clock.now() + timedelta(days=3)
    sweep(late)
    sweep(late + timedelta(minutes=1))
    for case_id in (quiet_shop, quiet_buyer):
        assert case_now(case_id).state == CaseState.WITH_OPERATOR
        assert case_now(case_id).due_at is None
    stuck = [row for row in stuck_orders(late) if row.why is Stuck.CASE]
    assert len(stuck) == 2


def test_a_ruling_names_who_answers_and_owes_the_money_at_once(place: Stall) -> None:
    order = collected(place)
    case_id = opened(place, order)
    with pytest.raises(CaseMovedError):
        ruled(place, case_id, Remedy.NOTHING)
    sweep(clock.now() + TWO_DAYS)
    with pytest.raises(NotAllowedError), transaction():
        cases.rule(
            place.keeper, case_id, turn=2, remedy=Remedy.NOTHING, liable=Liable.RESIDENT,
            reason="No.", at=clock.now(),
        )  # fmt: skip
    with pytest.raises(FieldError):
        ruled(place, case_id, Remedy.PART_BACK, reason=" ")
    ruled(place, case_id, Remedy.PART_BACK, amount_minor=1000)
    case = case_now(case_id)
    assert (case.state, case.liable, case.amount_minor) == (
        CaseState.RULED, Liable.PLATFORM, 1000,
    )  # fmt: skip
    assert charge(order).refunded_minor == 1000
    sweep(clock.now() + timedelta(days=8))
    assert case_now(case_id).state == CaseState.CLOSED


def test_a_replacement_nobody_hands_over_comes_back_to_the_desk_and_to_the_shelf(
    place: Stall,
) -> None:
    case_id = opened(place, collected(place), wish=Remedy.REPLACEMENT)
    offered(place, case_id, Remedy.REPLACEMENT)
    assert on_shelf(place) == 4
    sweep(clock.now() + timedelta(days=8))
    assert (case_now(case_id).state, on_shelf(place)) == (CaseState.WITH_OPERATOR, 5)
    ruled(place, case_id, Remedy.MONEY_BACK)
    assert case_now(case_id).amount_minor == EACH


def test_every_move_of_a_case_stands_in_its_table() -> None:
    assert set(CASE_MOVES) == set(CaseState)
    assert CASE_MOVES[CaseState.CLOSED] == frozenset()
    assert CaseState.NONE not in {one for after in CASE_MOVES.values() for one in after}


def test_both_sides_acting_at_once_have_one_winner_and_the_other_is_told(
    race: Race, place: Stall
) -> None:
    order = collected(place)
    case_id = opened(place, order, wish=Remedy.PART_BACK)
    turn = offered(place, case_id, Remedy.PART_BACK, 600).turn
    buyer, at = place.customer, clock.now()

    def act(number: int) -> None:
        with clock.travel(orders.NOON), transaction():
            if number % 3 == 0:
                cases.agree(buyer, case_id, turn=turn, at=at)
            elif number % 3 == 1:
                cases.withdraw(buyer, case_id, turn=turn, at=at)
            else:
                cases.ask_desk(buyer, case_id, side=Side.RESIDENT, turn=turn, reason="Help.", at=at)

    answers = race(act, runners=9)
    lost = [one for one in answers if one is not None]
    assert len(lost) == 8
    assert all(isinstance(one, CaseMovedError) and one.data["details"] for one in lost)
    refunds = db.session.scalar(select(func.coalesce(func.sum(Refund.amount_minor), 0)))
    won = case_now(case_id)
    assert refunds == (600 if won.remedy == Remedy.PART_BACK and won.is_agreed else 0)
    assert orders.fresh(order).case_state == won.state


def test_an_offer_changed_since_it_was_shown_is_not_agreed_to(place: Stall) -> None:
    case_id = opened(place, collected(place), wish=Remedy.PART_BACK)
    shown = offered(place, case_id, Remedy.PART_BACK, 600).turn
    with transaction():
        cases.decline(place.customer, case_id, turn=shown, reason="Too little.", at=clock.now())
    offered(place, case_id, Remedy.PART_BACK, 100)
    with pytest.raises(CaseMovedError), transaction():
        cases.agree(place.customer, case_id, turn=shown, at=clock.now())


def test_a_case_walks_through_the_pages_of_its_three_sides(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    order = collected(place)
    buyer, keeper = sign_in(place.buyer), sign_in(place.owner)
    judge = sign_in(accounts.person(roles=("operator",), language="en"))
    assert "Something is wrong with it" in buyer.visit(f"/orders/{order.id}")
    page = buyer.visit(f"/orders/{order.id}/case")
    form = page.forms("/case")[0] | {
        "problem": "broken",
        "wish": "money_back",
        "words": "The corner is off.",
        "pictures": (io.BytesIO(picture_file()), "bread.png"),
    }
    empty = page.forms("/case")[0] | {"problem": "broken", "words": "Kept."}
    again = buyer.post(f"/orders/{order.id}/case", empty, status=422)
    assert "Kept." in again
    where = buyer.post(f"/orders/{order.id}/case", form, status=303).location.split("?")[0]
    case_id = int(where.rsplit("/", 1)[-1])
    assert db.session.scalar(select(func.count(Picture.id))) == 1
    assert "The corner is off." in buyer.visit(where)
    shop = f"/workbench/{place.merchant.id}/cases"
    assert order.number in keeper.visit(shop)
    answer = keeper.visit(f"{shop}/{case_id}").forms("/offer")[0]
    no_reason = keeper.post(f"{shop}/{case_id}/offer", answer | {"remedy": "nothing"}, status=422)
    assert "Say why" in no_reason
    reason = {"remedy": "nothing", "reason": "It left whole."}
    keeper.post(f"{shop}/{case_id}/offer", answer | reason, status=303)
    shown = buyer.visit(where)
    assert "It left whole." in shown
    desk = shown.forms("/decline")[0] | {"reason": "It was not.", "desk": "1"}
    buyer.post(f"{where}/decline", desk, status=303)
    assert order.number in judge.visit("/operator/cases")
    ruling = judge.visit(f"/operator/cases/{case_id}").forms("/rule")[0]
    ruling |= {"remedy": "part_back", "amount": "13", "liable": "merchant", "reason": "Half each."}
    too_much = judge.post(f"/operator/cases/{case_id}/rule", ruling | {"amount": "x"}, status=422)
    assert "This is not an amount of money." in too_much
    judge.post(f"/operator/cases/{case_id}/rule", ruling, status=303)
    for visitor, url in ((buyer, where), (keeper, f"{shop}/{case_id}")):
        assert "Half each." in visitor.visit(url)
    assert "part of the money back" in buyer.visit(f"/orders/{order.id}")
    assert sign_in(accounts.person(language="en")).get(where).status == 404
    stale = keeper.post(
        f"{shop}/{case_id}/offer", answer | reason | {"form_key": "anotherkey123456"}, status=409
    )
    assert "desk has decided" in stale


def test_each_side_hears_of_the_other(place: Stall) -> None:
    case_id = opened(place, collected(place))
    offered(place, case_id, Remedy.NOTHING)
    with transaction():
        cases.ask_desk(
            place.customer, case_id, side=Side.RESIDENT, turn=2, reason="Help.", at=clock.now()
        )
    ruled(place, case_id, Remedy.MONEY_BACK)
    follow(clock.now())
    rows = db.session.execute(select(Notice.person_id, Notice.kind))
    told = {(row[0], row[1].value) for row in rows if row[1].value.startswith("case")}
    owner, buyer = place.owner.id, place.buyer.id
    assert told == {
        (owner, "case_new"), (buyer, "case_offer"), (owner, "case_shop_desk"),
        (owner, "case_shop_ruled"), (buyer, "case_ruled"),
    }  # fmt: skip


def test_who_leaves_takes_words_and_pictures_of_their_cases_along(place: Stall) -> None:
    shown = prepared_bytes(picture_file())
    case_id = opened(place, collected(place), pictures=[shown])
    assert any(held.table.name == "order_cases" for held in all_held())
    with transaction():
        gone = Leaving(place.buyer.id, keeps_words=True, former_name="Former neighbour")
        leaving.forget_person(gone, clock.now())
    assert case_now(case_id).words == ""
    owned = select(func.count(Picture.id)).where(Picture.owner_kind == "order_case")
    assert db.session.scalar(owned) == 0
