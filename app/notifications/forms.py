"""The shape of what the notifications house is sent."""

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TimeField,
)

from app.core.forms import Form, length, needed, number_range, optional, required
from app.core.i18n import lazy_gettext as _l
from app.notifications.errors import QuietError
from app.notifications.types import (
    LADDERS,
    OUTWARD,
    ROBOT_LABELS,
    WAY_LABELS,
    Digest,
    Quiet,
    Topic,
    Way,
    Wish,
)
from app.notifications.types.saved import NAME_LENGTH

WAYS = (Way.SITE, *OUTWARD)
FIELDS = {Way.SITE: "on_site", Way.PUSH: "by_push", Way.MAIL: "by_mail", Way.SMS: "by_sms"}
DIGEST_LABELS = {
    Digest.NONE: _l("No, thank you"),
    Digest.DAILY: _l("Every morning"),
    Digest.WEEKLY: _l("On Mondays"),
}
LONGEST_WAIT = 24 * 60


def _choices(labels: Mapping[Any, Any]) -> list[SelectChoice]:
    return [SelectChoice(value=one.value, label=label) for one, label in labels.items()]


class WishForm(Form):
    """A box for each topic and way, quiet hours, and how often a letter of the missed comes."""

    quiet_start = TimeField(_l("Quiet from"), [optional(), needed()])
    quiet_end = TimeField(_l("until"), [optional(), needed()])
    digest = SelectField(_l("A letter of what I missed"), choices=_choices(DIGEST_LABELS))

    def wishes(
        self, known: Mapping[Topic, Wish], offered: Mapping[Topic, Sequence[Way]]
    ) -> dict[Topic, Wish]:
        """Return what was ticked for these topics; a way that was not offered stays as it was."""
        return {
            topic: Wish(
                **{
                    FIELDS[way]: bool(self[box(topic, way)].data)
                    if way in ways
                    else known[topic].wants(way)
                    for way in WAYS
                }
            )
            for topic, ways in offered.items()
        }

    def quiet(self) -> Quiet | None:
        """Return the hours given, or None; refuses (QuietError) half of them."""
        start, end = self.quiet_start.data, self.quiet_end.data
        if (start is None) != (end is None):
            raise QuietError("quiet_end" if end is None else "quiet_start")
        return None if start is None else Quiet(_minutes(start), _minutes(end))


class DeviceForm(Form):
    """What a browser says of how it can be pushed to."""

    endpoint = HiddenField(validators=[required(), length(max=1000)])
    public_key = HiddenField(validators=[required(), length(min=80, max=120)])
    auth = HiddenField(validators=[required(), length(min=16, max=60)])


class RobotForm(Form):
    """A group robot: whose it is, its address, and its secret where it signs."""

    kind = SelectField(_l("Whose robot"), choices=_choices(ROBOT_LABELS))
    url = StringField(_l("The robot's address"), [required(), length(max=1000)])
    secret = StringField(_l("Its secret, where it signs"), [length(max=200)])


class CallForm(Form):
    """What became of a call."""

    reached = HiddenField()
    note = StringField(_l("Note"), [length(max=300)])


class TownForm(Form):
    """How the town reaches people."""

    quiet_start = TimeField(_l("Quiet from"), [required()])
    quiet_end = TimeField(_l("until"), [required()])
    alarm_sms = IntegerField(
        _l("Text message to the shop after (minutes)"), [needed(), number_range(min=1, max=120)]
    )
    alarm_desk = IntegerField(
        _l("The desk phones after (minutes)"), [needed(), number_range(min=2, max=240)]
    )
    sms_budget = IntegerField(
        _l("Text messages of news a day, at most"), [needed(), number_range(min=0, max=100_000)]
    )

    def waits(self) -> dict[Topic, dict[Way, int | None]]:
        """Return the ladders' waits as given; an empty one leaves the way out."""
        return {
            topic: {rung.way: self[wait(topic, rung.way)].data for rung in ladder if rung.wait}
            for topic, ladder in LADDERS.items()
        }

    def quiet(self) -> Quiet:
        """Return the hours given."""
        return Quiet(_minutes(self.quiet_start.data), _minutes(self.quiet_end.data))


def box(topic: Topic, way: Way) -> str:
    """Return the name of the box for a topic and a way."""
    return f"{topic.value}_{FIELDS[way]}"


def wait(topic: Topic, way: Way) -> str:
    """Return the name of the field for a ladder's wait."""
    return f"{topic.value}_{way.value}"


def clock_time(minutes: int) -> time:
    """Return minutes of the day as a time."""
    return time(minutes // 60 % 24, minutes % 60)


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


for _topic in Topic:
    for _way in WAYS:
        setattr(WishForm, box(_topic, _way), BooleanField(WAY_LABELS[_way]))
    for _rung in LADDERS[_topic]:
        if _rung.wait:
            setattr(
                TownForm,
                wait(_topic, _rung.way),
                IntegerField(
                    WAY_LABELS[_rung.way], [optional(), number_range(min=1, max=LONGEST_WAIT)]
                ),
            )


class SavedForm(Form):
    """Under which name a search is kept."""

    name = StringField(_l("Its name"), [required(), length(max=NAME_LENGTH)])
