"""Boards, people and threads for the forum's tests, made through the services that people use."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.accounts import queries as accounts
from app.accounts import services as people
from app.accounts.types import Language
from app.core import clock
from app.core.access import SYSTEM, Viewer
from app.core.db import transaction
from app.forum import services
from app.forum.models import Board, Post, Thread
from app.forum.types import BoardDraft, ThreadKind


def a_neighbour(name: str = "赵一鸣", *, role: str = "", at: datetime | None = None) -> Viewer:
    """Return a person as the actor of services, with a role for the whole site if named."""
    now = at or clock.now()
    with transaction():
        person = people.create_person(name=name, at=now, language=Language.ENGLISH)
        if role:
            people.give_role(SYSTEM, person.id, role, reason="for the test", at=now)
    return accounts.viewer_as(person.id)


def a_board(name: str = "便民求助", **more: Any) -> Board:
    """Return a board."""
    draft = BoardDraft(**{"name": name, "name_en": "Help", "promise": "有事说一声"} | more)
    with transaction():
        return services.make_board(SYSTEM, draft)


def a_thread(
    board: Board,
    author: Viewer,
    title: str = "二单元水管漏了，周末谁能来修？",
    body: str = "厨房总阀后面滴水。",
    *,
    kind: ThreadKind = ThreadKind.QUESTION,
    replies: Sequence[tuple[Viewer, str]] = (),
    at: datetime | None = None,
) -> Thread:
    """Return a thread with replies in it."""
    with transaction():
        thread = services.open_thread(author, board, title=title, body=body, kind=kind, at=at)
    for who, text in replies:
        a_reply(thread, who, text)
    return thread


def a_reply(thread: Any, author: Viewer, body: str = "我周六有空。", **more: Any) -> Post:
    """Return a post in a thread."""
    with transaction():
        return services.reply(author, thread, body, **more)
