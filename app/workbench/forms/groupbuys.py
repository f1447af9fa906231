"""A group-buy as a shop writes it down."""

from __future__ import annotations

from typing import Any

from wtforms import (
    DateTimeLocalField,
    DecimalField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
)

from app.core.errors import FieldError
from app.core.forms import (
    Form,
    length,
    mail_address,
    minor_in,
    number_range,
    optional,
    required,
)
from app.core.i18n import lazy_gettext as _l
from app.orders.types.groupbuys import GroupBuyDraft, ItemDraft, Measure, Step
from app.workbench.forms.fields import LOCAL_MINUTES, SIZES, in_our_time, instant_of, price


class GroupBuyForm(Form):
    """When it runs, what it takes, where it is collected, who leads it, and each product's cases
    and price steps.
    """

    opens_at = DateTimeLocalField(_l("Open from"), [required(), in_our_time], format=LOCAL_MINUTES)
    cut_off_at = DateTimeLocalField(
        _l("Join until"), [required(), in_our_time], format=LOCAL_MINUTES
    )
    measure = RadioField(
        _l("It takes enough"),
        choices=[
            SelectChoice(Measure.PIECES.value, _l("pieces")),
            SelectChoice(Measure.PEOPLE.value, _l("people")),
        ],
        default=Measure.PIECES.value,
    )
    threshold = IntegerField(_l("How many it takes"), [required(), number_range(min=1, max=99999)])
    point_id = SelectField(_l("Collect at"), coerce=int)
    starts_at = DateTimeLocalField(
        _l("Collect from"), [required(), in_our_time], format=LOCAL_MINUTES
    )
    ends_at = DateTimeLocalField(
        _l("Collect until"), [required(), in_our_time], format=LOCAL_MINUTES
    )
    leader_mail = StringField(_l("Leader's mail address"), [optional(), mail_address()])
    share = DecimalField(
        _l("The leader's share, in percent"), [optional(), number_range(min=0, max=50)], default=0
    )

    def item(self, number: int) -> dict[str, Any]:
        """Return the fields of one product."""
        return {part: self[f"item_{number}_{part}"] for part in ITEM_PARTS}

    def draft(self, listing_id: int, variant_ids: list[int]) -> GroupBuyDraft:
        """Return what the checked form says."""
        opens_at, cut_off_at = instant_of(self.opens_at.data), instant_of(self.cut_off_at.data)
        starts_at, ends_at = instant_of(self.starts_at.data), instant_of(self.ends_at.data)
        if opens_at is None or cut_off_at is None or starts_at is None or ends_at is None:
            raise FieldError("opens_at", _l("Please fill this in."))
        return GroupBuyDraft(
            listing_id=listing_id,
            opens_at=opens_at,
            cut_off_at=cut_off_at,
            measure=Measure(self.measure.data),
            threshold=self.threshold.data,
            point_id=self.point_id.data,
            starts_at=starts_at,
            ends_at=ends_at,
            items=tuple(self._item(number, key) for number, key in enumerate(variant_ids)),
            leader_mail=self.leader_mail.data or "",
            share_bp=int((self.share.data or 0) * 100),
        )

    def _item(self, number: int, variant_id: int) -> ItemDraft:
        own = self.item(number)
        steps = []
        for place in (1, 2):
            least, text = own[f"from_{place}"].data, own[f"price_{place}"].data
            if not (least or text):
                continue
            if not (least and text):
                raise FieldError(f"item_{number}_price_{place}", _l("A step needs both."))
            steps.append(Step(least, minor_in(text, f"item_{number}_price_{place}")))
        return ItemDraft(
            variant_id,
            case_size=own["case"].data or 1,
            tolerance=own["tolerance"].data or 0,
            steps=tuple(steps),
            stock=own["stock"].data,
        )


ITEM_PARTS = ("stock", "case", "tolerance", "from_1", "price_1", "from_2", "price_2")


def _counted(label: Any, least: int) -> IntegerField:
    return IntegerField(label, [optional(), number_range(min=least, max=99999)])


for _number in range(SIZES):
    _of: dict[str, Any] = {
        "stock": _counted(_l("How many at most"), 0),
        "case": _counted(_l("Pieces in a case"), 1),
        "tolerance": _counted(_l("A case may lack so many"), 0),
        "from_1": _counted(_l("Cheaper from"), 1),
        "price_1": StringField(_l("then each costs"), [price(), length(max=20)]),
        "from_2": _counted(_l("Cheaper still from"), 1),
        "price_2": StringField(_l("then each costs"), [price(), length(max=20)]),
    }
    for _part, _field in _of.items():
        setattr(GroupBuyForm, f"item_{_number}_{_part}", _field)
