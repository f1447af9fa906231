"""What moderation says of a text before it becomes a post, and what then waits for a reviewer."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.accounts import queries as accounts
from app.core.access import Viewer
from app.core.db import db
from app.core.errors import FieldError
from app.core.i18n import lazy_gettext as _l
from app.forum.errors import EmptyTextError
from app.forum.models import Board, Post, Thread
from app.forum.policies import can_review
from app.forum.services.markdown import shortened
from app.forum.types import BODY_LENGTH, Showing
from app.moderation import services as moderation
from app.moderation.errors import RefusedWordError
from app.moderation.types import HoldMode, Outcome


@dataclass(frozen=True, slots=True)
class Judged:
    """A text as it may be kept: trimmed, with masked words; and whether a listed word holds it."""

    text: str
    is_held: bool = False
    words: tuple[str, ...] = ()


def judged(actor: Viewer, text: str, field: str, limit: int = BODY_LENGTH) -> Judged:
    """Return the text as it may be kept.

    Refuses, at the form's `field`, nothing, too much, and words that are not used here; and a
    silenced person.
    """
    tidy = "".join(sign for sign in text.replace("\r\n", "\n") if sign in "\n\t" or sign >= " ")
    tidy = tidy.strip()
    if not tidy:
        raise EmptyTextError(field)
    if len(tidy) > limit:
        raise FieldError(field, _l("At most %(max)d characters.", max=limit))
    verdict = moderation.judged(tidy, actor)
    if verdict.outcome is Outcome.REFUSE:
        raise RefusedWordError(field, word=verdict.words[0] if verdict.words else "")
    return Judged(verdict.masked_text, verdict.is_held, tuple(verdict.words))


def waits(actor: Viewer, board: Board | None, *, at: datetime) -> bool:
    """Return whether the board's review mode lets this person's words wait for a reviewer first."""
    if board is None or board.review is HoldMode.OPEN or actor.id is None:
        return False
    approved = db.session.scalar(
        select(func.count()).where(Post.author_id == actor.id, Post.showing == Showing.SHOWN)
    )
    return moderation.is_held(
        board.review,
        approved_posts=approved or 0,
        joined_at=accounts.user(actor.id).joined_at,
        at=at,
        is_trusted=can_review(actor, board.leader_id),
    )


def send_to_review(
    said: Thread | Post, board: Board | None, texts: list[Judged], *, at: datetime
) -> None:
    """Put what is held into the reviewers' queue, in its board's place."""
    moderation.hold(
        said.subject_kind,
        said.id,
        at=at,
        author_id=said.author_id,
        excerpt=shortened("\n".join(text.text for text in texts), 400),
        words=[word for text in texts for word in text.words],
        scope=("board", board.id) if board else ("", 0),
    )
