"""Which shop, its profile, its staff, its pickup points."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, current_app, redirect, request, url_for

from app.accounts.queries import proofs
from app.core import clock
from app.core.access import Role, Viewer, me, member, staff_of
from app.core.db import transaction
from app.core.errors import FieldError, NotFoundError
from app.core.forms import Form
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.i18n import pick
from app.core.media.services import prepared
from app.core.pages import Link, render, said, slot, toast
from app.merchants.errors import LastOwnerError
from app.merchants.queries import browsing, collecting, keeping, selling
from app.merchants.queries.hours import by_day, spans_of
from app.merchants.services import points, shops, staff
from app.merchants.types import (
    MerchantDraft,
    NoShowRule,
    PointDraft,
    PointRow,
    SlotMeasure,
    SlotRuleDraft,
    kept_capacity,
    typed_capacity,
)
from app.notifications.parts import shop_links
from app.places.queries import neighbourhoods
from app.workbench.forms import (
    WEEKDAYS,
    PointForm,
    ProfileForm,
    StaffForm,
    TakeRoleForm,
    UsePointForm,
    clock_text,
    minutes_of,
)
from app.workbench.views.blueprint import bp

SAVED = toast("workbench.saved", _l("Saved."))
GIVEN = toast("workbench.given", _l("They work here now."))
TAKEN = toast("workbench.taken", _l("They no longer work here."))


@slot("me_links").add
def my_shops(viewer: Viewer) -> list[Link]:
    """Give the way to the workbench to those who work in a shop."""
    return [Link(url_for("workbench.home"), _("Workbench"))] if viewer.merchant_ids else []


_NAV = (
    ("workbench.today", _l("Today"), False, None),
    ("workbench.board", _l("Prepare"), False, None),
    ("workbench.counter", _l("Counter"), False, None),
    ("workbench.orders", _l("Orders"), False, None),
    ("workbench.calendar", _l("Calendar"), False, None),
    ("workbench.queue", _l("Queue"), False, None),
    ("workbench.run", _l("Delivery"), False, None),
    ("workbench.listings", _l("Shelf"), False, _l("What we sell")),
    ("workbench.group_buys", _l("Group-buys"), False, None),
    ("workbench.promotions", _l("Coupons and offers"), True, None),
    ("workbench.cases", _l("After-sale"), False, _l("With customers")),
    ("workbench.quotes_list", _l("Quotes"), False, None),
    ("workbench.reviews", _l("Reviews"), False, None),
    ("workbench.customers", _l("Customers"), True, None),
    ("workbench.bills", _l("Bills"), True, _l("Money")),
    ("workbench.figures", _l("Figures"), True, None),
    ("workbench.profile", _l("The shop"), True, _l("How the shop is run")),
    ("workbench.hours", _l("Hours"), True, None),
    ("workbench.pickup_points", _l("Pickup"), True, None),
    ("workbench.people", _l("Staff"), True, None),
    ("workbench.papers", _l("Licence and permits"), True, None),
)


# Under which key of a keyboard a page opens; "?" lists them.
_KEYS = {
    "workbench.today": "t",
    "workbench.board": "b",
    "workbench.counter": "c",
    "workbench.orders": "o",
    "workbench.listings": "l",
    "workbench.customers": "u",
    "workbench.figures": "f",
}


@slot("workbench_nav").add
def side_links(viewer: Viewer) -> list[dict[str, Any]]:
    """Give the workbench's side navigation: what this person may open in this shop."""
    merchant_id = (request.view_args or {}).get("merchant_id")
    if merchant_id is None:
        return []
    keeps = viewer.is_staff_of(merchant_id, Role.OWNER, Role.MANAGER)
    links = [
        {
            "url": url_for(endpoint, merchant_id=merchant_id),
            "label": str(label),
            "count": None,
            "key": _KEYS.get(endpoint),
            "head": str(head or ""),
        }
        for endpoint, label, is_for_keepers, head in _NAV
        if (keeps or not is_for_keepers) and endpoint in current_app.view_functions
    ]
    return [*links, *shop_links(merchant_id)] if keeps else links


