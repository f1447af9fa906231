"""The books: what is posted once stays, adds up, and never goes below what it may."""

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import clock
from app.core.db import db, transaction
from app.core.ledger import jobs, queries, services
from app.core.ledger.errors import (
    AlreadyReversedError,
    InsufficientError,
    LedgerAlarmError,
    MixedUnitsError,
    NoSuchAccountError,
)
from app.core.ledger.models import Account, Entry, MovementLine, Seal
from app.core.ledger.types import POINTS, AccountKind, Draft, Movement
from tests.races import Race

pytestmark = pytest.mark.usefixtures("app")
CAUSE = ("order", 5)


@pytest.fixture(autouse=True)
def accounts(app: Flask) -> None:
    with app.app_context(), transaction():
        services.open_account("bank:platform", AccountKind.ASSET)
        services.open_account("income:commission", AccountKind.INCOME)
        services.open_account("merchant:1", AccountKind.LIABILITY)
        services.open_account("order:5", AccountKind.LIABILITY, is_guarded=True)
        services.open_account("points:issued", AccountKind.EXPENSE, POINTS)
        services.open_account("points:7", AccountKind.LIABILITY, POINTS, is_guarded=True)


def post(key: str, *movements: tuple[str, str, int]) -> Entry:
    with transaction():
        return services.post(
            key=key,
            cause=CAUSE,
            movements=[Movement(*movement) for movement in movements],
            at=clock.now(),
        )


def test_an_entry_moves_both_accounts_by_the_same_amount() -> None:
    post("paid", ("bank:platform", "order:5", 1000))
    post("earned", ("order:5", "merchant:1", 900), ("order:5", "income:commission", 100))
    shown = queries.balances(["bank:platform", "order:5", "merchant:1", "income:commission"])
    assert shown == {
        "bank:platform": 1000,
        "order:5": 0,
        "merchant:1": 900,
        "income:commission": 100,
    }
    assert queries.audit().is_clean


def test_the_same_key_and_content_is_the_old_entry_and_other_content_an_alarm() -> None:
    first = post("paid", ("bank:platform", "order:5", 1000))
    assert post("paid", ("bank:platform", "order:5", 1000)).id == first.id
    with pytest.raises(LedgerAlarmError):
        post("paid", ("bank:platform", "order:5", 1001))
    assert queries.balance("order:5") == 1000


def test_a_guarded_account_refuses_what_it_does_not_have() -> None:
    post("paid", ("bank:platform", "order:5", 1000))
    with pytest.raises(InsufficientError) as refused:
        post("too much", ("order:5", "merchant:1", 1001))
    assert refused.value.data == {"code": "order:5", "wanted": 1001, "balance_minor": 1000}
    post("just enough", ("order:5", "merchant:1", 1000))
    post("merchants may owe", ("merchant:1", "income:commission", 5000))
    assert queries.balance("merchant:1") == -4000


def test_who_catches_the_refusal_and_goes_on_has_posted_nothing() -> None:
    with transaction(), pytest.raises(InsufficientError):
        services.post(
            key="caught",
            cause=CAUSE,
            movements=[
                Movement("bank:platform", "merchant:1", 10),
                Movement("order:5", "merchant:1", 10),
            ],
            at=clock.now(),
        )
    assert queries.entry_by_key("caught") is None
    assert queries.balance("merchant:1") == 0
    assert queries.audit().is_clean


@pytest.mark.parametrize(
    "movement",
    [
        ("bank:platform", "points:7", 5),
        ("bank:platform", "bank:platform", 5),
        ("bank:platform", "order:5", 0),
        ("bank:platform", "order:5", -5),
    ],
)
def test_two_units_one_account_or_no_amount_are_refused(movement: tuple[str, str, int]) -> None:
    with pytest.raises(MixedUnitsError):
        post("wrong", movement)


def test_an_entry_without_movements_or_with_an_unknown_account_is_refused() -> None:
    with pytest.raises(MixedUnitsError):
        post("empty")
    with pytest.raises(NoSuchAccountError):
        post("unknown", ("bank:platform", "merchant:999", 5))


