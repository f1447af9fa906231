"""How the town reaches people: what the operator sets."""

from collections.abc import Mapping
from datetime import datetime

from app.core.access import Role, Viewer
from app.core.activity.services import record
from app.core.errors import FieldError, NotAllowedError
from app.core.facts import put_fact
from app.core.i18n import lazy_gettext as _l
from app.notifications.queries.reach import FACT
from app.notifications.types import LADDERS, REACH_SET, Quiet, Topic, Way


def set_town_reach(
    actor: Viewer,
    *,
    quiet: Quiet,
    waits: Mapping[Topic, Mapping[Way, int | None]],
    alarm_sms: int,
    alarm_desk: int,
    sms_budget: int,
    at: datetime,
) -> None:
    """Set quiet hours, the ladders' waits, the alarm's minutes and the day's text messages.

    Refuses who does not run the town, and a desk that would phone before the text message.
    """
    if not actor.has_role(Role.OPERATOR):
        raise NotAllowedError
    if alarm_desk <= alarm_sms:
        raise FieldError("alarm_desk", _l("The call comes after the text message."))
    value = {
        "quiet": [quiet.start, quiet.end],
        "ladders": {
            topic.value: {
                rung.way.value: waits.get(topic, {}).get(rung.way, rung.wait) for rung in ladder
            }
            for topic, ladder in LADDERS.items()
        },
        "alarm_sms": alarm_sms,
        "alarm_desk": alarm_desk,
        "sms_budget": sms_budget,
    }
    put_fact(FACT, value)
    record(actor, REACH_SET, ("town", 1), at=at, data={"sms_budget": sms_budget})
