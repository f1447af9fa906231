"""Whom each deed of the log concerns, and what each of them is told."""

from collections.abc import Callable, Iterable
from typing import Any

from app.accounts.queries import role_holders
from app.core import clock
from app.core.access import Role
from app.core.activity.types import LogRow
from app.events import types as events
from app.events.queries import people_of
from app.forum import types as forum
from app.forum.queries.reports import title_said
from app.forum.queries.threads import followers_of, news_followers_of
from app.merchants import types as merchants
from app.merchants.queries.reviews import review_facts
from app.merchants.queries.selling import names_of, staff_ids_of
from app.merchants.queries.waits import shop_and_name
from app.merchants.types.waits import BACK_IN_STOCK
from app.moderation import types as moderation
from app.notifications.policies.saved import fits
from app.notifications.queries import inbox as queries
from app.notifications.queries.saved import newly_found, searches_for
from app.notifications.services.shop_concerns import SHOP_RULES
from app.notifications.types import KEPT, PRESSING, GuestTold, NoticeKind, Told
from app.orders import types as orders
from app.orders.queries.deliveries import is_to_be_brought
from app.orders.services.guests import guest_key
from app.orders.types import proposals
from app.settlement import types as settlement
from app.settlement.queries import bill_of

Concern = Told | GuestTold
Rule = Callable[[LogRow], Iterable[Concern]]
# Of these a guest has a letter from `orders` itself, in the same commit.
WRITTEN_BY_ORDERS = frozenset(
    {
        NoticeKind.ORDER_SENT,
        NoticeKind.ORDER_READY,
        NoticeKind.ORDER_DECLINED,
        NoticeKind.ORDER_CANCELLED,
        NoticeKind.ORDER_EXPIRED,
    }
)


def concerns(row: LogRow) -> list[Concern]:
    """Return who is told what about one deed; nobody hears of what they did to others."""
    rule = RULES.get(row.verb)
    return [] if rule is None else list(rule(row))


# --- talk -----------------------------------------------------------------------------------------


def _said(row: LogRow) -> Iterable[Concern]:
    if row.data.get("held"):
        return
    thread_id, number = int(row.data["thread_id"]), int(row.data["number"])
    about = row.data.get("about")
    data = {"title": row.data.get("title", ""), "number": number}
    subject = ("thread", thread_id)
    if about:
        data["about"] = about
    told: set[int | None] = {row.actor_id}
    yield from _named(row, subject, data, told)
    if about:
        yield from _said_about(row, subject, data, told)
    if row.verb == forum.REPLIED.name:
        followers = tuple(one for one in followers_of(thread_id) if one not in told)
        if followers and (about or ["board"])[0] != "order":
            yield Told(followers, NoticeKind.REPLY, subject, data)


def _named(
    row: LogRow, subject: tuple[str, int], data: dict[str, Any], told: set[int | None]
) -> Iterable[Concern]:
    mentioned = tuple(one for one in row.data.get("mentioned", ()) if one not in told)
    if mentioned:
        told.update(mentioned)
        yield Told(mentioned, NoticeKind.MENTION, subject, data)
    if row.data.get("quote_number"):
        author = queries.author_of_post(subject[1], int(row.data["quote_number"]))
        if author is not None and author not in told:
            told.add(author)
            yield Told((author,), NoticeKind.QUOTE, subject, data)


def _said_about(
    row: LogRow, subject: tuple[str, int], data: dict[str, Any], told: set[int | None]
) -> Iterable[Concern]:
    kind, subject_id = row.data["about"]
    if kind == "listing":
        facts = queries.listing_facts(subject_id)
        if facts is not None:
            named = data | {"title": facts[1], "title_en": facts[2]}
            yield from _told(_staff(facts[0]), NoticeKind.QUESTION, subject, named, told)
    elif kind == "order":
        order = queries.order_facts(subject_id)
        if order is not None:
            people = _staff(order.merchant_id) | ({order.person_id} if order.person_id else set())
            named = data | {"number": order.number}
            if row.actor_id is None:
                named["who"] = order.contact_name
            about = ("order", order.id)
            yield from _told(people, NoticeKind.ORDER_MESSAGE, about, named, told)
            if row.actor_id is not None and order.person_id is None and order.contact_mail:
                opens = named | _of_shop(order.merchant_id) | {"key": guest_key(order.number)}
                mail, language = order.contact_mail, order.language
                yield GuestTold(mail, language, NoticeKind.ORDER_MESSAGE, about, opens)