@bp.get("/")
@member
def home() -> Response:
    """Choose the shop to work in; with one there is nothing to choose."""
    mine = selling.shops_of(me())
    if len(mine) == 1:
        return redirect(url_for("workbench.today", merchant_id=mine[0][0]))  # type: ignore[return-value]
    return render("workbench/home.html", shops=mine)


@bp.route("/<int:merchant_id>/profile", methods=["GET", "POST"])
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def profile(merchant_id: int) -> Response:
    """Change what the shop says of itself."""
    shop = browsing.merchant_for(me(), merchant_id)
    form = ProfileForm.posted(obj=shop)
    trades = [(row[0], pick(row[2], row[3])) for row in browsing.categories()]
    areas = [(area.id, pick(area.name, area.name_en or "")) for area in neighbourhoods()]
    form.offer(trades, [(0, _("Elsewhere")), *areas])
    is_fresh = proofs.is_fresh(me(), at=clock.now())
    page: dict[str, Any] = {"shop": shop, "merchant_id": merchant_id, "is_fresh": is_fresh}
    if request.method == "GET":
        return render("workbench/profile.html", form=form, **page)
    with form.shows_field_errors("workbench/profile.html", **page):
        form.check()
        picture, pay_picture = _picture(form, "picture"), _picture(form, "pay_picture")
        if not is_fresh and _changes_money(form, shop):
            raise FieldError("pay_code_text", _("First prove that it is you, then save again."))
        with transaction(once=form.key) as act:
            shops.change_profile(
                me(), merchant_id, _draft(form, shop), at=clock.now(), picture=picture,
                pay_picture=pay_picture,
            )  # fmt: skip
            act.leads_to(url_for("workbench.profile", merchant_id=merchant_id))
    return said(act.location, SAVED)


def _changes_money(form: ProfileForm, shop: Any) -> bool:
    """Return whether neighbours would pay somewhere else afterwards."""
    is_other = (form.pay_code_text.data or "").strip() != (shop.pay_code_text or "").strip()
    return is_other or bool(getattr(form.pay_picture.data, "filename", ""))


def _picture(form: Form, name: str) -> Any:
    file = form[name].data
    return prepared(file, field=name) if getattr(file, "filename", "") else None


def _draft(form: ProfileForm, shop: Any) -> MerchantDraft:
    place = form.position()
    return MerchantDraft(
        name_zh=(form.name_zh.data or "").strip(),
        name_en=(form.name_en.data or "").strip(),
        category_id=form.category_id.data,
        description=form.description.data or "",
        address=form.address.data or "",
        lat=place.lat if place else None,
        lng=place.lng if place else None,
        neighbourhood_id=form.neighbourhood_id.data or None,
        phone=form.phone.data or "",
        accept_minutes=form.accept_minutes.data or 30,
        cancel_minutes=form.cancel_minutes.data or 0,
        no_show_rule=NoShowRule(form.no_show_rule.data),
        grace_minutes=form.grace_minutes.data or 0,
        pay_code_text=form.pay_code_text.data or "",
        pay_picture_id=shop.pay_picture_id,
        picture_id=shop.picture_id,
    )


@bp.route("/<int:merchant_id>/staff", methods=["GET", "POST"])
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def people(merchant_id: int) -> Response:
    """See who works here; give somebody a role by mail, with a reason."""
    form = StaffForm.posted()
    page: dict[str, Any] = {
        "merchant_id": merchant_id,
        "staff": selling.staff_of_merchant(merchant_id),
    }
    if request.method == "GET":
        return render("workbench/staff.html", form=form, **page)
    with form.shows_field_errors("workbench/staff.html", **page):
        form.check()
        with transaction(once=form.key) as act:
            staff.give_staff_role(
                me(), merchant_id, mail=form.mail.data or "", role=form.role.data,
                reason=form.reason.data or "", at=clock.now(),
            )  # fmt: skip
            act.leads_to(url_for("workbench.people", merchant_id=merchant_id))
    return said(act.location, GIVEN)


