"""Pages of the notifications house: the inbox, wishes, and the link that stops mails."""

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.core import clock
from app.core.access import Viewer, me, member
from app.core.db import transaction
from app.core.forms import ButtonForm
from app.core.i18n import lazy_gettext as _l
from app.core.pages import layout_count, render, said, toast
from app.notifications.parts import link_of, sentence
from app.notifications.queries import inbox as queries
from app.notifications.services import wishes
from app.notifications.types import NoticeRow, Topic
from app.notifications.views.blueprint import bp

layout_count("unread", queries.unread)

ALL_READ = toast("notifications.all_read", _l("All read."))


@bp.get("/me/notifications/")
@member
def inbox() -> Response:
    topic = request.args.get("topic", "")
    is_unread = request.args.get("unread") == "1"
    page = queries.inbox_of(
        me(),
        topic=Topic(topic) if topic in set(Topic) else None,
        is_unread=is_unread,
        after=request.args.get("after"),
    )
    return render(
        "notifications/inbox.html",
        page=page,
        topic=topic,
        is_unread=is_unread,
        topics=topics_of(me()),
        sentence=sentence,
    )


@bp.post("/me/notifications/<int:notice_id>/open")
@member
def open_notice(notice_id: int) -> AnyResponse:
    ButtonForm.posted().check()
    notice = queries.notice_for(me(), notice_id)
    with transaction():
        wishes.mark_read(me(), notice_id=notice.id, at=clock.now())
    row = NoticeRow(
        notice.id,
        notice.kind,
        notice.about_kind,
        notice.about_id,
        notice.data,
        notice.actor_id,
        None,
        None,
        notice.happened_at,
        notice.read_at,
    )
    return redirect(link_of(row), 303)


@bp.post("/me/notifications/read")
@member
def read_all() -> AnyResponse:
    ButtonForm.posted().check()
    with transaction():
        wishes.mark_read(me(), at=clock.now())
    return said(url_for("notifications.inbox"), ALL_READ)


def topics_of(viewer: Viewer) -> list[Topic]:
    """Return the topics that concern a viewer."""
    is_trading = bool(viewer.merchant_ids)
    return [topic for topic in Topic if topic is not Topic.SHOP or is_trading]
