"""What is going on in the shops just now: rounds, offers, questions, a queue, a day off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta

from app.core import clock
from app.core.access import Viewer
from app.core.db import db
from app.core.errors import ConflictError
from app.demo.content import ongoing
from app.demo.content.ongoing import Round
from app.demo.content.town import EVERY_DAY
from app.demo.till import SHOP_BY_KEY
from app.demo.together import Together
from app.merchants.models import Listing
from app.merchants.queries.browsing import variants_of
from app.merchants.queries.collecting import slots_for
from app.merchants.queries.keeping import resources_of
from app.merchants.services.calendars import add_exception
from app.merchants.services.delivery import save_zone
from app.merchants.services.listings import change_listing, open_listing, set_stock
from app.merchants.services.points import close_times
from app.merchants.services.sections import save_section
from app.merchants.services.shelf import draft_of
from app.merchants.services.waits import wait_for
from app.merchants.types import (
    ExceptionDraft,
    ListingDraft,
    PointDraft,
    SlotRuleDraft,
    ZoneDraft,
)
from app.orders.queries.orders import lines_of
from app.orders.services.closings import ask as ask_buyer
from app.orders.services.deliveries import send_out
from app.orders.services.preparation import accept, make_ready
from app.orders.services.proposals import propose
from app.orders.services.queues import set_queue, take_number
from app.orders.services.quotes import QuoteDraft, answer, ask
from app.orders.types import SlotWish
from app.orders.types.proposals import ProposedLine
from app.places.services import add_address
from app.places.types.points import Point
from app.promotions.services import make_promotion, take_coupon
from app.promotions.types import Audience, Draft, Form, Funder, Kind

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
RESIDENT = "resident"


class Ongoing(Together):
    """The last minute of a life: what somebody who looks in now finds open."""

    def do_now(self, at: datetime) -> None:
        """Leave the shops' newest doings, each by itself; offers come last, so that nothing above
        is made cheaper by them.
        """
        acts: tuple[Callable[[datetime], None], ...] = (
            self.do_gather_boxes,
            self._shelves,
            self._bring,
            self._offer_another,
            self._quote,
            self._wait_in_line,
            self._leave_and_queue,
            self._close_a_time,
            self._let_off,
        )
        for act in acts:
            with self.attempt(at):
                act(at)

    def _shelves(self, at: datetime) -> None:
        """A case pack, a shelf in sections with a cake that is made to order, a call-out fee."""
        spring, bakery = self._owner("spring"), self._owner("maitian")
        open_listing(spring, self.ground.shops["spring"], ongoing.BOTTLES, at=at - 5 * HOUR)
        shop, section_id = self.ground.shops["maitian"], 0
        for name_zh, name_en, keys in ongoing.SECTIONS:
            section_id = save_section(bakery, shop, name_zh=name_zh, name_en=name_en, at=at).id
            for key in keys:
                draft = replace(self._draft(key), section_id=section_id)
                change_listing(bakery, self.ground.listings[key], draft, at=at)
        open_listing(bakery, shop, replace(ongoing.CAKE, section_id=section_id), at=at - 4 * HOUR)
        plumber = replace(self._draft("plumbing"), is_call_out=True)
        change_listing(self._owner("laozhou"), self.ground.listings["plumbing"], plumber, at=at)

    def _bring(self, at: datetime) -> None:
        """Two shops bring things, and one is on its way to the resident."""
        for one in ongoing.ROUNDS:
            point_id = self._round(one, at - 6 * HOUR)
            if one.shop != "qingshi":
                continue
            home = add_address(
                ("user", self.ground.people[RESIDENT]),
                label="家",
                text="麦田里 21 号",
                detail="2 单元 4 楼，没有电梯",
                contact_name="苏棠",
                phone=self.plan.by_key[RESIDENT].phone,
                neighbourhood_id=self.ground.hoods["maitian"],
                point=Point(30.7675, 103.9806),
                at=at - 80 * MINUTE,
            )
            asked = at - 70 * MINUTE
            merchant_id = self.ground.shops[one.shop]
            slots = slots_for(point_id, merchant_ids=[merchant_id], at=asked)
            slot = next((slot for slot in slots if slot.is_free), None)
            if slot is None:
                raise ConflictError
            picks = {self.ground.variants["bag-two"][0]: 1, self._size("tomato"): 1}
            order = self.bought(
                asked, RESIDENT, one.shop, picks, SlotWish(slot.point_id, slot.key, home.id),
                note="番茄要软一点的，今晚就吃", fee=300,
            )  # fmt: skip
            keeper = self._owner(one.shop)
            accept(keeper, order.id, at=at - 60 * MINUTE)
            make_ready(keeper, order.id, at=at - 30 * MINUTE)
            send_out(keeper, [order.id], at=at - 8 * MINUTE)
            self.noted(order, RESIDENT, one.shop)

    def _round(self, one: Round, at: datetime) -> int:
        rules = tuple(SlotRuleDraft(day, 9 * 60, 21 * 60, 120, 8) for day in EVERY_DAY)
        point = PointDraft(
            one.name_zh, one.name_en, note=one.note, lead_minutes=30, days_ahead=3, rules=rules,
            delivers=True,
        )  # fmt: skip
        draft = ZoneDraft(
            point,
            radius_metres=one.metres,
            minimum_minor=one.minimum_minor,
            fee_minor=one.fee_minor,
            steps=one.steps,
        )
        return save_zone(self._owner(one.shop), self.ground.shops[one.shop], draft, at=at).point_id

    def _offer_another(self, at: datetime) -> None:
        """The bakery offers the resident something else for what did not turn out well."""
        late = [one for one in self.free_slots("maitian", at) if one.starts_at > at + 3 * HOUR]
        if not late:
            raise ConflictError
        slot = late[0]
        picks = {self._size("walnut-rye"): 1, self._size("croissant"): 2}
        wish = SlotWish(slot.point_id, slot.key)
        order = self.bought(at - 40 * MINUTE, RESIDENT, "maitian", picks, wish)
        baker = self._owner("maitian")
        accept(baker, order.id, at=at - 25 * MINUTE)
        rye = next(
            line
            for line in lines_of([order.id])[order.id]
            if line.variant_id == self._size("walnut-rye")
        )
        another = ProposedLine(3200, 1, "", self._size("sourdough"), rye.id, 1)
        propose(baker, order.id, [another], words=ongoing.SUBSTITUTE, at=at)
        self.noted(order, RESIDENT, "maitian")

    def _quote(self, at: datetime) -> None:
        """The resident asked the plumber for a price, and has one."""
        shop = self.ground.shops["laozhou"]
        asked = ask(self.staff(RESIDENT), shop, wish=ongoing.TAP_WISH, at=at - 3 * HOUR)
        day = clock.local(at).date() + timedelta(days=3)
        if day.weekday() == 6:
            day += timedelta(days=1)
        lines = [ProposedLine(minor, count, name) for name, minor, count in ongoing.TAP_LINES]
        draft = QuoteDraft(
            lines, at + timedelta(days=2), ongoing.TAP_WORDS, clock.at_local(day, time(10))
        )
        answer(self._owner("laozhou"), asked.id, draft, at=at - HOUR)

    def _wait_in_line(self, at: datetime) -> None:
        """One kind of beans is sold out, and somebody waits for them."""
        listing_id = self.ground.listings["beans"]
        size = variants_of([listing_id], at=at)[listing_id][1]
        set_stock(self._owner("halfbeat"), size.id, size.promised, at=at - HOUR)
        wait_for(self.staff("zhengjie"), size.id, at=at - 20 * MINUTE)

    def _leave_and_queue(self, at: datetime) -> None:
        """One hairdresser has a day off; at the other, two have taken a number."""
        helper = next(
            row for row in resources_of(self.ground.shops["xiaoman-hair"]) if row.name_zh == "阿元"
        )
        days = (clock.local(at).date() + timedelta(days=ahead) for ahead in range(2, 9))
        day = next(day for day in days if day.weekday() == 4)
        off = ExceptionDraft(helper.id, day, 11 * 60, 20 * 60, False, ongoing.DAY_OFF)
        add_exception(self._owner("xiaoman-hair"), off, at=at)
        owner, shop = self._owner("oldchair"), self.ground.shops["oldchair"]
        set_queue(owner, shop, is_open=True, minutes_each=20, at=at)
        for name in ongoing.IN_LINE:
            take_number(owner, shop, name=name, at=at)

    def _close_a_time(self, at: datetime) -> None:
        """The café closes an hour for which somebody has ordered, and asks them."""
        today = clock.local(at).date()
        free = [
            one
            for one in self.free_slots("halfbeat", at - 2 * HOUR)
            if one.day > today and one.free == one.capacity and clock.local(one.starts_at).hour > 13
        ]
        if not free:
            raise ConflictError
        slot, picks = free[0], {self._size("basque"): 2}
        wish = SlotWish(slot.point_id, slot.key)
        order = self.bought(at - 2 * HOUR, "ahao", "halfbeat", picks, wish)
        owner = self._owner("halfbeat")
        accept(owner, order.id, at=at - 100 * MINUTE)
        close_times(owner, slot.point_id, [slot.key.partition(":")[2]], True, at=at - HOUR)
        ask_buyer(owner, order.id, reason=ongoing.CLOSED, at=at - HOUR)
        self.noted(order, "ahao", "halfbeat")

    def _let_off(self, at: datetime) -> None:
        """Two coupons and a price for members run; the resident has taken one."""
        shop, bakery = self._owner("maitian"), SHOP_BY_KEY["maitian"]
        evening = clock.at_local(clock.local(at).date(), time(22))
        own = Draft(
            Kind.COUPON,
            Form.AMOUNT,
            *ongoing.COUPON,
            at - timedelta(days=2),
            evening + timedelta(days=20),
            merchant_id=self.ground.shops["maitian"],
            shop_zh=bakery.name_zh,
            shop_en=bakery.name_en,
            value_minor=500,
            least_minor=3000,
            budget=80,
        )
        coupon = make_promotion(shop, own, at=at)
        welcome = Draft(
            Kind.COUPON,
            Form.AMOUNT,
            *ongoing.WELCOME,
            at - timedelta(days=1),
            evening + timedelta(days=30),
            funder=Funder.SITE,
            value_minor=800,
            least_minor=5000,
            budget=200,
        )
        make_promotion(self.staff("operator"), welcome, at=at)
        member_price = replace(
            own,
            kind=Kind.OFFER,
            form=Form.PRICE,
            name_zh=ongoing.MEMBER_PRICE[0],
            name_en=ongoing.MEMBER_PRICE[1],
            audience=Audience.MEMBERS,
            listing_id=self.ground.listings["osmanthus-scone"],
            value_minor=680,
            least_minor=0,
            budget=None,
            per_person=None,
        )
        make_promotion(shop, member_price, at=at)
        take_coupon(self.staff(RESIDENT), coupon.id, at=at)

    def _owner(self, shop: str) -> Viewer:
        return self.staff(SHOP_BY_KEY[shop].owner)

    def _size(self, offer: str) -> int:
        return self.ground.variants[offer][0]

    def _draft(self, offer: str) -> ListingDraft:
        return draft_of(db.session.get_one(Listing, self.ground.listings[offer]))
