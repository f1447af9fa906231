"""What must be true in the same commit: an order's alarm begins and ends with it, and an address
fails or works with the letter that went there.
"""

from datetime import datetime
from typing import Any

from app.accounts.queries.own import OFFICE, Fate, holds
from app.accounts.services import closing
from app.core.access import Viewer
from app.core.i18n import lazy_gettext as _l
from app.core.mail.signals import mail_arrived, mail_refused
from app.core.sms.signals import sms_arrived, sms_refused
from app.moderation.queries.retention import keeps
from app.moderation.types import Period
from app.notifications import models
from app.notifications.services import alarms, failures, leaving
from app.notifications.types import AlarmEnd, Way
from app.orders.models import Order
from app.orders.signals import order_accepted, order_cancelled, order_placed


def connect() -> None:
    """Listen to orders, and to what became of mails and text messages."""
    order_placed.connect(on_order_placed)
    order_accepted.connect(on_order_moved)
    order_cancelled.connect(on_order_moved)
    mail_refused.connect(on_mail_refused)
    mail_arrived.connect(on_mail_arrived)
    sms_refused.connect(on_sms_refused)
    sms_arrived.connect(on_sms_arrived)
    closing.forgets("notifications", leaving.forget_person)
    _held()
    why = _l("News of long ago help nobody.")
    keeps(
        Period("notices", _l("What people were told"), 365, 30, 1095, why, leaving.forget_notices)
    )


def on_order_placed(_sender: Any, *, order: Order, actor: Viewer, **_more: Any) -> None:
    """Start the alarm."""
    alarms.start(order, actor=actor)


def on_order_moved(_sender: Any, *, order: Order, at: datetime, **_more: Any) -> None:
    """End the alarm: the shop answered, or there is nothing left to answer."""
    alarms.end(order.id, how=AlarmEnd.MOVED, at=at)


def on_mail_refused(_sender: Any, *, to: str, why: str, at: datetime) -> None:
    """Remember that nobody lives there."""
    failures.mark_failed(Way.MAIL, to, why=why, at=at)


def on_mail_arrived(_sender: Any, *, to: str, **_more: Any) -> None:
    """It works."""
    failures.mark_working(Way.MAIL, to)


def on_sms_refused(_sender: Any, *, to: str, why: str, at: datetime) -> None:
    """Remember that the number is not one."""
    failures.mark_failed(Way.SMS, to, why=why, at=at)


def on_sms_arrived(_sender: Any, *, to: str, **_more: Any) -> None:
    """It works."""
    failures.mark_working(Way.SMS, to)


def _held() -> None:
    gone, kept = Fate.REMOVED, Fate.KEPT
    told = _l("What you were told")
    holds(models.Notice, "person_id", title=told, fate=gone)
    holds(models.Telling, "person_id", title=told, fate=gone)
    wishes = _l("How you want to be reached")
    holds(models.NoticeWish, "person_id", title=wishes, fate=gone)
    holds(models.ReachWish, "person_id", title=wishes, fate=gone)
    holds(models.SavedSearch, "person_id", title=_l("What you look out for"), fate=gone)
    holds(models.Device, "person_id", title=_l("Devices that show news"), fate=gone)
    holds(models.Call, "person_id", title=_l("Calls to you"), fate=Fate.EMPTIED, but=("last_by",))
    others = _l("What others were told of your deeds")
    theirs = _l("It was written to them; you have the deed itself in what you did.")
    for model in (models.Notice, models.Telling):
        holds(model, "actor_id", title=others, fate=Fate.EMPTIED, left_out=theirs)
    office = _l("Deeds of office")
    for table, column in ((models.Call, "last_by"), (models.Robot, "made_by")):
        holds(table, column, title=office, fate=kept, why=OFFICE, left_out=OFFICE)
