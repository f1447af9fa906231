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
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

from flask import (
    Flask,
    Response,
    current_app,
    g,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from app.core import clock, i18n, keeping, templating
from app.core.access import (
    Viewer,
    look,
    me,
)
from app.core.db import Count, begin_anew, fetch_counts
from app.core.errors import (
    AlreadyDoneError,
    LinliError,
    NotFoundError,
    NotSignedInError,
    TooLargeError,
    TooManyError,
)
from app.core.facts import site, town
from app.core.forms import FormShown
from app.core.i18n import lazy_gettext as _l
from app.core.keeping import cache, is_anonymous_request, personal_cookie
from app.core.lists import Page, decode_key, encode_key, instant, keyset
from app.core.money import Money
from app.core.settings import settings
from app.core.shown import (
    nl2br,
    qr_svg,
    shown_age,
    shown_day,
    shown_exactly,
    shown_length,
    shown_moment,
    shown_money,
    shown_time,
)

__all__ = [
    "Link",
    "Page",
    "Slot",
    "absolute",
    "cache",
    "csv_answer",
    "decode_key",
    "encode_key",
    "here",
    "instant",
    "is_anonymous_request",
    "keyset",
    "know_count",
    "layout_count",
    "live_answer",
    "nl2br",
    "part",
    "personal_cookie",
    "qr_svg",
    "register_subject",
    "remembered_part",
    "render",
    "safe_cell",
    "said",
    "shown_age",
    "shown_day",
    "shown_exactly",
    "shown_length",
    "shown_moment",
    "shown_money",
    "shown_time",
    "slot",
    "static_version",
    "subject_link",
    "toast",
    "wants_json",
    "with_query",
]

log = logging.getLogger(__name__)

TOASTS: dict[str, Any] = {}
SUBJECTS: dict[str, tuple[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of a navigation slot; `count` is shown where it is not zero, `head` stands above
    the first of a group.
    """

    url: str
    label: str
    count: int = 0
    head: str = ""


class Slot:
    """A named place on a page that upper houses fill; a filler gets the viewer, gives rows."""

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
COUNTS: dict[str, Callable[[Viewer], Count | None]] = {}


def slot(name: str) -> Slot:
    """Return the named slot, made when first asked for."""
    return SLOTS.setdefault(name, Slot())


def layout_count(name: str, ask: Callable[[Viewer], Count | None]) -> None:
    """Register a number of the base layout (an unread count); all are asked in one statement, at
    most once a request. `ask` gives None where the viewer has none.
    """
    COUNTS[name] = ask


def know_count(name: str, number: int) -> None:
    """Let the layout show a number that this page has read anyway."""
    g.setdefault("layout_counts", {})[name] = number


def _layout(name: str) -> int:
    known: dict[str, int] = g.setdefault("layout_counts", {})
    if name not in known:
        viewer = me()
        asked = {one: ask(viewer) for one, ask in COUNTS.items() if one not in known}
        known |= dict.fromkeys([*asked, name], 0)
        known |= fetch_counts({one: count for one, count in asked.items() if count is not None})
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
    parts, asked = _asked()
    kept = {name: value for name, value in asked.items() if name not in values}
    kept |= {name: str(value) for name, value in values.items() if value is not None}
    return _written(parts, tuple(kept.items()))


@lru_cache(maxsize=4096)
def _written(parts: SplitResult, query: tuple[tuple[str, str], ...]) -> str:
    return urlunsplit(parts._replace(query=urlencode(query)))


def _asked() -> tuple[SplitResult, dict[str, str]]:
    """Return this page's address in parts and its query without a place in a list, read once."""
    known: tuple[SplitResult, dict[str, str]] | None = g.get("asked")
    if known is None:
        parts = urlsplit(request.full_path.rstrip("?"))
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        for name in ("after", "said"):
            query.pop(name, None)
        known = g.asked = parts, query
    return known


def register_subject(kind: str, endpoint: str, argument: str) -> None:
    """Say which page shows a subject of this kind, so that lower houses can link upward."""
    SUBJECTS[kind] = (endpoint, argument)


def subject_link(kind: str, subject_id: int, **values: Any) -> str | None:
    """Return the URL of a subject's page, or None where nobody shows it."""
    found = SUBJECTS.get(kind)
    arguments: dict[str, Any] = {found[1]: subject_id} | values if found else {}
    return url_for(found[0], **arguments) if found else None


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


def remembered_part(template: str, macro: str, /, *inputs: Hashable) -> Markup:
    """Return what a macro of a template makes of its inputs, remembered by them: all that shows
    must be among them (`templating.Parts`).
    """
    environment = current_app.jinja_env
    make = getattr(environment.get_template(template).module, macro)
    remembered: Any = environment.globals["remembered"]
    made: Markup = remembered(make, *inputs)
    return made


def live_answer(version: str, make: Callable[[], Response | str]) -> Response:
    """Return 304 while `version` is what the browser has, else what `make` gives, with that version
    as its ETag.
    """
    tag = hashlib.sha256(f"{version}:{i18n.language()}:{me().id}".encode()).hexdigest()[:24]
    if request.if_none_match.contains_weak(tag):
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
    number = text.removeprefix("-").replace(".", "", 1).isdecimal()
    return f"'{text}" if text[:1] in "=+-@\t\r" and text and not number else value


def _csv_of(header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    lines, yet = chain([header], rows), "\ufeff"
    while batch := list(islice(lines, 200)):
        buffer = io.StringIO()
        csv.writer(buffer).writerows([safe_cell(cell) for cell in row] for row in batch)
        yield yet + buffer.getvalue()
        yet = ""


def csv_answer(filename: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Response:
    """Return a CSV download with a byte-order mark, formula-safe; it leaves while it is read, so
    that a long one fits.
    """
    written = stream_with_context(_csv_of(header, rows))
    answer = Response(written, content_type="text/csv; charset=utf-8")
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
    words = _HTTP_WORDS.get(code, _l("This request could not be understood."))
    known = {404: NotFoundError, 413: TooLargeError}.get(code)
    return _refused((known or type("HttpError", (LinliError,), {"status": code}))(words))


def _crashed(error: Exception) -> Response:
    if current_app.testing:
        raise error
    log.error(
        "request failed",
        exc_info=error,
        extra={"request_id": g.get("request_id"), "path": request.path},
    )
    begin_anew()
    return render("core/refused.html", status=500, error=LinliError())


def _static_address(name: str) -> str:
    return current_app.url_for("core.static_file", version=static_version(name), name=name)


def static_version(name: str) -> str:
    """Return the hash of an asset's content, under which it is served; 0 where there is none."""
    extensions = current_app.extensions
    if "linli_static_versions" not in extensions or current_app.debug:
        folder: Path = extensions["linli_static"]
        extensions["linli_static_versions"] = {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:12]
            for path in folder.rglob("*")
            if path.is_file()
        }
    known: dict[str, str] = extensions["linli_static_versions"]
    return known.get(name, "0")


def connect(app: Flask) -> None:
    """Answer every request and every refusal in one way."""
    conf = settings_of(app)
    keeping.connect(app, conf)
    app.register_error_handler(FormShown, lambda shown: shown.response)
    app.register_error_handler(AlreadyDoneError, _already)
    app.register_error_handler(LinliError, _refused)
    app.register_error_handler(HTTPException, _http_refused)
    app.register_error_handler(Exception, _crashed)
    app.extensions["linli_render"] = render
    environment = app.jinja_env
    parts = templating.Parts(conf.remembered_letters, is_checked=conf.testing)
    templating.install(environment, parts)
    environment.add_extension("jinja2.ext.do")
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.policies["ext.i18n.trimmed"] = True
    environment.globals.update(
        asset=_static_address,
        foot_lines=lambda: tuple(map(tuple, slot("foot"))),
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
        site=site,
        town=town,
        absolute=absolute,
    )
    environment.filters.update(
        money=shown_money,
        plain_money=lambda minor: Money(minor).plain(),
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
    return redirect(done.location or _own_path(request.referrer), 303)  # type: ignore[return-value]


def _own_path(address: str | None) -> str:
    """Return the path of an address, which leads nowhere but here."""
    return "/" + urlsplit(address or "").path.lstrip("/\\")
