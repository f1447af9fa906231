"""What reviewers decided, carried out: they were asked already whether they may."""

from datetime import datetime

from app.core.access import Viewer
from app.forum.models import Post, Thread
from app.forum.services.posts import hide_post, show_post
from app.forum.services.threads import hide_thread, show_thread


def take_away(actor: Viewer, said: Thread | Post, *, rule: str, at: datetime) -> None:
    """Hide what a reviewer decided to hide, in the reviewer's name."""
    if isinstance(said, Thread):
        hide_thread(actor, said, rule=rule, at=at, is_decided=True)
    else:
        hide_post(actor, said, rule=rule, at=at, is_decided=True)


def let_stand(actor: Viewer, said: Thread | Post, *, at: datetime) -> None:
    """Show what a reviewer let through."""
    if isinstance(said, Thread):
        show_thread(actor, said, reason="reviewed", at=at)
    else:
        show_post(actor, said, reason="reviewed", at=at)
