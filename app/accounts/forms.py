"""The shape of what people type about themselves."""

from typing import Any

from wtforms import (
    BooleanField,
    FileField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)

from app.accounts.types import JoinedReason, Language, TextSize, Theme
from app.core.forms import Form, length, mail_address, needed, optional, required
from app.core.i18n import lazy_gettext as _l
from app.core.i18n import lazy_pgettext

LANGUAGES = [
    SelectChoice(str(Language.CHINESE), "中文"),
    SelectChoice(str(Language.ENGLISH), "English"),
]
REASONS = [
    SelectChoice(str(JoinedReason.NEIGHBOURS), _l("Meet neighbours")),
    SelectChoice(str(JoinedReason.HELP), _l("Ask for help")),
    SelectChoice(str(JoinedReason.EVENTS), _l("Join events")),
    SelectChoice(str(JoinedReason.SHOPS), _l("Order nearby")),
    SelectChoice(str(JoinedReason.NEWS), _l("Local news")),
    SelectChoice(str(JoinedReason.INVITED), _l("Somebody asked me")),
    SelectChoice(str(JoinedReason.OTHER), _l("Just looking")),
]
SIZES = [
    SelectChoice(str(TextSize.STANDARD), _l("Standard")),
    SelectChoice(str(TextSize.LARGE), _l("Large")),
    SelectChoice(str(TextSize.LARGEST), _l("Extra large")),
]
THEMES = [
    SelectChoice(str(Theme.AUTO), _l("As the device")),
    SelectChoice(str(Theme.LIGHT), _l("Light")),
    SelectChoice(str(Theme.DARK), _l("Dark")),
]


def _stripped(text: str | None) -> str | None:
    return text.strip() if text else text


def _hidden() -> HiddenField:
    return HiddenField(validators=[optional(), length(max=400)])


def _password(label: Any, *, is_new: bool) -> PasswordField:
    word = "new-password" if is_new else "current-password"
    return PasswordField(label, [required(), length(max=200)], render_kw={"autocomplete": word})


class SignUpForm(Form):
    """Three things are needed to join; the rest is offered."""

    name = StringField(
        _l("Your name here"),
        [required(), length(max=40)],
        filters=[_stripped],
        render_kw={"autocomplete": "nickname"},
    )
    mail = StringField(
        _l("Mail address"),
        [required(), length(max=254), mail_address()],
        filters=[_stripped],
        render_kw={"autocomplete": "email", "inputmode": "email", "type": "email"},
    )
    password = _password(_l("Password"), is_new=True)
    neighbourhood_id = SelectField(_l("Where you live"), [optional()], coerce=int, default=0)
    language = RadioField(_l("Language"), choices=LANGUAGES)
    joined_reason = RadioField(
        _l("What brings you here?"), [optional()], choices=REASONS, validate_choice=False
    )
    referrer = _hidden()
    utm_source = _hidden()
    utm_medium = _hidden()
    utm_campaign = _hidden()
    landing = _hidden()
    next = _hidden()


class SignInForm(Form):
    """Mail and password."""

    mail = StringField(
        _l("Mail address"),
        [required(), length(max=254)],
        filters=[_stripped],
        render_kw={"autocomplete": "username", "inputmode": "email", "type": "email"},
    )
    password = _password(_l("Password"), is_new=False)
    next = _hidden()


class WelcomeForm(Form):
    """What a newcomer may add at once: picture, signature, the reason for coming."""

    avatar = FileField(_l("Your picture"), render_kw={"accept": "image/*"})
    signature = StringField(_l("A line about you"), [optional(), length(max=120)])
    joined_reason = RadioField(
        _l("What brings you here?"), [optional()], choices=REASONS, validate_choice=False
    )


class ProfileForm(Form):
    """What a person says of themselves and how they read the site."""

    name = StringField(_l("Your name here"), [required(), length(max=40)], filters=[_stripped])
    neighbourhood_id = SelectField(_l("Where you live"), [optional()], coerce=int, default=0)
    avatar = FileField(_l("Your picture"), render_kw={"accept": "image/*"})
    no_avatar = BooleanField(_l("Take my picture away"))
    signature = StringField(_l("A line about you"), [optional(), length(max=120)])
    about = TextAreaField(_l("More about you"), [optional(), length(max=2000)])
    language = RadioField(_l("Language"), choices=LANGUAGES)
    text_size = RadioField(_l("Text size"), choices=SIZES)
    theme = RadioField(_l("Colours"), choices=THEMES)


class PasswordForm(Form):
    """The password now, and the new one."""

    old_password = _password(_l("Password now"), is_new=False)
    password = _password(_l("New password"), is_new=True)