@bp.post("/<int:merchant_id>/staff/<int:grant_id>/take")
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def take_role(merchant_id: int, grant_id: int) -> Response:
    """Take a role back, with a reason."""
    form = TakeRoleForm.posted()
    shown = selling.staff_of_merchant(merchant_id)
    page: dict[str, Any] = {"merchant_id": merchant_id, "staff": shown, "taking": grant_id}
    with form.shows_field_errors("workbench/staff_take.html", **page):
        form.check()
        try:
            with transaction(once=form.key) as act:
                staff.take_staff_role(
                    me(), merchant_id, grant_id, reason=form.reason.data or "", at=clock.now()
                )  # fmt: skip
                act.leads_to(url_for("workbench.people", merchant_id=merchant_id))
        except LastOwnerError as last:
            return render("workbench/staff_take.html", last.status, form=form, refused=last, **page)
    return said(act.location, TAKEN)


@bp.get("/<int:merchant_id>/staff/<int:grant_id>")
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def role_of(merchant_id: int, grant_id: int) -> Response:
    """Ask why a role is taken."""
    shown = selling.staff_of_merchant(merchant_id)
    if grant_id not in {row.grant_id for row in shown}:
        raise NotFoundError
    return render(
        "workbench/staff_take.html", form=TakeRoleForm.posted(), merchant_id=merchant_id,
        staff=shown, taking=grant_id,
    )  # fmt: skip


@bp.get("/<int:merchant_id>/points")
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def pickup_points(merchant_id: int) -> Response:
    """See where the shop's orders are collected, and the town's own points."""
    own = collecting.points_for([merchant_id])[merchant_id]
    mine = [point for point in own if point.merchant_id == merchant_id]
    ahead = collecting.slots_of_points(own, merchant_ids=[merchant_id], at=clock.now(), days=2)
    return render(
        "workbench/points.html", merchant_id=merchant_id, mine=mine, ahead=ahead,
        site_points=collecting.site_points(), used=keeping.used_points_of(merchant_id),
    )  # fmt: skip


@bp.route("/<int:merchant_id>/points/new", methods=["GET", "POST"])
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def new_point(merchant_id: int) -> Response:
    """Add a pickup point."""
    shop = browsing.merchant_for(me(), merchant_id)
    form = PointForm.posted(
        name_zh=shop.name_zh, name_en=shop.name_en, address=shop.address, lat=shop.lat,
        lng=shop.lng, lead_minutes=60, days_ahead=6, slot_minutes=30, capacity=10,
        **(usual_times(merchant_id) if request.method == "GET" else {}),
    )  # fmt: skip
    return _saved_point(form, merchant_id, None)


def usual_times(merchant_id: int) -> dict[str, str]:
    """Propose the coming week's opening hours as times to collect, nine to six where none are."""
    at = clock.now()
    spans = spans_of([merchant_id], first=at, last=at + timedelta(days=8)).get(merchant_id, [])
    times: dict[str, str] = {}
    for day, of_day in by_day(spans, at=at + timedelta(days=1)):
        for part, span in zip("ab", of_day, strict=False):
            start, end = clock.local(span.starts_at), clock.local(span.ends_at)
            if start.date() == end.date():
                times[f"day_{day.weekday()}_{part}_from"] = f"{start:%H:%M}"
                times[f"day_{day.weekday()}_{part}_to"] = f"{end:%H:%M}"
    usual = {f"day_{day}_a_{end}": hour for day in range(7)
             for end, hour in (("from", "09:00"), ("to", "18:00"))}  # fmt: skip
    return times or usual


@bp.route("/<int:merchant_id>/points/<int:point_id>", methods=["GET", "POST"])
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def point(merchant_id: int, point_id: int) -> Response:
    """Change a pickup point and its weekly times."""
    row = collecting.points_by_id([point_id]).get(point_id)
    if row is None or row.merchant_id != merchant_id:
        raise NotFoundError
    form = PointForm.posted(obj=row, **point_values(row))
    return _saved_point(form, merchant_id, point_id)


