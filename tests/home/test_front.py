"""The front page: today in the neighbourhood, in few statements, without a cookie."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.core import clock
from app.core.jobs.services import run_all
from tests.factories.events import gathering, neighbour, place, signed_up
from tests.factories.forum import a_board, a_thread
from tests.visitor import Visitor


def test_a_town_without_anything_greets_and_invites(guest: Visitor) -> None:
    page = guest.visit("/")
    assert "The street is still quiet" in page
    assert "Live around here?" in page


def test_a_guest_sees_what_waits_what_is_said_and_what_is_on(guest: Visitor) -> None:
    place()
    board = a_board()
    asks, helps = neighbour("Asks"), neighbour("Helps")
    a_thread(board, asks, "Who fixes taps?", at=clock.now() - timedelta(hours=2))
    a_thread(
        board, asks, "Which stall stays?", replies=[(helps, "The tofu."), (helps, "And the fish.")]
    )
    gathering()
    page = guest.visit("/")
    assert "Who fixes taps?" in page
    assert "Topic of the day" in page
    assert "Which stall stays?" in page
    assert "Balcony greens on Sunday" in page
    assert "Riverside" in page


def test_a_guests_front_page_has_no_cookie_and_answers_304(guest: Visitor) -> None:
    gathering()
    answer = guest.get("/").answer
    assert "Set-Cookie" not in answer.headers
    again = guest.get("/", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status == 304


@pytest.mark.parametrize("rows", [2, 20])
def test_the_front_page_takes_few_statements_however_full_the_town_is(
    app: Flask, rows: int, count_queries: Any
) -> None:
    place()
    board, asks, helps = a_board(), neighbour(), neighbour()
    planner = neighbour("P", "planner")
    for number in range(rows):
        a_thread(board, asks, f"Question {number}")
        a_thread(board, asks, f"Talk {number}", replies=[(helps, "yes")])
        made = gathering(planner)
        signed_up(asks, made.id)
    run_all()
    for visitor, most in ((Visitor(app), 6), (Visitor.signed_in(app, asks.id or 0), 10)):
        visitor.get("/")
        with count_queries() as seen:
            visitor.visit("/")
        assert len(seen) <= most, (len(seen), seen)


def test_a_member_is_not_asked_to_join(app: Flask) -> None:
    page = Visitor.signed_in(app, neighbour().id or 0).visit("/")
    assert "Live around here?" not in page


def test_the_front_page_speaks_chinese_too(app: Flask) -> None:
    assert "邻里今天" in Visitor(app, "zh-CN").visit("/")
