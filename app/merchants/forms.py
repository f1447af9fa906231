"""The shape of what residents send to merchants."""

from __future__ import annotations

from typing import Any

from wtforms import IntegerField, RadioField, SelectChoice, SelectField, StringField, TextAreaField

from app.core.forms import Form, length, number_range, phone_number, required
from app.core.i18n import lazy_gettext as _l
from app.merchants.types.papers import HOLDER_LENGTH, NUMBER_LENGTH
from app.merchants.types.reviews import REVIEW_LENGTH
from app.places.parts import PositionForm


class ApplicationForm(PositionForm):
    """A resident's application for a shop."""

    name_zh = StringField(_l("Name in Chinese"), [length(max=60)])
    name_en = StringField(_l("Name in English"), [length(max=60)])
    category_id = SelectField(
        _l("Trade"), [required(_l("Please choose one of these."))], coerce=int
    )
    description = TextAreaField(_l("What you do, in a few lines"), [required(), length(max=2000)])
    address = StringField(_l("Address"), [required(), length(max=120)])
    neighbourhood_id = SelectField(_l("Neighbourhood"), coerce=int)
    phone = StringField(_l("Phone"), [required(), phone_number(), length(max=40)])
    opening_hours = StringField(_l("Opening hours"), [length(max=400)])
    application = TextAreaField(
        _l("Why here, and what we should know"), [required(), length(max=2000)]
    )
    licence = StringField(_l("Licence number"), [length(max=NUMBER_LENGTH)])
    permit = StringField(_l("Number of the food permit"), [length(max=NUMBER_LENGTH)])
    holder = StringField(_l("In whose name they stand"), [length(max=HOLDER_LENGTH)])

    def offer(self, categories: list[Any], neighbourhoods: list[Any]) -> None:
        """Give the choices: (id, label) pairs; a trade is chosen for nobody."""
        nothing = SelectChoice(0, _l("Choose"))
        self.category_id.choices = [nothing, *(SelectChoice(*pair) for pair in categories)]
        self.neighbourhood_id.choices = [SelectChoice(*pair) for pair in neighbourhoods]


class RequestForm(Form):
    """A claim on an unclaimed page, or the wish to have it taken down."""

    phone = StringField(_l("Phone of the shop"), [required(), phone_number(), length(max=40)])
    licence = StringField(_l("Licence number"), [length(max=80)])
    message = TextAreaField(_l("Who you are to this shop"), [required(), length(max=1000)])


class WaitForm(Form):
    """Which size somebody waits for, or no longer does."""

    variant_id = IntegerField(validators=[number_range(min=1)])
    leaves = StringField()


class ReviewForm(Form):
    """What somebody thinks of what they collected."""

    stars = RadioField(
        _l("How was it?"),
        [required(_l("Please choose one of these."))],
        coerce=int,
        choices=[
            SelectChoice(5, _l("5 · very good")),
            SelectChoice(4, _l("4 · good")),
            SelectChoice(3, _l("3 · all right")),
            SelectChoice(2, _l("2 · not good")),
            SelectChoice(1, _l("1 · bad")),
        ],
    )
    body = TextAreaField(_l("In your words"), [length(max=REVIEW_LENGTH)])