class ResetForm(Form):
    """The mail address to which a reset link goes."""

    mail = StringField(
        _l("Mail address"),
        [required(), length(max=254), mail_address()],
        filters=[_stripped],
        render_kw={"autocomplete": "username", "inputmode": "email", "type": "email"},
    )


class NewPasswordForm(Form):
    """The new password, after a reset link."""

    password = _password(_l("New password"), is_new=True)


class AdviceForm(Form):
    """A password being chosen, with what must not be in it."""

    password = PasswordField(validators=[optional(), length(max=200)])
    name = StringField(validators=[optional(), length(max=200)])
    mail = StringField(validators=[optional(), length(max=254)])


class AcceptForm(Form):
    """Agreement to the texts as they were shown; the mark says which."""

    mark = HiddenField(validators=[length(max=12)])


def _phone(label: Any) -> StringField:
    return StringField(
        label,
        [required(), length(max=30)],
        filters=[_stripped],
        render_kw={"autocomplete": "tel", "inputmode": "tel", "type": "tel"},
    )


def _answer() -> StringField:
    words = {"autocomplete": "off", "inputmode": "numeric"}
    return StringField(_l("Digits in the picture"), [needed(), length(max=12)], render_kw=words)


class EnterForm(Form):
    """A phone number, and the answer to a question where one is asked."""

    phone = _phone(_l("Phone number"))
    question = _hidden()
    answer = _answer()
    referrer = _hidden()
    utm_source = _hidden()
    utm_medium = _hidden()
    utm_campaign = _hidden()
    landing = _hidden()
    next = _hidden()


class CodeForm(Form):
    """The six digits that were sent, or a code of an app or from paper."""

    code = StringField(
        lazy_pgettext("sign-in", "Code"),
        [required(), length(max=20)],
        filters=[_stripped],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class WhoseForm(Form):
    """What only the owner of an account knows: its password, or the name they have here."""

    answer = StringField(
        _l("Your name here"),
        [required(), length(max=200)],
        filters=[_stripped],
        render_kw={"autocomplete": "off"},
    )


class OwnerPasswordForm(Form):
    """The password of the account that a number belonged to."""

    answer = _password(_l("Password of the account"), is_new=False)


class JoinForm(Form):
    """A newcomer whose number is proven: a name is enough."""

    name = StringField(
        _l("Your name here"),
        [required(), length(max=40)],
        filters=[_stripped],
        render_kw={"autocomplete": "nickname"},
    )
    neighbourhood_id = SelectField(_l("Where you live"), [optional()], coerce=int, default=0)
    joined_reason = RadioField(
        _l("What brings you here?"), [optional()], choices=REASONS, validate_choice=False
    )
    referrer = _hidden()
    utm_source = _hidden()
    utm_medium = _hidden()
    utm_campaign = _hidden()
    landing = _hidden()


class NewPhoneForm(Form):
    """A phone number of one's own."""

    phone = _phone(_l("Phone number"))


class NewMailForm(Form):
    """A mail address of one's own."""

    mail = StringField(
        _l("Mail address"),
        [required(), length(max=254), mail_address()],
        filters=[_stripped],
        render_kw={"autocomplete": "email", "inputmode": "email", "type": "email"},
    )


class OwnPasswordForm(Form):
    """The password now, where no other way is proven."""

    old_password = _password(_l("Password now"), is_new=False)


class AppForm(Form):
    """The code that an app shows for a secret that the page made."""

    secret = HiddenField(validators=[required(), length(max=400)])
    code = StringField(
        lazy_pgettext("sign-in", "Code"),
        [required(), length(max=20)],
        filters=[_stripped],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class PasskeyForm(Form):
    """What the browser answers for a passkey, and what it is called."""

    answer = HiddenField(validators=[optional(), length(max=20_000)])
    name = StringField(_l("Name of this passkey"), [optional(), length(max=60)])
    next = _hidden()


class OwnForm(Form):
    """The password once more, where there is one, before everything is handed out."""

    password = PasswordField(
        _l("Your password"),
        [length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )


class ClosingForm(OwnForm):
    """What becomes of one's words when one leaves."""

    words = RadioField(
        _l("What you wrote"),
        [required()],
        choices=[
            SelectChoice("keep", _l("Leave it, without my name")),
            SelectChoice("take", _l("Take it away with me")),
        ],
    )


class ChildForm(Form):
    """A child under 14: a name and a month."""

    name = StringField(
        _l("The child's name here"), [required(), length(max=40)], filters=[_stripped]
    )
    born_month = StringField(
        _l("Month of birth"),
        [required(), length(max=7)],
        render_kw={"type": "month", "placeholder": "2016-05"},
    )
