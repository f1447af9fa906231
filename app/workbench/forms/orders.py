"""Orders (cases, the counter, the rush, answers)."""

from __future__ import annotations

from wtforms import (
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.widgets import HiddenInput

from app.core.forms import (
    Form,
    length,
    number_range,
    optional,
    phone_number,
    required,
)
from app.core.i18n import lazy_gettext as _l
from app.merchants.types.reviews import ANSWER_LENGTH
from app.orders.types.customers import NOTE_LENGTH


class TurnForm(Form):
    """An answer to an after-sale case as it was shown."""

    turn = HiddenField()
    reason = StringField(_l("Why"), [length(max=500)])

    @property
    def number(self) -> int:
        """The turn that the page showed; what is no number fits no case."""
        sent = (self.turn.data or "")[:9]
        return int(sent) if sent.isascii() and sent.isdigit() else -1


class OfferForm(TurnForm):
    """What sets a case right, and what the shop says to it."""

    remedy = RadioField(
        _l("What do you offer?"), [required(_l("Choose what you offer."))], choices=[]
    )
    amount = StringField(_l("How much, for part of the money"), [optional(), length(max=20)])
    reason = StringField(_l("A word to the buyer"), [length(max=500)])


class SellForm(Form):
    """What a clerk takes for somebody: the goods, the sum they saw, when, and who it is for."""

    goods = HiddenField(validators=[length(max=600)])
    expected_total = IntegerField("", [optional(), number_range(min=0)], widget=HiddenInput())
    slot = StringField(_l("When they come"), [length(max=80)])
    name = StringField(_l("Name for the order"), [length(max=60)])
    phone = StringField(_l("Phone"), [optional(), length(max=40), phone_number()])
    note = StringField(_l("Note"), [length(max=500)])


class RushForm(Form):
    """How much longer things take, and for how long."""

    minutes = SelectField(
        _l("Longer by"),
        choices=[SelectChoice(n, _l("%(n)s minutes", n=n)) for n in (15, 30, 45, 60, 90)],
        coerce=int,
        default=30,
    )
    hours = SelectField(
        _l("For the next"),
        choices=[
            SelectChoice(1, _l("hour")),
            SelectChoice(2, _l("two hours")),
            SelectChoice(4, _l("four hours")),
        ],
        coerce=int,
        default=2,
    )


class NoteForm(Form):
    """What a shop writes down about a customer; nothing takes the note away."""

    text = TextAreaField(_l("Your note"), [length(max=NOTE_LENGTH)])


class AnswerForm(Form):
    """What the shop says of a hand-over, or to a review."""

    text = TextAreaField(_l("Your answer"), [required(), length(max=ANSWER_LENGTH)])


class PayBackForm(Form):
    """Why a punch card is paid back."""

    reason = StringField(_l("Why"), [required(), length(max=500)])
