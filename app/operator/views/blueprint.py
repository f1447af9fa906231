"""The operator's one blueprint, its navigation, and the words its pages share."""

from collections.abc import Iterable

from flask import Blueprint, url_for

from app.core.access import Viewer
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.pages import Link, slot, toast
from app.notifications.parts import desk_links

bp = Blueprint("operator", "app.operator", url_prefix="/operator", template_folder="templates")

SAVED = toast("operator.saved", _l("Saved."))
OPENED = toast("start.opened", _l("The town is open. Write the first thread, and ask somebody in."))
DONE = toast("operator.done", _l("Done. It is in the audit trail."))


@slot("operator_nav").add
def _navigation(viewer: Viewer) -> Iterable[Link]:
    yield Link(url_for("operator.today"), _("Today"))
    yield Link(url_for("operator.duty"), _("Duty desk"))
    yield Link(url_for("operator.review"), _("Review"))
    yield Link(url_for("operator.orders"), _("Orders"))
    yield Link(url_for("operator.cases"), _("After-sale"))
    yield Link(url_for("operator.take_downs"), _("Take-downs"))
    yield from desk_links(viewer)
    yield Link(url_for("operator.merchants"), _("Shops"), head=_("Shops and money"))
    yield Link(url_for("operator.papers"), _("Licence and permits"))
    yield Link(url_for("operator.promotions"), _("Coupons and offers"))
    yield Link(url_for("operator.bills"), _("Bills"))
    yield Link(url_for("operator.terms"), _("Terms"))
    yield Link(url_for("operator.people"), _("People and roles"), head=_("Residents"))
    yield Link(url_for("operator.getting_in"), _("Getting in"))
    yield Link(url_for("operator.identity"), _("Name and colours"), head=_("The town"))
    yield Link(url_for("operator.charter"), _("Charter"))
    yield Link(url_for("operator.boards"), _("Boards"))
    yield Link(url_for("operator.categories"), _("Categories"))
    yield Link(url_for("operator.neighbourhoods"), _("Neighbourhoods"))
    yield Link(url_for("operator.points"), _("Pickup points"))
    yield Link(url_for("operator.words"), _("Word list"))
    yield Link(url_for("operator.texts"), _("Texts and law"))
    yield Link(url_for("operator.retention"), _("How long things are kept"), head=_("The site"))
    yield Link(url_for("operator.lawful"), _("Requests by law"))
    yield Link(url_for("operator.standing"), _("Open or closed"))
    yield Link(url_for("operator.health"), _("Jobs and health"))
    yield Link(url_for("operator.audit"), _("Audit trail"))


@slot("me_links").add
def _entrance(viewer: Viewer) -> Iterable[Link]:
    if viewer.is_operator:
        yield Link(url_for("operator.today"), _("Operator desk"))
    elif {"moderator", "leader"} & {grant.role for grant in viewer.grants}:
        yield Link(url_for("operator.review"), _("Review"))
