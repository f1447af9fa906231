"""Reads of the notifications house: the inbox, what is unread, wishes, and whom a deed concerns."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Integer, bindparam, func, select, tuple_
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.core.access import Viewer
from app.core.activity.models import LogEntry
from app.core.activity.queries import COLUMNS
from app.core.activity.types import LogRow
from app.core.db import Count, UtcDateTime, db, fetch, fetch_counts
from app.core.errors import NotFoundError
from app.core.lists import Page, decode_key, instant, keyset
from app.events.models import Gathering
from app.forum.models import Post, Thread
from app.merchants.models import Listing, Merchant, PickupPoint
from app.merchants.types import MerchantState
from app.moderation.models import ReviewItem
from app.notifications.models import Notice, NoticeWish
from app.notifications.types import NoticeRow, Topic, Wish
from app.orders.models import Order

LIST_SIZE = 24
_UNREAD: Any = (
    select(func.count())
    .select_from(Notice)
    .where(Notice.person_id == bindparam("person_id"), Notice.read_at.is_(None))
    .scalar_subquery()
)


def inbox_of(
    viewer: Viewer,
    *,
    topic: Topic | None = None,
    is_unread: bool = False,
    after: str | None = None,
) -> Page[NoticeRow]:
    """Return one page of the viewer's notices, latest first."""
    key = decode_key(after, instant, int)
    place = {} if key is None else {"last_at": key[0], "last_id": key[1]}
    wanted = _inbox(of_topic=topic is not None, is_unread=is_unread, is_further=key is not None)
    found = fetch(wanted, person_id=viewer.id or 0, topic=topic, **place)
    rows = [NoticeRow(*row) for row in found]
    return keyset(rows, LIST_SIZE, lambda row: (row.happened_at, row.id))


@cache
def _inbox(*, of_topic: bool, is_unread: bool, is_further: bool) -> Any:
    query = (
        select(
            Notice.id,
            Notice.kind,
            Notice.about_kind,
            Notice.about_id,
            Notice.data,
            Notice.actor_id,
            User.name,
            User.avatar_picture_id,
            Notice.happened_at,
            Notice.read_at,
        )
        .outerjoin(User, User.id == Notice.actor_id)
        .where(Notice.person_id == bindparam("person_id"))
        .order_by(Notice.happened_at.desc(), Notice.id.desc())
    )
    if of_topic:
        query = query.where(Notice.topic == bindparam("topic"))
    if is_unread:
        query = query.where(Notice.read_at.is_(None))
    if is_further:
        last = bindparam("last_at", type_=UtcDateTime), bindparam("last_id", type_=Integer)
        query = query.where(tuple_(Notice.happened_at, Notice.id) < tuple_(*last))
    return query.limit(LIST_SIZE + 1)


def unread(viewer: Viewer) -> Count | None:
    """Return what counts the notices the viewer has not read, over the unread alone."""
    return None if viewer.id is None else Count(_UNREAD, {"person_id": viewer.id})


def unread_count(viewer: Viewer) -> int:
    """Return how many notices the viewer has not read; one statement."""
    counted = unread(viewer)
    return 0 if counted is None else fetch_counts({"unread": counted})["unread"]


def missed_by(person_id: int, *, since: datetime | None) -> tuple[list[NoticeRow], int]:
    """Return the latest notices that a person has not read since an instant, and how many."""
    missed = [Notice.person_id == person_id, Notice.read_at.is_(None)]
    if since is not None:
        missed.append(Notice.happened_at >= since)
    count = db.session.scalar(select(func.count(Notice.id)).where(*missed)) or 0
    wanted = _inbox(of_topic=False, is_unread=True, is_further=False).where(*missed)
    rows = db.session.execute(wanted, {"person_id": person_id}).all()
    return [NoticeRow(*row) for row in rows], count


def notice_for(viewer: Viewer, notice_id: int) -> Notice:
    """Return one's own notice; anybody else's is not there."""
    notice = db.session.get(Notice, notice_id)
    if notice is None or notice.person_id != viewer.id:
        raise NotFoundError
    return notice


