"""Boards are made, changed and archived by the people who run the site."""

from datetime import datetime

from sqlalchemy import update

from app.accounts import queries as accounts
from app.accounts import services as people
from app.core import clock
from app.core.access import Role, Viewer
from app.core.activity.services import record
from app.core.db import db, moved
from app.core.errors import ConflictError, FieldError
from app.core.i18n import lazy_gettext as _l
from app.forum.errors import BoardArchivedError
from app.forum.models import Board
from app.forum.types import BOARD_CHANGED, BoardDraft
from app.moderation.types import HoldMode


def make_board(actor: Viewer, draft: BoardDraft, *, at: datetime | None = None) -> Board:
    """Make a board; refuses one without a name or a promise (what is settled here, and by whom)."""
    board = Board(name="", promise="")
    _fill(board, draft)
    db.session.add(board)
    db.session.flush()
    now = at or clock.now()
    _hand_over(actor, board, now)
    record(actor, BOARD_CHANGED, board, at=now, data={"made": True})
    return board


def change_board(
    actor: Viewer, board: Board, draft: BoardDraft, *, at: datetime | None = None
) -> Board:
    """Change what a board says and how it is reviewed."""
    _fill(board, draft)
    db.session.flush()
    now = at or clock.now()
    _hand_over(actor, board, now)
    record(actor, BOARD_CHANGED, board, at=now)
    return board


def archive_board(actor: Viewer, board: Board, *, reason: str, at: datetime | None = None) -> None:
    """Take a board out of the list; its threads stay readable. Refuses one that is archived
    already.
    """
    now = at or clock.now()
    moved(
        update(Board)
        .where(Board.id == board.id, Board.archived_at.is_(None))
        .values(archived_at=now),
        BoardArchivedError(),
    )
    db.session.refresh(board)
    record(actor, BOARD_CHANGED, board, at=now, data={"archived": True}, reason=reason)


def restore_board(actor: Viewer, board: Board, *, at: datetime | None = None) -> None:
    """Put an archived board back into the list. Refuses one that stands there."""
    open_again = update(Board).where(Board.id == board.id, Board.archived_at.is_not(None))
    moved(open_again.values(archived_at=None), ConflictError())
    db.session.refresh(board)
    record(actor, BOARD_CHANGED, board, at=at or clock.now(), data={"archived": False})


def _hand_over(actor: Viewer, board: Board, at: datetime) -> None:
    """Give the board's leader the right to review it, and take it from whoever led before."""
    scope, reason = ("board", board.id), f"leads {board.name}"
    held = accounts.role_holders(Role.LEADER, scope=scope)
    for row in held:
        if row.user_id != board.leader_id:
            people.take_role(actor, row.id, reason=f"no longer {reason}", at=at)
    if board.leader_id is not None and board.leader_id not in {row.user_id for row in held}:
        people.give_role(actor, board.leader_id, Role.LEADER, reason=reason, at=at, scope=scope)


def _fill(board: Board, draft: BoardDraft) -> None:
    if not draft.name.strip():
        raise FieldError("name", _l("A board needs a name."))
    if not draft.promise.strip():
        raise FieldError("promise", _l("Say in one sentence what people find here."))
    board.name = draft.name.strip()
    board.name_en = (draft.name_en or "").strip() or None
    board.promise = draft.promise.strip()
    board.promise_en = (draft.promise_en or "").strip() or None
    board.rules = draft.rules.strip()
    board.rules_en = (draft.rules_en or "").strip() or None
    board.leader_id = draft.leader_id
    board.review = HoldMode(draft.review)
    board.position = draft.position
    board.required_fields = draft.required_fields
