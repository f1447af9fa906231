"""What a page does a hundred times, done cheaply: call a macro, word a message, write an address.

All of it gives what Jinja and Flask give; `docs/performance.md` has what it saves.
"""

from collections.abc import Callable, Hashable, Mapping, MutableMapping
from functools import lru_cache
from types import CodeType, FunctionType, MethodType
from typing import Any

from flask import Flask, Request, Response, has_request_context
from flask.globals import request_ctx
from flask.sessions import SessionInterface, SessionMixin
from jinja2 import Environment, Template, pass_eval_context
from jinja2.environment import TemplateModule
from jinja2.nodes import EvalContext
from jinja2.runtime import Context, Macro, new_context
from jinja2.utils import internalcode
from markupsafe import Markup, escape

from app.core import i18n

MOST_ADDRESSES = 20_000
LONGEST_ADDRESS = 200  # what people typed may be in it, and would fill the memory
FOR_ELSEWHERE = {"_anchor", "_external", "_method", "_scheme"}
PLAIN = (FunctionType, MethodType)


class NoSessions(SessionInterface):
    """Flask's signed cookie is not used: sessions are rows, and pages set no cookie."""

    def open_session(self, app: Flask, request: Request) -> None:
        """Open none."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Save none."""


class Town(Flask):
    """The application; it remembers the addresses it has written."""

    session_interface = NoSessions()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Know no address yet."""
        super().__init__(*args, **kwargs)
        self._addresses: dict[tuple[Any, ...], str] = {}

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return it as it is: no view is a coroutine, so none is looked at whether it is."""
        return func

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """Return the address of an endpoint, the same text as Flask's own."""
        for name in FOR_ELSEWHERE & values.keys():  # Flask's own function names each, most as None
            if values[name] is None:
                del values[name]
        key = (_mount(), endpoint, *values.items())
        try:
            return self._addresses[key]
        except TypeError:  # a list among the values
            return super().url_for(endpoint, **values)
        except KeyError:
            address = super().url_for(endpoint, **values)
        is_one_of_many = len(address) > LONGEST_ADDRESS or FOR_ELSEWHERE & values.keys()
        if has_request_context() and endpoint[:1] != "." and not is_one_of_many:
            if len(self._addresses) > MOST_ADDRESSES:
                self._addresses.clear()
            self._addresses[key] = address
        return address


class LeanTemplate(Template):
    """A template whose parts are imported once; every page has the same globals."""

    @classmethod
    def from_code(
        cls,
        environment: Environment,
        code: CodeType,
        globals: MutableMapping[str, Any],
        uptodate: Callable[[], bool] | None = None,
    ) -> Template:
        """Make a template of its code, and let it escape in the cheap way."""
        made = super().from_code(environment, code, globals, uptodate)
        made.root_render_func.__globals__["escape"] = printed
        return made

    def new_context(
        self,
        vars: dict[str, Any] | None = None,
        shared: bool = False,
        locals: Mapping[str, Any] | None = None,
    ) -> Context:
        """Return a context over the environment's globals, which no template adds to."""
        return new_context(
            self.environment, self.name, self.blocks, vars, shared, self.environment.globals, locals
        )

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return self._module or super()._get_default_module(ctx)


def printed(value: Any) -> str:
    """Return what a template prints, escaped; what is markup already, or a number, is not copied.

    Compiled templates call this for each of their outputs, and join what they get.
    """
    kind = type(value)
    if kind is Markup:
        return value  # type: ignore[no-any-return]
    return str(value) if kind is int else escape(value)


class LeanContext(Context):
    """A template's context that looks at most callables once instead of four times."""

    @internalcode
    def call(self, called: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call a macro or a plain function; leave every other kind to Jinja."""
        kind = type(called)
        if kind is Macro or (kind is FunctionType and called in EVALUATED):
            args = (self.eval_ctx, *args)
        elif kind not in PLAIN or "jinja_pass_arg" in called.__dict__:
            return super().call(called, *args, **kwargs)
        if kwargs:
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
        return called(*args, **kwargs)


@pass_eval_context
def worded(eval_ctx: EvalContext, message: str, /, **values: Any) -> str:
    """Return the message in the language being spoken; a percent sign is written twice."""
    if not values:
        return _plainly(i18n.language(), message, eval_ctx.autoescape)
    text = i18n.raw_gettext(message)
    return (Markup(text) if eval_ctx.autoescape else text) % values  # noqa: S704 - our own words


@pass_eval_context
def counted(eval_ctx: EvalContext, one: str, many: str, num: int, /, **values: Any) -> str:
    """Return the message for a number; `%(num)s` is the number."""
    text = i18n.raw_ngettext(one, many, num)
    values.setdefault("num", num)
    return (Markup(text) if eval_ctx.autoescape else text) % values  # noqa: S704 - our own words


EVALUATED = {worded, counted}


@lru_cache(maxsize=8192)
def _plainly(_language: str, message: str, is_markup: bool) -> str:
    text = i18n.raw_gettext(message)
    return (Markup(text) if is_markup else text) % {}  # noqa: S704 - our own words


class Parts:
    """Rendered parts of pages under all that shows in them, so that none is ever out of date.

    What was not asked for lately is forgotten: the letters of two generations together stay under
    `most`.
    """

    def __init__(self, most: int, *, is_checked: bool = False) -> None:
        """Remember at most so many letters; `is_checked` makes each part again and compares."""
        self._most, self._is_checked = most // 2, is_checked
        self._young: dict[tuple[Any, ...], str] = {}
        self._old: dict[tuple[Any, ...], str] = {}
        self._letters = 0

    def remembered(self, make: Callable[..., str], /, *inputs: Hashable) -> str:
        """Return `make(*inputs)`, rendered once for the same inputs, language and mount.

        All that shows must be among the inputs: a row with every column, a moment's wording ("3
        hours ago", "open now") worked out before. `make` is an imported macro or a function that
        lives as long as the process; it may read what is fixed at the start (addresses, currency,
        zone), and nothing of the person, the request or the clock.
        """
        key = (make, i18n.language(), _mount(), *map(type, inputs), *inputs)
        known = self._young.get(key)
        if known is None:
            known = self._old.get(key)
            if known is None:
                known = make(*inputs)
            self._keep(key, known)
        if self._is_checked and known != make(*inputs):
            raise RuntimeError(f"{make} shows something that is not among its inputs")
        return known

    def _keep(self, key: tuple[Any, ...], made: str) -> None:
        if self._letters + len(made) > self._most:
            self._old, self._young, self._letters = self._young, {}, 0
        if len(made) <= self._most:
            self._young[key] = made
            self._letters += len(made)


def _mount() -> str | None:
    """Return under which path the site is mounted, as far as this request knows."""
    if not has_request_context():
        return None
    # The real object: a proxy would look itself up for each attribute.
    here: Any = request_ctx._get_current_object()  # type: ignore[attr-defined]
    mount: str = here.request.environ.get("SCRIPT_NAME", "")
    return mount


def install(environment: Environment, parts: Parts) -> None:
    """Teach an environment to word messages, to call cheaply and to remember parts."""
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        i18n.raw_gettext,
        i18n.raw_ngettext,
        newstyle=True,
        pgettext=i18n.raw_pgettext,
        npgettext=i18n.raw_npgettext,
    )
    environment.globals.update(_=worded, gettext=worded, ngettext=counted)
    environment.globals["remembered"] = parts.remembered
    environment.context_class = LeanContext
    environment.template_class = LeanTemplate
