"""Who is there and what they may open: the viewer, the marks on views, the session cookie.

Every view carries exactly one mark; `guard` enforces it before the view runs. Sessions are rows of
`accounts`, which registers one loader here; the ground never asks upward.
"""

import hashlib
import hmac
import ipaddress
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any, TypeVar, cast

from flask import Flask, Response, current_app, g, has_request_context, request
from flask_login import LoginManager
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from app.core import i18n
from app.core.errors import NotAllowedError, NotSignedInError
from app.core.i18n import lazy_gettext as _l
from app.core.settings import settings

ACCESS = "__linli_access__"
View = TypeVar("View", bound=Callable[..., Any])


class Role(StrEnum):
    """What a person may be, each given with a scope and a reason."""

    OPERATOR = "operator"
    MODERATOR = "moderator"
    PLANNER = "planner"
    MARKETER = "marketer"
    ANALYST = "analyst"
    EXPERT = "expert"
    LEADER = "leader"
    OWNER = "owner"
    MANAGER = "manager"
    CLERK = "clerk"
    COURIER = "courier"


STAFF_ROLES = (Role.OWNER, Role.MANAGER, Role.CLERK, Role.COURIER)


@dataclass(frozen=True, slots=True)
class Grant:
    """One role with its scope: `("merchant", 12)`, or `("", 0)` for the whole site."""

    role: str
    scope_kind: str = ""
    scope_id: int = 0


@dataclass(frozen=True)
class Viewer:
    """The person a page is made for, or a service's actor; a guest and the system have no id."""

    id: int | None = None
    name: str = ""
    language: str = ""
    neighbourhood_id: int | None = None
    grants: frozenset[Grant] = frozenset()
    sign_in_id: int | None = None
    token: str = field(default="", repr=False)
    avatar_picture_id: int | None = None
    text_size: str = ""
    theme: str = ""
    silenced: bool = False
    accepted_mark: int = 0
    has_proven_number: bool = False
    is_child: bool = False

    @property
    def is_member(self) -> bool:
        """Whether somebody is signed in."""
        return self.id is not None

    @property
    def is_guest(self) -> bool:
        """Whether nobody is signed in."""
        return self.id is None

    @property
    def is_authenticated(self) -> bool:
        """Flask-Login's word for a member."""
        return self.is_member

    @property
    def is_active(self) -> bool:
        """Flask-Login asks; a suspended person's sign-ins are ended instead."""
        return self.is_member

    @property
    def is_anonymous(self) -> bool:
        """Flask-Login's word for a guest."""
        return self.is_guest

    def get_id(self) -> str:
        """Return the id as Flask-Login wants it."""
        return str(self.id or "")

    def has_role(self, *roles: str, scope: tuple[str, int] | None = None) -> bool:
        """Whether the person holds one of the roles for the whole site, or within `scope`."""
        return any(
            grant.role in roles
            and (not grant.scope_kind or (grant.scope_kind, grant.scope_id) == scope)
            for grant in self.grants
        )

    def is_staff_of(self, merchant_id: int, *roles: str) -> bool:
        """Whether the person works for the merchant, in one of `roles` where they are named."""
        wanted = roles or STAFF_ROLES
        return any(
            grant.role in wanted
            and grant.scope_kind == "merchant"
            and grant.scope_id == merchant_id
            for grant in self.grants
        )

    @cached_property
    def merchant_ids(self) -> tuple[int, ...]:
        """The merchants the person works for."""
        return tuple(
            sorted({grant.scope_id for grant in self.grants if grant.scope_kind == "merchant"})
        )

    @cached_property
    def is_operator(self) -> bool:
        """Whether the person runs the site."""
        return self.has_role(Role.OPERATOR)

    @cached_property
    def is_reviewer(self) -> bool:
        """Whether the person may see held and hidden content everywhere."""
        return self.has_role(Role.OPERATOR, Role.MODERATOR)

    @cached_property
    def audiences(self) -> tuple[str, ...]:
        """The audience keys of what this viewer may find and read."""
        if self.is_guest:
            return ("public",)
        own = ["public", "members", f"person:{self.id}"]
        own += [f"merchant:{merchant_id}" for merchant_id in self.merchant_ids]
        return (*own, "staff") if self.is_reviewer else tuple(own)


GUEST = Viewer()
SYSTEM = Viewer(name="system")


@dataclass(frozen=True, slots=True)
class Access:
    """What a view demands."""

    kind: str
    roles: tuple[str, ...] = ()
    argument: str = ""

    def check(self, viewer: Viewer, arguments: dict[str, Any]) -> None:
        """Refuse a viewer who may not open the view: unknown → sign in, known → 403."""
        if self.kind == "public":
            return
        if viewer.is_guest:
            raise NotSignedInError
        if self.kind == "role" and not viewer.has_role(*self.roles):
            raise NotAllowedError(_l("Only those who run this town open this page."))
        if self.kind == "staff" and not viewer.is_staff_of(arguments[self.argument], *self.roles):
            raise NotAllowedError(_l("Only those who work in this shop open this page."))


