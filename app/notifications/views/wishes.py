"""What reaches a person, and how: one page for all of it, and the link that stops mails."""

from typing import Any

from flask import Response, current_app, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.core import clock
from app.core.access import Viewer, me, member, public
from app.core.db import transaction
from app.core.forms import ButtonForm, exempt_from_csrf
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.pages import Link, render, said, slot, toast
from app.core.settings import settings
from app.core.sms.services import can_send_sms
from app.notifications.errors import StaleLinkError
from app.notifications.forms import WAYS, DeviceForm, WishForm, box, clock_time
from app.notifications.gateway.push import packed, raw_public, town_key
from app.notifications.parts import read_stop_token, read_texts_token
from app.notifications.queries import desk, inbox, reach
from app.notifications.services import devices, failures, wishes
from app.notifications.types import (
    DIGEST_STOP,
    TOPIC_LABELS,
    Digest,
    FailedRow,
    ReachWishRow,
    Topic,
    Way,
    Wish,
)
from app.notifications.views.blueprint import bp
from app.notifications.views.inbox import topics_of

WISHED = toast("notifications.wished", _l("We keep to that."))
DEVICE_ADDED = toast("notifications.device_added", _l("News comes to this device now."))
DEVICE_GONE = toast("notifications.device_gone", _l("No more news to that device."))
TRIED_AGAIN = toast("notifications.tried_again", _l("The next news goes there again."))


@bp.route("/me/notifications/wishes", methods=["GET", "POST"])
@member
def preferences() -> AnyResponse:
    person_id = me().id or 0
    offered = _offered(topics_of(me()))
    known = inbox.wishes_of([person_id])
    asked = {topic: known.get((person_id, topic), Wish()) for topic in offered}
    form = _form(person_id, asked)
    if request.method == "GET":
        return render("notifications/wishes.html", form=form, **_facts(me(), offered))
    with form.shows_field_errors("notifications/wishes.html", **_facts(me(), offered)):
        form.check()
        quiet, now = form.quiet(), clock.now()
        with transaction():
            wishes.set_wishes(person_id, form.wishes(asked, offered), at=now)
            wishes.set_reach(person_id, quiet=quiet, digest=Digest(form.digest.data), at=now)
    return said(url_for("notifications.preferences"), WISHED)


def _offered(topics: list[Topic]) -> dict[Topic, list[Way]]:
    """Return by which ways the town tells of each topic."""
    ladders = reach.town_reach().ladders
    possible = [way for way in WAYS if way is not Way.SMS or can_send_sms()]
    return {
        topic: [
            way
            for way in possible
            if way is Way.SITE or way in {rung.way for rung in ladders[topic]}
        ]
        for topic in topics
    }


def _form(person_id: int, asked: dict[Topic, Wish]) -> WishForm:
    own = reach.reach_wishes_of([person_id]).get(person_id, ReachWishRow())
    values: dict[str, Any] = {
        box(topic, way): wish.wants(way) for topic, wish in asked.items() for way in WAYS
    }
    if own.quiet is not None:
        values["quiet_start"] = clock_time(own.quiet.start)
        values["quiet_end"] = clock_time(own.quiet.end)
    return WishForm.posted(**values, digest=own.digest.value)


def _facts(viewer: Viewer, offered: dict[Topic, list[Way]]) -> dict[str, Any]:
    quiet = reach.town_reach().quiet
    mail, phone = desk.addresses_of(viewer.id or 0)
    return {
        "labels": TOPIC_LABELS,
        "rows": [(topic, [box(topic, way) for way in ways]) for topic, ways in offered.items()],
        "times": (clock_time(quiet.start), clock_time(quiet.end)),
        "mail": mail,
        "phone": phone,
        "has_sms": can_send_sms(),
        "failed": desk.failed_of(mail, phone),
        "devices": reach.devices_of(viewer.id or 0),
        "push_key": packed(raw_public(town_key(settings().instance))),
    }


@bp.post("/me/notifications/devices")
@member
def add_device() -> AnyResponse:
    """Take in this browser, which has just subscribed."""
    form = DeviceForm.posted()
    form.check()
    with transaction():
        devices.add_device(
            me(),
            endpoint=form.endpoint.data,
            public_key=form.public_key.data,
            auth=form.auth.data,
            label=_device_name(),
            at=clock.now(),
        )
    return said(url_for("notifications.preferences"), DEVICE_ADDED)


