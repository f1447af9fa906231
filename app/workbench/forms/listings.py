"""What is sold (a listing, the shelf, a table of many)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import request
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    FileField,
    IntegerField,
    MultipleFileField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.widgets import CheckboxInput, ListWidget

from app.core.forms import (
    Form,
    length,
    needed,
    number_range,
    optional,
    required,
)
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.merchants.parts import DIETARY_WORDS
from app.workbench.forms.fields import LOCAL_MINUTES, SIZES, in_our_time, price


class ListingForm(Form):
    """A listing: names, words, up to six sizes with price and stock, or a service with
    its length.
    """

    kind = SelectField(
        _l("Kind"),
        choices=[SelectChoice("goods", _l("Goods")), SelectChoice("service", _l("Service"))],
    )
    name_zh = StringField(_l("Name in Chinese"), [needed(), length(max=60)])
    name_en = StringField(_l("Name in English"), [needed(), length(max=60)])
    category_id = SelectField(_l("Trade"), coerce=int)
    description = TextAreaField(_l("Description"), [length(max=4000)])
    unit = StringField(_l("For how much or how many"), [length(max=80)])
    allergens = StringField(_l("Allergens"), [length(max=200)])
    rules = TextAreaField(_l("Rules"), [length(max=2000)])
    picture = FileField(_l("Picture"))
    no_picture = BooleanField(_l("Take the picture away"))
    packaging = StringField(_l("Packaging, apiece"), [price()])
    duration_minutes = IntegerField(
        _l("Length in minutes"), [optional(), number_range(min=5, max=1440)]
    )
    is_call_out = BooleanField(
        _l("The price is the fee for coming; the rest is said after seeing it")
    )
    buffer_minutes = IntegerField(
        _l("Pause after it, in minutes"), [optional(), number_range(min=0, max=480)]
    )
    lead_minutes = IntegerField(
        _l("Minutes' notice you need"), [optional(), number_range(min=0, max=20160)]
    )
    days_ahead = IntegerField(_l("Days ahead"), [optional(), number_range(min=0, max=14)])
    daily_total = IntegerField(
        _l("How many you can make a day"), [optional(), number_range(min=1, max=100_000)]
    )
    lead_days = IntegerField(_l("Days' notice you need"), [optional(), number_range(min=0, max=30)])
    card_uses = IntegerField(_l("How many uses"), [optional(), number_range(min=1, max=200)])
    card_days = IntegerField(
        _l("Valid for how many days"), [optional(), number_range(min=1, max=1830)]
    )
    section = SelectField(_l("Section of your shelf"), coerce=int)
    marks = SelectMultipleField(
        _l("Good for"), choices=[SelectChoice(*pair) for pair in DIETARY_WORDS],
        option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False),
    )  # fmt: skip
    goes_up_at = DateTimeLocalField(
        _l("Put it on sale by itself at"), [optional(), in_our_time], format=LOCAL_MINUTES
    )
    save = StringField()
    resource_ids = SelectMultipleField(
        _l("Who or what does it"), coerce=int, option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False), validate_choice=True,
    )  # fmt: skip

    def offer(self, categories: list[Any], resources: list[Any], sections: list[Any]) -> None:
        """Give the choices: (id, label) pairs."""
        self.section.choices = [SelectChoice(*pair) for pair in sections]
        self.category_id.choices = [SelectChoice(*pair) for pair in categories]
        self.resource_ids.choices = [SelectChoice(*pair) for pair in resources]

    def sizes(self) -> list[dict[str, Any]]:
        """Return the size rows as posted: id, names, price, stock."""
        rows = []
        for number in range(SIZES):
            fields = {part: self[f"size_{number}_{part}"] for part in SIZE_PARTS}
            rows.append(fields)
        return rows


SIZE_PARTS = ("id", "zh", "en", "price", "stock", "pack")


for _number in range(SIZES):
    setattr(ListingForm, f"size_{_number}_id", IntegerField("", [optional()]))
    setattr(ListingForm, f"size_{_number}_zh", StringField(_l("Size or kind"), [length(max=40)]))
    setattr(ListingForm, f"size_{_number}_en", StringField(_l("In English"), [length(max=40)]))
    _asked = [needed(), price()] if _number == 0 else [price()]
    setattr(ListingForm, f"size_{_number}_price", StringField(_l("Price"), _asked))
    setattr(
        ListingForm,
        f"size_{_number}_pack",
        IntegerField(_l("Pieces in a pack"), [optional(), number_range(min=1, max=999)]),
    )
    setattr(
        ListingForm,
        f"size_{_number}_stock",
        IntegerField(_l("On the shelf"), [optional(), number_range(min=0, max=1_000_000)]),
    )


class StockForm(Form):
    """How many of a size are on the shelf; empty means no limit."""

    total = IntegerField(_l("On the shelf"), [optional(), number_range(min=0, max=1_000_000)])


class MorningForm(Form):
    """The numbers of a morning: for each size what the page showed and what is typed."""

    def counts(self, variant_ids: Iterable[int]) -> dict[int, tuple[int | None, int | None]]:
        """Return (shown, typed) of the sizes that were sent; what is no number is kept in
        `wrong`, by size.
        """
        found: dict[int, tuple[int | None, int | None]] = {}
        self.wrong: dict[int, str] = {}
        for key in variant_ids:
            typed = request.form.get(f"total_{key}")
            if typed is None:
                continue
            number, shown = _count(typed), _count(request.form.get(f"shown_{key}", ""))
            if number == -1:
                self.wrong[key] = _("Please give a whole number, such as 3.")
            else:
                found[key] = (None if shown == -1 else shown, number)
        return found


def _count(text: str) -> int | None:
    """Return a number of pieces, None where nothing is typed, -1 where it is no such number."""
    text = text.strip()
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else -1


class PricesForm(Form):
    """Which things get which prices, and from when until when."""

    listing_ids = SelectMultipleField(
        _l("Which things"), coerce=int, option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False), validate_choice=True,
    )  # fmt: skip
    way = SelectField(
        _l("How"),
        choices=[
            SelectChoice("percent", _l("By per cent")),
            SelectChoice("set", _l("To one price")),
        ],
    )
    percent = IntegerField(
        _l("Per cent (−20 is a fifth off)"), [optional(), number_range(min=-95, max=300)]
    )
    price = StringField(_l("Price"), [price()])
    step = SelectField(
        _l("Round to"),
        coerce=int,
        choices=[SelectChoice(1, "0.01"), SelectChoice(10, "0.10"), SelectChoice(50, "0.50"),
                 SelectChoice(100, "1.00")],
    )  # fmt: skip
    starts_at = DateTimeLocalField(
        _l("From when on"), [optional(), in_our_time], format=LOCAL_MINUTES
    )
    ends_at = DateTimeLocalField(_l("Until"), [optional(), in_our_time], format=LOCAL_MINUTES)
    seen = StringField()
    go = StringField()

    def offer(self, listings: list[Any]) -> None:
        """Give the things to choose from: (id, label) pairs."""
        self.listing_ids.choices = [SelectChoice(*pair) for pair in listings]


class TableForm(Form):
    """A table of the shelf."""

    file = FileField(_l("Your table (CSV)"), [needed()], render_kw={"accept": ".csv,text/csv"})


class UndoPricesForm(Form):
    """Which change of prices is taken back."""

    change_id = IntegerField(validators=[required()])


class PicturesForm(Form):
    """More pictures of a listing, taken now or chosen."""

    pictures = MultipleFileField(
        _l("Choose pictures"), render_kw={"accept": "image/*", "multiple": True}
    )
    photo = FileField(
        _l("Take a picture"), render_kw={"accept": "image/*", "capture": "environment"}
    )


class OrderForm(Form):
    """In which order things stand; or the one of them that goes."""

    order = StringField(_l("Order"), [length(max=4000)])
    gone_id = IntegerField(validators=[optional()])

    def ids(self) -> list[int]:
        """Return the order as it was sent, what is no number left out."""
        sent = (self.order.data or "").split(",")
        return [int(one) for one in sent if one.isascii() and one.isdigit() and len(one) < 10]


class SectionForm(Form):
    """A section of a shop's own shelf."""

    name_zh = StringField(_l("Name in Chinese"), [length(max=20)])
    name_en = StringField(_l("Name in English"), [length(max=20)])
    section_id = IntegerField(validators=[optional()])
