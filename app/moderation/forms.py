"""The shape of reports, decisions, words and sanctions."""

from wtforms import RadioField, SelectField, StringField, TextAreaField

from app.core.forms import Form, length, optional, required
from app.core.i18n import lazy_gettext as _l
from app.moderation.parts import REASONS, RULES, STEP_NAMES
from app.moderation.types import Decision, SanctionKind, WordOutcome

OUTCOMES = [
    (str(WordOutcome.HOLD), _l("Wait for a reviewer")),
    (str(WordOutcome.MASK), _l("Cover it with stars")),
    (str(WordOutcome.REFUSE), _l("Do not take the text")),
]
KINDS = [
    (str(SanctionKind.SILENCE), _l("Silence: may read, not write")),
    (str(SanctionKind.SUSPENSION), _l("Suspend: may not sign in")),
]


class ReportForm(Form):
    """Why something is reported."""

    reason = RadioField(_l("What is wrong?"), [required()], choices=REASONS, validate_choice=True)
    text = TextAreaField(_l("What should we know?"), [optional(), length(max=1000)])


class DecisionForm(Form):
    """What a reviewer decides, by which rule."""

    decision = SelectField(choices=[(str(one), str(one)) for one in Decision])
    rule = SelectField(_l("Rule"), choices=[("none", _l("Which rule?")), *RULES], default="none")
    note = StringField(_l("Note"), [optional(), length(max=300)])


class WordForm(Form):
    """A word for the list, or several, one a line."""

    word = TextAreaField(_l("Words, one a line"), [required(), length(max=4000)])
    outcome = RadioField(_l("What it does"), choices=OUTCOMES, default=str(WordOutcome.HOLD))


class SanctionForm(Form):
    """A silence or suspension with its reason."""

    kind = RadioField(_l("What"), choices=KINDS, default=str(SanctionKind.SILENCE))
    step = RadioField(_l("For how long"), choices=STEP_NAMES, default="day")
    rule = SelectField(_l("Rule"), choices=RULES)
    reason = TextAreaField(_l("Why (the person reads this)"), [required(), length(max=300)])


class EndForm(Form):
    """Why a sanction ends early."""

    reason = StringField(_l("Why it ends"), [required(), length(max=300)])
