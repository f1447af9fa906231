"""The shape of what the events house is sent."""

from datetime import UTC, datetime
from typing import Any, cast

from wtforms import (
    DateTimeLocalField,
    FileField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)

from app.core import clock
from app.core.forms import Form, length, number_range, optional, required
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.events.models import Gathering
from app.events.types import KIND_LABELS, PARTY_LIMIT, GatheringDraft, GatheringKind
from app.moderation.parts import CONSENT_CHOICES
from app.places.parts import PositionForm

_MINUTES = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


def _in_our_time(_form: Any, field: Any) -> None:
    if field.data is not None and not 2000 <= field.data.year <= 2100:
        raise ValidationError(_("Choose a day of our time."))


class GatheringForm(PositionForm):
    """What an organiser tells about a gathering."""

    title = StringField(_l("Title"), [required(), length(max=120)])
    title_en = StringField(_l("Title in English"), [length(max=120)])
    kind = SelectField(
        _l("What sort of event"),
        choices=[SelectChoice(kind.value, label) for kind, label in KIND_LABELS.items()],
    )
    starts_at = DateTimeLocalField(_l("Starts"), [required(), _in_our_time], format=_MINUTES)
    ends_at = DateTimeLocalField(_l("Ends"), [required(), _in_our_time], format=_MINUTES)
    place = StringField(_l("Place"), [required(), length(max=160)])
    neighbourhood_id = SelectField(_l("Neighbourhood"), coerce=int, default=0)
    is_step_free = SelectField(
        _l("Step-free access"),
        choices=[
            SelectChoice("", _l("not known")),
            SelectChoice("yes", _l("yes")),
            SelectChoice("no", _l("no")),
        ],
    )
    description = TextAreaField(_l("What happens there"), [required(), length(max=10_000)])
    description_en = TextAreaField(_l("The same in English"), [length(max=10_000)])
    capacity = IntegerField(
        _l("Seats (empty: no limit)"), [optional(), number_range(min=1, max=100_000)]
    )
    plus_ones = IntegerField(
        _l("How many may one bring along"), [number_range(min=0, max=PARTY_LIMIT - 1)], default=2
    )
    opens_at = DateTimeLocalField(_l("Sign-up opens"), [optional(), _in_our_time], format=_MINUTES)
    closes_at = DateTimeLocalField(
        _l("Sign-up closes"), [optional(), _in_our_time], format=_MINUTES
    )
    picture = FileField(_l("Picture"))
    consent = RadioField(
        _l("Are there people in the picture?"), [optional()], choices=CONSENT_CHOICES
    )

    def draft(self) -> GatheringDraft:
        """Return what was filled in, with the town's clock times as instants."""
        pin = self.position()
        return GatheringDraft(
            title=self.title.data or "",
            title_en=self.title_en.data or None,
            kind=GatheringKind(self.kind.data),
            starts_at=cast("datetime", _instant(self.starts_at.data)),
            ends_at=cast("datetime", _instant(self.ends_at.data)),
            place=self.place.data or "",
            neighbourhood_id=self.neighbourhood_id.data or None,
            lat=pin.lat if pin else None,
            lng=pin.lng if pin else None,
            is_step_free={"yes": True, "no": False}.get(self.is_step_free.data),
            description=self.description.data or "",
            description_en=self.description_en.data or None,
            capacity=self.capacity.data,
            plus_ones=self.plus_ones.data or 0,
            opens_at=_instant(self.opens_at.data),
            closes_at=_instant(self.closes_at.data),
        )


def as_typed(gathering: Gathering, capacity: int | None) -> dict[str, Any]:
    """Return a gathering as the form shows it: instants as the town's clock times."""
    times = ("starts_at", "ends_at", "opens_at", "closes_at")
    names = (
        "title",
        "title_en",
        "place",
        "lat",
        "lng",
        "description",
        "description_en",
        "plus_ones",
    )
    values: dict[str, Any] = {name: getattr(gathering, name) for name in names}
    values |= {name: _clock_time(getattr(gathering, name)) for name in times}
    step_free = {True: "yes", False: "no", None: ""}[gathering.is_step_free]
    return values | {
        "kind": gathering.kind.value,
        "neighbourhood_id": gathering.neighbourhood_id or 0,
        "is_step_free": step_free,
        "capacity": capacity,
    }


class SignUpForm(Form):
    """With how many people one comes, oneself included."""

    party = IntegerField(
        _l("How many come, you included"),
        [required(), number_range(min=1, max=PARTY_LIMIT)],
        default=1,
    )


class CancelForm(Form):
    """Why a gathering is called off."""

    reason = StringField(_l("Why it is called off"), [required(), length(max=300)])


class CheckInForm(Form):
    """Who is at the door: a code as typed or scanned, or a row of the list."""

    code = StringField(_l("Code"), [length(max=200)])
    registration_id = IntegerField(_l("Sign-up"), [optional(), number_range(min=1, max=2**31 - 1)])
    people = IntegerField(_l("How many came"), [optional(), number_range(min=1, max=PARTY_LIMIT)])
    nonce = StringField(_l("Key"), [length(max=64)])


class WalkInForm(Form):
    """Somebody who simply came."""

    name = StringField(_l("Name"), [required(), length(max=60)])
    party = IntegerField(
        _l("How many people"), [required(), number_range(min=1, max=PARTY_LIMIT)], default=1
    )
    nonce = StringField(_l("Key"), [length(max=64)])


class ScanForm(Form):
    """A photograph of a code."""

    photo = FileField(_l("Photo of the code"))


def _instant(typed: datetime | None) -> datetime | None:
    if typed is None:
        return None
    return typed.replace(tzinfo=clock.site_zone()).astimezone(UTC)


def _clock_time(instant: datetime | None) -> datetime | None:
    return None if instant is None else clock.local(instant).replace(tzinfo=None)
