"""Many at the same moment in one process, and a fault for the race to notice."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app.core.db import db
from app.core.pools import services as pools
from app.core.pools.models import Pool

Race = Callable[..., list[Any]]
LONGEST = 100


def race_in(app: Flask) -> Race:
    """Return what calls `act(number)` in many threads at once and gives what each returned or
    raised.
    """

    def run(act: Callable[[int], Any], *, runners: int) -> list[Any]:
        start = threading.Barrier(runners)
        answers: list[Any] = [None] * runners

        def runner(number: int) -> None:
            with app.app_context():
                start.wait()
                try:
                    answers[number] = act(number)
                except Exception as refused:
                    answers[number] = refused
                finally:
                    db.session.remove()

        threads = [threading.Thread(target=runner, args=(number,)) for number in range(runners)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(LONGEST)
        db.session.rollback()
        return answers

    return run


@contextmanager
def nothing_counted() -> Iterator[None]:
    """Count nothing in any pool: the planted fault that a race has to notice."""
    pools.taking = (
        sa.update(Pool).where(Pool.id == sa.bindparam("of_pool")).values(taken=Pool.taken)
    )
    try:
        yield
    finally:
        pools.taking = pools.GUARDED_TAKING
