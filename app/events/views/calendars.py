"""Calendar files and feeds, the town's and one's own."""

import hashlib
from datetime import timedelta
from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.core import clock, i18n
from app.core.access import is_signed, me, member, public, signed
from app.core.db import transaction
from app.core.errors import NotFoundError
from app.core.facts import site
from app.core.forms import ButtonForm
from app.core.i18n import gettext as _
from app.core.pages import (
    absolute,
    cache,
    said,
)
from app.events import queries
from app.events.parts.calendars import calendar_file
from app.events.services import feeds
from app.events.views.blueprint import FEED_RENEWED, bp

KEPT_DAYS = 90


@bp.get("/feed.ics")
@public
def feed() -> Response:
    """Everything the neighbourhood has planned, to subscribe to."""
    since = clock.now() - timedelta(days=KEPT_DAYS)
    version = "all:" + queries.calendar_version(since=since)
    name = _("%(site)s: events", site=site().site_name)
    return _calendar(version, lambda: queries.calendar_rows(since=since), name)


@bp.get("/<int:gathering_id>/calendar.ics")
@public
def calendar(gathering_id: int) -> Response:
    """One gathering as a file for one's own calendar."""
    subject = queries.gathering_for(me(), gathering_id)
    version = f"one:{gathering_id}:{subject.sequence}:{subject.changed_at.isoformat()}"
    since = subject.starts_at

    def rows() -> Any:
        return queries.calendar_rows(since=since, gathering_id=gathering_id)

    answer = _calendar(version, rows, i18n.pick(subject.title, subject.title_en))
    answer.headers["Content-Disposition"] = f'attachment; filename="event-{gathering_id}.ics"'
    return answer


@bp.get("/mine/<int:person_id>-<digest>.ics")
@public
def my_feed(person_id: int, digest: str) -> Response:
    """One person's own events; the address is the key, and a renewed address ends the old one."""
    generation = queries.feed_generation(person_id)
    if generation is None or not is_signed("calendar", f"{person_id}:{generation}", digest):
        raise NotFoundError
    since = clock.now() - timedelta(days=KEPT_DAYS)
    version = f"of{person_id}:" + queries.calendar_version(since=since, person_id=person_id)
    name = _("%(site)s: my events", site=site().site_name)
    return _calendar(version, lambda: queries.calendar_rows(since=since, person_id=person_id), name)


@bp.post("/mine/feed")
@member
def renew_feed() -> AnyResponse:
    form = ButtonForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        here = act.leads_to(url_for("events.mine"))
        feeds.renew_feed(me(), at=clock.now())
    return said(here, FEED_RENEWED)


def feed_address(generation: int | None) -> str | None:
    if generation is None:
        return None
    person_id = me().id or 0
    digest = signed("calendar", f"{person_id}:{generation}")
    where = url_for("events.my_feed", person_id=person_id, digest=digest, lang=i18n.language())
    return absolute(where)


def _calendar(version: str, rows: Any, name: str) -> Response:
    """Answer with the calendar in the language the address names; unchanged is a 304, made once is
    kept.
    """
    wished = request.args.get("lang", i18n.language())
    with i18n.speaking(wished):
        source = absolute(request.full_path.rstrip("?"))
        text = f"{version}:{i18n.language()}:{name}:{source}"
        tag = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]
        answer = Response(content_type="text/calendar; charset=utf-8")
        answer.set_etag(tag)
        answer.headers["Cache-Control"] = "no-cache"
        if tag in request.if_none_match:
            answer.status_code = 304
            return answer
        body = cache.get(f"calendar:{tag}")
        if body is None:
            body = calendar_file(rows(), name=name, source=source)
            cache.set(f"calendar:{tag}", body, timeout=3600)
        answer.set_data(body)
    return answer
