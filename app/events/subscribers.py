"""What events hold about a person, what binds an organiser, and how a guest is forgotten."""

from datetime import datetime

from app.accounts.queries.leaving import obliges
from app.accounts.queries.own import OFFICE, TRACE, Fate, holds
from app.accounts.services import closing
from app.accounts.types import Obligation
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.events import models
from app.events.queries.leaving import coming_of, led_by
from app.events.services import leaving
from app.moderation.queries.retention import keeps
from app.moderation.types import Period


def connect() -> None:
    """Say what is held, what binds, and how it is forgotten."""
    closing.forgets("events", leaving.forget_person)
    obliges("events", bound)
    _held()
    why = _l("Needed until the report on the event is written.")
    title = _l("Names of walk-ins at events")
    keeps(Period("walk_ins", title, 180, 30, 730, why, leaving.forget_walk_ins))


def bound(person_id: int, at: datetime) -> list[Obligation]:
    """Return events the person leads, which hold the account; and seats, which are given back."""
    led = [
        Obligation(_("You lead “%(title)s”", title=title), ("gathering", number))
        for number, title in led_by(person_id, at=at)
    ]
    seats = [
        Obligation(
            _("Your place at “%(title)s” is given back", title=title),
            ("gathering", number),
            holds=False,
        )
        for number, title in coming_of(person_id, at=at)
    ]
    return [*led, *seats]


def _held() -> None:
    kept, gone = Fate.KEPT, Fate.REMOVED
    led = _l("Events you led")
    but = ("description_html", "description_en_html", "moves")
    holds(models.Gathering, "organiser_id", title=led, fate=kept, why=TRACE, but=but)
    why = _l("Places still held are given back; past ones are numbers only.")
    holds(models.Registration, "person_id", title=_l("Your sign-ups"), fate=kept, why=why)
    feed = _l("Your private calendar address")
    holds(models.CalendarFeed, "person_id", title=feed, fate=gone)
    office = _l("Deeds of office")
    for model, column in ((models.Registration, "arrived_by_id"), (models.Arrival, "by_id")):
        holds(model, column, title=office, fate=kept, why=OFFICE, left_out=OFFICE)
