"""The shape of a report."""

from wtforms import RadioField, SelectChoice, TextAreaField

from app.core.forms import Form, length, optional, required
from app.core.i18n import lazy_gettext as _l
from app.moderation.types import REASON_WORDS

REASONS = [SelectChoice(str(reason), words) for reason, words in REASON_WORDS.items()]


class ReportForm(Form):
    """Why something is reported."""

    reason = RadioField(_l("What is wrong?"), [required()], choices=REASONS)
    text = TextAreaField(_l("What should we know?"), [optional(), length(max=1000)])


class AppealForm(Form):
    """What an author answers to a decision."""

    text = TextAreaField(_l("Why should it be shown?"), [required(), length(max=1000)])
