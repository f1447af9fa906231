"""The shape of a report."""

from wtforms import BooleanField, RadioField, SelectChoice, StringField, TextAreaField

from app.core.forms import Form, length, mail_address, needed, optional, phone_number, required
from app.core.i18n import lazy_gettext as _l
from app.moderation.types import CAUSE_WORDS, CONSENT_WORDS, REASON_WORDS, STANDING_WORDS

REASONS = [SelectChoice(str(reason), words) for reason, words in REASON_WORDS.items()]


class ReportForm(Form):
    """Why something is reported."""

    reason = RadioField(_l("What is wrong?"), [required()], choices=REASONS)
    text = TextAreaField(_l("What should we know?"), [optional(), length(max=1000)])


class AppealForm(Form):
    """What an author answers to a decision."""

    text = TextAreaField(_l("Why should it be shown?"), [required(), length(max=1000)])


class TakedownForm(Form):
    """What somebody wants taken down, why, and who they are."""

    address = StringField(
        _l("Where is it? Paste the page's address"), [required(), length(max=400)]
    )
    cause = RadioField(
        _l("Why?"),
        [required()],
        choices=[SelectChoice(str(cause), words) for cause, words in CAUSE_WORDS.items()],
    )
    what = TextAreaField(_l("What exactly, and what proves it?"), [required(), length(max=4000)])
    standing = RadioField(
        _l("For whom do you ask?"),
        [required()],
        choices=[SelectChoice(str(one), words) for one, words in STANDING_WORDS.items()],
    )
    name = StringField(_l("Your name"), [required(), length(max=80)])
    mail = StringField(_l("Mail address"), [needed(), optional(), length(max=254), mail_address()])
    phone = StringField(_l("Phone"), [needed(), optional(), length(max=40), phone_number()])
    is_true = BooleanField(
        _l("What I write here is true, and I answer for it."),
        [required(_l("Please confirm this."))],
    )


class AnswerForm(Form):
    """What an author says against a take-down."""

    text = TextAreaField(_l("Why should it be shown?"), [required(), length(max=4000)])


class ConsentForm(Form):
    """Whether the people in a picture agreed."""

    consent = RadioField(
        _l("Are there people in this picture?"),
        [required()],
        choices=[SelectChoice(str(one), words) for one, words in CONSENT_WORDS.items()],
    )


class RemovalForm(Form):
    """Somebody in a picture wants it gone."""

    text = TextAreaField(_l("Anything we should know?"), [optional(), length(max=600)])
    contact = StringField(
        _l("How can we tell you what was decided?"), [optional(), length(max=254)]
    )
