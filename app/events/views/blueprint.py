"""The events house's one blueprint, its toasts, and its place among a member's links."""

from flask import Blueprint, url_for

from app.core.access import Viewer
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.pages import (
    Link,
    register_subject,
    slot,
    toast,
)

bp = Blueprint("events", "app.events", url_prefix="/events", template_folder="templates")
register_subject("gathering", "events.gathering", "gathering_id")
register_subject("registration", "events.registration", "registration_id")
SIGNED_UP = toast("events.signed_up", _l("You are in. See you there!"))
IN_LINE = toast("events.in_line", _l("It is full now. You are on the waiting list."))
PARTY_SET = toast("events.party_set", _l("Your number of people is changed."))
LEFT = toast("events.left", _l("Your sign-up is cancelled."))
SAVED = toast("events.saved", _l("Saved."))
PUBLISHED = toast("events.published", _l("The neighbourhood can see it now."))
CALLED_OFF = toast("events.called_off", _l("It is called off. Everybody who signed up is told."))
ARCHIVED = toast("events.archived", _l("It is out of the lists now."))
LET_IN = toast("events.let_in", _l("Checked in."))
UNDONE = toast("events.undone", _l("Taken back."))
FEED_RENEWED = toast(
    "events.feed_renewed", _l("This is your calendar address now. Older ones no longer work.")
)


@slot("me_links").add
def _my_gatherings(_viewer: Viewer) -> list[Link]:
    return [Link(url_for("events.mine"), _("My events"))]
