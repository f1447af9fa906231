"""What the forum does when others decide, and what it gives to the ground: read positions, reports,
the index.
"""

from datetime import datetime
from typing import Any

from app.core.access import Viewer
from app.core.activity.seen import sink
from app.core.db import db
from app.core.search.registry import findable
from app.forum import queries, services
from app.forum.models import Post, Thread
from app.forum.types import Showing
from app.moderation.queries import register_reader
from app.moderation.signals import review_decided
from app.moderation.types import Decision


def connect() -> None:
    """Listen to the reviewers, and register what the ground and moderation ask of the forum."""
    review_decided.connect(on_review_decided)
    sink("thread")(services.keep_sights)
    findable("thread")(services.all_threads)
    findable("post")(services.all_replies)
    register_reader("thread", queries.reportable_thread)
    register_reader("post", queries.reportable_post)


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