def _marked(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        if hasattr(view, ACCESS):
            raise TypeError(f"{view.__name__} carries two access marks")
        setattr(view, ACCESS, access)
        return view

    return mark


def public(view: View) -> View:
    """Mark a view that everybody may open."""
    return _marked(Access("public"))(view)


def member(view: View) -> View:
    """Mark a view that needs a signed-in person."""
    return _marked(Access("member"))(view)


def role(*roles: str) -> Callable[[View], View]:
    """Mark a view that needs one of the roles, site-wide."""
    return _marked(Access("role", roles=tuple(roles)))


def staff_of(argument: str, *roles: str) -> Callable[[View], View]:
    """Mark a view that needs staff of the merchant whose id is the URL argument, in one of `roles`
    if named.
    """
    return _marked(Access("staff", roles=tuple(roles), argument=argument))


def access_of(view: Callable[..., Any]) -> Access | None:
    """Return the mark of a view, or None."""
    return cast("Access | None", getattr(view, ACCESS, None))


def me() -> Viewer:
    """Return the viewer of this request; the real one, never a proxy."""
    viewer: Viewer | None = g.get("viewer")
    if viewer is None:
        viewer = (_viewer_of_request() if has_request_context() else None) or GUEST
        # Flask-Login's own word for the same person, so that it never asks a second time.
        g.viewer = g._login_user = viewer
    return viewer


Loader = Callable[[str], Viewer | None]


def set_loader(app: Flask, loader: Loader) -> None:
    """Register how a session token becomes a viewer (one query); `accounts` does this."""
    app.extensions["linli_viewer_loader"] = loader


def session_cookie() -> str:
    """Return the name of the session cookie; over TLS it is bound to this host."""
    return "__Host-linli_session" if settings().is_https else "linli_session"


def remember_session(response: Response, token: str, *, seconds: int) -> None:
    """Give the browser its session cookie."""
    response.set_cookie(
        session_cookie(),
        token,
        max_age=seconds,
        secure=settings().is_https,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def forget_session(response: Response) -> None:
    """Take the browser's session cookie away."""
    response.delete_cookie(
        session_cookie(), secure=settings().is_https, httponly=True, samesite="Lax", path="/"
    )


def token_hash(token: str) -> str:
    """Return what the database keeps of a secret token: its SHA-256, in hex."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def signed(purpose: str, text: str) -> str:
    """Return a keyed digest (32 hex digits) of a text for one purpose, by the site's key."""
    key = settings().secret_key.encode()
    return hmac.new(
        key, f"{purpose}\x00{text}".encode("utf-8", "surrogatepass"), hashlib.sha256
    ).hexdigest()[:32]


def address_hash(address: str | None) -> str:
    """Return what may be kept of where a request came from: an IPv6 home is a /64, and no address
    stays readable.
    """
    place = address or ""
    with suppress(ValueError):
        if ipaddress.ip_address(place).version == 6:
            place = str(ipaddress.ip_network(f"{place}/64", strict=False))
    return signed("address", place)


def csrf_token(viewer: Viewer) -> str:
    """Return the token that a member's forms carry; a guest has none."""
    return signed("csrf", viewer.token) if viewer.is_member else ""


def is_signed(purpose: str, text: str, digest: str) -> bool:
    """Whether the digest belongs to the text and purpose; takes the same time for every answer."""
    return hmac.compare_digest(
        signed(purpose, text).encode(), digest.encode("utf-8", "surrogatepass")
    )


def connect(app: Flask) -> None:
    """Let Flask-Login find the viewer by our session cookie, and enforce every view's mark."""
    logins = LoginManager()
    logins.anonymous_user = lambda: GUEST
    logins.session_protection = None
    logins.init_app(app, add_context_processor=False)
    logins.request_loader(lambda _request: me())
    app.before_request(guard)


def _viewer_of_request() -> Viewer | None:
    token = request.cookies.get(session_cookie())
    loader: Loader | None = current_app.extensions.get("linli_viewer_loader")
    return loader(token) if token and loader else None


def guard() -> None:
    """Enforce the mark of the view about to run; a view without one is never opened."""
    if request.endpoint is None:
        return
    view = current_app.view_functions[request.endpoint]
    access = access_of(view)
    if access is None:
        raise RuntimeError(f"{request.endpoint} carries no access mark")
    access.check(me(), dict(request.view_args or {}))


def language_of_request(viewer: Viewer) -> str:
    """Return the language for this request: the person's, else the browser's choice, else the
    site's.
    """
    if viewer.language:
        return viewer.language
    chosen = look().get("lang")
    if chosen in i18n.LANGUAGES:
        return chosen
    return _wished(request.headers.get("Accept-Language", "")) or i18n.site_language()


@lru_cache(maxsize=1024)
def _wished(header: str) -> str:
    accepted = parse_accept_header(header, LanguageAccept)
    wished = accepted.best_match(["zh-Hans", "zh-CN", "zh", "en"])
    if wished is None:
        return ""
    return "en" if wished == "en" else "zh_Hans"


LOOK_COOKIE = "linli_look"
Keeper = Callable[[Viewer, dict[str, str]], None]


def set_look_keeper(app: Flask, keeper: Keeper) -> None:
    """Register who writes a member's choice of language, size or theme; `accounts` does this."""
    app.extensions["linli_look_keeper"] = keeper


def look() -> dict[str, str]:
    """Return what this browser chose by hand: `lang`, `size`, `theme`."""
    pairs = (
        pair.split("-", 1)
        for pair in request.cookies.get(LOOK_COOKIE, "").split(".")
        if "-" in pair
    )
    return {pair[0]: pair[1] for pair in pairs}
