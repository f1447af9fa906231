"""The consoles' pieces: a promotion's form and draft, their table, one with its uses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from markupsafe import Markup
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
)

from app.core import clock
from app.core.errors import FieldError
from app.core.forms import Form, length, minor_in, number_range, optional, required
from app.core.i18n import lazy_gettext as _l
from app.core.i18n import pick
from app.core.pages import Page, part
from app.promotions import types
from app.promotions.parts import condition_words, effect_words
from app.promotions.types import Draft, PromotionRow, UseRow

LOCAL_MINUTES = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
Choices = Sequence[tuple[int, str]]


class PromotionForm(Form):
    """A coupon or an offer to make."""

    name_zh = StringField(_l("Name in Chinese"), [length(max=60)])
    name_en = StringField(_l("Name in English"), [length(max=60)])
    kind = RadioField(
        _l("How people get it"),
        choices=[
            SelectChoice(types.Kind.COUPON.value, _l("A coupon that people take")),
            SelectChoice(types.Kind.OFFER.value, _l("An offer that counts by itself")),
        ],
        default=types.Kind.COUPON.value,
    )
    form = RadioField(
        _l("What it takes off"),
        choices=[SelectChoice(one.value, words) for one, words in types.FORM_WORDS.items()],
        default=types.Form.AMOUNT.value,
    )
    value = StringField(_l("Amount, or the price"), [optional(), length(max=20)])
    percent = IntegerField(_l("Percent off"), [optional(), number_range(min=1, max=100)])
    every = IntegerField(_l("Every so-many-th piece"), [optional(), number_range(min=2, max=99)])
    most = StringField(_l("At most"), [optional(), length(max=20)])
    least = StringField(_l("From which sum it counts"), [optional(), length(max=20)])
    listing_id = SelectField(_l("Only this thing"), coerce=int, default=0)
    category_id = SelectField(_l("Only this category"), coerce=int, default=0)
    listing_kind = SelectField(
        _l("Only this kind"),
        choices=[
            SelectChoice("", _l("Any kind")),
            SelectChoice("goods", _l("Goods")),
            SelectChoice("service", _l("Services")),
        ],
        default="",
    )
    audience = RadioField(
        _l("For whom"),
        choices=[SelectChoice(one.value, words) for one, words in types.AUDIENCE_WORDS.items()],
        default=types.Audience.EVERYBODY.value,
    )
    budget = IntegerField(_l("How many in all"), [optional(), number_range(min=1, max=1_000_000)])
    per_person = IntegerField(_l("How many per person"), [optional(), number_range(min=1, max=999)])
    keep_days = IntegerField(
        _l("Days that one is kept for whoever took it"), [optional(), number_range(min=1, max=366)]
    )
    combines = BooleanField(_l("Goes together with other offers"))
    is_public = BooleanField(_l("Shown on the shop's page for everybody to take"))
    code = StringField(_l("Code to type"), [optional(), length(max=20)])
    reward_id = SelectField(_l("Who brings somebody gets"), coerce=int, default=0)
    funder = RadioField(
        _l("Who pays for it"),
        choices=[SelectChoice(one.value, words) for one, words in types.FUNDER_WORDS.items()],
        default=types.Funder.MERCHANT.value,
    )
    starts_at = DateTimeLocalField(_l("Runs from"), [required()], format=LOCAL_MINUTES)
    ends_at = DateTimeLocalField(_l("Runs until"), [required()], format=LOCAL_MINUTES)

    def offer(self, *, things: Choices, categories: Choices, rewards: Choices) -> None:
        """Say what may be chosen."""
        self.listing_id.choices = _choices((0, _l("All things")), *things)
        self.category_id.choices = _choices((0, _l("All categories")), *categories)
        self.reward_id.choices = _choices((0, _l("No reward")), *rewards)

    def draft(self, merchant_id: int | None, names: tuple[str, str]) -> Draft:
        """Return what was typed; refuses a name in neither language and what is no amount."""
        name_zh, name_en = (self.name_zh.data or "").strip(), (self.name_en.data or "").strip()
        if not (name_zh or name_en):
            raise FieldError("name_zh", _l("Please fill this in."))
        return Draft(
            kind=types.Kind(self.kind.data), form=types.Form(self.form.data), name_zh=name_zh,
            name_en=name_en, merchant_id=merchant_id, shop_zh=names[0], shop_en=names[1],
            starts_at=_instant(self.starts_at.data), ends_at=_instant(self.ends_at.data),
            funder=types.Funder(self.funder.data), audience=types.Audience(self.audience.data),
            value_minor=_minor(self.value, "value"), percent=self.percent.data or 0,
            most_minor=_minor(self.most, "most") or None, every=self.every.data or 0,
            least_minor=_minor(self.least, "least"), category_id=self.category_id.data or None,
            listing_id=self.listing_id.data or None, listing_kind=self.listing_kind.data,
            combines=self.combines.data, is_public=self.is_public.data,
            code=self.code.data or "", budget=self.budget.data, per_person=self.per_person.data,
            keep_days=self.keep_days.data or types.KEEP_DAYS,
            reward_id=self.reward_id.data or None,
        )  # fmt: skip


def fresh_form(at: datetime) -> PromotionForm:
    """Return the form as it was sent, or as a new promotion begins: from now on, for two weeks."""
    begins = clock.local(at).replace(second=0, microsecond=0, tzinfo=None)
    ends = clock.local(at + timedelta(days=types.KEEP_DAYS)).replace(
        hour=23, minute=59, second=0, microsecond=0, tzinfo=None
    )
    return PromotionForm.posted(
        starts_at=begins, ends_at=ends, per_person=1, keep_days=types.KEEP_DAYS, is_public=True
    )


def _choices(*rows: tuple[int, Any]) -> list[SelectChoice]:
    return [SelectChoice(value, words) for value, words in rows]


def _minor(field: Any, name: str) -> int:
    text = (field.data or "").strip()
    return minor_in(text, name) if text else 0


def _instant(typed: datetime) -> datetime:
    return clock.at_local(typed.date(), typed.time())


def form_part(form: PromotionForm, *, with_funder: bool, action: str) -> Markup:
    """Return the form as a piece of page."""
    return part("promotions/_form.html", form=form, with_funder=with_funder, action=action)


def table_part(rows: Sequence[PromotionRow], *, endpoint: str, merchant_id: int | None) -> Markup:
    """Return promotions as a table whose rows lead to `endpoint`."""
    return part(
        "promotions/_table.html", rows=rows, endpoint=endpoint, merchant_id=merchant_id,
        effect=effect_words, standing=types.STANDING_WORDS, kinds=types.KIND_WORDS,
        now=clock.now(),
    )  # fmt: skip


def one_part(row: PromotionRow, uses: Page[UseRow], *, state: str, stop: str) -> Markup:
    """Return one promotion, what of it is used and by whom, with the button that stops it."""
    return part(
        "promotions/_one.html", row=row, uses=uses, state=state, stop=stop, effect=effect_words,
        conditions=condition_words, standing=types.STANDING_WORDS, kinds=types.KIND_WORDS,
        funders=types.FUNDER_WORDS, now=clock.now(),
    )  # fmt: skip


def names_of(rows: Sequence[PromotionRow]) -> list[tuple[int, str]]:
    """Return coupons to choose a reward from."""
    coupons = (row for row in rows if row.kind is types.Kind.COUPON)
    return [(row.id, pick(row.name_zh, row.name_en)) for row in coupons]
