"""What neighbours order together: one group-buy that came and was shared out, one that is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from app.core import clock
from app.core.access import Viewer
from app.demo.content import ongoing
from app.demo.till import Till
from app.forum.queries.boards import board_for
from app.merchants.queries.browsing import variants_of
from app.merchants.queries.collecting import points_for
from app.merchants.services.listings import open_listing
from app.merchants.types import ListingDraft
from app.orders.models import GroupBuy, Order
from app.orders.queries.groupbuys import led_group_buy, orders_to_set_right
from app.orders.services.counter import hand_over
from app.orders.services.deciding import decide, receive, rest, set_right
from app.orders.services.groupbuys import announce, open_group_buy
from app.orders.types.groupbuys import GroupBuyDraft, ItemDraft, Measure, Step
from app.payments.types import PayWay

SHOP, LEADER = "banxigua", "lin"
HOUR = timedelta(hours=1)


class Together(Till):
    """The group-buys of a life."""

    def do_shared_out(self, at: datetime) -> None:
        """A group-buy is over: five joined, it came in full, and everybody has fetched theirs."""
        opened = at - timedelta(days=3, hours=12)
        keeper = self.staff(SHOP)
        made, variant_id = self._open(
            keeper, ongoing.ORANGES, opened,
            threshold=5, steps=(Step(6, ongoing.ORANGES_REACHED),), stock=40,
            cut_off=opened + 30 * HOUR, starts=at.replace(minute=0, second=0) - 2 * HOUR,
        )  # fmt: skip
        joined = self._join(ongoing.ATE_ORANGES, variant_id, opened + 2 * HOUR)
        decided = opened + 31 * HOUR
        decide(made.id, at=decided)
        self._set_right(made.id, decided)
        items = led_group_buy(keeper, made.id, at=at).items
        came = sum(boxes for _order, _who, boxes in joined)
        receive(keeper, made.id, {items[0].id: came}, at=at - 3 * HOUR)
        self._set_right(made.id, at - 3 * HOUR)
        for order, _who, _boxes in joined:
            hand_over(keeper, order.id, money=PayWay.CASH, at=at)
        for order, who, boxes in joined:
            parcel = self.noted(order, who, SHOP)
            parcel.sold = parcel.taken = ongoing.ORANGES_REACHED * boxes
            self.tally.earn(0, parcel.sold, parcel.bp)
            self.tally.pay("taken", parcel.taken)
            self.tally.count("hand_overs")

    def do_gather_boxes(self, at: datetime) -> None:
        """A group-buy is open, a thread has announced it, and some have joined."""
        opened = at - 9 * HOUR
        today = clock.local(at).date()
        made, variant_id = self._open(
            self.staff(SHOP), ongoing.POMEGRANATES, opened,
            threshold=8, steps=(Step(12, 6000),), stock=60,
            cut_off=clock.at_local(today + timedelta(days=1), time(20)),
            starts=clock.at_local(today + timedelta(days=2), time(17)),
        )  # fmt: skip
        leader = self.staff(LEADER)
        title, body = ongoing.TOGETHER
        board = board_for(leader, self.ground.boards["food"])
        announce(leader, made.id, board, title=title, body=body, at=opened + HOUR)
        joined = self._join(ongoing.WANT_POMEGRANATES, variant_id, opened + 2 * HOUR)
        self.tally.count("threads")
        self.tally.touch("content", leader.id or 0)
        for order, who, _boxes in joined:
            self.noted(order, who, SHOP, "placed")

    def _open(
        self,
        keeper: Viewer,
        draft: ListingDraft,
        at: datetime,
        *,
        threshold: int,
        steps: tuple[Step, ...],
        stock: int,
        cut_off: datetime,
        starts: datetime,
    ) -> tuple[GroupBuy, int]:
        merchant_id = self.ground.shops[SHOP]
        listing = open_listing(keeper, merchant_id, draft, at=at)
        [size] = variants_of([listing.id], at=at)[listing.id]
        made = open_group_buy(
            keeper,
            merchant_id,
            GroupBuyDraft(
                listing_id=listing.id,
                opens_at=at,
                cut_off_at=cut_off,
                measure=Measure.PIECES,
                threshold=threshold,
                point_id=points_for([merchant_id])[merchant_id][0].id,
                starts_at=starts,
                ends_at=starts + 4 * HOUR,
                items=(ItemDraft(size.id, steps=steps, stock=stock),),
                leader_mail=self.plan.by_key[LEADER].mail,
                share_bp=300,
            ),
            at=at,
        )
        return made, size.id

    def _join(
        self, people: Sequence[tuple[str, int]], variant_id: int, at: datetime
    ) -> list[tuple[Order, str, int]]:
        """Let some join, an hour after each other; return each order, whose it is, its boxes."""
        return [
            (self.bought(at + number * HOUR, who, SHOP, {variant_id: boxes}), who, boxes)
            for number, (who, boxes) in enumerate(people)
        ]

    def _set_right(self, group_buy_id: int, at: datetime) -> None:
        for order_id in orders_to_set_right(group_buy_id):
            set_right(order_id, at=at)
        rest(group_buy_id, at=at)
