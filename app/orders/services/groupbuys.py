"""Group-buys are made, called off and announced; a pasted list becomes orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.accounts.queries import user_by_mail
from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import changed, db, moved, put
from app.core.errors import FieldError, NotFoundError
from app.core.i18n import lazy_gettext as _l
from app.forum.models import Board
from app.forum.services import open_thread
from app.merchants.models import Listing, Variant
from app.merchants.queries.collecting import points_for
from app.merchants.services.listings import (
    archive_listing,
    publish_listing,
    sell_together,
    set_stock,
)
from app.merchants.types import ListingKind
from app.orders.errors import GroupBuyMovedError, GroupBuyOpenError
from app.orders.models import GroupBuy, GroupBuyDraft, GroupBuyItem, Order
from app.orders.policies import groupbuys as policies
from app.orders.queries.groupbuys import led_group_buy
from app.orders.services.clerk import enter_for
from app.orders.services.deciding import fail
from app.orders.types import GROUP_BUY_OPENED, Contact
from app.orders.types import groupbuys as types
from app.orders.types.groupbuys import GroupBuyState, ReadLine


def open_group_buy(
    actor: Viewer, merchant_id: int, draft: types.GroupBuyDraft, *, at: datetime
) -> GroupBuy:
    """Let a listing be ordered together until a cut-off; it goes on sale, each of its sizes being
    a product of the group-buy.

    Refuses another shop's listing and place, a service, times that do not follow each other,
    an unknown leader, and a listing that has an open group-buy.
    """
    policies.check_decides_for(actor, merchant_id)
    policies.check_draft(draft, at)
    listing, variants = _listing(merchant_id, draft)
    if draft.point_id not in {point.id for point in points_for([merchant_id])[merchant_id]}:
        raise FieldError("point_id", _l("Please choose one of these."))
    leader_id = _leader(draft.leader_mail)
    open_one = select(GroupBuy.id).where(
        GroupBuy.listing_id == listing.id, GroupBuy.state == GroupBuyState.OPEN
    )
    if db.session.scalar(open_one):
        raise GroupBuyOpenError
    made = GroupBuy(
        merchant_id=merchant_id,
        listing_id=listing.id,
        state=GroupBuyState.OPEN,
        measure=draft.measure,
        threshold=draft.threshold,
        opens_at=draft.opens_at,
        cut_off_at=draft.cut_off_at,
        point_id=draft.point_id,
        starts_at=draft.starts_at,
        ends_at=draft.ends_at,
        leader_id=leader_id,
        share_bp=draft.share_bp if leader_id else 0,
        made_by_id=actor.id,
        made_at=at,
        due_at=draft.cut_off_at,
    )
    db.session.add(made)
    try:
        db.session.flush()
    except IntegrityError as twice:  # somebody else opened one at the same moment
        raise GroupBuyOpenError from twice
    _write_items(actor, made, draft, variants, at)
    if listing.is_draft:
        publish_listing(actor, listing.id, at=at)
    elif listing.archived_at is not None:
        archive_listing(actor, listing.id, False, at=at)
    sell_together(listing.id, True)
    about = {"merchant_id": merchant_id, "listing_id": listing.id}
    record(actor, GROUP_BUY_OPENED, ("group_buy", made.id), at=at, data=about)
    return made


def announce(
    actor: Viewer, group_buy_id: int, board: Board, *, title: str, body: str, at: datetime
) -> int:
    """Open a thread that announces a group-buy and shows how far it is; return the thread's id.

    Refuses who does not lead it, and what the forum refuses.
    """
    found = led_group_buy(actor, group_buy_id, at=at)
    thread = open_thread(actor, board, title=title, body=body, at=at)
    changed(update(GroupBuy).where(GroupBuy.id == found.id).values(thread_id=thread.id))
    return thread.id


def call_off(actor: Viewer, group_buy_id: int, *, reason: str, at: datetime) -> None:
    """End an open group-buy before its cut-off, with a reason; all its orders are undone."""
    if not reason.strip():
        raise FieldError("reason", _l("Say why, so that the buyers understand."))
    found = led_group_buy(actor, group_buy_id, at=at)
    policies.check_decides_for(actor, found.merchant_id)
    moved(
        update(GroupBuy)
        .where(GroupBuy.id == found.id, GroupBuy.state == GroupBuyState.OPEN)
        .values(version=GroupBuy.version + 1),
        GroupBuyMovedError(group_buy_id=found.id),
    )
    fail(actor, found.id, reason=reason.strip()[:300], at=at)


def read_list(
    actor: Viewer, group_buy_id: int, text: str, *, at: datetime
) -> tuple[int, list[ReadLine]]:
    """Keep each understood line of a pasted list as a name with its counts; return how many, and
    the lines that were not understood.
    """
    found = led_group_buy(actor, group_buy_id, at=at)
    products = [
        (item.variant_id, [item.name_zh, item.name_en, *_own_name(found, item)])
        for item in found.items
    ]
    lines = policies.read_list(text, products)
    if not lines:
        raise FieldError("text", _l("No numbered line is in it, such as “1. Wang 2”."))
    sound = [line for line in lines if not line.why]
    put(
        GroupBuyDraft,
        [
            {
                "group_buy_id": found.id,
                "name": line.name,
                "counts": [list(pair) for pair in line.counts],
                "made_at": at,
                "made_by_id": actor.id,
            }
            for line in sound
        ],
    )
    return len(sound), [line for line in lines if line.why]


def enter_draft(actor: Viewer, draft_id: int, *, phone: str = "", at: datetime) -> Order:
    """Make an order of a name from a pasted list, by the same checkout as everybody's; it is
    collected by name. Refuses one that is an order already, and what a checkout refuses.
    """
    draft = db.session.get(GroupBuyDraft, draft_id)
    if draft is None:
        raise NotFoundError
    found = led_group_buy(actor, draft.group_buy_id, at=at)
    prices = {item.variant_id: item.price_minor for item in found.items}
    order = enter_for(
        actor,
        found.merchant_id,
        {key: count for key, count in draft.counts if key in prices},
        contact=Contact(draft.name, phone),
        at=at,
    )
    moved(
        update(GroupBuyDraft)
        .where(GroupBuyDraft.id == draft_id, GroupBuyDraft.order_id.is_(None))
        .values(order_id=order.id),
        GroupBuyMovedError(group_buy_id=found.id),
    )
    return order


def drop_draft(actor: Viewer, draft_id: int, *, at: datetime) -> int:
    """Forget a name from a pasted list; return its group-buy."""
    draft = db.session.get(GroupBuyDraft, draft_id)
    if draft is None:
        raise NotFoundError
    found = led_group_buy(actor, draft.group_buy_id, at=at)
    if draft.order_id is not None:
        raise GroupBuyMovedError(group_buy_id=found.id)
    db.session.delete(draft)
    return found.id


def _listing(merchant_id: int, draft: types.GroupBuyDraft) -> tuple[Listing, Mapping[int, Variant]]:
    listing = db.session.get(Listing, draft.listing_id)
    if listing is None or listing.merchant_id != merchant_id:
        raise NotFoundError
    if listing.kind is not ListingKind.GOODS:
        raise FieldError("listing_id", _l("Only goods can be ordered together."))
    rows = db.session.scalars(
        select(Variant).where(Variant.listing_id == listing.id, Variant.archived_at.is_(None))
    )
    variants = {row.id: row for row in rows}
    if set(variants) != {item.variant_id for item in draft.items}:
        raise FieldError("listing_id", _l("Its sizes changed meanwhile. Look at them again."))
    return listing, variants


def _write_items(
    actor: Viewer,
    made: GroupBuy,
    draft: types.GroupBuyDraft,
    variants: Mapping[int, Variant],
    at: datetime,
) -> None:
    for number, item in enumerate(draft.items):
        price = variants[item.variant_id].price_minor
        policies.check_steps(number, price, item.steps)
        set_stock(actor, item.variant_id, item.stock, at=at)
    put(
        GroupBuyItem,
        [
            {
                "group_buy_id": made.id,
                "variant_id": item.variant_id,
                "price_minor": variants[item.variant_id].price_minor,
                "case_size": item.case_size,
                "tolerance": item.tolerance,
                "steps": [[step.at_least, step.price_minor] for step in item.steps],
            }
            for item in draft.items
        ],
    )


def _leader(mail: str) -> int | None:
    if not mail.strip():
        return None
    person = user_by_mail(mail)
    if person is None:
        raise FieldError(
            "leader_mail", _l("Nobody here has this mail address. Ask them to join first.")
        )
    return person.id


def _own_name(found: types.GroupBuyRow, item: types.ItemRow) -> Sequence[str]:
    """A listing of one size is called by its own name."""
    return [found.name_zh, found.name_en] if len(found.items) == 1 else []
