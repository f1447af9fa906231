"""Pieces of page for upper houses: lists of threads, and the talk about a thing with its reply
form.
"""

from collections.abc import Mapping, Sequence

from flask import request
from markupsafe import Markup

from app.core.access import Viewer, signed
from app.core.i18n import gettext as _
from app.core.pages import part, remembered_part, shown_age, shown_length
from app.forum import queries
from app.forum.types import ThreadRow, WaitingRow

TALK_SIZE = 50


def thread_rows(rows: Sequence[ThreadRow], *, with_board: bool = True) -> Markup:
    """Return a list of threads, for a front page or a profile."""
    aged = tuple((row, shown_age(row.last_post_at)) for row in rows)
    return remembered_part("forum/_cards.html", "threads", aged, with_board)


def waiting_rows(rows: Sequence[WaitingRow]) -> Markup:
    """Return a list of threads that wait for an answer, with their ages."""
    told = tuple((row.without_age, _waits(row), row.is_late) for row in rows)
    return remembered_part("forum/_cards.html", "waiting", told)


def _waits(row: WaitingRow) -> str:
    if not row.has_aged:
        return _("since tonight")
    return _("waits %(time)s (daytime)", time=shown_length(row.age))


def talk(
    threads: Mapping[int, int | None],
    viewer: Viewer,
    *,
    back: str | None = None,
    has_form: bool = True,
) -> dict[int, Markup]:
    """Return subject id → its talk with a reply form, in two statements for all of them.

    The caller vouches that the viewer may read and write in each of these threads, whatever its
    audience. A subject without a thread yet has an empty talk. Without `has_form` the caller puts
    a form of its own below.
    """
    views = queries.thread_views([t for t in threads.values() if t is not None], viewer=viewer)
    posts = queries.latest_posts(list(views.values()), viewer=viewer, limit=TALK_SIZE)
    found: dict[int, Markup] = {}
    for subject_id, thread_id in threads.items():
        thread = views.get(thread_id or 0)
        found[subject_id] = part(
            "forum/_talk.html",
            thread=thread,
            posts=posts.get(thread_id or 0, []),
            talk_pass=talk_pass(viewer, thread.id) if thread and viewer.is_member else "",
            back=back or request.path,
            has_form=has_form,
        )
    return found


def talk_pass(viewer: Viewer, thread_id: int) -> str:
    """Return the proof that an upper house let this viewer into this thread."""
    return signed("talk", f"{thread_id}:{viewer.id}")