def _accepted(row: LogRow) -> Iterable[Concern]:
    thread_id = int(row.data.get("thread_id", 0))
    author = queries.author_of_post(thread_id, int(row.data.get("number", 0)))
    if row.data.get("accepted") and author is not None and author != row.actor_id:
        data = {"title": row.data.get("title", ""), "number": row.data.get("number")}
        yield Told((author,), NoticeKind.ANSWER_ACCEPTED, ("thread", thread_id), data)


def _decided(row: LogRow) -> Iterable[Concern]:
    author = queries.reviewed_author(int(row.data.get("item", 0)))
    decision = row.data.get("decision")
    if author is None or author == row.actor_id or decision == moderation.Decision.DISMISS:
        return
    kind = NoticeKind.REVIEW_SHOWN
    if decision == moderation.Decision.HIDE:
        kind = NoticeKind.REVIEW_HIDDEN
    data = {"reason": row.reason or "", "rule": row.data.get("rule")}
    data["title"] = title_said(row.subject_kind, row.subject_id)
    yield Told((author,), kind, (row.subject_kind, row.subject_id), data)


# --- orders ---------------------------------------------------------------------------------------


def _to_buyer(kind: NoticeKind) -> Rule:
    def rule(row: LogRow) -> Iterable[Concern]:
        order = queries.order_facts(row.subject_id)
        if order is None or order.imported_key:
            return
        data = _order_data(order, row)
        subject = ("order", order.id)
        if order.person_id is not None:
            if order.person_id != row.actor_id or kind is NoticeKind.ORDER_SENT:
                yield Told((order.person_id,), kind, subject, data)
        elif order.contact_mail and kind not in WRITTEN_BY_ORDERS:
            opens = data | {"key": guest_key(order.number)}
            yield GuestTold(order.contact_mail, order.language, kind, subject, opens)
        elif order.contact_phone and not order.contact_mail and _is_worth_texting(kind, row):
            yield GuestTold("", order.language, kind, subject, data, order.contact_phone)

    return rule


def _ready(row: LogRow) -> Iterable[Concern]:
    """What is to be brought is told of when it leaves, not when it is packed."""
    if is_to_be_brought(row.subject_id):
        return
    yield from _to_buyer(NoticeKind.ORDER_READY)(row)


def _is_worth_texting(kind: NoticeKind, row: LogRow) -> bool:
    """Whether a guest without an address gets a text message; not of what they did themselves."""
    return kind in PRESSING and (kind is not NoticeKind.ORDER_CANCELLED or row.actor_id is not None)


def _to_shop(kind: NoticeKind) -> Rule:
    def rule(row: LogRow) -> Iterable[Concern]:
        order = queries.order_facts(row.subject_id)
        if order is None or order.imported_key:
            return
        staff = _staff(order.merchant_id) - {row.actor_id}
        data = _order_data(order, row)
        yield from _told(staff, kind, ("order", order.id), data, set())

    return rule


def _to_both(buyer: NoticeKind, shop: NoticeKind) -> Rule:
    first, second = _to_buyer(buyer), _to_shop(shop)

    def rule(row: LogRow) -> Iterable[Concern]:
        yield from first(row)
        yield from second(row)

    return rule


