"""What the ground's tests share: races between threads of one application."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.core.db import db


@pytest.fixture
def race(app: Flask) -> Callable[..., list[Any]]:
    """Return a function that calls `act(number)` in many threads at once and gives what each
    returned or raised.
    """

    def run(act: Callable[[int], Any], *, runners: int) -> list[Any]:
        start = threading.Barrier(runners)
        answers: list[Any] = [None] * runners

        def runner(number: int) -> None:
            with app.app_context():
                start.wait()
                try:
                    answers[number] = act(number)
                except Exception as refused:  # the answer of a loser
                    answers[number] = refused
                finally:
                    db.session.remove()

        threads = [threading.Thread(target=runner, args=(number,)) for number in range(runners)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        db.session.rollback()
        return answers

    return run
