"""What the forum does when others decide, and what it gives to the ground: read positions, reports,
the index.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.accounts.queries.own import OFFICE, Fate, holds
from app.accounts.services import closing
from app.core.access import Viewer
from app.core.activity.seen import sink
from app.core.db import db
from app.core.i18n import lazy_gettext as _l
from app.core.media.models import Picture
from app.core.search.registry import findable
from app.forum import queries, services
from app.forum.models import (
    Board,
    Post,
    PostEdit,
    PostThanks,
    Thread,
    ThreadFollow,
    ThreadRead,
)
from app.forum.services import leaving
from app.forum.types import Showing
from app.moderation.queries import register_reader
from app.moderation.queries.retention import keeps
from app.moderation.queries.takedowns import register_finer
from app.moderation.signals import review_decided
from app.moderation.types import Decision, Period


def connect() -> None:
    """Listen to the reviewers, and register what the ground and moderation ask of the forum."""
    review_decided.connect(on_review_decided)
    sink("thread")(services.keep_sights)
    findable("thread")(services.all_threads)
    findable("post")(services.all_replies)
    register_reader("thread", queries.reportable_thread)
    register_reader("post", queries.reportable_post)
    closing.forgets("forum", leaving.forget_person)
    _held()
    why = _l("So that it can be seen for a while what was changed.")
    title = _l("How posts read before they were changed")
    keeps(Period("post_edits", title, 1095, 183, 3650, why, leaving.forget_edits))
    register_finer("thread", queries.post_meant)


def on_review_decided(
    _sender: Any, *, item: Any, decision: Decision, actor: Viewer, at: datetime
) -> None:
    """Show or hide what a reviewer decided about; what already stands so is left."""
    model: Any = {"thread": Thread, "post": Post}.get(item.subject_kind)
    said = db.session.get(model, item.subject_id) if model else None
    if said is None or decision is Decision.DISMISS:
        return
    if decision is Decision.HIDE and said.showing is not Showing.HIDDEN:
        services.take_away(actor, said, rule=str(item.rule or "house rules"), at=at)
    is_own_wish = said.hidden_by_id is not None and said.hidden_by_id == said.author_id
    if decision is Decision.APPROVE and said.showing is not Showing.SHOWN and not is_own_wish:
        services.let_stand(actor, said, at=at)


def _held() -> None:
    emptied, gone, kept = Fate.EMPTIED, Fate.REMOVED, Fate.KEPT
    why = _l("Your name goes; the words stay under “A former neighbour”, or go, as you choose.")
    holds(Thread, "author_id", title=_l("Threads you opened"), fate=emptied, why=why)

    def in_posts(person_id: int) -> Any:
        mine = select(Post.id).where(Post.author_id == person_id)
        return select(Picture.id).where(Picture.owner_kind == "post", Picture.owner_id.in_(mine))

    posts = _l("What you wrote")
    holds(
        Post, "author_id", title=posts, fate=emptied, why=why, pictures=in_posts, but=("body_html",)
    )
    edits = _l("How it read before you changed it")
    holds(PostEdit, "edited_by_id", title=edits, fate=emptied, why=why)
    holds(PostThanks, "user_id", title=_l("Thanks you gave"), fate=gone)
    holds(ThreadFollow, "user_id", title=_l("Threads you follow"), fate=gone)
    holds(ThreadRead, "user_id", title=_l("How far you read"), fate=gone)
    office = _l("Deeds of office")
    holds(Board, "leader_id", title=office, fate=emptied, left_out=OFFICE)
    for model in (Thread, Post):
        holds(model, "hidden_by_id", title=office, fate=kept, why=OFFICE, left_out=OFFICE)
