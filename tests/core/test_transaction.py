"""One way to commit: all or nothing, never nested, a form sent twice is one act."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import clock
from app.core.db import UtcDateTime, db, transaction
from app.core.errors import AlreadyDoneError
from app.core.facts import Fact, facts, put_fact


def test_a_failing_block_leaves_nothing(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), transaction():  # noqa: PT012 - fails half way
        put_fact("motto", "half")
        1 / 0  # noqa: B018
    assert "motto" not in {key for (key,) in db.session.execute(sa.select(Fact.key))}


def test_a_block_that_ends_is_kept(app: Flask) -> None:
    with transaction():
        put_fact("motto", "whole")
    assert facts()["motto"] == "whole"


def test_a_transaction_does_not_nest(app: Flask) -> None:
    with transaction(), pytest.raises(RuntimeError, match="nest"), transaction():
        pass


def test_the_same_key_is_one_act_and_leads_to_the_first_answer(app: Flask) -> None:
    with transaction(once="form-1") as act:
        act.leads_to("/orders/1")
    with pytest.raises(AlreadyDoneError) as repeat, transaction(once="form-1"):
        pytest.fail("the block must not be entered twice")
    assert repeat.value.location == "/orders/1"


def test_a_key_whose_block_failed_may_be_used_again(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), transaction(once="form-2"):
        1 / 0  # noqa: B018
    with transaction(once="form-2") as act:
        act.leads_to("/there")


def test_twenty_at_once_with_one_key_are_one_act(app: Flask) -> None:
    entered, repeated = [], []
    gate = threading.Barrier(20)

    def send() -> None:
        with app.app_context():
            gate.wait()
            try:
                with transaction(once="form-3") as act:
                    entered.append(1)
                    act.leads_to("/one")
            except AlreadyDoneError as done:
                repeated.append(done.location)
            db.session.remove()

    senders = [threading.Thread(target=send) for _ in range(20)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert (len(entered), repeated) == (1, ["/one"] * 19)


def test_an_instant_comes_back_aware_and_a_naive_one_is_refused(app: Flask) -> None:
    with transaction():
        put_fact("motto", 1)
    kept = db.session.scalar(sa.select(Fact.changed_at).where(Fact.key == "motto"))
    assert kept is not None
    assert kept.tzinfo is UTC
    with pytest.raises(ValueError, match="naive"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), db.engine.dialect)  # noqa: DTZ001


def test_the_clock_travels_and_comes_back(app: Flask) -> None:
    then = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
    with clock.travel(then):
        assert clock.now() == then
        assert clock.local(clock.now()).hour == 17
    assert clock.now() != then


def test_a_fact_that_was_taken_back_is_seen_by_nobody_and_one_that_stands_by_everybody(
    app: Flask,
) -> None:
    def seen_by_another() -> Any:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(_motto, app).result()

    def said_and_taken_back() -> None:
        with transaction():
            put_fact("motto", "whole")
            assert facts()["motto"] == "whole"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        said_and_taken_back()
    assert (facts().get("motto"), seen_by_another()) == (None, None)
    with transaction():
        put_fact("motto", "whole")
        assert facts()["motto"] == "whole"
        assert seen_by_another() is None
    assert (facts()["motto"], seen_by_another()) == ("whole", "whole")


def _motto(app: Flask) -> Any:
    with app.app_context():
        return facts().get("motto")