def point_values(row: PointRow) -> dict[str, Any]:
    """Return a point's weekly times as its form shows them."""
    rules = collecting.rules_of([row.id]).get(row.id, [])
    values: dict[str, Any] = {
        "cut_off": clock_text(row.cut_off_minute),
        "slot_minutes": rules[0].slot_minutes if rules else 30,
        "capacity": typed_capacity(rules[0].capacity, rules[0].measure) if rules else 10,
        "measure": rules[0].measure.value if rules else SlotMeasure.ORDERS.value,
    }
    for number in range(7):
        of_day = [rule for rule in rules if rule.weekday == number]
        for part, rule in zip("ab", of_day, strict=False):
            values[f"day_{number}_{part}_from"] = clock_text(rule.starts_minute)
            values[f"day_{number}_{part}_to"] = clock_text(rule.ends_minute)
    return values


def _saved_point(form: PointForm, merchant_id: int, point_id: int | None) -> Response:
    page: dict[str, Any] = {
        "merchant_id": merchant_id, "point_id": point_id, "weekdays": WEEKDAYS,
    }  # fmt: skip
    if request.method == "GET":
        return render("workbench/point.html", form=form, **page)
    with form.shows_field_errors("workbench/point.html", **page):
        form.check()
        with transaction(once=form.key) as act:
            points.save_point(
                me(), merchant_id, point_draft(form), at=clock.now(), point_id=point_id
            )  # fmt: skip
            act.leads_to(url_for("workbench.pickup_points", merchant_id=merchant_id))
    return said(act.location, SAVED)


def point_draft(form: PointForm, *, delivers: bool = False) -> PointDraft:
    """Return what a form says of a pickup point, or of one that delivers; refuses a stretch with
    one end only.
    """
    rules = []
    measure = SlotMeasure(form.measure.data)
    for weekday, stretches in form.stretches():
        for start, end in stretches:
            if not start.data and not end.data:
                continue
            begin, finish = minutes_of(start.data or ""), minutes_of(end.data or "")
            if begin is None or finish is None:
                raise FieldError(start.name, _l("Write from when to when."))
            rules.append(
                SlotRuleDraft(
                    weekday,
                    begin,
                    finish,
                    form.slot_minutes.data or 30,
                    kept_capacity(form.capacity.data or 1, measure),
                    measure,
                )  # fmt: skip
            )
    place = form.position()
    return PointDraft(
        name_zh=(form.name_zh.data or "").strip(),
        name_en=(form.name_en.data or "").strip(),
        address=form.address.data or "",
        lat=place.lat if place else None,
        lng=place.lng if place else None,
        note=form.note.data or "",
        lead_minutes=form.lead_minutes.data or 0,
        cut_off_days=form.cut_off_days.data or 0,
        cut_off_minute=minutes_of(form.cut_off.data or ""),
        days_ahead=6 if form.days_ahead.data is None else form.days_ahead.data,
        rules=tuple(rules),
        delivers=delivers,
    )


@bp.post("/<int:merchant_id>/points/<int:point_id>/close")
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def close_point(merchant_id: int, point_id: int) -> Response:
    """Close a pickup point to new orders."""
    row = collecting.points_by_id([point_id]).get(point_id)
    if row is None or row.merchant_id != merchant_id:
        raise NotFoundError
    form = UsePointForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        points.archive_point(me(), point_id, True, at=clock.now())
        act.leads_to(url_for("workbench.pickup_points", merchant_id=merchant_id))
    return said(act.location, SAVED)


@bp.post("/<int:merchant_id>/points/<int:point_id>/use")
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def use_point(merchant_id: int, point_id: int) -> Response:
    """Use one of the town's points, or no longer."""
    form = UsePointForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        points.use_point(me(), merchant_id, point_id, form.on.data, at=clock.now())
        act.leads_to(url_for("workbench.pickup_points", merchant_id=merchant_id))
    return said(act.location, SAVED)
