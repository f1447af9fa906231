"""Forms: the shape of input, in the person's language, with the two-sided CSRF rule and the once
key.

A request with our session cookie needs its CSRF token; one without must show our own Origin (or
`Sec-Fetch-Site: same-origin`), so that guests' pages carry neither token nor cookie.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, Self
from urllib.parse import urlsplit

import wtforms
from flask import Flask, Response, current_app, g, request
from markupsafe import Markup
from werkzeug.datastructures import CombinedMultiDict, Headers, MultiDict
from wtforms import validators
from wtforms.validators import ValidationError

from app.core import i18n
from app.core.access import access_of, csrf_token, is_signed, me
from app.core.errors import BadRequestError, FieldError, InvalidFormError
from app.core.i18n import lazy_gettext as _l
from app.core.money import Money, NotMoneyError

CSRF_FIELD = "csrf_token"
KEY_FIELD = "form_key"
# Where the guard's fields go in a part of a page that is remembered for everybody.
GUARD_PLACE = Markup("\x00guard\x00")
EXEMPT_ENDPOINTS: set[str] = set()
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
LARGEST_NUMBER = 2**31 - 1  # what PostgreSQL keeps in a column of ids or counts


def required(message: Any = None) -> validators.InputRequired | validators.DataRequired:
    """Refuse an empty field."""
    return validators.DataRequired(message or _l("Please fill this in."))


def needed() -> Any:
    """Say that a field is not at will, though it may be empty as long as another is not."""

    def check(_form: Any, _field: Any) -> None:
        """The service decides; this only keeps the page from calling it optional."""

    check.field_flags = {"needed": True}  # type: ignore[attr-defined]
    return check


def optional() -> validators.Optional:
    """Let an empty field pass without the checks that follow."""
    return validators.Optional()


def length(*, min: int = 0, max: int = 200) -> Any:
    """Refuse a text that is shorter or longer, in characters."""

    def check(_form: Any, field: Any) -> None:
        size = len(field.data or "")
        if size > max:
            raise ValidationError(
                i18n.gettext("At most %(max)d characters; this has %(size)d.", max=max, size=size)
            )
        if size < min:
            raise ValidationError(i18n.gettext("At least %(min)d characters.", min=min))

    check.field_flags = {"maxlength": max}  # type: ignore[attr-defined]
    return check


class _NumberRange(validators.NumberRange):  # type: ignore[misc] # WTForms has no types
    """The library's own check turns every number into a float, which hundreds of digits break."""

    def __call__(self, form: Any, field: Any) -> None:
        """Stop (StopValidation) at a number that no column could keep, then check the range."""
        if isinstance(field.data, int) and abs(field.data) > LARGEST_NUMBER:
            raise validators.StopValidation(i18n.gettext("This number is too large."))
        super().__call__(form, field)


def number_range(*, min: int | None = None, max: int | None = None) -> validators.NumberRange:
    """Refuse a number outside the range."""
    message = (
        _l("From %(min)s to %(max)s, please.") if min is not None and max is not None else None
    )
    return _NumberRange(min=min, max=max, message=message)


def one_of(values: list[Any]) -> validators.AnyOf:
    """Refuse a value that is not in the list."""
    return validators.AnyOf(values, message=_l("Please choose one of these."))


def mail_address() -> validators.Regexp:
    """Refuse what cannot be a mail address; whether it exists only a mail can tell."""
    return validators.Regexp(
        r"^[^@\s<>\"',;:\\()\[\]]{1,64}@[^@\s<>\"',;:\\()\[\]_]+\.[^@\s<>\"',;:\\()\[\].]{2,63}$",
        message=_l("This does not look like a mail address."),
    )


def short_name() -> validators.Regexp:
    """Refuse what cannot stand in an address: only small Latin letters, digits and dashes can."""
    return validators.Regexp(
        r"^[a-z0-9]+(-[a-z0-9]+)*$",
        message=_l("Only small letters, digits and dashes, such as corner-bakery."),
    )


def phone_number() -> validators.Regexp:
    """Refuse what cannot be a phone number: 5 to 20 digits, with spaces, dashes, brackets and a
    leading plus.
    """
    return validators.Regexp(
        r"^\+?(?:[ ()-]*[0-9]){5,20}[ ()-]*$", message=_l("This does not look like a phone number.")
    )


class FormShown(Exception):  # noqa: N818 - an answer on its way, not an error
    """Carries the page that shows the form again."""

    def __init__(self, response: Response) -> None:
        """Keep the finished answer."""
        super().__init__()
        self.response = response


# What a field expects that could not read its text; the first kind that fits says it.
EXPECTED = (
    (wtforms.IntegerField, _l("Please give a whole number, such as 3.")),
    (wtforms.DecimalField, _l("Please give a number, such as 3 or 3.5.")),
    (wtforms.TimeField, _l("Please give a time of day, such as 17:30.")),
    (wtforms.DateField, _l("Please give a day, such as 2026-11-28.")),
    (wtforms.DateTimeField, _l("Please give day and time, such as 2026-11-28 17:30.")),
)


class _Words:
    """How fields are bound: each knows what to say of a text that it cannot read."""

    def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
        """Return the field, and give it the words for what it expects."""
        field = unbound_field.bind(form=form, **options)
        if getattr(field, "invalid_value_message", "") is None:
            field.invalid_value_message = next(
                (words for kind, words in EXPECTED if isinstance(field, kind)), None
            )
        return field


