"""Whose posts wait for a reviewer, who may review what, and how long a sanction may last."""

from datetime import datetime, timedelta

from app.core.access import Role, Viewer
from app.core.errors import FieldError, NotAllowedError
from app.core.i18n import lazy_gettext as _l
from app.moderation.errors import ReviewItemNotFoundError, SilencedError
from app.moderation.models import ReviewItem
from app.moderation.types import HoldMode, Judgement

FIRST_POSTS = 3
NEW_FOR = timedelta(days=7)
REPORTS_A_DAY = 30


def is_held(
    mode: HoldMode,
    *,
    approved_posts: int,
    joined_at: datetime,
    at: datetime,
    is_trusted: bool = False,
    judgement: Judgement | None = None,
) -> bool:
    """Return whether a text waits for a reviewer: by a listed word, or by the board's mode."""
    if judgement is not None and judgement.is_held:
        return True
    if is_trusted or mode is HoldMode.OPEN:
        return False
    if mode is HoldMode.FIRST_POSTS:
        return approved_posts < FIRST_POSTS
    return mode is HoldMode.EVERYONE or at - joined_at < NEW_FOR


def check_may_write(viewer: Viewer) -> None:
    """Refuse with `SilencedError` a person who is silenced."""
    if viewer.silenced:
        raise SilencedError


def can_review(viewer: Viewer, item: ReviewItem) -> bool:
    """Return whether the viewer reviews the whole site, or the place that the item lies in."""
    if viewer.is_reviewer:
        return True
    scope = (item.scope_kind, item.scope_id)
    return bool(item.scope_kind) and viewer.has_role(Role.MODERATOR, Role.LEADER, scope=scope)


def check_can_decide(viewer: Viewer, item: ReviewItem | None) -> ReviewItem:
    """Refuse an unknown item, one of another place, and the viewer's own words."""
    if item is None or not can_review(viewer, item):
        raise ReviewItemNotFoundError
    if item.author_id is not None and item.author_id == viewer.id and not viewer.is_operator:
        raise NotAllowedError(_l("Somebody else decides about your own words."))
    return item


def check_can_sanction(viewer: Viewer, user_id: int, *, is_operator: bool) -> None:
    """Refuse who is no reviewer, oneself, and a moderator who means an operator."""
    if not viewer.is_reviewer:
        raise NotAllowedError
    if viewer.id == user_id or (is_operator and not viewer.is_operator):
        raise NotAllowedError(_l("You cannot do this to this person."))


def check_reason(reason: str, field: str = "reason") -> str:
    """Return the reason without spaces around it; refuses an empty one."""
    tidy = reason.strip()
    if not tidy:
        raise FieldError(field, _l("Please say why."))
    return tidy[:300]
