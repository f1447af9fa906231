"""Who may do what in the forum, and how long somebody has waited, as pure functions."""

from datetime import UTC, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from app.core.access import SYSTEM, Viewer
from app.core.errors import NotAllowedError
from app.core.i18n import lazy_gettext as _l
from app.forum.errors import BoardArchivedError, NotAQuestionError, ThreadClosedError
from app.forum.models import Board
from app.forum.types import DAY_BEGINS, DAY_ENDS, Showing, ThreadKind

_DAY = timedelta(hours=DAY_ENDS - DAY_BEGINS)


class Said(Protocol):
    """Anything with an author that may be shown, held or hidden."""

    @property
    def author_id(self) -> int | None:
        """Who said it; None where they have no account here."""

    @property
    def showing(self) -> Showing:
        """Who sees it."""


class Talked(Protocol):
    """Anything that takes replies."""

    @property
    def author_id(self) -> int | None:
        """Who opened it."""

    @property
    def kind(self) -> ThreadKind:
        """What it is for."""


class Owned(Protocol):
    """A thread with its author, and whether it takes no more posts."""

    @property
    def author_id(self) -> int | None:
        """Who opened it."""

    @property
    def board_id(self) -> int | None:
        """On which board it stands."""

    @property
    def is_closed(self) -> bool:
        """Whether it takes no more posts."""

    @property
    def is_settled(self) -> bool:
        """Whether its author closed it."""


def can_review(viewer: Viewer, leader_id: int | None = None) -> bool:
    """Return whether the viewer decides about what others said: duty people, and the board's
    leader.
    """
    if viewer.has_role("operator") or viewer.has_role("moderator"):
        return True
    return viewer.id is not None and viewer.id == leader_id


def check_can_review(viewer: Viewer, leader_id: int | None = None) -> None:
    """Refuse who is neither on duty nor the board's leader; the site itself may."""
    if viewer is not SYSTEM and not can_review(viewer, leader_id):
        raise NotAllowedError


def can_see(viewer: Viewer, said: Said, leader_id: int | None = None) -> bool:
    """Return whether the viewer may read this: what is held or hidden only its author and
    reviewers.
    """
    if said.showing is Showing.SHOWN or can_review(viewer, leader_id):
        return True
    return viewer.id is not None and viewer.id == said.author_id


def check_can_open(viewer: Viewer, board: Board, kind: ThreadKind) -> None:
    """Refuse an archived board, and an announcement by somebody who does not lead here."""
    if board.archived_at is not None:
        raise BoardArchivedError
    if kind is ThreadKind.ANNOUNCEMENT and not (
        viewer is SYSTEM or can_announce(viewer, board.leader_id)
    ):
        raise NotAllowedError(_l("Only the board's leader and the operators announce here."))


def can_announce(viewer: Viewer, leader_id: int | None) -> bool:
    """Return whether the viewer may write announcements on a board led by `leader_id`."""
    return can_review(viewer, leader_id)


def check_can_reply(*, is_closed: bool, showing: Showing) -> None:
    """Refuse a reply to what is closed or hidden."""
    if is_closed or showing is Showing.HIDDEN:
        raise ThreadClosedError


def can_edit(viewer: Viewer, said: Said, *, is_closed: bool = False) -> bool:
    """Return whether the viewer may rewrite this: its author, unless it is hidden or the thread
    closed.
    """
    is_own = viewer.id is not None and viewer.id == said.author_id
    return is_own and said.showing is not Showing.HIDDEN and not is_closed


def check_can_edit(viewer: Viewer, said: Said, *, is_closed: bool = False) -> None:
    """Refuse an edit by anybody but the author, or of what is hidden or closed."""
    if not can_edit(viewer, said, is_closed=is_closed):
        raise NotAllowedError(_l("Only the author can change this."))


def can_hide(viewer: Viewer, said: Said, leader_id: int | None = None) -> bool:
    """Return whether the viewer may take this away: its author and reviewers, unless it is hidden
    already.
    """
    is_own = viewer.id is not None and viewer.id == said.author_id
    return said.showing is not Showing.HIDDEN and (is_own or can_review(viewer, leader_id))


def check_can_hide(viewer: Viewer, said: Said, leader_id: int | None = None) -> None:
    """Refuse to hide what belongs to somebody else."""
    if viewer is not SYSTEM and not can_hide(viewer, said, leader_id):
        raise NotAllowedError


def can_accept(viewer: Viewer, thread: Talked, leader_id: int | None = None) -> bool:
    """Return whether the viewer may say which reply answered: who asked, and reviewers."""
    if thread.kind is not ThreadKind.QUESTION:
        return False
    is_own = viewer.id is not None and viewer.id == thread.author_id
    return is_own or can_review(viewer, leader_id)


def check_can_accept(viewer: Viewer, thread: Talked, leader_id: int | None = None) -> None:
    """Refuse an accepted answer in what is no question, or by somebody who did not ask it."""
    if thread.kind is not ThreadKind.QUESTION:
        raise NotAQuestionError
    if viewer is not SYSTEM and not can_accept(viewer, thread, leader_id):
        raise NotAllowedError


def can_settle(viewer: Viewer, thread: Owned) -> bool:
    """Return whether the viewer may close this as settled, or open it again: its author, and only
    what nobody on duty closed.
    """
    is_own = viewer.id is not None and viewer.id == thread.author_id
    return is_own and thread.board_id is not None and (thread.is_settled or not thread.is_closed)


def check_can_settle(viewer: Viewer, thread: Owned) -> None:
    """Refuse who did not open the thread, and what somebody on duty closed."""
    if not can_settle(viewer, thread):
        raise NotAllowedError(_l("Only its author can do this, unless it was closed for them."))


def waking_age(since: datetime, until: datetime, zone: ZoneInfo) -> timedelta:
    """Return how much of the time between lay in waking hours (08:00–22:00 in the town's zone)."""
    if until <= since:
        return timedelta()
    first, last = since.astimezone(zone).date(), until.astimezone(zone).date()
    if first == last:
        return _overlap(since, until, zone)
    days_between = (last - first).days - 1
    end_of_first = datetime.combine(first + timedelta(days=1), time(), tzinfo=zone)
    start_of_last = datetime.combine(last, time(), tzinfo=zone)
    return (
        _overlap(since, end_of_first, zone)
        + days_between * _DAY
        + _overlap(start_of_last, until, zone)
    )


def _overlap(start: datetime, end: datetime, zone: ZoneInfo) -> timedelta:
    day = start.astimezone(zone).date()
    opens = datetime.combine(day, time(DAY_BEGINS), tzinfo=zone)
    closes = datetime.combine(day, time(DAY_ENDS), tzinfo=zone)
    # Instants are subtracted, not wall clocks: a zone that changes its hour would lose or gain one.
    return max(timedelta(), _utc(min(end, closes)) - _utc(max(start, opens)))


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)
