"""Pages of the notifications house: the inbox, wishes, and the link that stops mails."""

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.core import clock
from app.core.access import Viewer, me, member, public
from app.core.db import transaction
from app.core.forms import ButtonForm, exempt_from_csrf
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.pages import Link, layout_count, render, said, slot, toast
from app.notifications import queries
from app.notifications.errors import StaleLinkError
from app.notifications.forms import WishForm
from app.notifications.parts import link_of, read_stop_token, sentence
from app.notifications.services import wishes
from app.notifications.types import TOPIC_LABELS, NoticeRow, Topic, Wish

bp = Blueprint(
    "notifications", __name__, url_prefix="/me/notifications", template_folder="templates"
)
layout_count("unread", queries.unread)

ALL_READ = toast("notifications.all_read", _l("All read."))
WISHED = toast("notifications.wished", _l("We keep to that."))


@bp.get("/")
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
        topics=_topics_of(me()),
        sentence=sentence,
    )


@bp.post("/<int:notice_id>/open")
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


@bp.post("/read")
@member
def read_all() -> AnyResponse:
    ButtonForm.posted().check()
    with transaction():
        wishes.mark_read(me(), at=clock.now())
    return said(url_for("notifications.inbox"), ALL_READ)


@bp.route("/wishes", methods=["GET", "POST"])
@member
def preferences() -> AnyResponse:
    topics = _topics_of(me())
    known = queries.wishes_of([me().id or 0])
    asked = {topic: known.get((me().id or 0, topic), Wish()) for topic in topics}
    ticked = {f"{topic.value}_on_site": wish.on_site for topic, wish in asked.items()}
    ticked |= {f"{topic.value}_by_mail": wish.by_mail for topic, wish in asked.items()}
    form = WishForm.posted(**ticked)
    if request.method == "GET":
        return render("notifications/wishes.html", form=form, topics=topics, labels=TOPIC_LABELS)
    form.check()
    with transaction():
        wishes.set_wishes(me().id or 0, form.wishes(topics), at=clock.now())
    return said(url_for("notifications.preferences"), WISHED)


def _topics_of(viewer: Viewer) -> list[Topic]:
    is_trading = bool(viewer.merchant_ids)
    return [topic for topic in Topic if topic is not Topic.SHOP or is_trading]


@bp.route("/stop/<token>", methods=["GET", "POST"])
@public
def stop(token: str) -> Response:
    """Stop mails about one topic without signing in; the link in the mail is the proof."""
    known = read_stop_token(token)
    if known is None:
        raise StaleLinkError
    person_id, topic = known
    is_done = request.method == "POST"
    if is_done:
        with transaction():
            wishes.stop_mails(person_id, topic, at=clock.now())
    return render(
        "notifications/stop.html", token=token, label=TOPIC_LABELS[topic], is_done=is_done
    )


# The address itself is the proof, and mail programs post to it from elsewhere (RFC 8058).
exempt_from_csrf("notifications.stop")


@slot("me_links").add
def _my_news(_viewer: Viewer) -> list[Link]:
    return [Link(url_for("notifications.preferences"), _("What reaches me, and how"))]
