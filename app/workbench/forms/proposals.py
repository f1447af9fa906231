"""Proposals and quotes: lines with a price, a substitute, until when, and a word to the buyer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from wtforms import DateTimeLocalField, IntegerField, SelectChoice, SelectField, StringField

from app.core.errors import FieldError
from app.core.forms import Form, length, number_range, optional, required
from app.core.i18n import lazy_gettext as _l
from app.orders.types.proposals import QUOTE_DAYS, ProposedLine
from app.workbench.forms.fields import LOCAL_MINUTES, in_our_time, instant_of, minor_of, price

ROWS = 4


class LinesForm(Form):
    """Up to four lines in the shop's own words, each with its price."""

    words = StringField(_l("A word to the buyer"), [optional(), length(max=500)])

    def rows(self) -> list[dict[str, Any]]:
        """Return the fields of each row: name, price, count."""
        parts = ("name", "price", "count")
        return [{part: self[f"{part}_{number}"] for part in parts} for number in range(ROWS)]

    def lines(self) -> list[ProposedLine]:
        """Return what was written; refuses a name without a price, and a price without a name."""
        found = []
        for number, row in enumerate(self.rows()):
            name, cost = (row["name"].data or "").strip(), (row["price"].data or "").strip()
            if name and not cost:
                raise FieldError(f"price_{number}", _l("Say what it costs."))
            if cost and not name:
                raise FieldError(f"name_{number}", _l("Say what it is."))
            if name:
                found.append(ProposedLine(minor_of(cost), row["count"].data or 1, name))
        if not found:
            raise FieldError("name_0", _l("Write at least one line."))
        return found


for _number in range(ROWS):
    setattr(LinesForm, f"name_{_number}", StringField(_l("What"), [optional(), length(max=120)]))
    setattr(LinesForm, f"price_{_number}", StringField(_l("Price each"), [optional(), price()]))
    setattr(
        LinesForm,
        f"count_{_number}",
        IntegerField(_l("How many"), [optional(), number_range(min=1, max=999)], default=1),
    )


class QuoteForm(LinesForm):
    """A quote: its lines, when it would be, and how long it stands."""

    starts_at = DateTimeLocalField(
        _l("When you would come, or it would be ready"),
        [optional(), in_our_time],
        format=LOCAL_MINUTES,
    )
    days = SelectField(
        _l("The price stands for"),
        choices=[
            SelectChoice(1, _l("one day")),
            SelectChoice(3, _l("three days")),
            SelectChoice(7, _l("a week")),
            SelectChoice(30, _l("a month")),
        ],
        coerce=int,
        default=QUOTE_DAYS,
    )

    def ends_at(self, at: datetime) -> datetime:
        """Return until when the price stands."""
        return at + timedelta(days=self.days.data)

    def comes_at(self) -> datetime | None:
        """Return when it would be, if the shop said so."""
        return instant_of(self.starts_at.data)


class SubstituteForm(Form):
    """What is offered in place of pieces that are short."""

    variant_id = SelectField(_l("What you offer instead"), coerce=int)
    count = IntegerField(_l("How many are short"), [number_range(min=1, max=999)])
    quantity = IntegerField(_l("How many of it instead"), [number_range(min=1, max=999)])
    price = StringField(_l("Price each"), [required(), price(is_needed=True)])
    words = StringField(_l("A word to the buyer"), [optional(), length(max=500)])
