"""Kinds of notices, the topics one may wish for, what each kind says, and the ways it comes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from app.core.activity.types import Hook, verb
from app.core.i18n import lazy_gettext as _l
from app.orders.types import OrderState

CALLED = verb("notifications.called", Hook.SERVICE)
REACH_SET = verb("notifications.reach_set", Hook.VISIT)
ROBOT_SET = verb("notifications.robot_set", Hook.SERVICE)
ROBOT_TAKEN = verb("notifications.robot_taken", Hook.SERVICE)
READER = "notifications"
PUSH_JOB = "notifications.push"
ROBOT_JOB = "notifications.robot"
DIGEST_STOP = "digest"
FAN_OUT_JOB = "notifications.fan_out"
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


TOPIC_LABELS = {
    Topic.TALK: _l("Replies, mentions and quotes"),
    Topic.EVENTS: _l("Events I signed up for"),
    Topic.ORDERS: _l("My orders"),
    Topic.SHOP: _l("New orders and questions in my shop"),
    Topic.REVIEW: _l("Decisions about what I wrote"),
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
    ORDER_DECLINED = "order_declined"
    ORDER_SHORT = "order_short"
    ORDER_CANCELLED = "order_cancelled"
    ORDER_MOVED = "order_moved"
    ORDER_EXPIRED = "order_expired"
    ORDER_NO_SHOW = "order_no_show"
    ORDER_REFUNDED = "order_refunded"
    ORDER_SAID_PAID = "order_said_paid"
    ORDER_WAITS = "order_waits"
    ORDER_GIVEN_UP = "order_given_up"
    BILL_NEW = "bill_new"
    SIGNED_UP = "signed_up"
    IN_LINE = "in_line"
    PROMOTED = "promoted"
    SIGN_UP_CANCELLED = "sign_up_cancelled"
    EVENT_CHANGED = "event_changed"
    EVENT_CANCELLED = "event_cancelled"
    REVIEW_SHOWN = "review_shown"
    REVIEW_HIDDEN = "review_hidden"


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
    NoticeKind.ORDER_DECLINED: Topic.ORDERS,
    NoticeKind.ORDER_SHORT: Topic.ORDERS,
    NoticeKind.ORDER_CANCELLED: Topic.ORDERS,
    NoticeKind.ORDER_MOVED: Topic.ORDERS,
    NoticeKind.ORDER_EXPIRED: Topic.ORDERS,
    NoticeKind.ORDER_NO_SHOW: Topic.ORDERS,
    NoticeKind.ORDER_REFUNDED: Topic.ORDERS,
    NoticeKind.ORDER_SAID_PAID: Topic.SHOP,
    NoticeKind.ORDER_WAITS: Topic.SHOP,
    NoticeKind.ORDER_GIVEN_UP: Topic.SHOP,
    NoticeKind.BILL_NEW: Topic.SHOP,
    NoticeKind.SIGNED_UP: Topic.EVENTS,
    NoticeKind.IN_LINE: Topic.EVENTS,
    NoticeKind.PROMOTED: Topic.EVENTS,
    NoticeKind.SIGN_UP_CANCELLED: Topic.EVENTS,
    NoticeKind.EVENT_CHANGED: Topic.EVENTS,
    NoticeKind.EVENT_CANCELLED: Topic.EVENTS,
    NoticeKind.REVIEW_SHOWN: Topic.REVIEW,
    NoticeKind.REVIEW_HIDDEN: Topic.REVIEW,
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
    NoticeKind.ORDER_DECLINED: _l("%(shop)s could not take your order %(number)s"),
    NoticeKind.ORDER_SHORT: _l("Something in your order %(number)s is not there at %(shop)s"),
    NoticeKind.ORDER_CANCELLED: _l("Order %(number)s at %(shop)s is cancelled"),
    NoticeKind.ORDER_MOVED: _l(
        "%(shop)s is closed that day: order %(number)s moved to %(when)s. Cancel freely if not."
    ),
    NoticeKind.ORDER_EXPIRED: _l("Order %(number)s at %(shop)s has expired"),
    NoticeKind.ORDER_NO_SHOW: _l("Order %(number)s was not collected at %(shop)s"),
    NoticeKind.ORDER_REFUNDED: _l("%(shop)s gives money back for order %(number)s"),
    NoticeKind.ORDER_SAID_PAID: _l("%(number)s: the buyer says it is paid. Please look."),
    NoticeKind.ORDER_WAITS: _l("Order %(number)s still waits for you to accept it"),
    NoticeKind.ORDER_GIVEN_UP: _l("Order %(number)s was cancelled"),
    NoticeKind.BILL_NEW: _l("New bill for %(shop)s: %(terms)s"),
    NoticeKind.SIGNED_UP: _l("You are in: “%(title)s”, %(when)s"),
    NoticeKind.IN_LINE: _l("You are on the waiting list for “%(title)s”, %(when)s"),
    NoticeKind.PROMOTED: _l("A seat came free, you are in: “%(title)s”, %(when)s"),
    NoticeKind.SIGN_UP_CANCELLED: _l("Your sign-up for “%(title)s” is cancelled"),
    NoticeKind.EVENT_CHANGED: _l("“%(title)s” has moved: %(when)s, %(place)s"),
    NoticeKind.EVENT_CANCELLED: _l("“%(title)s” is called off: %(reason)s"),
    NoticeKind.REVIEW_SHOWN: _l("What you wrote was looked at and is shown"),
    NoticeKind.REVIEW_HIDDEN: _l("Taken away: “%(title)s” · %(reason)s"),
}


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


class Way(StrEnum):
    """One way of reaching a person or a group."""

    SITE = "site"
    PUSH = "push"
    MAIL = "mail"
    SMS = "sms"
    ROBOT = "robot"


WAY_LABELS = {
    Way.SITE: _l("In the site"),
    Way.PUSH: _l("On my device"),
    Way.MAIL: _l("By mail"),
    Way.SMS: _l("By text message"),
    Way.ROBOT: _l("In the group"),
}
OUTWARD = (Way.PUSH, Way.MAIL, Way.SMS)
# These make a telephone sound; a mail wakes nobody.
NOISY = frozenset({Way.PUSH, Way.SMS})
# Only these are worth a text message, and a call where nothing else reaches a person.
PRESSING = frozenset(
    {
        NoticeKind.ORDER_READY,
        NoticeKind.ORDER_DECLINED,
        NoticeKind.ORDER_SHORT,
        NoticeKind.ORDER_CANCELLED,
        NoticeKind.ORDER_MOVED,
        NoticeKind.ORDER_EXPIRED,
        NoticeKind.ORDER_WAITS,
        NoticeKind.PROMOTED,
        NoticeKind.EVENT_CHANGED,
        NoticeKind.EVENT_CANCELLED,
    }
)
# What a shop must hear at once while it is open, whatever its people's quiet hours say.
URGENT_FOR_OPEN_SHOPS = frozenset({NoticeKind.ORDER_NEW, NoticeKind.ORDER_WAITS})
# How long pressing news may lie unseen, all ways being used up, until somebody is asked to phone.
CALL_AFTER = timedelta(hours=2)
# So many in a day to one person; the rest waits in the site.
DAILY = {Way.PUSH: 60, Way.MAIL: 40, Way.SMS: 6}
ROBOT_MINUTE = 15
MOST_DEVICES = 10


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder: by which way, and how many minutes after the step before."""

    way: Way
    wait: int


