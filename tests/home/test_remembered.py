"""The main pages are the same to the last byte, whether parts of them are remembered or not."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.core import clock
from app.core.jobs.services import run_all
from app.core.templating import Parts
from tests.factories.events import gathering, neighbour, place, signed_up
from tests.factories.forum import a_board, a_thread
from tests.visitor import Visitor

ONCE = re.compile(r'(name="form_key" value=")[^"]*')


@pytest.fixture
def paths() -> list[str]:
    place()
    board, asks, helps = a_board(), neighbour("Asks"), neighbour("Helps")
    a_thread(board, asks, "Who fixes taps?", at=clock.now() - timedelta(hours=2))
    talk = a_thread(
        board, asks, "面包 or <rice>?", replies=[(helps, "面包"), (asks, "Rice & tea.")]
    )
    meeting = gathering(neighbour("P", "planner"))
    signed_up(asks, meeting.id)
    run_all()
    lists = ["/", "/forum/", "/forum/unanswered", "/events/", "/search?q=面包"]
    return [
        *lists,
        f"/forum/boards/{board.id}",
        f"/forum/threads/{talk.id}",
        f"/events/{meeting.id}",
    ]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_pages_are_the_same_with_and_without_what_is_remembered(
    app: Flask, paths: list[str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitors = Visitor(app, language), Visitor.signed_in(app, neighbour().id or 0, language)
    ways: Any = Parts(0), Parts(1_000_000), Parts(1_000_000)
    with clock.travel(clock.now()):
        for visitor in visitors:
            for path in paths:
                seen = set()
                for parts in (*ways, ways[-1]):  # without, made anew, made anew again, remembered
                    monkeypatch.setitem(app.jinja_env.globals, "remembered", parts.remembered)
                    seen.add(ONCE.sub(r"\1", visitor.visit(path).text))
                assert len(seen) == 1, path
    assert len(ways[-1]._young) > len(paths), "something was remembered at all"
