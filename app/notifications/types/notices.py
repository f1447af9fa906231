"""Kinds of notices, the topics one may wish for, and what each kind says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from app.core.i18n import lazy_gettext as _l

# Older deeds are history: no mail, and the notice counts as read.
FRESH = timedelta(days=2)
# Still older ones leave no notice at all.
KEPT = timedelta(days=30)
# More people than this are told by a job of their own.
FEW = 20


class Topic(StrEnum):
    """What a person may switch on and off, for the site and for mail."""

    TALK = "talk"
    EVENTS = "events"
    ORDERS = "orders"
    SHOP = "shop"
    REVIEW = "review"
    FOLLOWED = "followed"


TOPIC_LABELS = {
    Topic.TALK: _l("Replies, mentions and quotes"),
    Topic.EVENTS: _l("Events I signed up for"),
    Topic.ORDERS: _l("My orders"),
    Topic.SHOP: _l("New orders and questions in my shop"),
    Topic.REVIEW: _l("Decisions about what I wrote"),
    Topic.FOLLOWED: _l("News of shops I follow and searches I keep"),
}


class NoticeKind(StrEnum):
    """What a notice says."""

    REPLY = "reply"
    MENTION = "mention"
    QUOTE = "quote"
    ANSWER_ACCEPTED = "answer_accepted"
    QUESTION = "question"
    ORDER_MESSAGE = "order_message"
    ORDER_NEW = "order_new"
    ORDER_SENT = "order_sent"
    ORDER_ACCEPTED = "order_accepted"
    ORDER_READY = "order_ready"
    ORDER_ON_WAY = "order_on_way"
    ORDER_NOT_DELIVERED = "order_not_delivered"
    ORDER_DECLINED = "order_declined"
    ORDER_SHORT = "order_short"
    ORDER_CANCELLED = "order_cancelled"
    ORDER_MOVED = "order_moved"
    ORDER_ASKED = "order_asked"
    ORDER_REBOOKED = "order_rebooked"
    ORDER_EXPIRED = "order_expired"
    ORDER_NO_SHOW = "order_no_show"
    ORDER_REFUNDED = "order_refunded"
    ORDER_SAID_PAID = "order_said_paid"
    ORDER_WAITS = "order_waits"
    ORDER_GIVEN_UP = "order_given_up"
    CASE_NEW = "case_new"
    CASE_OFFER = "case_offer"
    CASE_SETTLED = "case_settled"
    CASE_DESK = "case_desk"
    CASE_RULED = "case_ruled"
    CASE_REPLY = "case_reply"
    CASE_SHOP_DESK = "case_shop_desk"
    CASE_SHOP_RULED = "case_shop_ruled"
    PROPOSAL_NEW = "proposal_new"
    PROPOSAL_ANSWERED = "proposal_answered"
    PROPOSAL_OVER = "proposal_over"
    QUOTE_ASKED = "quote_asked"
    QUOTE_NEW = "quote_new"
    QUOTE_ANSWERED = "quote_answered"
    QUOTE_REFUSED = "quote_refused"
    BILL_NEW = "bill_new"
    SIGNED_UP = "signed_up"
    IN_LINE = "in_line"
    PROMOTED = "promoted"
    SIGN_UP_CANCELLED = "sign_up_cancelled"
    EVENT_CHANGED = "event_changed"
    EVENT_CANCELLED = "event_cancelled"
    REVIEW_SHOWN = "review_shown"
    REVIEW_HIDDEN = "review_hidden"
    SHOP_REVIEWED = "shop_reviewed"
    SHOP_ANSWERED = "shop_answered"
    SHOP_NEWS = "shop_news"
    BACK_IN_STOCK = "back_in_stock"
    SHOP_APPROVED = "shop_approved"
    SHOP_STOPPED = "shop_stopped"
    SHOP_RESUMED = "shop_resumed"
    SHOP_CLOSED = "shop_closed"
    REQUEST_GRANTED = "request_granted"
    REQUEST_REFUSED = "request_refused"
    PAPER_RIGHT = "paper_right"
    PAPER_WRONG = "paper_wrong"
    PAPER_ENDS = "paper_ends"
    SAVED_FOUND = "saved_found"


TOPICS: Mapping[NoticeKind, Topic] = {
    NoticeKind.REPLY: Topic.TALK,
    NoticeKind.MENTION: Topic.TALK,
    NoticeKind.QUOTE: Topic.TALK,
    NoticeKind.ANSWER_ACCEPTED: Topic.TALK,
    NoticeKind.QUESTION: Topic.SHOP,
    NoticeKind.ORDER_MESSAGE: Topic.ORDERS,
    NoticeKind.ORDER_NEW: Topic.SHOP,
    NoticeKind.ORDER_SENT: Topic.ORDERS,
    NoticeKind.ORDER_ACCEPTED: Topic.ORDERS,
    NoticeKind.ORDER_READY: Topic.ORDERS,
    NoticeKind.ORDER_ON_WAY: Topic.ORDERS,
    NoticeKind.ORDER_NOT_DELIVERED: Topic.ORDERS,
    NoticeKind.ORDER_DECLINED: Topic.ORDERS,
    NoticeKind.ORDER_SHORT: Topic.ORDERS,
    NoticeKind.ORDER_CANCELLED: Topic.ORDERS,
    NoticeKind.ORDER_MOVED: Topic.ORDERS,
    NoticeKind.ORDER_ASKED: Topic.ORDERS,
    NoticeKind.ORDER_REBOOKED: Topic.SHOP,
    NoticeKind.ORDER_EXPIRED: Topic.ORDERS,
    NoticeKind.ORDER_NO_SHOW: Topic.ORDERS,
    NoticeKind.ORDER_REFUNDED: Topic.ORDERS,
    NoticeKind.ORDER_SAID_PAID: Topic.SHOP,
    NoticeKind.ORDER_WAITS: Topic.SHOP,
    NoticeKind.ORDER_GIVEN_UP: Topic.SHOP,
    NoticeKind.CASE_NEW: Topic.SHOP,
    NoticeKind.CASE_OFFER: Topic.ORDERS,
    NoticeKind.CASE_SETTLED: Topic.ORDERS,
    NoticeKind.CASE_DESK: Topic.ORDERS,
    NoticeKind.CASE_RULED: Topic.ORDERS,
    NoticeKind.CASE_REPLY: Topic.SHOP,
    NoticeKind.CASE_SHOP_DESK: Topic.SHOP,
    NoticeKind.CASE_SHOP_RULED: Topic.SHOP,
    NoticeKind.PROPOSAL_NEW: Topic.ORDERS,
    NoticeKind.PROPOSAL_ANSWERED: Topic.SHOP,
    NoticeKind.PROPOSAL_OVER: Topic.ORDERS,
    NoticeKind.QUOTE_ASKED: Topic.SHOP,
    NoticeKind.QUOTE_NEW: Topic.ORDERS,
    NoticeKind.QUOTE_ANSWERED: Topic.SHOP,
    NoticeKind.QUOTE_REFUSED: Topic.ORDERS,
    NoticeKind.BILL_NEW: Topic.SHOP,
    NoticeKind.SIGNED_UP: Topic.EVENTS,
    NoticeKind.IN_LINE: Topic.EVENTS,
    NoticeKind.PROMOTED: Topic.EVENTS,
    NoticeKind.SIGN_UP_CANCELLED: Topic.EVENTS,
    NoticeKind.EVENT_CHANGED: Topic.EVENTS,
    NoticeKind.EVENT_CANCELLED: Topic.EVENTS,
    NoticeKind.REVIEW_SHOWN: Topic.REVIEW,
    NoticeKind.REVIEW_HIDDEN: Topic.REVIEW,
    NoticeKind.SHOP_REVIEWED: Topic.SHOP,
    NoticeKind.SHOP_ANSWERED: Topic.ORDERS,
    NoticeKind.BACK_IN_STOCK: Topic.ORDERS,
    NoticeKind.SHOP_NEWS: Topic.FOLLOWED,
    NoticeKind.SHOP_APPROVED: Topic.SHOP,
    NoticeKind.SHOP_STOPPED: Topic.SHOP,
    NoticeKind.SHOP_RESUMED: Topic.SHOP,
    NoticeKind.SHOP_CLOSED: Topic.SHOP,
    NoticeKind.REQUEST_GRANTED: Topic.SHOP,
    NoticeKind.REQUEST_REFUSED: Topic.SHOP,
    NoticeKind.PAPER_RIGHT: Topic.SHOP,
    NoticeKind.PAPER_WRONG: Topic.SHOP,
    NoticeKind.PAPER_ENDS: Topic.SHOP,
    NoticeKind.SAVED_FOUND: Topic.FOLLOWED,
}
SENTENCES: Mapping[NoticeKind, Any] = {
    NoticeKind.REPLY: _l("%(who)s replied in “%(title)s”"),
    NoticeKind.MENTION: _l("%(who)s mentioned you in “%(title)s”"),
    NoticeKind.QUOTE: _l("%(who)s quoted you in “%(title)s”"),
    NoticeKind.ANSWER_ACCEPTED: _l("Your answer in “%(title)s” was the one that helped"),
    NoticeKind.QUESTION: _l("%(who)s wrote about “%(title)s”"),
    NoticeKind.ORDER_MESSAGE: _l("%(who)s wrote to you about order %(number)s"),
    NoticeKind.ORDER_NEW: _l("New order %(number)s"),
    NoticeKind.ORDER_SENT: _l("Your order %(number)s went to %(shop)s"),
    NoticeKind.ORDER_ACCEPTED: _l("%(shop)s accepted your order %(number)s"),
    NoticeKind.ORDER_READY: _l("Order %(number)s is ready to collect at %(shop)s"),
    NoticeKind.ORDER_ON_WAY: _l("%(shop)s is on the way to you with order %(number)s"),
    NoticeKind.ORDER_NOT_DELIVERED: _l("Nobody took order %(number)s of %(shop)s. See what now."),
    NoticeKind.ORDER_DECLINED: _l("%(shop)s could not take your order %(number)s"),
    NoticeKind.ORDER_SHORT: _l("Something in your order %(number)s is not there at %(shop)s"),
    NoticeKind.ORDER_CANCELLED: _l("Order %(number)s at %(shop)s is cancelled"),
    NoticeKind.ORDER_MOVED: _l(
        "%(shop)s cannot serve you then: order %(number)s moved to %(when)s. Cancel freely if not."
    ),
    NoticeKind.ORDER_ASKED: _l(
        "%(shop)s cannot serve order %(number)s at its time: choose another, or your money back."
    ),
    NoticeKind.ORDER_REBOOKED: _l("%(number)s: the buyer chose another time, %(when)s"),
    NoticeKind.ORDER_EXPIRED: _l("Order %(number)s at %(shop)s has expired"),
    NoticeKind.ORDER_NO_SHOW: _l("Order %(number)s was not collected at %(shop)s"),
    NoticeKind.ORDER_REFUNDED: _l("%(shop)s gives money back for order %(number)s"),
    NoticeKind.ORDER_SAID_PAID: _l("%(number)s: the buyer says it is paid. Please look."),
    NoticeKind.ORDER_WAITS: _l("Order %(number)s still waits for you to accept it"),
    NoticeKind.ORDER_GIVEN_UP: _l("Order %(number)s was cancelled"),
    NoticeKind.CASE_NEW: _l("%(number)s: something is wrong. Please answer within two days."),
    NoticeKind.CASE_OFFER: _l("%(shop)s answered about %(number)s. Is that all right?"),
    NoticeKind.CASE_SETTLED: _l("%(shop)s sets order %(number)s right"),
    NoticeKind.CASE_DESK: _l("The town's desk now decides about order %(number)s"),
    NoticeKind.CASE_RULED: _l("The town's desk has decided about order %(number)s"),
    NoticeKind.CASE_REPLY: _l("%(number)s: the buyer answered about the after-sale case"),
    NoticeKind.CASE_SHOP_DESK: _l("%(number)s: the town's desk now decides the after-sale case"),
    NoticeKind.CASE_SHOP_RULED: _l("%(number)s: the town's desk decided the after-sale case"),
    NoticeKind.PROPOSAL_NEW: _l("%(shop)s proposes a change to order %(number)s. Yes or no?"),
    NoticeKind.PROPOSAL_ANSWERED: _l("%(number)s: what you proposed is answered"),
    NoticeKind.PROPOSAL_OVER: _l("%(shop)s: the time to answer about order %(number)s is over"),
    NoticeKind.QUOTE_ASKED: _l("%(who)s asks you for a price"),
    NoticeKind.QUOTE_NEW: _l("%(shop)s has a quote for you"),
    NoticeKind.QUOTE_ANSWERED: _l("%(who)s does not take your quote"),
    NoticeKind.QUOTE_REFUSED: _l("%(shop)s took its quote back, or cannot help this time"),
    NoticeKind.BILL_NEW: _l("New bill for %(shop)s: %(terms)s"),
    NoticeKind.SIGNED_UP: _l("You are in: “%(title)s”, %(when)s"),
    NoticeKind.IN_LINE: _l("You are on the waiting list for “%(title)s”, %(when)s"),
    NoticeKind.PROMOTED: _l("A seat came free, you are in: “%(title)s”, %(when)s"),
    NoticeKind.SIGN_UP_CANCELLED: _l("Your sign-up for “%(title)s” is cancelled"),
    NoticeKind.EVENT_CHANGED: _l("“%(title)s” has moved: %(when)s, %(place)s"),
    NoticeKind.EVENT_CANCELLED: _l("“%(title)s” is called off: %(reason)s"),
    NoticeKind.REVIEW_SHOWN: _l("What you wrote was looked at and is shown"),
    NoticeKind.REVIEW_HIDDEN: _l("Taken away: “%(title)s” · %(reason)s"),
    NoticeKind.SHOP_REVIEWED: _l("Somebody reviewed “%(title)s” of your shop"),
    NoticeKind.SHOP_ANSWERED: _l("%(shop)s answered your review of “%(title)s”"),
    NoticeKind.SHOP_NEWS: _l("New at %(shop)s: “%(title)s”"),
    NoticeKind.BACK_IN_STOCK: _l("“%(title)s” is back at %(shop)s: kept for you until %(when)s"),
    NoticeKind.SHOP_APPROVED: _l("The desk approved %(shop)s: put the first thing on sale"),
    NoticeKind.SHOP_STOPPED: _l("%(shop)s takes no new orders for now: %(reason)s"),
    NoticeKind.SHOP_RESUMED: _l("%(shop)s takes orders again"),
    NoticeKind.SHOP_CLOSED: _l("%(shop)s was turned down or taken off the site: %(reason)s"),
    NoticeKind.REQUEST_GRANTED: _l("The desk did what you asked about %(shop)s"),
    NoticeKind.REQUEST_REFUSED: _l("The desk did not do what you asked about %(shop)s: %(reason)s"),
    NoticeKind.PAPER_RIGHT: _l("%(paper)s of %(shop)s: in order, neighbours can read it now"),
    NoticeKind.PAPER_WRONG: _l("%(paper)s of %(shop)s: not accepted. %(reason)s"),
    NoticeKind.PAPER_ENDS: _l(
        "%(paper)s of %(shop)s holds until %(until)s: please send the new one"
    ),
    NoticeKind.SAVED_FOUND: _l("New for “%(search)s”: “%(title)s”"),
}
# Only these are worth a text message, and a call where nothing else reaches a person.
PRESSING = frozenset(
    {
        NoticeKind.ORDER_READY,
        NoticeKind.ORDER_ON_WAY,
        NoticeKind.ORDER_NOT_DELIVERED,
        NoticeKind.ORDER_DECLINED,
        NoticeKind.ORDER_SHORT,
        NoticeKind.ORDER_CANCELLED,
        NoticeKind.PROPOSAL_NEW,
        NoticeKind.ORDER_MOVED,
        NoticeKind.ORDER_ASKED,
        NoticeKind.ORDER_EXPIRED,
        NoticeKind.ORDER_WAITS,
        NoticeKind.PROMOTED,
        NoticeKind.EVENT_CHANGED,
        NoticeKind.EVENT_CANCELLED,
    }
)
# Text messages about what one ordered, or sells, say that they are needed and end by no link.
NEEDED_TEXTS = frozenset({Topic.ORDERS, Topic.SHOP})
# What a shop must hear at once while it is open, whatever its people's quiet hours say.
URGENT_FOR_OPEN_SHOPS = frozenset({NoticeKind.ORDER_NEW, NoticeKind.ORDER_WAITS})


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told one thing about one subject."""

    people: tuple[int, ...]
    kind: NoticeKind
    subject: tuple[str, int]
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GuestTold:
    """A mail to somebody without an account, or where they left none, a text message."""

    mail: str
    language: str
    kind: NoticeKind
    subject: tuple[str, int]
    data: dict[str, Any] = field(default_factory=dict)
    phone: str = ""


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice in somebody's inbox."""

    id: int
    kind: NoticeKind
    subject_kind: str
    subject_id: int
    data: dict[str, Any]
    actor_id: int | None
    actor: str | None
    avatar_picture_id: int | None
    happened_at: datetime
    read_at: datetime | None

    @property
    def topic(self) -> Topic:
        """Which topic it belongs to."""
        return TOPICS[self.kind]