Ladder = tuple[Rung, ...]
# A step that cannot reach a person is left out, and the first that can is taken at once.
LADDERS: Mapping[Topic, Ladder] = {
    Topic.TALK: (Rung(Way.PUSH, 0), Rung(Way.MAIL, 10)),
    Topic.EVENTS: (Rung(Way.PUSH, 0), Rung(Way.MAIL, 10), Rung(Way.SMS, 60)),
    Topic.ORDERS: (Rung(Way.PUSH, 0), Rung(Way.MAIL, 10), Rung(Way.SMS, 30)),
    Topic.SHOP: (Rung(Way.PUSH, 0), Rung(Way.MAIL, 2), Rung(Way.SMS, 15)),
    Topic.REVIEW: (Rung(Way.PUSH, 0), Rung(Way.MAIL, 10)),
}


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of the town's day, in minutes, in which nothing sounds; from == until means never."""

    start: int = 22 * 60
    end: int = 8 * 60


@dataclass(frozen=True, slots=True)
class TownReach:
    """What the operator set: quiet hours, ladders, minutes to an alarm's steps, the day's texts."""

    quiet: Quiet = Quiet()
    ladders: Mapping[Topic, Ladder] = field(default_factory=lambda: LADDERS)
    alarm_sms: int = 3
    alarm_desk: int = 10
    sms_budget: int = 200


class Digest(StrEnum):
    """How often somebody wants a letter of what they missed."""

    NONE = "none"
    DAILY = "daily"
    WEEKLY = "weekly"


class AlarmStep(StrEnum):
    """Who is told next of an order that its shop has not seen."""

    ROBOT = "robot"
    SMS = "sms"
    DESK = "desk"
    DONE = "done"


class AlarmEnd(StrEnum):
    """Why nobody need be told of an order any more."""

    SEEN = "seen"
    MOVED = "moved"


