"""What happens to one order, drawn when it is placed: accepted, ready, collected, or not."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.core import clock
from app.demo.content.offers import Offer
from app.demo.content.shops import SHOPS, Shop
from app.demo.ground import OFFERS
from app.demo.plan import Member

FATES = (
    ("collected", 780),
    ("short", 45),
    ("refunded", 28),
    ("undone", 14),
    ("no_show", 34),
    ("cancelled_early", 36),
    ("cancelled_late", 12),
    ("declined", 24),
    ("withdrawn", 10),
    ("unanswered", 12),
)
DECLINES = (
    "今天炉子坏了，对不起",
    "这个时间排满了，明天可以吗",
    "货没到齐，怕耽误您",
    "Sold more than we baked, sorry",
)
WITHDRAWALS = ("停电了，做不出来，抱歉", "师傅临时去医院，改天免费补", "送货的车没到")
SECOND_THOUGHTS = (
    "临时加班",
    "家里人已经买了",
    "下错了，重新下一单",
    "孩子发烧，改天",
    "Plans changed",
)
SHORTAGES = ("卖完了最后一份给了老人家", "今天的不够新鲜，没敢装", "只剩这些了，少收")
COMPLAINTS = (
    ("broken", "回家一看，有一个压坏了"),
    ("quality", "味道不太对，像是隔夜的"),
    ("missing", "袋子里少装了一件"),
    ("wrong", "和图上的不一样"),
)
APOLOGIES = (
    "对不起，马上退给您",
    "我们装的时候没看仔细，抱歉",
    "怪我们，下次一定看清楚",
)
PART_OFFER = "今天这炉确实烤得深了点，退您一部分，您看行吗？"
NOTES = (
    "",
    "",
    "",
    "",
    "不要葱",
    "麻烦装两个袋子",
    "给老人吃的，软一点",
    "我会晚五分钟",
    "By bike, please pack flat",
    "放门口也行",
)
PAID_BY_CODE = 0.35
# Cases that are not settled yet, and how many hours ago their buyers spoke up.
CASES = {"case_new": 20, "case_offered": 30, "case_unanswered": 60}


@dataclass(slots=True)
class Parcel:
    """What must be remembered of an order until it is over."""

    shop: str
    buyer: int
    state: str
    fate: str
    bp: int
    way: str
    lines: list[list[int]] = field(default_factory=list)
    charged: int = 0
    taken: int = 0
    sold: int = 0
    starts: float = 0.0
    ends: float = 0.0
    is_booking: bool = False

    def kept(self) -> list[Any]:
        """Return it as plain values, in the order in which it is made again."""
        return [getattr(self, name) for name in self.__slots__]


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants from one shop."""

    shop: Shop
    picks: tuple[tuple[Offer, int, int], ...]

    @property
    def is_booking(self) -> bool:
        """Whether it is somebody's time."""
        return self.picks[0][0].is_service


def wishes(member: Member, dice: random.Random) -> list[Wish]:
    """Choose one shop, now and then two, and what to take there; near ones more often."""
    weights = [shop.lively * (1.8 if shop.hood == member.hood else 1.0) for shop in SHOPS]
    first = dice.choices(SHOPS, weights)[0]
    found = [_wish(first, dice)]
    if not found[0].is_booking and dice.random() < 0.09:
        second = dice.choices(SHOPS, weights)[0]
        other = _wish(second, dice)
        if second.key != first.key and not other.is_booking:
            found.append(other)
    return found


def _wish(shop: Shop, dice: random.Random) -> Wish:
    offers = [offer for offer in OFFERS if offer.shop == shop.key]
    first = dice.choices(offers, [offer.liked for offer in offers])[0]
    if first.is_service:
        return Wish(shop, ((first, dice.randrange(len(first.sizes)), 1),))
    goods = [offer for offer in offers if not offer.is_service and offer.key != first.key]
    more = dice.sample(goods, min(len(goods), dice.choice((0, 0, 0, 1, 1, 2))))
    return Wish(
        shop,
        tuple(
            (offer, dice.randrange(len(offer.sizes)), dice.choice((1, 1, 1, 2, 2, 3)))
            for offer in (first, *more)
        ),
    )


def fate_of(wish: Wish, dice: random.Random) -> str:
    """Draw how an order will go; what has no pieces to lay out cannot fall short."""
    fate = dice.choices([name for name, _ in FATES], [weight for _, weight in FATES])[0]
    return "collected" if wish.is_booking and fate in {"short", "undone"} else fate


def answers_at(shop: Shop, at: datetime, dice: random.Random) -> datetime:
    """When the shop takes an order up: within its promise, never at night."""
    then = at + timedelta(minutes=dice.uniform(0.08, 0.8) * min(shop.accept_minutes, 75))
    here = clock.local(then)
    if here.hour >= 22:
        here = (here + timedelta(days=1)).replace(hour=8, minute=dice.randrange(15))
    return here.astimezone(then.tzinfo)