def _order_data(order: Any, row: LogRow) -> dict[str, Any]:
    case = {"case_id": row.data["case_id"]} if "case_id" in row.data else {}
    return case | {
        "number": order.number,
        "merchant_id": order.merchant_id,
        **_of_shop(order.merchant_id),
        "reason": row.reason or "",
        "starts_at": row.data.get("now", ""),
        "point": order.point_zh or "",
        "point_en": order.point_en or "",
        "slot_at": order.slot_starts_at.isoformat() if order.slot_starts_at else "",
    }


def _of_shop(merchant_id: int) -> dict[str, str]:
    names = names_of([merchant_id]).get(merchant_id, ("", ""))
    return {"shop": names[0], "shop_en": names[1]}


def _staff(merchant_id: int) -> set[int]:
    return staff_ids_of([merchant_id]).get(merchant_id, set())


def _told(
    people: set[int],
    kind: NoticeKind,
    subject: tuple[str, int],
    data: dict[str, Any],
    told: set[int | None],
) -> Iterable[Concern]:
    wanted = tuple(sorted(one for one in people if one not in told))
    told.update(wanted)
    if wanted:
        yield Told(wanted, kind, subject, data)


def _quote_to_buyer(kind: NoticeKind) -> Rule:
    def rule(row: LogRow) -> Iterable[Concern]:
        person_id, merchant_id = row.data.get("person_id"), int(row.data["merchant_id"])
        if person_id is not None and person_id != row.actor_id:
            yield Told((int(person_id),), kind, ("proposal", row.subject_id), _of_shop(merchant_id))

    return rule


def _quote_to_shop(kind: NoticeKind) -> Rule:
    def rule(row: LogRow) -> Iterable[Concern]:
        merchant_id = int(row.data["merchant_id"])
        data = {"merchant_id": merchant_id}
        subject = ("proposal", row.subject_id)
        yield from _told(_staff(merchant_id), kind, subject, data, {row.actor_id})

    return rule


# --- reviews and news of shops --------------------------------------------------------------------


def _reviewed(row: LogRow) -> Iterable[Concern]:
    """The shop hears that there is a review, not what it says nor from whom."""
    facts = review_facts(row.subject_id)
    if facts is None or not row.data.get("first") or row.data.get("held"):
        return
    data = {"merchant_id": facts[0], "title": facts[1], "title_en": facts[2]}
    subject = ("review", row.subject_id)
    if facts[4] > row.at:
        data["view"] = "blind"
    yield from _told(_staff(facts[0]), NoticeKind.SHOP_REVIEWED, subject, data, {row.actor_id})


def _review_answered(row: LogRow) -> Iterable[Concern]:
    facts = review_facts(row.subject_id)
    if facts is None or facts[3] is None or not row.data.get("first") or row.data.get("held"):
        return
    data = {"title": facts[1], "title_en": facts[2], **_of_shop(facts[0])}
    yield Told((facts[3],), NoticeKind.SHOP_ANSWERED, ("review", row.subject_id), data)


def _back_in_stock(row: LogRow) -> Iterable[Concern]:
    facts = shop_and_name(row.subject_id)
    if facts is None:
        return
    data = {"title": facts[1], "title_en": facts[2], **_of_shop(facts[0])}
    data |= {"starts_at": row.data.get("until", "")}
    person_id = int(row.data.get("person_id", 0))
    yield Told((person_id,), NoticeKind.BACK_IN_STOCK, ("listing", row.subject_id), data)


def _listed(row: LogRow) -> Iterable[Concern]:
    """Who follows a shop hears of what it newly offers, once a day however much it puts up."""
    facts = queries.fresh_listing(row.subject_id, at=row.at)
    if facts is None:
        return
    people = {one for one in news_followers_of(facts.thread_id, at=row.at) if one != row.actor_id}
    data = {"title": facts.name_zh, "title_en": facts.name_en, **_of_shop(facts.merchant_id)}
    subject = ("listing", row.subject_id)
    yield from _told(people, NoticeKind.SHOP_NEWS, subject, data, set())