class CallWhy(StrEnum):
    """Why somebody is to be phoned."""

    SHOP_SILENT = "shop_silent"
    NO_WAY = "no_way"
    ALL_FAILED = "all_failed"


class CallState(StrEnum):
    """Where a call stands; settled means that it was not needed any more."""

    WAITING = "waiting"
    REACHED = "reached"
    SETTLED = "settled"


class RobotKind(StrEnum):
    """Whose group robot it is."""

    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"


ROBOT_LABELS = {
    RobotKind.WECOM: _l("WeCom"),
    RobotKind.DINGTALK: _l("DingTalk"),
    RobotKind.FEISHU: _l("Feishu"),
}


@dataclass(frozen=True, slots=True)
class Letter:
    """One piece of news on its way to one person; a guest's has no person.

    `to` is a mail address, a number, or a device's id.
    """

    to: str
    language: str
    notice: NoticeRow
    key: str
    person_id: int | None = None
    way: Way = Way.MAIL
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Errand:
    """One line for a group robot about an order: a new one, or one that the desk should phone."""

    robot_id: int
    order_id: int
    number: str
    shop: tuple[str, str]
    key: str
    merchant_id: int
    is_desk: bool = False


class Channel(Protocol):
    """One way out of the site: puts a letter into the outbox, in the deciding transaction."""

    def post(self, letter: Letter) -> None:
        """Word the letter in its reader's language, and leave it to the outbox."""
        ...


@dataclass(frozen=True, slots=True)
class Begun:
    """The start of one person's ladder about one deed."""

    person_id: int
    key: str
    kind: NoticeKind
    subject: tuple[str, int]
    data: dict[str, Any]
    actor_id: int | None
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class Wish:
    """How a person wants to learn of one topic."""

    on_site: bool = True
    by_mail: bool = True
    by_push: bool = True
    by_sms: bool = True

    def wants(self, way: Way) -> bool:
        """Whether the person wants this way."""
        return {
            Way.SITE: self.on_site,
            Way.MAIL: self.by_mail,
            Way.PUSH: self.by_push,
            Way.SMS: self.by_sms,
        }.get(way, False)


@dataclass(frozen=True, slots=True)
class Reach:
    """By what one person can be reached: addresses that work, devices, and when to be quiet."""

    person_id: int
    language: str
    mail: str | None
    phone: str | None
    devices: tuple[int, ...]
    failed: frozenset[Way]
    quiet: Quiet

    def can(self, way: Way) -> bool:
        """Whether this way leads to the person at all."""
        has = {Way.MAIL: self.mail, Way.SMS: self.phone, Way.PUSH: self.devices}.get(way)
        return bool(has) and way not in self.failed


@dataclass(frozen=True, slots=True)
class ReachWishRow:
    """What a person set for all news together; no quiet hours of their own means the town's."""

    quiet: Quiet | None = None
    digest: Digest = Digest.NONE


@dataclass(frozen=True, slots=True)
class CallRow:
    """Somebody to be phoned, with whom to ask for and why."""

    id: int
    about_kind: str
    about_id: int
    why: CallWhy
    state: CallState
    since: datetime
    tries: int
    note: str
    last_at: datetime | None
    last_by: str | None
    number: str | None
    shop_zh: str | None
    shop_en: str | None
    shop_phone: str | None
    person: str | None
    person_phone: str | None
    person_id: int | None
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FailedRow:
    """An address or number that was refused, and whose it is."""

    way: Way
    address: str
    why: str
    failed_at: datetime
    person_id: int | None
    person: str | None


@dataclass(frozen=True, slots=True)
class RobotRow:
    """A group robot without its secrets."""

    id: int
    merchant_id: int | None
    kind: RobotKind
    host: str
    tail: str
    is_signed: bool
    made_at: datetime
    told_at: datetime | None
    failed_at: datetime | None
    failure: str


@dataclass(frozen=True, slots=True)
class PushNote:
    """One note to one browser: where it goes, its keys, what it says and how long it may wait."""

    endpoint: str
    public_key: str
    auth: str
    says: Mapping[str, str]
    urgency: str = "normal"
    lasts: int = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """An alarm whose time has come, with what its texts need."""

    order_id: int
    merchant_id: int
    placed_at: datetime
    step: AlarmStep
    due_at: datetime
    state: OrderState
    number: str
    shop_zh: str
    shop_en: str
    shop_number: str | None


@dataclass(frozen=True, slots=True)
class DigestLetter:
    """What one person missed, on its way to them."""

    to: str
    language: str
    notices: tuple[NoticeRow, ...]
    count: int
    key: str
    person_id: int
