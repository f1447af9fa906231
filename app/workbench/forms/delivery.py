"""Delivery: an area with its terms, and what a courier says at the door."""

from __future__ import annotations

from typing import Any

from wtforms import FileField, IntegerField, StringField, TextAreaField

from app.core.forms import Form, length, number_range, optional, required
from app.core.i18n import lazy_gettext as _l
from app.workbench.forms.fields import price
from app.workbench.forms.shop import PointForm

STEPS = 4


class ZoneForm(PointForm):
    """A delivery area: shape, fee with its steps, minimum, and the weekly times of a point."""

    radius = IntegerField(
        _l("Metres around the shop"), [optional(), number_range(min=50, max=50000)]
    )
    outline = TextAreaField(_l("Or an outline"), [length(max=40000)])
    minimum = StringField(_l("From which sum on"), [price()])
    fee = StringField(_l("Delivery fee"), [required(), price(is_needed=True)])
    steps = StringField(_l("Cheaper"))

    def rows(self) -> list[tuple[Any, Any, Any]]:
        """Return the fields of the steps: up to how far, from which sum, for how much."""
        return [
            (self[f"step_{row}_metres"], self[f"step_{row}_from"], self[f"step_{row}_fee"])
            for row in range(STEPS)
        ]


for _row in range(STEPS):
    setattr(
        ZoneForm,
        f"step_{_row}_metres",
        IntegerField(_l("within metres"), [optional(), number_range(min=50, max=50000)]),
    )
    setattr(ZoneForm, f"step_{_row}_from", StringField(_l("from a sum of"), [price()]))
    setattr(ZoneForm, f"step_{_row}_fee", StringField(_l("fee then"), [price()]))


class DoorForm(Form):
    """How an order was handed over at a door."""

    code = StringField(_l("The buyer's code"), [length(max=20)])
    taken_by = StringField(_l("Who took it"), [length(max=60)])
    picture = FileField(_l("A picture of it at the door"))


class NotTakenForm(Form):
    """Why nobody took it."""

    reason = StringField(_l("Why"), [length(max=500)])