def _found(kind: str) -> Rule:
    """Who keeps a search that a new thing fits hears of it, once however many searches it fits."""

    def rule(row: LogRow) -> Iterable[Concern]:
        searches = searches_for(kind)
        subject_id = int(row.data["thread_id"]) if kind == "thread" else row.subject_id
        new = newly_found(kind, subject_id) if searches else None
        if new is None:
            return
        told: set[int | None] = {row.actor_id}
        for saved in searches:
            if saved.made_at <= row.at and fits(saved, new):
                data = {"title": new.title, "title_en": new.title_en, "search": saved.name}
                subject = (kind, subject_id)
                yield from _told({saved.person_id}, NoticeKind.SAVED_FOUND, subject, data, told)

    return rule


def _each(*rules: Rule) -> Rule:
    def rule(row: LogRow) -> Iterable[Concern]:
        for one in rules:
            yield from one(row)

    return rule


# --- bills ---------------------------------------------------------------------------------------


def _new_bill(row: LogRow) -> Iterable[Concern]:
    """A shop's owners hear of a bill; one of a week long past, brought in late, is history."""
    bill = bill_of(row.subject_id)
    if clock.local(row.at).date() - bill.ends_on > KEPT:
        return
    people = {one.user_id for one in role_holders(Role.OWNER, scope=("merchant", bill.merchant_id))}
    data = {
        "number": bill.number,
        "merchant_id": bill.merchant_id,
        "shop": bill.merchant_zh,
        "shop_en": bill.merchant_en,
        "payable_minor": bill.payable_minor,
        "due_on": bill.due_on.isoformat(),
    }
    yield from _told(people, NoticeKind.BILL_NEW, ("bill", bill.id), data, {row.actor_id})


# --- gatherings -----------------------------------------------------------------------------------


def _registration(kind: NoticeKind) -> Rule:
    def rule(row: LogRow) -> Iterable[Concern]:
        person_id = row.data.get("person")
        if person_id is None or (
            kind is NoticeKind.SIGN_UP_CANCELLED and person_id == row.actor_id
        ):
            return
        data = _gathering_data(int(row.data["gathering"]))
        if data is not None:
            data["registration"] = row.subject_id
            subject = ("gathering", int(row.data["gathering"]))
            yield Told((int(person_id),), kind, subject, data)

    return rule


def _everybody(kind: NoticeKind) -> Rule:
    def rule(row: LogRow) -> Iterable[Concern]:
        if kind is NoticeKind.EVENT_CHANGED and not row.data.get("changed"):
            return
        data = _gathering_data(row.subject_id)
        people = {person for person, _id, _state in people_of(row.subject_id)}
        if data is not None:
            subject = ("gathering", row.subject_id)
            data["reason"] = row.reason or ""
            yield from _told(people, kind, subject, data, {row.actor_id})

    return rule


def _gathering_data(gathering_id: int) -> dict[str, Any] | None:
    gathering = queries.gathering_facts(gathering_id)
    if gathering is None:
        return None
    return {
        "title": gathering.title,
        "title_en": gathering.title_en,
        "place": gathering.place,
        "starts_at": gathering.starts_at.isoformat(),
    }