def wishes_of(people: Iterable[int]) -> dict[tuple[int, Topic], Wish]:
    """Return what people said about topics, by person and topic; where nothing is said all ways
    are on.
    """
    rows = db.session.execute(
        select(
            NoticeWish.person_id,
            NoticeWish.topic,
            NoticeWish.on_site,
            NoticeWish.by_mail,
            NoticeWish.by_push,
            NoticeWish.by_sms,
        ).where(NoticeWish.person_id.in_(sorted(set(people))))
    )
    return {(row[0], Topic(row[1])): Wish(*row[2:]) for row in rows}


def unread_about(people: Iterable[int], subject: tuple[str, int]) -> set[int]:
    """Return who of these has unread notices about the subject, so that a talk sends one mail, not
    twenty.
    """
    rows = db.session.scalars(
        select(Notice.person_id)
        .where(
            Notice.person_id.in_(sorted(set(people))),
            Notice.about_kind == subject[0],
            Notice.about_id == subject[1],
            Notice.read_at.is_(None),
        )
        .distinct()
    )
    return set(rows)


def log_row(log_id: int) -> LogRow | None:
    """Return one row of the activity log."""
    row = db.session.execute(select(*COLUMNS).where(LogEntry.id == log_id)).one_or_none()
    return None if row is None else LogRow(*row)


def author_of_post(thread_id: int, number: int) -> int | None:
    """Return who wrote a post of a thread."""
    return db.session.scalar(
        select(Post.author_id).where(Post.thread_id == thread_id, Post.number == number)
    )


def talk_of(thread_id: int) -> tuple[str | None, int | None] | None:
    """Return (kind, id) of what a thread is about: both None for a board's, None for no thread."""
    row = db.session.execute(
        select(Thread.about_kind, Thread.about_id).where(Thread.id == thread_id)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def reviewed_author(item_id: int) -> int | None:
    """Return whose words a review item is about."""
    return db.session.scalar(select(ReviewItem.author_id).where(ReviewItem.id == item_id))


def listing_facts(listing_id: int) -> tuple[int, str, str] | None:
    """Return (merchant, Chinese name, English name) of a listing."""
    row = db.session.execute(
        select(Listing.merchant_id, Listing.name_zh, Listing.name_en).where(
            Listing.id == listing_id
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


def order_facts(order_id: int) -> Any:
    """Return number, merchant, person and how a guest is reached, of an order, or None."""
    return db.session.execute(
        select(
            Order.id,
            Order.number,
            Order.merchant_id,
            Order.person_id,
            Order.contact_mail,
            Order.contact_phone,
            Order.contact_name,
            Order.language,
            Order.imported_key,
            PickupPoint.name_zh.label("point_zh"),
            PickupPoint.name_en.label("point_en"),
            Order.slot_starts_at,
        )
        .outerjoin(PickupPoint, PickupPoint.id == Order.point_id)
        .where(Order.id == order_id)
    ).one_or_none()


def fresh_listing(listing_id: int, *, at: datetime) -> Any:
    """Return shop, names and the shop's thread of a listing on sale, unless the shop put up another
    one in the day before it.
    """
    other = aliased(Listing)
    before = select(other.id).where(
        other.merchant_id == Listing.merchant_id,
        other.id != Listing.id,
        other.created_at > at - timedelta(days=1),
        other.created_at <= at,
        other.id < Listing.id,
    )
    wanted = (
        select(Listing.merchant_id, Listing.name_zh, Listing.name_en, Merchant.thread_id)
        .join(Merchant, Merchant.id == Listing.merchant_id)
        .where(
            Listing.id == listing_id,
            Listing.archived_at.is_(None),
            Merchant.state == MerchantState.ACTIVE,
            Merchant.thread_id.is_not(None),
            ~before.exists(),
        )
    )
    return db.session.execute(wanted).one_or_none()


def gathering_facts(gathering_id: int) -> Gathering | None:
    """Return a gathering as it stands now."""
    return db.session.get(Gathering, gathering_id, populate_existing=True)


def known_among(people: Sequence[int]) -> set[int]:
    """Return who of these still has an account."""
    rows = db.session.scalars(
        select(User.id).where(User.id.in_(sorted(set(people))), User.closed_at.is_(None))
    )
    return set(rows)
