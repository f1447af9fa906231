"""What the town buys: orders from the basket to the bill, by shops' and residents' hands."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from app.accounts.queries import viewer_as
from app.core import clock
from app.core.access import Viewer
from app.core.errors import ConflictError, NotFoundError
from app.demo import market
from app.demo.content.shops import Shop
from app.demo.critics import Critics
from app.demo.ground import OFFERS
from app.demo.market import Parcel, Wish
from app.demo.till import SHOP_BY_KEY, Till
from app.merchants.queries.booking import times_for
from app.merchants.queries.browsing import variants_of
from app.merchants.queries.collecting import points_for, slots_of_points
from app.merchants.services.hours import begin_closure
from app.merchants.services.listings import set_stock
from app.merchants.types import SlotChoice
from app.orders.models import Order
from app.orders.queries.cases import due_case_ids
from app.orders.queries.desk import due_order_ids
from app.orders.queries.orders import lines_of
from app.orders.services import cases
from app.orders.services.basket import add_to_basket
from app.orders.services.cash import confirm_money, give_money_back, say_paid
from app.orders.services.counter import hand_over, undo_hand_over
from app.orders.services.endings import cancel, cancel_by_shop
from app.orders.services.preparation import accept, decline, make_ready, prepare
from app.orders.services.timers import run_timer
from app.orders.types import Problem, Remedy, SlotWish, Timer
from app.payments.types import PayWay
from app.settlement.queries import merchants_to_bill
from app.settlement.services.bills import close_next_week
from app.settlement.services.receipts import record_receipt
from app.settlement.types import ReceiptWay

OFFER_BY_KEY = {offer.key: offer for offer in OFFERS}
LOW_SHELF = 0.45
PIECES, EACH, UNIT, SHORT, BACK = 1, 2, 3, 4, 5


class Counter(Critics, Till):
    """The shops' part of a life; `parcels` remembers each order until it is over."""

    # --- the resident ---------------------------------------------------------------------------

    def do_order(self, at: datetime, number: int, member: int) -> None:
        """Somebody orders, in one shop or in two."""
        dice = self.size.dice("order", number)
        wanted = market.wishes(self.plan.members[member], dice)
        if any(wish.shop.owner == self.plan.members[member].key for wish in wanted):
            return
        fates = {wish.shop.key: market.fate_of(wish, dice) for wish in wanted}
        if self.plan.members[member].key == "resident":
            fates = dict.fromkeys(fates, "collected")
        self._order(at, member, wanted, fates, dice)

    def do_today(self, at: datetime, member: int, picks: list[list[int | str]], fate: str) -> None:
        """Somebody orders at the bakery just now, so that its board is not empty."""
        chosen = tuple(
            (OFFER_BY_KEY[str(key)], int(size), int(pieces)) for key, size, pieces in picks
        )
        wish = Wish(SHOP_BY_KEY["maitian"], chosen)
        dice = self.size.dice("today", member)
        self._order(at, member, [wish], {"maitian": fate}, dice, is_soon=True)

    def do_away(self, at: datetime, shop: str) -> None:
        """A shop says that it will be away for some days, so that its page tells."""
        owner = viewer_as(self.ground.people[SHOP_BY_KEY[shop].owner])
        first = clock.local(at).date() + timedelta(days=4)
        note = "回乡下办喜事，回来带土猪肉。"
        last = first + timedelta(days=3)
        begin_closure(owner, self.ground.shops[shop], first, last, note=note, at=at)

    def _order(
        self,
        at: datetime,
        member: int,
        wanted: list[Wish],
        fates: dict[str, str],
        dice: random.Random,
        *,
        is_soon: bool = False,
    ) -> None:
        actor = self.viewer(member)
        for wish in wanted:
            self._fill(actor, wish, at, dice)
        slots = {
            self.ground.shops[wish.shop.key]: self._slot(wish.shop, at, dice, is_soon=is_soon)
            for wish in wanted
            if not wish.is_booking
        }
        way = PayWay.OWN_CODE if dice.random() < market.PAID_BY_CODE else PayWay.CASH
        wishes = {key: SlotWish(slot.point_id, slot.key) for key, slot in slots.items()}
        note = dice.choice(market.NOTES)
        orders = self.placed(at, member, wishes, way=way, note=note)
        self._remember(orders, member, fates, way=way, at=at, dice=dice)

    def _fill(self, actor: Viewer, wish: Wish, at: datetime, dice: random.Random) -> None:
        for offer, size, pieces in wish.picks:
            time_key = ""
            if offer.is_service:
                times = times_for(self.ground.listings[offer.key], at=at)
                if not times:
                    raise ConflictError
                time_key = times[min(len(times) - 1, int(dice.expovariate(1 / 18)))].key
            add_to_basket(
                actor,
                token=None,
                variant_id=self.ground.variants[offer.key][size],
                quantity=pieces,
                time_key=time_key,
                at=at,
            )

    def _slot(self, shop: Shop, at: datetime, dice: random.Random, *, is_soon: bool) -> SlotChoice:
        merchant_id = self.ground.shops[shop.key]
        points = points_for([merchant_id])[merchant_id]
        choices = slots_of_points(points, merchant_ids=[merchant_id], at=at, days=2)
        free = [slot for point in points for slot in choices[point.id] if slot.is_free]
        if is_soon:
            own = {point.id for point in points if point.merchant_id == merchant_id}
            free = [slot for slot in free if slot.point_id in own]
        if not free:
            raise ConflictError
        free.sort(key=lambda slot: (slot.starts_at, slot.point_id))
        return free[0 if is_soon else min(len(free) - 1, int(dice.expovariate(1 / 3)))]

    def _remember(
        self,
        orders: list[Order],
        member: int,
        fates: dict[str, str],
        *,
        way: PayWay,
        at: datetime,
        dice: random.Random,
    ) -> None:
        lines = lines_of([order.id for order in orders])
        keys = {merchant_id: key for key, merchant_id in self.ground.shops.items()}
        for order in orders:
            shop = SHOP_BY_KEY[keys[order.merchant_id]]
            parcel = self.remembered(
                order, lines[order.id], shop, member, fate=fates[shop.key], way=way
            )
            self._foresee(order.id, parcel, at, dice)

    def _foresee(self, order_id: int, parcel: Parcel, at: datetime, dice: random.Random) -> None:
        """Put what the shop or the buyer does first on the agenda."""
        shop = SHOP_BY_KEY[parcel.shop]
        answered = market.answers_at(shop, at, dice)
        if parcel.fate in {"unanswered", "still_placed"}:
            return
        if parcel.fate == "cancelled_early":
            self.later(at + (answered - at) / 2, "cancel", order=order_id)
        elif parcel.fate == "declined":
            self.later(answered, "decline", order=order_id)
        else:
            self.later(answered, "accept", order=order_id)

    def do_cancel(self, at: datetime, order: int) -> None:
        """The buyer has second thoughts."""
        parcel = self._parcel(order)
        reason = self._dice(order).choice(market.SECOND_THOUGHTS)
        cancel(self.viewer(parcel.buyer), order, reason=reason, at=at)
        if parcel.fate == "cancelled_late":
            self.tally.count("no_shows")
        else:
            self._over(order, parcel, "cancelled")

    # --- the shop -------------------------------------------------------------------------------

    def do_decline(self, at: datetime, order: int) -> None:
        """The shop turns an order down."""
        parcel = self._parcel(order)
        reason = self._dice(order).choice(market.DECLINES)
        decline(self._keeper(parcel), order, reason=reason, at=at)
        self._over(order, parcel, "declined")

    def do_accept(self, at: datetime, order: int) -> None:
        """The shop takes an order up, and the rest follows from its pickup time."""
        parcel = self._parcel(order)
        accept(self._keeper(parcel), order, at=at)
        self.stand(parcel, "accepted")
        dice = self._dice(order)
        starts = datetime.fromtimestamp(parcel.starts, tz=at.tzinfo)
        length = timedelta(seconds=parcel.ends - parcel.starts)
        ready = max(at + timedelta(minutes=5), starts - timedelta(minutes=dice.uniform(8, 45)))
        late = timedelta(minutes=SHOP_BY_KEY[parcel.shop].cancel_minutes / 2)
        if parcel.fate == "cancelled_late" and starts - late > at:
            self.later(starts - late, "cancel", order=order)
        elif parcel.fate == "withdrawn":
            self.later(at + (ready - at) / 2, "withdraw", order=order)
        elif parcel.fate == "waits":
            self.later(at + timedelta(minutes=25), "ready", order=order)
        elif parcel.fate == "half":
            self.later(at + timedelta(minutes=6), "half", order=order)
        elif parcel.fate != "still_accepted":
            if not parcel.is_booking:
                self.later(ready, "ready", order=order)
            came = max(ready + timedelta(minutes=2), starts + length * dice.uniform(0.05, 0.9))
            if parcel.fate not in {"no_show", "cancelled_late"}:
                self.later(came, "collect", order=order)

    def do_withdraw(self, at: datetime, order: int) -> None:
        """The shop has to cancel what it promised."""
        parcel = self._parcel(order)
        reason = self._dice(order).choice(market.WITHDRAWALS)
        cancel_by_shop(self._keeper(parcel), order, reason=reason, at=at)
        self._over(order, parcel, "cancelled")

    def do_half(self, at: datetime, order: int) -> None:
        """The first line lies ready, the rest is in the oven."""
        parcel = self._parcel(order)
        prepare(self._keeper(parcel), order, {parcel.lines[0][0]: (1, 0)}, at=at)

    def do_ready(self, at: datetime, order: int) -> None:
        """All lies ready, or all but one piece."""
        parcel = self._parcel(order)
        keeper = self._keeper(parcel)
        if parcel.fate != "short" or sum(line[PIECES] for line in parcel.lines) == 1:
            make_ready(keeper, order, at=at)
            return
        line = max(parcel.lines, key=lambda row: (row[PIECES], -row[0]))
        counts = {row[0]: (row[PIECES], 0) for row in parcel.lines}
        counts[line[0]] = (line[PIECES] - 1, 1)
        reason = self._dice(order).choice(market.SHORTAGES)
        prepare(keeper, order, counts, reason=reason, at=at)
        line[SHORT] = 1
        self.tally.count("pieces_short")

    def do_collect(self, at: datetime, order: int) -> None:
        """The buyer comes; money and pieces go over the counter."""
        parcel = self._parcel(order)
        keeper = self._keeper(parcel)
        due = sum(line[EACH] * (line[PIECES] - line[SHORT]) for line in parcel.lines)
        by_code = parcel.way == PayWay.OWN_CODE
        if by_code and parcel.taken < due:
            say_paid(self.viewer(parcel.buyer), order, at=at - timedelta(minutes=1))
            confirm_money(keeper, order, at=at)
        money = None if by_code else PayWay.CASH
        hand = hand_over(keeper, order, money=money, at=at)
        base = sum(line[UNIT] * (line[PIECES] - line[SHORT]) for line in parcel.lines)
        self.tally.earn(parcel.sold, base, parcel.bp)
        self.tally.pay("taken", due - parcel.taken)
        self.tally.count("hand_overs")
        parcel.sold, parcel.taken = base, due
        dice = self._dice(order)
        if parcel.fate == "undone":
            then = at + timedelta(minutes=dice.uniform(2, 8))
            self.later(then, "undo", order=order, hand=hand.id)
        elif parcel.fate == "refunded":
            self.later(at + timedelta(hours=dice.uniform(1, 40)), "complain", order=order)
        elif parcel.fate in market.CASES:
            hours = market.CASES[parcel.fate]
            then = max(at + timedelta(hours=1), self.size.until - timedelta(hours=hours))
            self.later(then, "complain", order=order, wish="part_back")
        self.foresee_review(order, parcel, at)

    def do_undo(self, at: datetime, order: int, hand: int) -> None:
        """The wrong bag: it comes back over the counter, and the right one goes out."""
        parcel = self._parcel(order)
        undo_hand_over(self._keeper(parcel), hand, at=at)
        self.tally.earn(parcel.sold, 0, parcel.bp)
        self.tally.count("hand_overs_undone")
        parcel.sold, parcel.fate = 0, "collected"
        if parcel.way == PayWay.CASH:
            self.tally.pay("taken", -parcel.taken)
            parcel.taken = 0
        self.later(at + timedelta(minutes=4), "collect", order=order)

    def do_complain(self, at: datetime, order: int, wish: str = "money_back") -> None:
        """One piece was not right; the buyer says so."""
        parcel = self._parcel(order)
        line = next(row for row in parcel.lines if row[PIECES] > row[SHORT])
        problem, words = self._dice(order).choice(market.COMPLAINTS)
        case = cases.open_case(
            self.viewer(parcel.buyer),
            order,
            line_id=line[0],
            quantity=1,
            problem=Problem(problem),
            wish=Remedy(wish),
            words=words,
            at=at,
        )
        if parcel.fate == "refunded":
            then = at + timedelta(hours=self._dice(order).uniform(0.5, 20))
            self.later(then, "refund", order=order, case=case.id)
        elif parcel.fate == "case_offered":
            self.later(at + timedelta(hours=7), "offer", order=order, case=case.id)

    def do_offer(self, at: datetime, order: int, case: int) -> None:
        """The shop offers a little less than was wished."""
        parcel = self._parcel(order)
        each = next(row[EACH] for row in parcel.lines if row[PIECES] > row[SHORT])
        cases.offer(
            self._keeper(parcel),
            case,
            turn=1,
            remedy=Remedy.PART_BACK,
            amount_minor=each // 3,
            reason=market.PART_OFFER,
            at=at,
        )

    def do_refund(self, at: datetime, order: int, case: int) -> None:
        """The shop agrees, and the money goes back."""
        parcel = self._parcel(order)
        line = next(row for row in parcel.lines if row[PIECES] > row[SHORT])
        dice = self._dice(order)
        reason = dice.choice(market.APOLOGIES)
        settled = cases.offer(
            self._keeper(parcel), case, turn=1, remedy=Remedy.MONEY_BACK, reason=reason, at=at
        )
        line[BACK] += 1
        self.tally.earn(parcel.sold, parcel.sold - line[UNIT], parcel.bp)
        self.tally.pay("refunded", line[EACH])
        self.tally.count("refunds")
        parcel.sold -= line[UNIT]
        if dice.random() < 0.9:
            then = at + timedelta(hours=dice.uniform(2, 30))
            self.later(then, "give_back", order=order, refund=settled.refund_id)

    def do_give_back(self, at: datetime, order: int, refund: int) -> None:
        """The shop hands the refund over."""
        parcel = self._parcel(order)
        given = give_money_back(self._keeper(parcel), order, refund, at=at)
        self.tally.pay("given_back", given.amount_minor)

    # --- what comes back ------------------------------------------------------------------------

    def run_timers(self, at: datetime) -> bool:
        """Do what fell due on orders by itself."""
        due = due_order_ids(at)
        for order_id in due:
            with self.attempt(at):
                self._ring(order_id, run_timer(order_id, at=at))
        answers = due_case_ids(at)
        for case_id in answers:
            with self.attempt(at):
                cases.run_case_timer(case_id, at=at)
        return bool(due or answers)

    def _ring(self, order_id: int, what: Timer | None) -> None:
        parcel = self.parcels.get(str(order_id))
        if parcel is None:
            return
        if what == Timer.GIVE_UP:
            self._over(order_id, parcel, "expired")
        elif what == Timer.CLOSE:
            self._over(order_id, parcel, "closed")
        elif what == Timer.NO_SHOW:
            self.tally.count("no_shows")

    def fill_shelves(self, at: datetime) -> None:
        """Every morning what ran low is put back on the shelf."""
        with clock.travel(at):
            there = variants_of(self.ground.listings.values(), at=at)
            for offer in OFFERS:
                keeper = self.staff(SHOP_BY_KEY[offer.shop].owner)
                rows = there[self.ground.listings[offer.key]]
                for size, row in zip(offer.sizes, rows, strict=True):
                    if size.stock and row.free is not None and row.free <= size.stock * LOW_SHELF:
                        set_stock(keeper, row.id, size.stock + row.promised, at=at)

    def close_weeks(self, at: datetime) -> None:
        """On Monday the ended weeks are billed, and most bills are paid within their time."""
        monday = clock.local(at).date()
        with clock.travel(at):
            for merchant_id in merchants_to_bill():
                while (bill := close_next_week(merchant_id, before=monday, at=at)) is not None:
                    self.tally.count("bills")
                    self.tally.pay("billed", bill.payable_minor)
                    self._foresee_receipt(bill.id, bill.payable_minor, at)

    def _foresee_receipt(self, bill_id: int, payable: int, at: datetime) -> None:
        dice = self.size.dice("bill", bill_id)
        then = at + timedelta(days=dice.uniform(0.3, 12))
        luck = dice.random()
        if payable == 0 or luck > 0.96:
            return
        half = payable // 2 if luck > 0.88 else 0
        for part, wait in ((half, 0.0), (payable - half, 3.0 if half else 0.0)):
            if part:
                self.later(then + timedelta(days=wait), "receipt", bill=bill_id, minor=part)

    def do_receipt(self, at: datetime, bill: int, minor: int) -> None:
        """Money comes in for a bill."""
        dice = self.size.dice("receipt", bill, minor)
        record_receipt(
            self.staff("operator"),
            bill,
            amount_minor=minor,
            way=dice.choice((ReceiptWay.BANK, ReceiptWay.BANK, ReceiptWay.WALLET, ReceiptWay.CASH)),
            reference=f"LL{dice.randrange(10**8):08d}",
            received_on=clock.local(at).date(),
            at=at,
        )
        self.tally.pay("received", minor)

    # --- remembering ----------------------------------------------------------------------------

    def _parcel(self, order_id: int) -> Parcel:
        parcel = self.parcels.get(str(order_id))
        if parcel is None:
            raise NotFoundError
        return parcel

    def _keeper(self, parcel: Parcel) -> Viewer:
        return self.staff(SHOP_BY_KEY[parcel.shop].owner)

    def _dice(self, order_id: int) -> random.Random:
        return self.size.dice("parcel", order_id)

    def _over(self, order_id: int, parcel: Parcel, state: str) -> None:
        self.stand(parcel, state)
        del self.parcels[str(order_id)]
