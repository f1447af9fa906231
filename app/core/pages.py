"""Answers: pages, kept pages, toasts, refusals, downloads; the slots upper houses fill and the
links they register.

Guests' pages set no cookie, carry an ETag and may be kept whole for a few seconds; members' pages
are theirs alone.
"""

import csv
import hashlib
import io
import json
import logging
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from babel.dates import format_date, format_datetime, format_time
from flask import Flask, Response, current_app, g, redirect, render_template, request, url_for
from flask_caching import Cache
from markupsafe import Markup, escape
from werkzeug.exceptions import HTTPException

from app.core import clock, i18n
from app.core.access import (
    LOOK_COOKIE,
    Viewer,
    access_of,
    language_of_request,
    look,
    me,
    session_cookie,
)
from app.core.errors import (
    AlreadyDoneError,
    LinliError,
    NotFoundError,
    NotSignedInError,
    TooLargeError,
    TooManyError,
)
from app.core.forms import FormShown
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.money import Money
from app.core.settings import settings

log = logging.getLogger(__name__)
T = TypeVar("T")
cache = Cache()

PERSONAL_COOKIES: set[str] = set()
TOASTS: dict[str, Any] = {}
SUBJECTS: dict[str, tuple[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list: its rows and, where there are more, the key after which the next page
    starts.
    """

    rows: Sequence[T]
    next_key: str | None = None
    total: int | None = None

    def __bool__(self) -> bool:
        """Whether there is anything on it."""
        return bool(self.rows)


def keyset(rows: Sequence[Any], size: int, key: Callable[[Any], Sequence[Any]]) -> Page[Any]:
    """Return a `Page` of at most `size` rows out of `size + 1` fetched; `key(row)` gives the last
    row's order values.
    """
    if len(rows) <= size:
        return Page(rows)
    kept = rows[:size]
    return Page(kept, next_key=encode_key(key(kept[-1])))


def encode_key(values: Sequence[Any]) -> str:
    """Return order values as one URL-safe text; instants keep their microseconds."""
    return "~".join(
        value.isoformat() if isinstance(value, datetime) else str(value) for value in values
    )


def decode_key(text: str | None, *kinds: Callable[[str], Any]) -> tuple[Any, ...] | None:
    """Return the order values of a key, or None for no key or one that is not of these kinds."""
    if not text:
        return None
    parts = text.split("~")
    if len(parts) != len(kinds):
        return None
    try:
        return tuple(kind(part) for kind, part in zip(kinds, parts, strict=True))
    except (ValueError, OverflowError):
        return None


def instant(text: str) -> datetime:
    """Return the aware instant written in a key; refuses (ValueError) a naive one."""
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError("a key needs an aware instant")
    return value


class Link(NamedTuple):
    """One entry of a navigation slot; `count` is shown where it is not zero."""

    url: str
    label: str
    count: int = 0


class Slot:
    """A named place on a page that upper houses fill; each filler gets the viewer and returns rows.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._fillers: list[Callable[[Viewer], Iterable[Any]]] = []

    def add(self, filler: Callable[[Viewer], Iterable[Any]]) -> Callable[[Viewer], Iterable[Any]]:
        """Let an upper house fill this place; adding the same function twice does nothing."""
        if filler not in self._fillers:
            self._fillers.append(filler)
        return filler

    def __iter__(self) -> Any:
        """Yield what the fillers give for the present viewer."""
        viewer = me()
        for filler in self._fillers:
            yield from filler(viewer)


SLOTS: dict[str, Slot] = {}
LAYOUT: dict[str, Callable[[Viewer], Any]] = {}


def slot(name: str) -> Slot:
    """Return the named slot, made when first asked for."""
    return SLOTS.setdefault(name, Slot())


def layout_value(name: str, give: Callable[[Viewer], Any]) -> None:
    """Register a value of the base layout (an unread count), asked at most once a request, members
    only.
    """
    LAYOUT[name] = give


def _layout(name: str) -> Any:
    known = g.setdefault("layout_values", {})
    if name not in known:
        give = LAYOUT.get(name)
        known[name] = give(me()) if give and (me().is_member or name == "basket") else 0
    return known[name]


def toast(key: str, sentence: Any) -> str:
    """Register what a page says after an act; `said(url, key)` shows it once."""
    TOASTS[key] = sentence
    return key


def said(location: str, key: str) -> Response:
    """Return a redirect to `location` that makes the page say the registered sentence."""
    if key not in TOASTS:
        raise KeyError(f"toast {key} is not registered")
    return redirect(with_query(location, said=key), 303)  # type: ignore[return-value]


def with_query(location: str, **values: Any) -> str:
    """Return the URL with query values set (or, where None, taken away)."""
    parts = urlsplit(location)
    query = {
        name: value
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name not in values
    }
    query |= {name: str(value) for name, value in values.items() if value is not None}
    return urlunsplit(parts._replace(query=urlencode(query)))


def here(**values: Any) -> str:
    """Return this page's URL with query values changed; the list's position is dropped unless it is
    named.
    """
    return with_query(request.full_path.rstrip("?"), **({"after": None, "said": None} | values))


def register_subject(kind: str, endpoint: str, argument: str) -> None:
    """Say which page shows a subject of this kind, so that lower houses and logs can link upward.
    """
    SUBJECTS[kind] = (endpoint, argument)


def subject_link(kind: str, subject_id: int, **values: Any) -> str | None:
    """Return the URL of a subject's page, or None where nobody shows it."""
    found = SUBJECTS.get(kind)
    return url_for(found[0], **{found[1]: subject_id}, **values) if found else None


def absolute(location: str) -> str:
    """Return a full URL on the site's own address, for mails and feeds."""
    return settings().base_url + location


def render(template: str, status: int = 200, **context: Any) -> Response:
    """Return a page in the viewer's language."""
    return Response(
        render_template(template, **context), status, content_type="text/html; charset=utf-8"
    )


def part(template: str, **context: Any) -> Markup:
    """Return a piece of page for an upper house."""
    return Markup(render_template(template, **context))  # noqa: S704 - our own template, autoescaped


def live_answer(version: str, make: Callable[[], Response | str]) -> Response:
    """Return 304 while `version` is what the browser has, else what `make` gives, with that version
    as its ETag.
    """
    tag = hashlib.sha256(f"{version}:{i18n.language()}:{me().id}".encode()).hexdigest()[:24]
    if tag in request.if_none_match:
        answer = Response(status=304)
    else:
        made = make()
        answer = (
            made
            if isinstance(made, Response)
            else Response(made, content_type="text/html; charset=utf-8")
        )
    answer.set_etag(tag, weak=True)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def safe_cell(value: Any) -> Any:
    """Return a spreadsheet cell that no program takes for a formula."""
    text = str(value)
    number = text.lstrip("-").replace(".", "", 1).isdigit()
    return f"'{text}" if text[:1] in "=+-@\t\r" and text and not number else value


def csv_answer(filename: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Response:
    """Return a CSV download with a byte-order mark, formula-safe, one row after the other."""

    def lines() -> Iterable[str]:
        buffer = io.StringIO()
        writer = csv.writer(buffer)
        yield "\ufeff"
        for row in [header, *rows]:
            writer.writerow([safe_cell(cell) for cell in row])
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()

    answer = Response("".join(lines()), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return answer


def wants_json() -> bool:
    """Whether the other side asked for JSON rather than a page."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return request.path.startswith("/api/") or best == "application/json"


def _refused(error: LinliError) -> Response:
    if wants_json():
        body = {"error": type(error).__name__, "message": str(error), **_plain(error.data)}
        answer = Response(
            json.dumps(body, ensure_ascii=False), error.status, content_type="application/json"
        )
    elif isinstance(error, NotSignedInError) and request.method == "GET":
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), 303)  # type: ignore[return-value]
    else:
        answer = render("core/refused.html", status=error.status, error=error)
    if isinstance(error, TooManyError):
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in data.items()
        if isinstance(value, str | int | float | bool | None)
    }


_HTTP_WORDS = {
    404: _l("There is nothing at this address. It may have moved; the search finds most things."),
    405: _l("This address does not take that kind of request."),
    413: _l("This is too large to send."),
}


def _http_refused(error: HTTPException) -> Response:
    code = error.code or 500
    if 300 <= code < 400:
        return error.get_response()  # type: ignore[return-value]
    known: LinliError = NotFoundError() if code == 404 else LinliError()
    known = TooLargeError() if code == 413 else known
    shown = LinliError(_HTTP_WORDS.get(code, _l("This request could not be understood.")))
    shown.__class__ = known.__class__ if known.status == code else _status_class(code)
    return _refused(shown)


def _status_class(code: int) -> type[LinliError]:
    return type("HttpError", (LinliError,), {"status": code})


def _crashed(error: Exception) -> Response:
    if current_app.testing:
        raise error
    log.exception("request failed", extra={"request_id": g.get("request_id"), "path": request.path})
    return render("core/refused.html", status=500, error=LinliError())


# --- keeping guests' pages -------------------------------------------------------------------------------------------


def is_anonymous_request() -> bool:
    """Whether nothing in the request tells this visitor from any other (no session, no basket)."""
    return not any(name in request.cookies for name in {session_cookie(), *PERSONAL_COOKIES})


def personal_cookie(name: str) -> None:
    """Register a cookie whose bearer never gets a kept page (a guest's basket)."""
    PERSONAL_COOKIES.add(name)


def _keep_key() -> str | None:
    if request.method != "GET" or request.endpoint is None or not is_anonymous_request():
        return None
    access = access_of(current_app.view_functions[request.endpoint])
    if access is None or access.kind != "public":
        return None
    return f"page:{request.host}:{request.full_path}:{i18n.language()}:{request.cookies.get(LOOK_COOKIE, '')[:40]}"


def _kept() -> Response | None:
    if not settings().page_seconds or (key := _keep_key()) is None:
        return None
    try:
        found = cache.get(key)
    except Exception:
        return None
    if found is None:
        return None
    body, content_type, tag = found
    g.page_was_kept = True
    answer = Response(body, content_type=content_type)
    answer.set_etag(tag, weak=True)
    return answer


def _finish(answer: Response) -> Response:
    _secure(answer)
    if (
        answer.direct_passthrough
        or answer.status_code != 200
        or request.method not in {"GET", "HEAD"}
    ):
        return answer
    if "Cache-Control" in answer.headers:
        return answer.make_conditional(request)
    if not is_anonymous_request() or "Set-Cookie" in answer.headers:
        answer.headers["Cache-Control"] = "private, no-store"
        return answer
    answer.headers["Cache-Control"] = "no-cache"
    answer.vary.update(["Cookie", "Accept-Language"])
    if g.get("page_is_personal"):
        return answer
    if not answer.get_etag()[0]:
        answer.set_etag(hashlib.sha256(answer.get_data()).hexdigest()[:24], weak=True)
        _keep(answer)
    return answer.make_conditional(request)


def _keep(answer: Response) -> None:
    key = _keep_key() if settings().page_seconds else None
    if key is None:
        return
    value = (answer.get_data(), answer.content_type, answer.get_etag()[0])
    try:
        cache.set(key, value, timeout=settings().page_seconds)
    except Exception:
        log.warning("the page cache does not answer")


POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


def _secure(answer: Response) -> None:
    headers = answer.headers
    headers.setdefault("Content-Security-Policy", POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()")
    headers.setdefault("X-Request-Id", g.get("request_id", ""))
    if settings().is_https:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")


def _start() -> Response | None:
    g.request_id = uuid.uuid4().hex[:12]
    if is_anonymous_request():
        i18n.speak(_guest_language())
        return _kept()
    i18n.speak(language_of_request(me()))
    return None


def _guest_language() -> str:
    return language_of_request(Viewer())


# --- words for templates ---------------------------------------------------------------------------------------------


def shown_money(minor: int, *, full: bool = False) -> str:
    """Return minor units of the site's currency as people read them."""
    return Money(minor).format(full=full)


def shown_age(moment: datetime) -> str:
    """Return how long ago (or how far ahead) an instant is, in words, never longer than it needs to
    be.
    """
    seconds = int((clock.now() - moment).total_seconds())
    ahead, seconds = seconds < 0, abs(seconds)
    if seconds < 60:
        return _("just now")
    text = shown_length(timedelta(seconds=seconds))
    return _("in %(time)s", time=text) if ahead else _("%(time)s ago", time=text)


def shown_length(span: timedelta) -> str:
    """Return a length of time in its largest unit."""
    minutes = max(int(span.total_seconds() // 60), 0)
    if minutes < 60:
        return i18n.ngettext("%(num)s minute", "%(num)s minutes", minutes)
    if minutes < 48 * 60:
        return i18n.ngettext("%(num)s hour", "%(num)s hours", minutes // 60)
    if minutes < 60 * 24 * 60:
        return i18n.ngettext("%(num)s day", "%(num)s days", minutes // (24 * 60))
    if minutes < 730 * 24 * 60:
        return i18n.ngettext("%(num)s month", "%(num)s months", minutes // (30 * 24 * 60))
    return i18n.ngettext("%(num)s year", "%(num)s years", minutes // (365 * 24 * 60))


def shown_day(moment: datetime | Any, *, weekday: bool = True) -> str:
    """Return a day as people say it: today, tomorrow, Saturday 28 November."""
    day = clock.local(moment).date() if isinstance(moment, datetime) else moment
    distance = (day - clock.today()).days
    near = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}.get(distance)
    if near:
        return near
    skeleton = (
        {"zh_Hans": "M月d日 EEE", "en": "EEE d MMM"}
        if weekday
        else {"zh_Hans": "M月d日", "en": "d MMM"}
    )
    pattern = skeleton[i18n.language()]
    if day.year != clock.today().year:
        pattern = {"zh_Hans": "y年M月d日", "en": "d MMM y"}[i18n.language()]
    return format_date(day, pattern, locale=i18n.locale())


def shown_time(moment: datetime | Any) -> str:
    """Return a time of day as the town's clocks show it: 17:30."""
    value = clock.local(moment) if isinstance(moment, datetime) else moment
    return format_time(value, "HH:mm", locale=i18n.locale())


def shown_moment(moment: datetime) -> str:
    """Return day and time: today 17:30."""
    return f"{shown_day(moment)} {shown_time(moment)}"


def shown_exactly(moment: datetime) -> str:
    """Return date and time with the year, for papers and the audit trail."""
    return format_datetime(clock.local(moment), "yyyy-MM-dd HH:mm", locale=i18n.locale())


def nl2br(text: str) -> Markup:
    """Return plain text with its line breaks kept, escaped."""
    return Markup("<br>").join(escape(line) for line in (text or "").splitlines())


def qr_svg(text: str) -> Markup:
    """Return the text as an inline QR code, black on white whatever the theme."""
    import segno  # noqa: PLC0415 - only pages with a code pay for it

    image = segno.make(text, error="m", micro=False)
    return Markup(image.svg_inline(scale=4, border=2, omitsize=True, svgclass=None, lineclass=None))  # noqa: S704


def _static_address(name: str) -> str:
    return url_for("core.static_file", version=_version_of(name), name=name)


def _version_of(name: str) -> str:
    known: dict[str, str] = current_app.extensions.setdefault("linli_static_versions", {})
    if name not in known or current_app.debug:
        path = current_app.extensions["linli_static"] / name
        known[name] = hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else "0"
    return known[name]


def connect(app: Flask) -> None:
    """Answer every request and every refusal in one way."""
    conf = settings_of(app)
    cache.init_app(
        app,
        config={
            "CACHE_TYPE": "RedisCache",
            "CACHE_REDIS_URL": conf.redis_url,
            "CACHE_KEY_PREFIX": "linli:",
        }
        if conf.redis_url
        else {"CACHE_TYPE": "SimpleCache", "CACHE_THRESHOLD": 400},
    )
    app.before_request(_start)
    app.after_request(_finish)
    app.register_error_handler(FormShown, lambda shown: shown.response)
    app.register_error_handler(AlreadyDoneError, _already)
    app.register_error_handler(LinliError, _refused)
    app.register_error_handler(HTTPException, _http_refused)
    app.register_error_handler(Exception, _crashed)
    app.extensions["linli_render"] = render
    environment = app.jinja_env
    environment.add_extension("jinja2.ext.i18n")
    environment.add_extension("jinja2.ext.do")
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        i18n.raw_gettext,
        i18n.raw_ngettext,
        newstyle=True,
        pgettext=i18n.raw_pgettext,
        npgettext=i18n.raw_npgettext,
    )
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.policies["ext.i18n.trimmed"] = True
    environment.globals.update(
        asset=_static_address,
        here=here,
        layout=_layout,
        link_to=subject_link,
        look=look,
        me=me,
        pick=i18n.pick,
        said_now=lambda: TOASTS.get(request.args.get("said", "")),
        slot=slot,
        with_query=with_query,
        qr_svg=qr_svg,
        language=i18n.language,
        now=clock.now,
        site=settings,
        absolute=absolute,
    )
    environment.filters.update(
        money=shown_money,
        ago=shown_age,
        length_of=shown_length,
        day=shown_day,
        time=shown_time,
        when=shown_moment,
        exactly=shown_exactly,
        lines=nl2br,
    )


def settings_of(app: Flask) -> Any:
    """Return the settings of an application that is still being built."""
    return app.extensions["linli_settings"]


def _already(done: AlreadyDoneError) -> Response:
    return redirect(done.location or request.referrer or "/", 303)  # type: ignore[return-value]