def _device_name() -> str:
    """Return a browser's and a machine's name, enough to tell one's own devices apart."""
    text = request.user_agent.string
    browsers = ("Edg", "OPR", "SamsungBrowser", "Firefox", "Chrome", "Safari")
    machines = ("Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux")
    found = (next((name for name in names if name in text), "") for names in (browsers, machines))
    words = {"Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung", "Macintosh": "Mac"}
    return " · ".join(words.get(name, name) for name in found if name)


@bp.post("/me/notifications/devices/<int:device_id>/remove")
@member
def remove_device(device_id: int) -> AnyResponse:
    ButtonForm.posted().check()
    with transaction():
        devices.remove_device(me(), device_id)
    return said(url_for("notifications.preferences"), DEVICE_GONE)


@bp.post("/me/notifications/try-again/<any(mail, sms):way>")
@member
def try_again(way: str) -> AnyResponse:
    """Let one's own address be tried once more."""
    ButtonForm.posted().check()
    rows = desk.failed_of(*desk.addresses_of(me().id or 0))
    own = next((row.address for row in rows if row.way == way), None)
    with transaction():
        failures.try_again(me(), Way(way), own)
    return said(url_for("notifications.preferences"), TRIED_AGAIN)


@bp.get("/sw.js")
@public
def worker() -> Response:
    """Give the service worker from the root, so that it may serve all pages."""
    text = (current_app.extensions["linli_static"] / "js" / "sw.js").read_bytes()
    answer = Response(text, content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@bp.route("/me/notifications/stop/<token>", methods=["GET", "POST"])
@public
def stop(token: str) -> Response:
    """Stop mails of one kind, or all, without signing in; the link in the mail is the proof."""
    known = read_stop_token(token)
    if known is None:
        raise StaleLinkError
    person_id, what = known
    is_all = request.form.get("all") == "1"
    is_done = request.method == "POST"
    if is_done:
        with transaction():
            _stop(person_id, "all" if is_all else what)
    label = _("letters of what I missed") if what == DIGEST_STOP else TOPIC_LABELS[Topic(what)]
    return render(
        "notifications/stop.html", token=token, label=label, is_done=is_done, is_all=is_all
    )


def _stop(person_id: int, what: str) -> None:
    if what == "all":
        wishes.stop_all_mails(person_id, at=clock.now())
    elif what == DIGEST_STOP:
        wishes.stop_digest(person_id, at=clock.now())
    else:
        wishes.stop_mails(person_id, Topic(what), at=clock.now())


@bp.route("/s/<token>", methods=["GET", "POST"])
@public
def stop_texts(token: str) -> Response:
    """Stop text messages of one kind without signing in; the link in the message is the proof."""
    known = read_texts_token(token)
    if known is None:
        raise StaleLinkError
    person_id, topic = known
    is_done = request.method == "POST"
    if is_done:
        ButtonForm.posted().check()
        with transaction():
            wishes.stop_texts(person_id, topic, at=clock.now())
    label = TOPIC_LABELS[topic]
    return render("notifications/stop_texts.html", token=token, label=label, is_done=is_done)


# The address itself is the proof, and mail programs post to it from elsewhere (RFC 8058).
exempt_from_csrf("notifications.stop")


@slot("me_links").add
def _my_news(_viewer: Viewer) -> list[Link]:
    return [Link(url_for("notifications.preferences"), _("What reaches me, and how"))]


@slot("me_notes").add
def _what_failed(viewer: Viewer) -> list[Link]:
    """Say on a person's own page that nothing reaches them at an address."""
    rows = desk.failed_of(*desk.addresses_of(viewer.id or 0))
    return [
        Link(url_for("notifications.preferences") + "#failed", failure_said(row)) for row in rows
    ]


def failure_said(row: FailedRow) -> str:
    """Return what a person reads of an address that failed."""
    if row.way is Way.MAIL:
        return _("Mails to %(address)s come back. Please look at the address.", address=row.address)
    return _("Text messages do not reach your number. Please look at it.")