RULES: dict[str, Rule] = {
    forum.OPENED.name: _each(_said, _found("thread")),
    forum.REPLIED.name: _said,
    forum.ANSWER_ACCEPTED.name: _accepted,
    moderation.DECIDED.name: _decided,
    BACK_IN_STOCK.name: _back_in_stock,
    **SHOP_RULES,
    orders.PLACED.name: _to_both(NoticeKind.ORDER_SENT, NoticeKind.ORDER_NEW),
    orders.ACCEPTED.name: _to_buyer(NoticeKind.ORDER_ACCEPTED),
    orders.READY.name: _ready,
    orders.ON_WAY.name: _to_buyer(NoticeKind.ORDER_ON_WAY),
    orders.NOT_DELIVERED.name: _to_buyer(NoticeKind.ORDER_NOT_DELIVERED),
    orders.DECLINED.name: _to_buyer(NoticeKind.ORDER_DECLINED),
    orders.SHORTED.name: _to_buyer(NoticeKind.ORDER_SHORT),
    orders.CANCELLED.name: _to_both(NoticeKind.ORDER_CANCELLED, NoticeKind.ORDER_GIVEN_UP),
    orders.MOVED.name: _to_buyer(NoticeKind.ORDER_MOVED),
    orders.REBOOKED.name: _to_shop(NoticeKind.ORDER_REBOOKED),
    orders.ASKED.name: _to_buyer(NoticeKind.ORDER_ASKED),
    orders.EXPIRED.name: _to_both(NoticeKind.ORDER_EXPIRED, NoticeKind.ORDER_GIVEN_UP),
    orders.NO_SHOW.name: _to_buyer(NoticeKind.ORDER_NO_SHOW),
    orders.REFUNDED.name: _to_buyer(NoticeKind.ORDER_REFUNDED),
    orders.SAID_PAID.name: _to_shop(NoticeKind.ORDER_SAID_PAID),
    orders.REMINDED.name: _to_shop(NoticeKind.ORDER_WAITS),
    orders.CASE_OPENED.name: _to_shop(NoticeKind.CASE_NEW),
    orders.CASE_OFFERED.name: _to_buyer(NoticeKind.CASE_OFFER),
    orders.CASE_AGREED.name: _to_both(NoticeKind.CASE_SETTLED, NoticeKind.CASE_REPLY),
    orders.CASE_DECLINED.name: _to_shop(NoticeKind.CASE_REPLY),
    orders.CASE_WITHDRAWN.name: _to_shop(NoticeKind.CASE_REPLY),
    orders.CASE_TO_DESK.name: _to_both(NoticeKind.CASE_DESK, NoticeKind.CASE_SHOP_DESK),
    orders.CASE_RULED.name: _to_both(NoticeKind.CASE_RULED, NoticeKind.CASE_SHOP_RULED),
    proposals.PROPOSED.name: _to_buyer(NoticeKind.PROPOSAL_NEW),
    proposals.PROPOSAL_ACCEPTED.name: _to_shop(NoticeKind.PROPOSAL_ANSWERED),
    proposals.PROPOSAL_DECLINED.name: _to_shop(NoticeKind.PROPOSAL_ANSWERED),
    proposals.PROPOSAL_EXPIRED.name: _to_both(
        NoticeKind.PROPOSAL_OVER, NoticeKind.PROPOSAL_ANSWERED
    ),
    proposals.QUOTE_ASKED.name: _quote_to_shop(NoticeKind.QUOTE_ASKED),
    proposals.QUOTED.name: _quote_to_buyer(NoticeKind.QUOTE_NEW),
    proposals.QUOTE_DECLINED.name: _quote_to_shop(NoticeKind.QUOTE_ANSWERED),
    proposals.QUOTE_WITHDRAWN.name: _quote_to_buyer(NoticeKind.QUOTE_REFUSED),
    merchants.REVIEWED.name: _reviewed,
    merchants.REVIEW_ANSWERED.name: _review_answered,
    merchants.LISTED.name: _each(_listed, _found("listing")),
    settlement.BILL_CLOSED.name: _new_bill,
    events.GATHERING_PUBLISHED.name: _found("gathering"),
    events.REGISTERED.name: _registration(NoticeKind.SIGNED_UP),
    events.WAITING_LISTED.name: _registration(NoticeKind.IN_LINE),
    events.PROMOTED.name: _registration(NoticeKind.PROMOTED),
    events.REGISTRATION_CANCELLED.name: _registration(NoticeKind.SIGN_UP_CANCELLED),
    events.GATHERING_CHANGED.name: _everybody(NoticeKind.EVENT_CHANGED),
    events.GATHERING_CANCELLED.name: _everybody(NoticeKind.EVENT_CANCELLED),
}