class Form(wtforms.Form):  # type: ignore[misc] # WTForms has no types
    """A form of ours: filled from the request on POST, messages in the person's language, once key
    included.
    """

    Meta = _Words

    @classmethod
    def posted(cls, obj: Any = None, **data: Any) -> Self:
        """Return the form filled from the request's body, or from `obj` and `data` where nothing
        was sent.
        """
        sent: MultiDict[str, Any] | None = None
        if request.method not in SAFE_METHODS:
            sent = CombinedMultiDict([request.files, request.form])
        return cls(sent, obj=obj, data=data or None, meta={"locales": [_wtforms_locale()]})

    @classmethod
    def asked(cls, **data: Any) -> Self:
        """Return the form filled from the query, for filters."""
        return cls(request.args, data=data or None, meta={"locales": [_wtforms_locale()]})

    def check(self) -> None:
        """Refuse (InvalidFormError) what breaks the form's shape; the fields carry the messages."""
        sound = self.validate()
        for field in self:
            if _unstorable(field.data):
                field.errors = [
                    *field.errors,
                    i18n.gettext("This contains characters that cannot be kept."),
                ]
                sound = False
        if not sound:
            raise InvalidFormError

    @property
    def key(self) -> str | None:
        """The key under which this very form counts once; None where the page sent none."""
        sent = request.form.get(KEY_FIELD, "")
        if not sent:
            return None
        return f"{request.endpoint}:{me().id or 'guest'}:{sent[:64]}".replace("\x00", "")

    def guard(self) -> Markup:
        """Print the hidden fields: a member's CSRF token and the once key."""
        return guard_fields()

    @contextmanager
    def shows_field_errors(self, template: str, **context: Any) -> Iterator[None]:
        """Answer 422 with the form as typed and the message at its field, when the block refuses a
        field.
        """
        try:
            yield
        except FieldError as refused:
            field = self._fields.get(refused.field)
            if field is None:
                raise
            field.errors = [*field.errors, str(refused)]
            raise FormShown(self._shown(template, context)) from refused
        except InvalidFormError as refused:
            raise FormShown(self._shown(template, context)) from refused

    def _shown(self, template: str, context: dict[str, Any]) -> Response:
        render = current_app.extensions["linli_render"]
        response: Response = render(template, status=422, form=self, **context)
        return response


class ButtonForm(Form):
    """A lone button's form: no fields but the hidden ones."""


def minor_in(text: str | Decimal | None, field: str) -> int:
    """Return an amount as it was typed into a field, in minor units; nothing typed is nothing.

    Refuses at the field (FieldError) what is no amount, and more decimals than the currency has.
    """
    typed = text.strip() if isinstance(text, str) else text
    if typed is None or typed == "":
        return 0
    try:
        return Money.of(typed).minor
    except NotMoneyError as wrong:
        raise FieldError(field, wrong.message) from wrong


def _wtforms_locale() -> str:
    return "zh_Hans" if i18n.language() == "zh_Hans" else "en"


def _unstorable(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value or any("\ud800" <= sign <= "\udfff" for sign in value)
    if isinstance(value, int) and not isinstance(value, bool):
        return abs(value) > LARGEST_NUMBER
    if isinstance(value, dict):
        return any(_unstorable(part) for part in value.values())
    return isinstance(value, list) and any(_unstorable(part) for part in value)


def guard_fields(*, once: bool = True) -> Markup:
    """Return the hidden fields of a form: a member's CSRF token and, unless `once` is false, a once
    key.

    A page with a once key is never kept for another visitor.
    """
    fields = Markup("")
    token = csrf_token(me())
    if token:
        fields += Markup('<input type="hidden" name="{}" value="{}">').format(CSRF_FIELD, token)
    if once:
        g.page_is_personal = True
        key = request.form.get(KEY_FIELD, "")[:64] or secrets.token_urlsafe(12)
        fields += Markup('<input type="hidden" name="{}" value="{}">').format(KEY_FIELD, key)
    return fields


def exempt_from_csrf(endpoint: str) -> None:
    """Exempt one endpoint (webhooks, the bearer API) from the rule; a test holds the list."""
    EXEMPT_ENDPOINTS.add(endpoint)


def check_origin() -> None:
    """Refuse (BadRequestError) an unsafe request that is not from one of our own pages."""
    if (
        request.method in SAFE_METHODS
        or request.endpoint is None
        or request.endpoint in EXEMPT_ENDPOINTS
    ):
        return
    if access_of(current_app.view_functions[request.endpoint]) is None:
        return
    viewer = me()
    if viewer.is_member:
        sent = request.headers.get("X-CSRF-Token") or request.form.get(CSRF_FIELD, "")
        if not is_signed("csrf", viewer.token, sent):
            raise BadRequestError
    elif not _is_our_own(request.headers):
        raise BadRequestError


def _is_our_own(headers: Headers) -> bool:
    origin = headers.get("Origin")
    if origin and origin != "null":
        return urlsplit(origin).netloc == request.host
    return headers.get("Sec-Fetch-Site") == "same-origin"


def connect(app: Flask) -> None:
    """Check every unsafe request before its view runs."""
    app.before_request(check_origin)
    app.jinja_env.globals["guard"] = guard_fields
    app.jinja_env.globals["guard_place"] = GUARD_PLACE
    app.jinja_env.globals["csrf_token"] = lambda: csrf_token(me())
