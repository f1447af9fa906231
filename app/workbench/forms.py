"""The shape of what a shop's people send from the workbench."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from wtforms import (
    BooleanField,
    FileField,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

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
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.places.parts import PositionForm

SIZES = 6
WEEKDAYS = (
    _l("Monday"), _l("Tuesday"), _l("Wednesday"), _l("Thursday"), _l("Friday"), _l("Saturday"),
    _l("Sunday"),
)  # fmt: skip
WORKING_DAYS = 7


def clock_time() -> Any:
    """Refuse what is no time of day such as 08:30."""

    def check(_form: Any, field: Any) -> None:
        if minutes_of(field.data or "") is None:
            raise ValidationError(_("Write a time such as 08:30."))

    return check


def minutes_of(text: str) -> int | None:
    """Return the minutes since midnight of 08:30 (24:00 is the day's end), or None."""
    hours, colon, minutes = text.strip().replace("：", ":").partition(":")
    if not colon or not (hours.isascii() and hours.isdigit() and minutes.isascii()):
        return None
    if not minutes.isdigit() or len(hours) > 2 or len(minutes) != 2 or int(minutes) > 59:
        return None
    total = int(hours) * 60 + int(minutes)
    return total if total <= 24 * 60 else None


def clock_text(minute: int | None) -> str:
    """Return minutes since midnight as 08:30."""
    return "" if minute is None else f"{minute // 60:02d}:{minute % 60:02d}"


def price(*, is_needed: bool = False) -> Any:
    """Refuse what is no amount of money with at most two decimals."""

    def check(_form: Any, field: Any) -> None:
        text = (field.data or "").strip()
        if not text and not is_needed:
            return
        try:
            amount = Decimal(text)
        except InvalidOperation:
            amount = Decimal(-1)
        if not amount.is_finite() or not 0 <= amount <= 1_000_000 or amount != round(amount, 2):
            raise ValidationError(_("Write an amount such as 12.50."))

    return check


def minor_of(text: str | None) -> int:
    """Return checked text as minor units."""
    return int(Decimal((text or "0").strip() or "0") * 100)


def plain_amount(minor: int | None) -> str:
    """Return minor units as a form shows them."""
    return "" if minor is None else f"{Decimal(minor) / 100:.2f}"


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
    buffer_minutes = IntegerField(
        _l("Pause after it, in minutes"), [optional(), number_range(min=0, max=480)]
    )
    lead_minutes = IntegerField(
        _l("Minutes' notice you need"), [optional(), number_range(min=0, max=20160)]
    )
    days_ahead = IntegerField(_l("Days ahead"), [optional(), number_range(min=0, max=14)])
    resource_ids = SelectMultipleField(
        _l("Who or what does it"), coerce=int, option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False), validate_choice=True,
    )  # fmt: skip

    def offer(self, categories: list[Any], resources: list[Any]) -> None:
        """Give the choices: (id, label) pairs."""
        self.category_id.choices = [SelectChoice(*pair) for pair in categories]
        self.resource_ids.choices = [SelectChoice(*pair) for pair in resources]

    def sizes(self) -> list[dict[str, Any]]:
        """Return the size rows as posted: id, names, price, stock."""
        rows = []
        for number in range(SIZES):
            fields = {part: self[f"size_{number}_{part}"] for part in SIZE_PARTS}
            rows.append(fields)
        return rows


SIZE_PARTS = ("id", "zh", "en", "price", "stock")
for _number in range(SIZES):
    setattr(ListingForm, f"size_{_number}_id", IntegerField("", [optional()]))
    setattr(ListingForm, f"size_{_number}_zh", StringField(_l("Size or kind"), [length(max=40)]))
    setattr(ListingForm, f"size_{_number}_en", StringField(_l("In English"), [length(max=40)]))
    _asked = [needed(), price()] if _number == 0 else [price()]
    setattr(ListingForm, f"size_{_number}_price", StringField(_l("Price"), _asked))
    setattr(
        ListingForm,
        f"size_{_number}_stock",
        IntegerField(_l("On the shelf"), [optional(), number_range(min=0, max=1_000_000)]),
    )


class StockForm(Form):
    """How many of a size are on the shelf; empty means no limit."""

    total = IntegerField(_l("On the shelf"), [optional(), number_range(min=0, max=1_000_000)])


class MarkForm(Form):
    """A switch: on or off."""

    on = BooleanField()


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
    capacity = IntegerField(_l("Orders in each time"), [required(), number_range(min=1, max=10000)])
    rules = StringField(_l("Days and times"))

    def stretches(self) -> list[tuple[int, list[tuple[Any, Any]]]]:
        """Return for each weekday its two stretches' fields (from, to)."""
        return [
            (
                day,
                [(self[f"day_{day}_{part}_from"], self[f"day_{day}_{part}_to"]) for part in "ab"],
            )
            for day in range(WORKING_DAYS)
        ]


for _day in range(WORKING_DAYS):
    for _part in "ab":
        for _end, _label in (("from", _l("from")), ("to", _l("to"))):
            setattr(
                PointForm,
                f"day_{_day}_{_part}_{_end}",
                StringField(_label, [optional(), clock_time()]),
            )


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


for _day in range(WORKING_DAYS):
    for _end, _label in (("from", _l("from")), ("to", _l("to"))):
        setattr(ResourceForm, f"day_{_day}_{_end}", StringField(_label, [optional(), clock_time()]))


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