def test_a_reversal_is_a_mirror_that_names_the_old_entry_once() -> None:
    paid = post("paid", ("bank:platform", "merchant:1", 700))
    with transaction():
        back = services.reverse(paid.id, at=clock.now())
        assert services.reverse(paid.id, at=clock.now()).id == back.id
    assert back.reverses == paid.id
    assert queries.balance("merchant:1") == 0
    assert queries.movements_of_entry(back.id) == [Movement("merchant:1", "bank:platform", 700)]
    with pytest.raises(AlreadyReversedError), transaction():
        services.reverse(paid.id, at=clock.now(), key="by another way")


def test_what_one_account_sees_is_signed_as_its_balance_moves() -> None:
    post("a", ("bank:platform", "merchant:1", 700))
    post("b", ("merchant:1", "income:commission", 70))
    seen = queries.movements_on("merchant:1")
    assert [(row.key, row.amount_minor, row.other_code) for row in seen] == [
        ("a", 700, "bank:platform"),
        ("b", -70, "income:commission"),
    ]
    assert [row.key for row in queries.movements_on("merchant:1", after=seen[0].id)] == ["b"]
    assert [row.key for row in queries.movements_on("merchant:1", upto=seen[0].id)] == ["a"]
    assert [row.amount_minor for row in queries.movements_on("bank:platform")] == [700]


def test_many_entries_are_posted_with_few_statements(count_queries: Callable[[], Any]) -> None:
    drafts = [
        Draft(
            f"import:{n}",
            ("order", n),
            (Movement("bank:platform", "merchant:1", n + 1),),
            clock.now(),
        )
        for n in range(300)
    ]
    with transaction(), count_queries() as statements:
        posted = services.post_many(drafts)
    assert len(posted) == 300
    assert len(statements) <= 6
    with transaction():
        assert services.post_many(drafts) == posted
    assert queries.balance("merchant:1") == sum(range(1, 301))
    assert queries.audit().is_clean


def test_checkpoint_and_tail_make_the_same_balance() -> None:
    post("before", ("bank:platform", "income:commission", 100))
    with transaction():
        services.write_checkpoints()
    post("after", ("bank:platform", "income:commission", 11))
    assert queries.balance("income:commission") == 111
    jobs.checkpoint(clock.now())
    assert queries.balance("bank:platform") == 111
    assert queries.audit().is_clean


def tamper(statement: str) -> None:
    with db.engine.begin() as connection:
        connection.execute(sa.text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_movements SET amount_minor = 1",
        "DELETE FROM ledger_movements",
        "UPDATE ledger_entries SET key = 'other'",
        "DELETE FROM ledger_entries",
        "UPDATE ledger_seals SET hash = ''",
        "DELETE FROM ledger_seals",
    ],
)
def test_the_database_refuses_to_change_what_is_written(statement: str) -> None:
    post("paid", ("bank:platform", "merchant:1", 700))
    jobs.seal(clock.now())
    db.session.rollback()
    with pytest.raises(sa.exc.IntegrityError):
        tamper(statement)


def test_on_postgresql_not_even_truncate_empties_the_books() -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite knows no TRUNCATE")
    with pytest.raises(sa.exc.DBAPIError):
        tamper("TRUNCATE ledger_movements")


def without_triggers(statement: str) -> None:
    """Do what somebody with the database in hand could do."""
    tables = ("ledger_entries", "ledger_movements", "ledger_seals")
    with db.engine.begin() as connection:
        if db.engine.dialect.name == "postgresql":
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        else:
            for table in tables:
                for verb in ("update", "delete"):
                    connection.execute(sa.text(f"DROP TRIGGER {table}_no_{verb}"))
        connection.execute(sa.text(statement))


@pytest.mark.parametrize(
    ("statement", "figure"),
    [
        ("UPDATE ledger_movements SET amount_minor = 701", "balance_not_derived"),
        ("DELETE FROM ledger_movements", "empty_entries"),
        ("UPDATE ledger_accounts SET balance_minor = 1 WHERE code = 'merchant:1'", "trial_balance"),
        ("DELETE FROM ledger_seals WHERE n = 1", "seal_chain"),
    ],
)
def test_the_audit_notices_what_was_tampered_with(statement: str, figure: str) -> None:
    post("paid", ("bank:platform", "merchant:1", 700))
    post("again", ("bank:platform", "merchant:1", 5))
    jobs.seal(clock.now())
    assert queries.audit().is_clean
    db.session.rollback()
    without_triggers(statement)
    assert queries.audit().figures[figure] > 0


