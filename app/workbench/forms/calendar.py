"""The calendar: days that differ from the week, other times, and bookings taken on the phone."""

from __future__ import annotations

from wtforms import DateField, HiddenField, IntegerField, SelectChoice, SelectField, StringField
from wtforms.widgets import HiddenInput

from app.core.forms import Form, length, number_range, optional, phone_number, required
from app.core.i18n import lazy_gettext as _l
from app.workbench.forms.fields import clock_time


class ExceptionForm(Form):
    """Who is away, or works besides their week, on which day and from when to when."""

    who = IntegerField(_l("Who"), [required(), number_range(min=1)])
    day = DateField(_l("Day"), [required()])
    what = SelectField(
        _l("What changes"),
        choices=[
            SelectChoice("off", _l("Away all day")),
            SelectChoice("away", _l("Away from – to")),
            SelectChoice("extra", _l("Works besides, from – to")),
        ],
    )
    starts = StringField(_l("from"), [optional(), clock_time()])
    ends = StringField(_l("to"), [optional(), clock_time()])
    note = StringField(_l("Why"), [length(max=120)])


class MoveForm(Form):
    """Which other time a booking gets."""

    time_key = HiddenField(validators=[required(), length(max=20)])


class BookForm(Form):
    """Whom a booking taken on the phone is for, and the price they were told."""

    time_key = StringField(_l("When"), [required(_l("Choose a time.")), length(max=20)])
    phone = StringField(_l("Phone"), [required(), length(max=40), phone_number()])
    name = StringField(_l("Name"), [length(max=60)])
    note = StringField(_l("Note"), [length(max=500)])
    variant_id = IntegerField("", [required()], widget=HiddenInput())
    expected_total = IntegerField("", [optional(), number_range(min=0)], widget=HiddenInput())
