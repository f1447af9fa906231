"""The shape of what a shop's people send from the workbench."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import request
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    FileField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from app.core import clock
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
from app.core.money import Money, NotMoneyError
from app.merchants.parts import DIETARY_WORDS
from app.merchants.types.reviews import ANSWER_LENGTH
from app.places.parts import PositionForm

SIZES = 6
WEEKDAYS = (
    _l("Monday"), _l("Tuesday"), _l("Wednesday"), _l("Thursday"), _l("Friday"), _l("Saturday"),
    _l("Sunday"),
)  # fmt: skip
WORKING_DAYS = 7


LOCAL_MINUTES = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


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
    """Refuse what is no amount of the town's money."""

    def check(_form: Any, field: Any) -> None:
        text = (field.data or "").strip()
        if not text and not is_needed:
            return
        try:
            amount = Money.of(text)
        except NotMoneyError:
            amount = Money(-1)
        if not 0 <= amount.decimal <= 1_000_000:
            raise ValidationError(_("Write an amount such as 12.50."))

    return check


def minor_of(text: str | None) -> int:
    """Return checked text as minor units."""
    return Money.of((text or "").strip() or 0).minor


def plain_amount(minor: int | None) -> str:
    """Return minor units as a form shows them."""
    return "" if minor is None else Money(minor).plain()


def local_minutes(instant: datetime | None) -> datetime | None:
    """Return an instant as a form shows it: the site's own time."""
    return None if instant is None else clock.local(instant).replace(tzinfo=None)


def instant_of(typed: datetime | None) -> datetime | None:
    """Return day and time of the site as an instant."""
    return None if typed is None else clock.at_local(typed.date(), typed.time())


def in_our_time(_form: Any, field: Any) -> None:
    """Refuse a day in a far century."""
    if field.data is not None and not 2000 <= field.data.year <= 2100:
        raise ValidationError(_("Choose a day of our time."))


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


class AnswerForm(Form):
    """What the shop says of a hand-over, or to a review."""

    text = TextAreaField(_l("Your answer"), [required(), length(max=ANSWER_LENGTH)])
