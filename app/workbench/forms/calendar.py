"""The calendar: days that differ from the week, other times, and bookings taken on the phone."""

from __future__ import annotations

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
)
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


class QueueForm(Form):
    """Whether numbers are given out, and how long one takes."""

    is_open = BooleanField(_l("Give out numbers"))
    minutes_each = IntegerField(
        _l("Minutes between two calls"), [required(), number_range(min=1, max=240)]
    )


class CallForm(Form):
    """Whom the page showed as called, and what became of them."""

    seen = IntegerField("", [number_range(min=0)], widget=HiddenInput())
    number = IntegerField("", [optional(), number_range(min=1)], widget=HiddenInput())
    is_missed = BooleanField()


class GiveForm(Form):
    """A number for somebody at the counter."""

    name = StringField(_l("Name to call"), [length(max=60)])


class ServiceForm(Form):
    """How a service is done."""

    before_minutes = IntegerField(
        _l("Pause before it, in minutes"), [optional(), number_range(min=0, max=480)]
    )
    place = SelectField(
        _l("Where"),
        choices=[SelectChoice("shop", _l("At the shop")), SelectChoice("online", _l("Online"))],
    )
    joining = StringField(_l("How to join: a link or a note"), [length(max=500)])
