"""Orders that staff enter: over the counter now, or for somebody on the phone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, request, url_for

from app.core import clock
from app.core.access import Role, me, staff_of
from app.core.db import transaction
from app.core.errors import ConflictError, FieldError
from app.core.i18n import lazy_gettext as _l
from app.core.pages import render, said, toast
from app.merchants.queries import collecting, keeping
from app.merchants.queries.browsing import variants_of
from app.merchants.queries.selling import offers_for
from app.merchants.types import ListingKind, OfferRow
from app.orders.queries.reductions import off_at_counter
from app.orders.services.clerk import enter_order
from app.orders.types import MOST_OF_ONE, Contact, SlotDay, SlotWish
from app.payments.types import PayWay
from app.workbench.forms import SellForm
from app.workbench.views.blueprint import bp

SOLD = toast(
    "workbench.sold", _l("Sold and paid. It can be undone for ten minutes at the counter.")
)
TAKEN = toast("workbench.taken_down", _l("The order is taken down and stands on the board."))
SELLERS = (Role.OWNER, Role.MANAGER, Role.CLERK)
MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class Tile:
    """One size on the shelf as a tile to tap: what it is, how many were tapped, and where a tap and
    its undoing lead.
    """

    offer: OfferRow
    count: int
    more: str
    less: str

    @property
    def can_take(self) -> bool:
        """Whether one more is there."""
        left = self.offer.free is None or self.offer.free > self.count
        return self.offer.is_orderable and left and self.count < MOST_OF_ONE

    @property
    def sum_minor(self) -> int:
        """What the tapped ones cost."""
        return self.count * (self.offer.price_minor + self.offer.packaging_minor)


@bp.get("/<int:merchant_id>/sell")
@staff_of("merchant_id", *SELLERS)
def sell(merchant_id: int) -> Response:
    """Choose by tapping; each tap is an address of its own, so that "back" takes it back."""
    goods = _read(request.args.get("goods", ""))
    return render("workbench/sell.html", form=SellForm.posted(), **_till(merchant_id, goods))


@bp.post("/<int:merchant_id>/sell")
@staff_of("merchant_id", *SELLERS)
def enter(merchant_id: int) -> Response:
    """Sell over the counter and take the money, or take an order down for a pickup time."""
    form = SellForm.posted()
    goods, way = _read(form.goods.data or ""), request.form.get("way", "")
    page = _till(merchant_id, goods)
    with form.shows_field_errors("workbench/sell.html", **page):
        form.check()
        slot = _slot(form) if way not in list(PayWay) else None
        try:
            with transaction(once=form.key) as act:
                order = enter_order(
                    me(),
                    merchant_id,
                    goods,
                    slot=slot,
                    contact=Contact(form.name.data or "", form.phone.data or ""),
                    pay_way=PayWay(way) if slot is None else PayWay.CASH,
                    note=form.note.data or "",
                    expected_total=form.expected_total.data or 0,
                    at=clock.now(),
                )
                act.leads_to(_after(merchant_id, order.id, is_sold=slot is None))
        except ConflictError as refused:
            page = _till(merchant_id, goods) | {"refused": refused}
            return render("workbench/sell.html", 409, form=form, **page)
    return said(act.location, SOLD if slot is None else TAKEN)


def _slot(form: SellForm) -> SlotWish:
    key = form.slot.data or ""
    point, _colon, rest = key.partition(":")
    if not (rest and point.isascii() and point.isdigit() and len(point) < 10):
        raise FieldError("slot", _l("Choose when they come."))
    if not (form.phone.data or "").strip():
        raise FieldError(
            "phone", _l("Ask for a phone number; its last four digits find the order.")
        )
    return SlotWish(int(point), key)


def _after(merchant_id: int, order_id: int, *, is_sold: bool) -> str:
    if is_sold:
        return url_for("workbench.sell", merchant_id=merchant_id)
    return url_for("workbench.order", merchant_id=merchant_id, order_id=order_id)


def _till(merchant_id: int, goods: Mapping[int, int]) -> dict[str, Any]:
    at = clock.now()
    ids = [row.id for row in keeping.shelf_of(merchant_id) if row.kind == ListingKind.GOODS]
    sizes = variants_of(ids, at=at)
    offers = offers_for([size.id for one in ids for size in sizes[one]], at=at)
    tiles = [
        _tile(merchant_id, offers[size.id], goods)
        for one in ids
        for size in sizes[one]
        if size.id in offers
    ]
    chosen = [tile for tile in tiles if tile.count]
    off = off_at_counter([(tile.offer, tile.count) for tile in chosen], at=at)
    return {
        "merchant_id": merchant_id,
        "tiles": tiles,
        "chosen": chosen,
        "goods": _written({tile.offer.variant_id: tile.count for tile in chosen}),
        "total": sum(tile.sum_minor for tile in chosen) - off,
        "off": off,
        "places": _places(merchant_id) if chosen else [],
        "refused": None,
    }


def _places(merchant_id: int) -> list[tuple[Any, list[SlotDay]]]:
    """Return where and when it can be collected, only what is free."""
    found = []
    for point, slots in collecting.page_slots(merchant_id, at=clock.now(), days=2):
        days: dict[Any, list[Any]] = {}
        for slot in slots:
            if slot.is_free:
                days.setdefault(slot.day, []).append(slot)
        if days:
            found.append((point, [SlotDay(day, tuple(times)) for day, times in days.items()]))
    return found


def _tile(merchant_id: int, offer: OfferRow, goods: Mapping[int, int]) -> Tile:
    count = goods.get(offer.variant_id, 0)

    def leads(number: int) -> str:
        text = _written({**goods, offer.variant_id: number}) or None
        return url_for("workbench.sell", merchant_id=merchant_id, goods=text)

    return Tile(offer, count, leads(min(count + 1, MOST_OF_ONE)), leads(max(count - 1, 0)))


def _written(goods: Mapping[int, int]) -> str:
    """Write what was tapped into an address: 12x3-14x1."""
    return "-".join(f"{one}x{count}" for one, count in goods.items() if count)


def _read(text: str) -> dict[int, int]:
    """Read what `_written` wrote; what is none of it is left out."""
    found: dict[int, int] = {}
    for part in text.split("-")[:MOST_LINES]:
        one, _x, count = part.partition("x")
        plain = all(word.isascii() and word.isdigit() and len(word) < 10 for word in (one, count))
        if plain and 1 <= int(count) <= MOST_OF_ONE:
            found[int(one)] = int(count)
    return found
