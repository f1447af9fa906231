"""The ground's own addresses: assets, vendor files, drawings, language and look, health and
metrics.
"""

import hashlib
from functools import cache
from importlib import resources
from typing import Any

import sqlalchemy as sa
from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    request,
    send_from_directory,
    url_for,
)

from app.core import i18n
from app.core.access import LOOK_COOKIE, Keeper, look, me, public
from app.core.db import database_name, db
from app.core.drawings import drawing
from app.core.errors import NotFoundError
from app.core.i18n import lazy_gettext as _l
from app.core.pages import render, said, static_version, toast
from app.core.settings import settings

bp = Blueprint("core", __name__, template_folder="templates")

LOOK_KEPT = toast("core.look_kept", _l("That is how you see it now."))
FOREVER = "public, max-age=31536000, immutable"
VENDOR = {
    "leaflet.js": ("js_lib_leaflet", "static/js_lib_leaflet/leaflet.js", "text/javascript"),
    "leaflet.css": ("js_lib_leaflet", "static/js_lib_leaflet/leaflet.css", "text/css"),
    "htmx.js": ("js_lib_htmx", "static/htmx/htmx.min.js", "text/javascript"),
}


@cache
def _vendor_bytes(name: str) -> bytes:
    package, path, _kind = VENDOR[name]
    return resources.files(package).joinpath(path).read_bytes()


@cache
def vendor_version(name: str) -> str:
    """Return the content hash under which a vendor file is served."""
    return hashlib.sha256(_vendor_bytes(name)).hexdigest()[:12]


@bp.get("/static/<version>/<path:name>")
@public
def static_file(version: str, name: str) -> Response:
    """Serve one of our own assets under its content hash; under another, while two versions of the
    site run, nobody keeps it.
    """
    answer = send_from_directory(current_app.extensions["linli_static"], name)
    is_this_one = version == static_version(name)
    answer.headers["Cache-Control"] = FOREVER if is_this_one else "no-cache"
    return answer


@bp.get("/vendor/<version>/<path:name>")
@public
def vendor_file(version: str, name: str) -> Response:
    """Serve one of the allowed third-party files out of its package."""
    if name not in VENDOR:
        raise NotFoundError
    answer = Response(_vendor_bytes(name), content_type=f"{VENDOR[name][2]}; charset=utf-8")
    is_this_one = version == vendor_version(name)
    answer.headers["Cache-Control"] = FOREVER if is_this_one else "no-cache"
    return answer


@bp.get("/drawings/<kind>/<seed>.svg")
@public
def drawn(kind: str, seed: str) -> Response:
    """Serve our own drawing of a kind of thing; the same seed always looks the same."""
    answer = Response(
        drawing(kind[:40], seed[:80], 640, 400), content_type="image/svg+xml; charset=utf-8"
    )
    answer.headers["Cache-Control"] = "public, max-age=604800"
    return answer


@bp.post("/look")
@public
def choose_look() -> Response:
    """Remember the language, text size or theme that somebody chose, and go back: in this browser,
    and for a member in their account.
    """
    chosen = look()
    wanted: dict[str, str] = {}
    allowed = {
        "lang": set(i18n.LANGUAGES),
        "size": {"standard", "large", "largest"},
        "theme": {"auto", "light", "dark"},
    }
    for name, values in allowed.items():
        if request.form.get(name) in values:
            wanted[name] = request.form[name]
    back = request.form.get("back", "/")
    answer: Any = said(back if _is_local(back) else "/", LOOK_KEPT)
    keeper: Keeper | None = current_app.extensions.get("linli_look_keeper")
    if me().is_member and keeper and wanted:
        keeper(me(), wanted)
    chosen |= wanted
    text = ".".join(f"{name}-{value}" for name, value in sorted(chosen.items()) if name in allowed)
    answer.set_cookie(
        LOOK_COOKIE,
        text,
        max_age=31536000,
        secure=settings().is_https,
        samesite="Lax",
        httponly=True,
    )
    return answer  # type: ignore[no-any-return]


def _is_local(location: str) -> bool:
    return (
        location.startswith("/")
        and not location.startswith(("//", "/\\"))
        and location.isprintable()
    )


@bp.get("/look")
@public
def looks() -> Response:
    """Show the choices of language, text size and theme."""
    return render("core/looks.html", back=request.args.get("back", "/"))


@bp.get("/healthz")
@public
def healthz() -> Response:
    """Say that the process answers."""
    return Response("ok\n", content_type="text/plain; charset=utf-8")


@bp.get("/readyz")
@public
def readyz() -> Response:
    """Say that the database answers, and which one it is."""
    db.session.execute(sa.text("SELECT 1"))
    return Response(f"ready {database_name()}\n", content_type="text/plain; charset=utf-8")


@bp.get("/metrics")
@public
def metrics() -> Response:
    """Give the process's figures to Prometheus, to callers on this machine only."""
    # A proxy on this machine that nobody told us to trust asks for people elsewhere.
    is_passed_on = {"X-Forwarded-For", "Forwarded"} & set(request.headers.keys())
    if request.remote_addr not in {"127.0.0.1", "::1"} or is_passed_on:
        raise NotFoundError
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest  # noqa: PLC0415 - only who measures pays for it

    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _vendor_address(name: str) -> str:
    return url_for("core.vendor_file", version=vendor_version(name), name=name)


def connect(app: Flask) -> None:
    """Mount the ground's addresses and let templates name vendor files."""
    app.register_blueprint(bp)
    app.jinja_env.globals["vendor"] = _vendor_address