def test_a_rewritten_past_breaks_its_seal() -> None:
    post("paid", ("bank:platform", "merchant:1", 700))
    jobs.seal(clock.now())
    assert queries.broken_seals() == 0
    db.session.rollback()
    without_triggers("UPDATE ledger_entries SET cause_id = 6")
    assert queries.broken_seals() == 1


def test_sealing_goes_on_from_the_last_seal() -> None:
    for number in range(5):
        post(f"n{number}", ("bank:platform", "merchant:1", 1))
    with transaction():
        assert services.seal_entries(limit=2) == 2
    with transaction():
        assert services.seal_entries(limit=9) == 3
        assert services.seal_entries() == 0
    assert db.session.scalars(sa.select(Seal.n).order_by(Seal.n)).all() == [1, 2, 3, 4, 5]
    assert queries.broken_seals() == 0


def test_the_check_command_says_clean_and_fails_when_it_is_not(app: Flask) -> None:
    post("paid", ("bank:platform", "merchant:1", 700))
    runner = app.test_cli_runner()
    answer = runner.invoke(args=["ledger", "check"])
    assert (answer.exit_code, "clean" in answer.output) == (0, True)
    db.session.rollback()
    tamper("UPDATE ledger_accounts SET balance_minor = 701 WHERE code = 'merchant:1'")
    answer = runner.invoke(args=["ledger", "check", "--json"])
    assert answer.exit_code == 1


def test_many_who_spend_one_balance_spend_it_once(race: Race) -> None:
    post("granted", ("points:issued", "points:7", 50))

    def spend(number: int) -> str:
        with transaction():
            services.post(
                key=f"spent:{number}",
                cause=("order", number),
                movements=[Movement("points:7", "points:issued", 10)],
                at=clock.now(),
            )
        return "spent"

    answers = race(spend, runners=12)
    assert answers.count("spent") == 5
    assert sum(isinstance(answer, InsufficientError) for answer in answers) == 7
    assert queries.balance("points:7") == 0
    assert queries.audit().is_clean


def test_one_key_posted_by_many_at_once_is_one_entry(race: Race) -> None:
    def pay(_number: int) -> int:
        with transaction():
            return services.post(
                key="once",
                cause=CAUSE,
                movements=[Movement("bank:platform", "merchant:1", 10)],
                at=clock.now(),
            ).id

    assert len(set(race(pay, runners=10))) == 1
    assert queries.balance("merchant:1") == 10


@pytest.mark.parametrize("seed", range(3))
def test_any_random_book_agrees_with_plain_arithmetic(seed: int) -> None:
    dice = random.Random(seed)
    codes = ["bank:platform", "income:commission", "merchant:1", "order:5"]
    grows_by_debit = {"bank:platform"}
    expected: Counter[str] = Counter()
    for number in range(120):
        debit, credit = dice.sample(codes, 2)
        amount = dice.randint(1, 500)
        after = expected.copy()
        after[debit] += amount if debit in grows_by_debit else -amount
        after[credit] += -amount if credit in grows_by_debit else amount
        try:
            post(f"{seed}:{number}", (debit, credit, amount))
            expected = after
        except InsufficientError:
            assert after["order:5"] < 0
        if number % 40 == 39:
            jobs.checkpoint(clock.now())
            jobs.seal(clock.now())
            assert queries.audit().is_clean
            assert queries.balances(codes) == {code: expected[code] for code in codes}
    assert queries.broken_seals() == 0


def test_every_written_table_has_its_triggers() -> None:
    tables = {Entry.__tablename__, MovementLine.__tablename__, Seal.__tablename__}
    if db.engine.dialect.name == "sqlite":
        found = db.session.scalars(
            sa.text("SELECT tbl_name || type FROM sqlite_master WHERE name LIKE 'ledger%no%'")
        ).all()
        assert Counter(found) == {f"{table}trigger": 2 for table in tables}
    else:
        found = db.session.scalars(
            sa.text("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'ledger%'")
        ).all()
        assert Counter(found) == dict.fromkeys(tables, 2)
    assert Account.__tablename__ not in tables
