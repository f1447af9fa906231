"""Shapes of what the operator types."""

from wtforms import (
    DateField,
    DecimalField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.widgets import CheckboxInput, ListWidget

from app.core.forms import Form, length, number_range, optional, required, short_name
from app.core.i18n import lazy_gettext as _l


class ReasonForm(Form):
    """Why a privileged act is done."""

    reason = StringField(_l("Reason"), [required(), length(max=200)])


class RoleForm(Form):
    """A role to give."""

    role = SelectField(_l("Role"))
    reason = StringField(_l("Reason"), [required(), length(max=200)])


class SanctionForm(Form):
    """A silence or suspension."""

    kind = SelectField(_l("What"))
    days = IntegerField(_l("For how many days"), [required(), number_range(min=1, max=3650)])
    rule = SelectField(_l("Rule"))
    reason = StringField(_l("Reason"), [required(), length(max=200)])


class DecisionForm(Form):
    """What becomes of something in review."""

    decision = RadioField(_l("Decision"), [required()])
    rule = SelectField(_l("Rule"))
    note = StringField(_l("Note to the author"), [length(max=300)])


class WordForm(Form):
    """Words for the list, one a line."""

    words = TextAreaField(_l("Words, one a line"), [required(), length(max=4000)])
    outcome = SelectField(_l("What happens"))


class ReceiptForm(Form):
    """Money that came in for a bill."""

    amount = DecimalField(_l("Amount"), [required(), number_range(min=0, max=10**10)], places=None)
    way = SelectField(_l("Way"))
    reference = StringField(_l("Reference"), [length(max=120)])
    received_on = DateField(_l("Day"), [required()])


class BoardForm(Form):
    """A board's words and rules."""

    name = StringField(_l("Name in Chinese"), [required(), length(max=60)])
    name_en = StringField(_l("Name in English"), [length(max=60)])
    promise = StringField(_l("Promise in Chinese"), [required(), length(max=200)])
    promise_en = StringField(_l("Promise in English"), [length(max=200)])
    rules = TextAreaField(_l("Rules in Chinese"), [length(max=4000)])
    rules_en = TextAreaField(_l("Rules in English"), [length(max=4000)])
    leader = StringField(_l("Who leads: the person's name"), [optional(), length(max=60)])
    review = SelectField(_l("Whose posts are held for review"))
    position = IntegerField(_l("Place in the list"), [optional(), number_range(min=0, max=1000)])


class CategoryForm(Form):
    """A trade."""

    slug = StringField(_l("Short name for the address"), [required(), length(max=40), short_name()])
    name_zh = StringField(_l("Name in Chinese"), [required(), length(max=60)])
    name_en = StringField(_l("Name in English"), [length(max=60)])
    drawing = RadioField(_l("Drawing"))
    position = IntegerField(_l("Place in the list"), [optional(), number_range(min=0, max=1000)])


class NeighbourhoodForm(Form):
    """A part of the town: its name and middle, and its outline as pairs of degrees."""

    name = StringField(_l("Name in Chinese"), [required(), length(max=60)])
    name_en = StringField(_l("Name in English"), [length(max=80)])
    slug = StringField(_l("Short name for the address"), [required(), length(max=60), short_name()])
    lat = DecimalField(_l("Latitude"), [required(), number_range(min=-90, max=90)], places=None)
    lng = DecimalField(_l("Longitude"), [required(), number_range(min=-180, max=180)], places=None)
    polygon = TextAreaField(_l("Outline: one “latitude, longitude” a line"), [length(max=20000)])
    position = IntegerField(_l("Place in the list"), [optional(), number_range(min=0, max=1000)])


class PointForm(Form):
    """A pickup point of the site."""

    name_zh = StringField(_l("Name in Chinese"), [required(), length(max=80)])
    name_en = StringField(_l("Name in English"), [length(max=80)])
    address = StringField(_l("Address"), [required(), length(max=200)])
    lat = DecimalField(_l("Latitude"), [optional(), number_range(min=-90, max=90)], places=None)
    lng = DecimalField(_l("Longitude"), [optional(), number_range(min=-180, max=180)], places=None)
    note = StringField(_l("Note"), [length(max=300)])
    lead_minutes = IntegerField(
        _l("Lead time in minutes"), [optional(), number_range(min=0, max=20160)]
    )
    days_ahead = IntegerField(_l("Days ahead"), [optional(), number_range(min=1, max=60)])
    weekdays = SelectMultipleField(
        _l("Weekdays"),
        [required()],
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    opens = StringField(_l("From (17:30)"), [required(), length(max=5)])
    closes = StringField(_l("To (20:30)"), [required(), length(max=5)])
    slot_minutes = IntegerField(
        _l("Minutes of one slot"), [required(), number_range(min=5, max=720)]
    )
    capacity = IntegerField(_l("Orders in one slot"), [required(), number_range(min=1, max=10000)])


class TermsForm(Form):
    """The commission from a day on."""

    percent = DecimalField(_l("Commission in percent"), [number_range(min=0, max=50)], places=None)
    valid_from = DateField(_l("From this day on"), [required()])
    note = StringField(_l("Note"), [length(max=200)])


class AnswerForm(Form):
    """An answer to a claim or a removal."""

    answer = StringField(_l("Answer"), [length(max=300)])
