"""The shop itself (its page, hours, points, chairs and people)."""

from __future__ import annotations

from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    FileField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)

from app.core.forms import (
    Form,
    length,
    mail_address,
    needed,
    number_range,
    optional,
    phone_number,
    required,
)
from app.core.i18n import lazy_gettext as _l
from app.merchants.types import MEASURE_WORDS, SlotMeasure
from app.places.parts import PositionForm
from app.workbench.forms.fields import WORKING_DAYS, clock_time


class MarkForm(Form):
    """A switch: on or off."""

    on = BooleanField()


class ClosureForm(Form):
    """From which day to which a shop is away, and what it says about that."""

    first = DateField(_l("First day away"), [required()])
    last = DateField(_l("Last day away"), [required()])
    note = StringField(_l("What neighbours should know"), [length(max=200)])


class HoursForm(Form):
    """A shop's opening hours."""

    opening_hours = TextAreaField(_l("Opening hours"), [needed(), length(max=400)])


class ProfileForm(PositionForm):
    """What a shop says of itself, its promises and policies."""

    name_zh = StringField(_l("Name in Chinese"), [needed(), length(max=60)])
    name_en = StringField(_l("Name in English"), [needed(), length(max=60)])
    category_id = SelectField(_l("Trade"), coerce=int)
    description = TextAreaField(_l("Description"), [length(max=4000)])
    address = StringField(_l("Address"), [length(max=120)])
    neighbourhood_id = SelectField(_l("Neighbourhood"), coerce=int)
    phone = StringField(_l("Phone"), [optional(), phone_number(), length(max=40)])
    accept_minutes = IntegerField(
        _l("You answer an order within (minutes)"), [required(), number_range(min=1, max=10080)]
    )
    cancel_minutes = IntegerField(
        _l("Free to cancel until (minutes before)"), [optional(), number_range(min=0, max=20160)]
    )
    grace_minutes = IntegerField(
        _l("Wait after the time is over (minutes)"), [optional(), number_range(min=0, max=1440)]
    )
    no_show_rule = SelectField(
        _l("What is not collected"),
        choices=[
            SelectChoice("let_go", _l("is let go")),
            SelectChoice("owed", _l("is still owed")),
        ],
    )
    pay_code_text = StringField(_l("How to pay you"), [length(max=300)])
    pay_picture = FileField(_l("Picture of your payment code"))
    picture = FileField(_l("Picture of the shop"))

    def offer(self, categories: list[Any], neighbourhoods: list[Any]) -> None:
        """Give the choices: (id, label) pairs."""
        self.category_id.choices = [SelectChoice(*pair) for pair in categories]
        self.neighbourhood_id.choices = [SelectChoice(*pair) for pair in neighbourhoods]


class PointForm(PositionForm):
    """A pickup point with one row of weekly slots per weekday, each of up to two stretches."""

    name_zh = StringField(_l("Name in Chinese"), [needed(), length(max=60)])
    name_en = StringField(_l("Name in English"), [needed(), length(max=60)])
    address = StringField(_l("Address"), [length(max=120)])
    note = StringField(_l("How to find it"), [length(max=300)])
    lead_minutes = IntegerField(
        _l("Minutes you need to prepare"), [optional(), number_range(min=0, max=20160)]
    )
    cut_off = StringField(_l("Order by (time of day)"), [optional(), clock_time()])
    cut_off_days = IntegerField(
        _l("on the day, or days before"), [optional(), number_range(min=0, max=14)]
    )
    days_ahead = IntegerField(_l("Days ahead"), [optional(), number_range(min=0, max=30)])
    slot_minutes = IntegerField(
        _l("Length of a time, in minutes"), [required(), number_range(min=5, max=1440)]
    )
    capacity = IntegerField(
        _l("How much in each time"), [required(), number_range(min=1, max=10000)]
    )
    measure = SelectField(
        _l("of"),
        choices=[SelectChoice(one.value, words) for one, words in MEASURE_WORDS.items()],
        default=SlotMeasure.ORDERS.value,
    )
    rules = StringField(_l("Days and times"))

    def stretches(self) -> list[tuple[int, list[tuple[Any, Any]]]]:
        """Return for each weekday its two stretches' fields (from, to)."""
        return stretches_of(self)


for _day in range(WORKING_DAYS):
    for _part in "ab":
        for _end, _label in (("from", _l("from")), ("to", _l("to"))):
            setattr(
                PointForm,
                f"day_{_day}_{_part}_{_end}",
                StringField(_label, [optional(), clock_time()]),
            )


def stretches_of(form: Form) -> list[tuple[int, list[tuple[Any, Any]]]]:
    """Return for each weekday a form's two stretches' fields (from, to)."""
    return [
        (day, [(form[f"day_{day}_{part}_from"], form[f"day_{day}_{part}_to"]) for part in "ab"])
        for day in range(WORKING_DAYS)
    ]


class UsePointForm(Form):
    """Whether the shop's orders can be collected at one of the site's points."""

    on = BooleanField()


class ResourceForm(Form):
    """A person, chair or room with its working days."""

    kind = SelectField(
        _l("Kind"),
        choices=[
            SelectChoice("person", _l("Person")),
            SelectChoice("chair", _l("Chair")),
            SelectChoice("room", _l("Room")),
        ],
    )
    name_zh = StringField(_l("Name in Chinese"), [needed(), length(max=40)])
    name_en = StringField(_l("Name in English"), [needed(), length(max=40)])

    def stretches(self) -> list[tuple[int, list[tuple[Any, Any]]]]:
        """Return for each weekday its two stretches' fields (from, to)."""
        return stretches_of(self)


for _day in range(WORKING_DAYS):
    for _part in "ab":
        for _end, _label in (("from", _l("from")), ("to", _l("to"))):
            setattr(
                ResourceForm,
                f"day_{_day}_{_part}_{_end}",
                StringField(_label, [optional(), clock_time()]),
            )


class StaffForm(Form):
    """Somebody who shall work in the shop."""

    mail = StringField(_l("Mail address"), [required(), mail_address(), length(max=200)])
    role = SelectField(
        _l("Role"),
        choices=[
            SelectChoice("clerk", _l("Clerk: counter, stock, preparing")),
            SelectChoice("manager", _l("Manager: all but money and staff")),
            SelectChoice("courier", _l("Courier: delivers")),
            SelectChoice("owner", _l("Owner: everything")),
        ],
    )
    reason = StringField(_l("Why"), [required(), length(max=200)])


class TakeRoleForm(Form):
    """Why somebody no longer works here."""

    reason = StringField(_l("Why"), [required(), length(max=200)])
