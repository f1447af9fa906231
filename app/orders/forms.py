"""The shapes of input around an order."""

from __future__ import annotations

from typing import Any

from flask import request
from wtforms import (
    HiddenField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice

from app.core.errors import FieldError, InvalidFormError
from app.core.forms import (
    Form,
    length,
    mail_address,
    number_range,
    optional,
    phone_number,
    required,
)
from app.core.i18n import lazy_gettext as _l
from app.orders.types import CASE_PICTURES, PROBLEM_WORDS, WISH_WORDS
from app.payments.types import PayWay

PAY_WAYS = [
    SelectChoice(PayWay.CASH.value, _l("Cash, on the spot")),
    SelectChoice(PayWay.OWN_CODE.value, _l("The shop's own code (WeChat, Alipay)")),
]


class AddForm(Form):
    """A variant for the basket."""

    variant_id = IntegerField(_l("Which one"), [number_range(min=1)])
    quantity = IntegerField(_l("How many"), [optional(), number_range(min=1, max=999)], default=1)
    time_key = StringField(_l("When"), [length(max=20)])


class TimeForm(Form):
    """Another time for what is booked."""

    time_key = StringField(_l("When"), [required(), length(max=20)])


class NumberForm(Form):
    """A walk-in number, with the name to call if one likes."""

    name = StringField(_l("Name to call"), [length(max=60)])


class QuantityForm(Form):
    """How many of a basket's line."""

    quantity = IntegerField(_l("How many"), [number_range(min=0, max=999)])


class StartForm(Form):
    """The sum the buyer saw."""

    expected_total = IntegerField(_l("Total"), [number_range(min=0)])


class CouponForm(Form):
    """The coupon that a shop's order shall take; nought is none."""

    shop_id = IntegerField(_l("Shop"), [number_range(min=1)])
    promotion_id = IntegerField(_l("Coupon"), [number_range(min=0)])


class CodeForm(Form):
    """A coupon's code."""

    code = StringField(_l("Coupon code"), [required(), length(max=20)])


class PlaceForm(Form):
    """Who collects, how to reach them, how they pay; pickup times are fields of their
    own per shop.
    """

    name = StringField(_l("Name for the shop"), [required(), length(max=60)])
    phone = StringField(_l("Phone"), [optional(), length(max=40), phone_number()])
    mail = StringField(_l("Mail"), [optional(), length(max=254), mail_address()])
    pay_way = RadioField(_l("How you pay"), choices=PAY_WAYS, default=PayWay.CASH.value)
    note = TextAreaField(_l("Note for the shop"), [length(max=500)])
    expected_total = HiddenField()
    seen_terms = HiddenField()

    is_guest = False

    @classmethod
    def for_shops(cls, merchant_ids: list[int], *, is_guest: bool) -> type[PlaceForm]:
        """Return the form with one time per shop that needs one."""
        asked = required(_l("Choose when you will come."))
        fields: dict[str, Any] = {
            f"slot_{merchant_id}": StringField(_l("When you come"), [asked, length(max=80)])
            for merchant_id in merchant_ids
        }
        return type("PlaceFormForShops", (cls,), fields | {"is_guest": is_guest})

    def __init__(self, *args: Any, **more: Any) -> None:
        """A guest is reached by one of the two; for a member both are at will."""
        super().__init__(*args, **more)
        if self.is_guest:
            self.phone.flags.needed = self.mail.flags.needed = True

    def check(self) -> None:
        """Refuse all that is wrong at once: also a guest who left neither phone nor mail."""
        refused = None
        try:
            super().check()
        except InvalidFormError as broken:
            refused = broken
        if self.is_guest and not any((text.data or "").strip() for text in (self.phone, self.mail)):
            raise FieldError("phone", _l("Leave a phone number or a mail address."))
        if refused:
            raise refused


class ReasonForm(Form):
    """Why."""

    reason = StringField(_l("Why"), [length(max=500)])


class AskForm(Form):
    """What a shop is asked a price for."""

    wish = TextAreaField(_l("What do you need?"), [required(), length(max=1000)])


class PayWayForm(Form):
    """How a quote is paid."""

    pay_way = RadioField(_l("How you pay"), choices=PAY_WAYS, default=PayWay.CASH.value)


class MessageForm(Form):
    """What a guest writes to the shop."""

    body = TextAreaField(_l("Write to the shop"), [required(), length(max=2000)])


class CaseForm(Form):
    """What is wrong with what was collected, with pictures of it."""

    line_id = RadioField(_l("With what?"), [required(_l("Choose what it is about."))], choices=[])
    quantity = IntegerField(_l("How many of it"), [number_range(min=1, max=999)], default=1)
    problem = RadioField(
        _l("What is wrong with it?"),
        [required(_l("Choose what is wrong."))],
        choices=[SelectChoice(one.value, words) for one, words in PROBLEM_WORDS.items()],
    )
    wish = RadioField(
        _l("What would set it right?"),
        [required(_l("Choose what would set it right."))],
        choices=[SelectChoice(one.value, words) for one, words in WISH_WORDS.items()],
    )
    words = TextAreaField(_l("Tell the shop"), [required(), length(max=2000)])
    pictures = MultipleFileField(_l("Pictures of it"))

    @property
    def files(self) -> list[Any]:
        """The files that were really chosen; refuses more than a case takes."""
        sent = [file for file in self.pictures.data or [] if getattr(file, "filename", "")]
        if len(sent) > CASE_PICTURES:
            raise FieldError("pictures", _l("Four pictures at most."))
        return sent


class TurnForm(Form):
    """An answer to a case as it was shown, with why where it says no."""

    turn = HiddenField()
    reason = StringField(_l("Why"), [length(max=500)])

    @property
    def number(self) -> int:
        """The turn that the page showed; what is no number fits no case."""
        sent = (self.turn.data or "")[:9]
        return int(sent) if sent.isascii() and sent.isdigit() else -1


class FindForm(Form):
    """What a guest knows of an order on another device."""

    phone = StringField(_l("Phone"), [required(), length(max=40), phone_number()])
    code = StringField(_l("Pickup code"), [required(), length(max=20)])


class CountsForm(Form):
    """How many of each of several things: fields `n_<id>`."""

    def counts(self) -> dict[int, int]:
        """Return the numbers that were typed, by id; refuses what is none."""
        found: dict[int, int] = {}
        for name, typed in request.form.items():
            key = name.removeprefix("n_")
            if key == name or not (key.isascii() and key.isdigit() and len(key) < 10):
                continue
            text = typed.strip() or "0"
            if not (text.isascii() and text.isdigit() and len(text) <= 6):
                raise FieldError("counts", _l("Write a number."))
            found[int(key)] = int(text)
        return found


class ListForm(Form):
    """A 接龙 as it was copied out of a chat."""

    text = TextAreaField(_l("The list from the chat"), [required(), length(max=20000)])


class PhoneForm(Form):
    """How to reach somebody whose name stood on a list."""

    phone = StringField(_l("Phone"), [optional(), length(max=40), phone_number()])


class CallOffForm(Form):
    """Why something is called off."""

    reason = StringField(_l("Why"), [required(), length(max=300)])


class AnnounceForm(Form):
    """Where and how a group-buy is announced."""

    board_id = SelectField(_l("Board"), coerce=int)
    title = StringField(_l("Title"), [required(), length(max=120)])
    body = TextAreaField(_l("What you say about it"), [required(), length(max=10000)])
