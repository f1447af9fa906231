"""Keeping and guarding answers: guests' pages without a cookie, with an ETag, kept whole for a few
seconds.

Members' pages are theirs alone; every answer carries the headers that browsers need to protect
people.
"""

import hashlib
import logging
import os
from functools import lru_cache
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from flask_caching import Cache

from app.core import i18n
from app.core.access import GUEST, LOOK_COOKIE, access_of, language_of_request, me, session_cookie
from app.core.settings import Settings, settings

cache = Cache()
PERSONAL_COOKIES: set[str] = set()
CONDITIONS = {"HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_MATCH", "HTTP_RANGE"}
# Parts of an address that open something to whoever knows them.
SECRETS = {"token", "digest", "signed_code"}
log = logging.getLogger(__name__)


def is_anonymous_request() -> bool:
    """Whether nothing in the request tells this visitor from any other (no session, no basket)."""
    cookies = request.cookies
    return not cookies or (session_cookie() not in cookies and PERSONAL_COOKIES.isdisjoint(cookies))


def personal_cookie(name: str) -> None:
    """Register a cookie whose bearer never gets a kept page (a guest's basket)."""
    PERSONAL_COOKIES.add(name)


def _keep_key() -> str | None:
    if request.method != "GET" or request.endpoint is None or not is_anonymous_request():
        return None
    access = access_of(current_app.view_functions[request.endpoint])
    if access is None or access.kind != "public":
        return None
    chosen = request.cookies.get(LOOK_COOKIE, "")[:40]
    return f"page:{request.host}:{request.full_path}:{i18n.language()}:{chosen}"


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
    is_page = answer.status_code == 200 and request.method in {"GET", "HEAD"}
    if answer.direct_passthrough or not is_page:
        if answer.status_code != 304 and "Cache-Control" not in answer.headers:
            _keep_out_of_caches(answer)
        return answer
    if "Cache-Control" in answer.headers:
        return _conditional(answer)
    if _keep_out_of_caches(answer):
        return answer
    answer.headers["Cache-Control"] = "no-cache"
    if "Vary" in answer.headers:
        answer.vary.update(["Cookie", "Accept-Language"])
    else:
        answer.headers["Vary"] = "Cookie, Accept-Language"
    if g.get("page_is_personal"):
        return answer
    if not answer.get_etag()[0]:
        answer.set_etag(hashlib.sha256(answer.get_data()).hexdigest()[:24], weak=True)
        _keep(answer)
    return _conditional(answer)


def _keep_out_of_caches(answer: Response) -> bool:
    """Let no browser and no proxy keep what is meant for one person: a member's page, also one that
    refuses, and what an address with a secret in it shows.
    """
    has_secret = "key" in request.args or not SECRETS.isdisjoint(request.view_args or ())
    if is_anonymous_request() and not has_secret and "Set-Cookie" not in answer.headers:
        return False
    answer.headers["Cache-Control"] = "private, no-store"
    return True


def _conditional(answer: Response) -> Response:
    if not CONDITIONS.isdisjoint(request.environ):
        answer.make_conditional(request)
    return answer


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
    "default-src 'self'; img-src 'self' data: blob:{tiles}; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
GUARDS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()"),
)


@lru_cache
def _policy(tiles_url: str) -> str:
    """Return the policy; pictures come from elsewhere only where the town set a server of tiles."""
    parts = urlsplit(tiles_url)
    return POLICY.format(tiles=f" {parts.scheme}://{parts.netloc}" if tiles_url else "")


def _secure(answer: Response) -> None:
    headers, conf = answer.headers, settings()
    said = {name.lower() for name, _value in headers}
    guards = [("Content-Security-Policy", _policy(conf.tiles_url)), *GUARDS]
    guards.append(("X-Request-Id", g.get("request_id", "")))
    if conf.is_https:
        guards.append(("Strict-Transport-Security", "max-age=31536000; includeSubDomains"))
    for name, value in guards:
        if name.lower() not in said:
            headers.add(name, value)


def _start() -> Response | None:
    g.request_id = os.urandom(6).hex()
    if is_anonymous_request():
        i18n.speak(language_of_request(GUEST))
        return _kept()
    i18n.speak(language_of_request(me()))
    return None


def connect(app: Flask, conf: Settings) -> None:
    """Choose the store of kept pages, and guard every answer on its way out."""
    kept_in_redis = {
        "CACHE_TYPE": "RedisCache",
        "CACHE_REDIS_URL": conf.redis_url,
        "CACHE_KEY_PREFIX": "linli:",
    }
    kept_here = {"CACHE_TYPE": "SimpleCache", "CACHE_THRESHOLD": 400}
    cache.init_app(app, config=kept_in_redis if conf.redis_url else kept_here)
    app.before_request(_start)
    app.after_request(_finish)
