"""A small town with one of everything, everybody who may come to its doors, and nothing that a
request writes is kept.

`Town.ask` sends a request and says how it ended; whatever it would have written is rolled back at
the last moment, so that thousands of requests meet the same town.
"""

import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask, before_render_template, url_for
from PIL import Image
from werkzeug.routing import AnyConverter, Rule

from app.accounts import services as accounts
from app.accounts.models import NumberChange, OwnExport, Passkey, PasswordReset
from app.accounts.services import children, numbers, own_data
from app.accounts.types import Caller, ChangeState, ExportState
from app.core import clock
from app.core.access import GUEST, SYSTEM, Viewer, signed, token_hash
from app.core.db import db, transaction
from app.core.jobs.models import OutboxRow
from app.core.media.queries import address_part
from app.core.media.services import keep, prepared_bytes
from app.core.media.types import Size
from app.events.services import feeds
from app.forum.services import posts
from app.merchants.models import Merchant, Review
from app.merchants.services import calendars, hours, papers, points, reviews, shops
from app.merchants.types import ExceptionDraft, MerchantState, RequestKind
from app.merchants.types.papers import PaperDraft, PaperKind
from app.moderation import services as moderation
from app.moderation.services import lawful, pictures, takedowns
from app.moderation.types import (
    LawfulState,
    ReportReason,
    SanctionKind,
    Standing,
    TakedownCause,
    TakedownState,
    WordOutcome,
)
from app.moderation.types import Rule as HouseRule
from app.notifications.models import Call, Device, Notice, Robot, SavedSearch
from app.notifications.parts import stop_token, texts_stop_address
from app.notifications.services import calls
from app.notifications.types import CallWhy, RobotKind, Topic, whose_robot
from app.orders.models import Order
from app.orders.policies import qr_text
from app.orders.queries.cards import cards_of_order
from app.orders.services import cards, cases, cash, hand_over, offline, proposals, queues, quotes
from app.orders.services.groupbuys import read_list
from app.orders.types import OfflineItem, Problem, Remedy
from app.orders.types.proposals import ProposedLine
from app.payments.types import PayWay
from app.places.services import add_address
from app.settlement.services import write_offs
from app.settlement.services.bills import close_week
from app.settlement.services.receipts import record_receipt
from app.settlement.types import ReceiptWay
from tests.factories import events, forum, groupbuys, merchants, notifications, orders
from tests.factories.accounts import person, viewer
from tests.factories.places import neighbourhood
from tests.factories.promotions import promotion
from tests.factories.settlement import sale
from tests.visitor import Page, Visitor

# Everybody who comes to a door. `buyer` is the one whose order, thread, address … is asked for;
# `rival` owns another shop with things of its own.
ACTORS = (
    "guest",
    "neighbour",
    "buyer",
    "courier",
    "clerk",
    "manager",
    "owner",
    "rival",
    "leader",
    "planner",
    "moderator",
    "operator",
)
NOON = orders.NOON
"""When it is in this town."""
SAMPLES: dict[str, object] = {"version": "0", "name": "htmx.js", "kind": "shop", "seed": "x"}


# What a form is filled with, so that the question of rights is reached behind that of shape.
FILL: dict[str, Any] = {
    **dict.fromkeys(("reason", "text", "body", "note", "message", "what", "answer"), "Some words"),
    "wish": "Some words",
    **dict.fromkeys(("name", "name_zh", "name_en", "title", "label", "application"), "Some name"),
    **dict.fromkeys(("position", "party", "quantity", "number", "capacity", "minutes"), "1"),
    "phone": "138 0013 8009",
    "amount": "0.01",
    "address": "/forum/threads/1",
}
# What single forms need besides.
BODIES: dict[str, dict[str, Any]] = {
    "moderation.picture_consent": {"consent": "agreed"},
    "operator.decide": {"decision": "dismiss", "rule": "kind"},
    "orders.order_quote": {"pay_way": "cash"},
    "workbench.answer_quote": {"name_0": "A tap", "price_0": "9", "days": "3"},
    "workbench.propose": {"name_0": "A tap", "price_0": "9"},
    "workbench.quote_order": {"name_0": "A tap", "price_0": "9", "days": "3"},
    "workbench.quote_thread": {"name_0": "A tap", "price_0": "9", "days": "3"},
    "merchants.ordered_nearby": {"out": "1"},
    "operator.close_point_times": {"time": "2099-01-01", "on": "y"},
    "orders.coupon": {"shop_id": "1", "promotion_id": "0"},
    "workbench.close_times": {"time": "2099-01-01", "on": "y"},
}


class Sealed(BaseException):
    """A request was about to keep something; it got past every question on its way."""


class Shown(BaseException):
    """A view was about to fill a page; `status` is that of a refusal, if it was one."""

    def __init__(self, status: int) -> None:
        """Keep the status."""
        super().__init__(status)
        self.status = status


SEALED, IDLE = -1, -2


@dataclass(frozen=True, slots=True)
class End:
    """How a request ended: by an answer, sealed when it was about to write, or idle when it was
    about to keep that nothing changed.
    """

    status: int
    location: str = ""
    page: Page | None = None
    written: tuple[tuple[str, Any], ...] = ()

    @property
    def wrote(self) -> bool:
        """Whether it would have written."""
        return self.status == SEALED

    @property
    def is_refused(self) -> bool:
        """Whether the visitor was sent away (not theirs, not there, sign in first), or nothing
        would have changed.
        """
        asked_in = self.status in {302, 303} and "/me/sign-in" in self.location
        return asked_in or self.status in {401, 403, 404, IDLE}


def picture_file(colour: str = "teal") -> bytes:
    """Return a small picture."""
    file = io.BytesIO()
    Image.new("RGB", (64, 40), colour).save(file, "PNG")
    return file.getvalue()


class Side:
    """One half of the town: a shop, its people and its buyer, and one thing of each kind."""

    def __init__(self, home: int, operator: Viewer, *, phone: str) -> None:
        """Let everything happen once."""
        self.ids: dict[str, Any] = {}
        self.own: dict[str, dict[str, Any]] = {}
        self.operator = operator
        self.place = orders.stall(neighbourhood_id=home, capacity=40, stock=90)
        self.shop = self.place.merchant
        self.buyer = self.place.buyer
        with transaction():
            row = db.session.get_one(type(self.buyer), self.buyer.id)
            row.phone, row.phone_proven_at = phone, clock.now()
        self._orders()
        self._talk()
        self._gathering()
        self._own()
        self._desk(home)

    @property
    def who(self) -> Viewer:
        """The buyer as an actor."""
        return viewer(self.buyer)

    def _orders(self) -> None:
        now, place = clock.now(), self.place
        self._calendars()
        self._cards()
        placed = orders.placed(place)
        said = orders.accepted(place, pay_way=PayWay.CASH)
        with transaction():
            cash.say_paid(self.who, said.id, at=now)
        paid = orders.accepted(place)
        with transaction():
            hand_over(place.keeper, paid.id, at=now)
        with transaction():
            cash.take_money(place.keeper, paid.id, way=PayWay.CASH, at=now)
        line = orders.line_of(paid)
        with transaction():
            refund = cash.refund_lines(place.keeper, paid.id, {line.id: 1}, reason="stale", at=now)
        handed = db.session.execute(
            sa.text("SELECT max(id) FROM hand_overs WHERE order_id = :id"), {"id": paid.id}
        ).scalar_one()
        said_id = sa.text("SELECT max(id) FROM payments WHERE status = 'said'")
        payment = db.session.execute(said_id).scalar_one()
        ready = orders.accepted(place)
        self._cases(paid, line.id)
        self._proposals()
        self.ids |= {"order_id": placed.id, "payment_id": payment}
        self.ids |= {"refund_id": refund.id, "hand_over_id": handed}
        noted = OfflineItem(f"device-key-{placed.id}", placed.id, now, 1, False)
        with transaction():
            hand = offline.take_in(place.keeper, place.merchant.id, noted, at=now)
        self.ids["hand_id"] = hand.id
        self.ids["code"] = self.ids["signed_code"] = ""
        area = orders.zone(place)
        door = orders.home(self.buyer, text=f"Door {self.shop.id}")
        brought = orders.on_way(place, area, door, quantity=1)
        for endpoint in ("stop", "deliver", "not_taken"):
            self.own[f"workbench.{endpoint}"] = {"order_id": brought.id}
        for endpoint in ("zone", "close_zone"):
            self.own[f"workbench.{endpoint}"] = {"point_id": area.point_id}
        for endpoint in ("hand_over", "prepare", "ready", "unready", "counter_order"):
            self.own[f"workbench.{endpoint}"] = {"order_id": ready.id}
        for endpoint in ("orders.dispute", "workbench.dispute", "workbench.money"):
            self.own[endpoint] = {"order_id": said.id}
        for endpoint in ("refund", "refund_given", "undo"):
            self.own[f"workbench.{endpoint}"] = {"order_id": paid.id}
        text = qr_text(ready.code, "http://localhost")
        self.own["workbench.scanned"] = {"signed_code": text.rsplit("/", 1)[-1]}
        self.own["orders.checkout"] = self.own["orders.leave"] = self.own["orders.place"] = {
            "checkout_id": orders.started(place, 1)
        }
        for endpoint in ("orders.coupon", "orders.code"):
            self.own[endpoint] = self.own["orders.checkout"]
        self.own["orders.placed"] = {"checkout_id": placed.checkout_id}
        held = db.session.execute(sa.text("SELECT max(id) FROM basket_lines")).scalar_one()
        self.ids |= {"line_id": held, "checkout_id": placed.checkout_id}
        sale(self.shop.id, 2600, at=now)
        with transaction():
            bill = close_week(self.shop.id, clock.today(), at=now)
        with transaction():
            receipt = record_receipt(
                self.operator, bill.id, amount_minor=1, way=ReceiptWay.BANK, reference="W",
                received_on=clock.today(), at=now,
            )  # fmt: skip
        self.ids |= {"bill_id": bill.id, "receipt_id": receipt.id, "merchant_id": self.shop.id}
        draft = PaperDraft(PaperKind.LICENCE, "HRB 12345", "Kept by hand")
        with transaction():
            paper = papers.send_paper(place.keeper, self.shop.id, draft, at=now)
        another = viewer(person("Another of the desk", roles=("operator",)))
        with transaction():
            wish = write_offs.ask_write_off(
                another, bill.id, amount_minor=1, reason="Gone.", at=now
            )
        self.ids |= {"paper_id": paper.id, "write_off_id": wish}
        self.ids |= {"shop_id": self.shop.id, "listing_id": place.listing.id}
        self.ids |= {"variant_id": place.variant_id, "point_id": place.point.id}
        self.ids["promotion_id"] = promotion(self.shop.id, least_minor=10**7).id
        self._unusual()
        waiting = merchants.shop("Not claimed", opening_hours="")
        with transaction():
            db.session.get_one(Merchant, waiting.id).state = MerchantState.UNCLAIMED
        with transaction():
            wish = shops.ask_about(
                self.who, waiting.id, RequestKind.CLAIM, phone="13800138000", licence="L",
                message="Mine.", at=now,
            )  # fmt: skip
        other = merchants.shop("Not claimed either", opening_hours="")
        with transaction():
            db.session.get_one(Merchant, other.id).state = MerchantState.UNCLAIMED
        self.own["merchants.claim"] = self.own["merchants.remove"] = {"merchant_id": other.id}
        self.own["operator.decide_request"] = {"request_id": wish.id}

    def _calendars(self) -> None:
        """Somebody is booked at the shop, with one who is away on that day."""
        who = merchants.resource(self.shop).id
        cut = merchants.service(self.shop, (who,))
        booked = orders.booked(self.place, cut)
        self.own["workbench.service"] = {"listing_id": cut.id}
        own = {"order_id": booked.id, "line_id": orders.line_of(booked).id}
        for endpoint in ("orders.new_time", "orders.rebook", "workbench.move_booking"):
            self.own[endpoint] = own
        self.own["orders.again"] = self.own["workbench.call_off_booking"] = own
        draft = ExceptionDraft(who, clock.local(booked.slot_starts_at).date(), 0, 1440, False)
        with transaction():
            row = calendars.add_exception(self.place.keeper, draft, at=clock.now())
        self.ids |= {"resource_id": who, "exception_id": row.id}
        with transaction():
            queues.set_queue(
                self.place.keeper, self.shop.id, is_open=True, minutes_each=9, at=clock.now()
            )
        with transaction():
            number = queues.take_number(GUEST, self.shop.id, at=clock.now())
        self.ids["number_id"] = number.id

    def _cards(self) -> None:
        """The buyer has a punch card that was used once."""
        shelf = self.place.listing
        self.place.listing = merchants.goods(self.shop, stock=None, card_uses=9, card_days=9)
        bought = orders.accepted(self.place, 1)
        self.place.listing = shelf
        with transaction():
            hand_over(self.place.keeper, bought.id, money=PayWay.CASH, at=clock.now())
        [card] = cards_of_order(bought.id)
        with transaction():
            used = cards.use_card(self.place.keeper, card.id, at=clock.now())
        self.ids |= {"card_id": card.id, "use_id": used.id}

    def _proposals(self) -> None:
        """Something is proposed on an order; of three quotes one is asked, one open, one over."""
        place, now = self.place, clock.now()
        order = orders.accepted(place)
        begins = clock.local(order.slot_starts_at)
        with transaction():
            closed = [f"{begins:%Y-%m-%d:%H%M}"]
            points.close_times(place.keeper, place.point.id, closed, True, at=now)
        with transaction():
            lines = [ProposedLine(900, 1, "A tap")]
            change = proposals.propose(place.keeper, order.id, lines, at=now)
        found = []
        for _number in range(3):
            with transaction():
                found.append(quotes.ask(self.who, self.shop.id, wish="A tap", at=now).id)
        asked, given, over = found
        with transaction():
            draft = quotes.QuoteDraft(lines, now + timedelta(days=1))
            quotes.answer(place.keeper, given, draft, at=now)
        with transaction():
            quotes.decline(self.who, over, at=now)
        self.ids["proposal_id"] = change.id
        for endpoint in ("orders.quote", "orders.order_quote", "orders.decline_quote"):
            self.own[endpoint] = {"proposal_id": given}
        for endpoint in ("workbench.quote_page", "workbench.withdraw_quote"):
            self.own[endpoint] = {"proposal_id": given}
        self.own["workbench.answer_quote"] = {"proposal_id": asked}
        self.own["orders.ask_again"] = {"proposal_id": over}
        self.own["workbench.propose"] = {"order_id": order.id}
        line_id = orders.line_of(order).id
        self.own["workbench.substitute"] = {"order_id": order.id, "line_id": line_id}

    def _unusual(self) -> None:
        """The shop is in a rush now, and away on a day far off."""
        now, far = clock.now(), clock.today() + timedelta(days=60)
        with transaction():
            hours.begin_rush(
                self.place.keeper, self.shop.id, 20, until=now + timedelta(hours=2), at=now
            )
            hours.begin_closure(self.place.keeper, self.shop.id, far, far, at=now)

    def _cases(self, order: Order, line_id: int) -> None:
        """Something is wrong on the paid order, and nothing yet on another that was collected."""
        place, now = self.place, clock.now()
        with transaction():
            case = cases.open_case(
                self.who, order.id, line_id=line_id, quantity=1, problem=Problem.BROKEN,
                wish=Remedy.MONEY_BACK, words="Broken.", at=now,
            )  # fmt: skip
        fine = orders.accepted(place)
        with transaction():
            hand_over(place.keeper, fine.id, at=now)
        self.ids["case_id"] = case.id
        self.own["orders.new_case"] = {"order_id": fine.id}
        self._reviews(line_id, orders.line_of(fine).id)
        thing, small, large = groupbuys.two_kinds(place)
        together = groupbuys.opened(place, listing=thing, items={small: {}, large: {}})
        with transaction():
            read_list(place.keeper, together.id, "1. Auntie x2", at=now)
        self.ids |= {"group_buy_id": together.id, "draft_id": 1}

    def _reviews(self, line_id: int, other_line_id: int) -> None:
        """Both sides wrote about the one thing that was collected, nobody yet about the other."""
        now = clock.now()
        with transaction():
            rights = {row.line_id: row.id for row in db.session.scalars(sa.select(Review))}
            reviews.write_review(self.who, rights[line_id], stars=4, body="Crisp.", at=now)
            reviews.meet_review(self.place.keeper, rights[line_id], "A kind guest.", at=now)
        self.ids["review_id"] = rights[line_id]
        for endpoint in ("merchants.write_review", "workbench.meet_review"):
            self.own[endpoint] = {"review_id": rights[other_line_id]}

    def _talk(self) -> None:
        board = forum.a_board("Help" + str(self.shop.id))
        thread = forum.a_thread(board, self.who)
        forum.a_reply(thread, self.place.keeper)
        hidden = forum.a_reply(thread, self.who, "This was rude.")
        held = forum.a_reply(thread, self.who, "This is held.")
        now = clock.now()
        ready = prepared_bytes(picture_file("teal" if self.shop.id % 2 else "red"))
        with transaction():
            posts.hide_post(self.operator, hidden, rule=HouseRule.KIND, at=now)
            picture = keep(ready, owner=("post", held.id), actor=self.who, at=now)
            other = keep(ready, owner=("post", thread.id), actor=self.who, at=now)
        self.own["moderation.picture_remove"] = {"address": address_part(other.id, Size.FULL)}
        self.ids |= {"board_id": board.id, "thread_id": thread.id, "number": 1}
        self.ids |= {"post_id": hidden.id, "address": address_part(picture.id, Size.FULL)}
        for endpoint in ("show",):
            self.own[f"forum.{endpoint}"] = {"number": hidden.number}
        self.own["forum.accept"] = self.own["forum.thank"] = {"number": 2}
        self.own["moderation.appeal"] = {"kind": "post", "subject_id": hidden.id}
        self.own["moderation.report"] = {"kind": "thread", "subject_id": thread.id}
        for endpoint in ("share", "share_picture", "poster"):
            self.own[f"home.{endpoint}"] = {"kind": "thread", "subject_id": thread.id}
        self.own["town.text"] = {"kind": "rules"}
        reporter = viewer(person())
        with transaction():
            item = moderation.report(
                reporter, "thread", thread.id, reason=ReportReason.RUDE, text="Look.", at=now
            )
        self.ids["item_id"] = item.id
        with transaction():
            asked, token = takedowns.ask_takedown(
                address="/", subject=("thread", thread.id), cause=TakedownCause.DEFAMATION,
                standing=Standing.SELF, what="Not true.", name="N", mail="n@example.org", phone="",
                ip_hash="x", at=now,
            )  # fmt: skip
            decided, _token = takedowns.ask_takedown(
                address="/", subject=("post", held.id), cause=TakedownCause.DEFAMATION,
                standing=Standing.SELF, what="Not true.", name="N", mail="n@example.org", phone="",
                ip_hash="y", at=now,
            )  # fmt: skip
            decided.state, decided.decided_at = TakedownState.UPHELD, now
            decided.decided_by, decided.reason = self.operator.id, "It was."
            removal = pictures.ask_removal(
                Viewer(), picture.id, text="Me.", contact="", ip_hash="z", at=now
            )
        self.ids |= {"takedown_id": asked.id, "removal_id": removal.id}
        self.own["moderation.take_down_answer"] = {"takedown_id": decided.id}
        self.own["moderation.take_down_state"] = {"token": token}

    def _gathering(self) -> None:
        planner = events.neighbour(None, "planner")
        self.planner = planner
        made = events.gathering(planner)
        other = events.gathering(planner)
        seat = events.signed_up(self.who, made.id)
        self.ids |= {"gathering_id": made.id, "registration_id": seat.id}
        self.own["events.by_code"] = {"code": seat.code}
        self.own["events.sign_up"] = {"gathering_id": other.id}
        draft = events.gathering(planner, is_draft=True)
        self.own["events.publish"] = self.own["events.archive"] = {"gathering_id": draft.id}
        with transaction():
            generation = feeds.renew_feed(self.who, at=clock.now())
        digest = signed("calendar", f"{self.buyer.id}:{generation}")
        self.own["events.my_feed"] = {"person_id": self.buyer.id, "digest": digest}

    def _own(self) -> None:
        now, who = clock.now(), self.who
        with transaction():
            address = add_address(
                ("user", self.buyer.id), text="Campus Road 1", contact_name="Wang", at=now
            )
            child = children.make_child(
                who, name=f"Lele {self.buyer.id}", born_on=date(2020, 5, 1), at=now
            )
            link = children.link_for(who, child.id, Caller("h", None, "tests"), at=now)
            export = OwnExport(
                user_id=self.buyer.id, state=ExportState.READY, asked_at=now, ready_at=now,
                ends_at=now + timedelta(days=7),
            )  # fmt: skip
            device = Device(
                person_id=self.buyer.id, endpoint=f"https://push.example/{self.buyer.id}",
                endpoint_hash=token_hash(str(self.buyer.id)), public_key="k", auth="a", label="p",
                made_at=now,
            )  # fmt: skip
            passkey = Passkey(
                user_id=self.buyer.id, credential_id=f"c{self.buyer.id}", public_key=b"k",
                name="phone", made_at=now,
            )  # fmt: skip
            reset = PasswordReset(
                user_id=self.buyer.id, token_hash=token_hash(f"reset-{self.buyer.id}"),
                made_at=now, ends_at=now + timedelta(days=1),
            )  # fmt: skip
            kept = SavedSearch(
                person_id=self.buyer.id, place="listings", query="q=x", name="x", made_at=now
            )
            db.session.add_all([export, device, passkey, reset, kept])
            accounts.start_session(self.buyer.id, user_agent="phone")
        path = own_data.file_of("own", export.id)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"PK")
        session = db.session.execute(
            sa.text("SELECT max(id) FROM sign_ins WHERE user_id = :id"), {"id": self.buyer.id}
        )
        self.ids |= {"address_id": address.id, "child_id": child.id, "export_id": export.id}
        self.ids |= {"device_id": device.id, "passkey_id": passkey.id, "saved_id": kept.id}
        self.ids |= {"sign_in_id": session.scalar_one(), "person_id": self.buyer.id}
        for endpoint in ("child_entry", "child_enters"):
            self.own[f"accounts.{endpoint}"] = {"token": link}
        self.own["accounts.new_password"] = {"token": f"reset-{self.buyer.id}"}
        self.own["notifications.stop"] = {"token": stop_token(self.buyer.id, min(Topic))}

    def _desk(self, home: int) -> None:
        now, operator = clock.now(), self.operator
        lost = person("Lost", phone=f"+8613900{self.shop.id:06d}")
        with transaction():
            change = numbers.ask_number(
                operator, lost.id, f"1370{self.shop.id:07d}", reason="lost it", at=now
            )
            confirmed = NumberChange(
                user_id=self.buyer.id, phone=f"+861360{self.shop.id:07d}", reason="lost it",
                state=ChangeState.CONFIRMED, stop_hash=token_hash(f"stop-{self.buyer.id}"),
                asked_by=operator.id, asked_at=now, due_at=now + timedelta(days=1),
            )  # fmt: skip
            db.session.add(confirmed)
            calls.open_call(
                ("order", self.ids["order_id"]), why=CallWhy.SHOP_SILENT, at=now,
                merchant_id=self.shop.id,
            )  # fmt: skip
            job = OutboxRow(
                name="nobody", payload={}, created_at=now, due_at=now, failed_at=now, attempts=1
            )
            db.session.add(job)
            word = moderation.add_word(operator, f"badword{self.shop.id}", WordOutcome.MASK, at=now)
            punished = moderation.sanction(
                operator, lost.id, SanctionKind.SILENCE, lasts=timedelta(days=1),
                rule=HouseRule.KIND, reason="rude", at=now,
            )  # fmt: skip
            asked = lawful.ask_lawful(
                operator, authority="Police", reference="1", reason="theft", person_id=lost.id,
                subject=None, span=(now - timedelta(days=2), now), at=now,
            )  # fmt: skip
            clerk = accounts.give_role(
                SYSTEM, lost.id, "clerk", scope=("merchant", self.shop.id), reason="t", at=now
            )
            helper = accounts.give_role(SYSTEM, lost.id, "analyst", reason="t", at=now)
        with transaction():
            ready = lawful.ask_lawful(
                operator, authority="Court", reference="2", reason="theft", person_id=lost.id,
                subject=None, span=(now - timedelta(days=2), now), at=now,
            )  # fmt: skip
            ready.state, ready.ends_at = LawfulState.READY, now + timedelta(days=3)
            ready.decided_by, ready.decided_at, ready.note = lost.id, now, "n"
        own_data.file_of("lawful", ready.id).write_bytes(b"PK")
        call = db.session.scalar(sa.select(sa.func.max(Call.id)))
        self.ids |= {"change_id": change.id, "call_id": call, "job_id": job.id, "word_id": word.id}
        self.ids |= {"sanction_id": punished.id, "request_id": asked.id, "grant_id": clerk.id}
        self.ids |= {"place_id": home, "key": "sign_ins", "subject_id": self.ids["thread_id"]}
        self.own["operator.take_lawful"] = {"request_id": ready.id}
        self.own["operator.take_role"] = {"person_id": lost.id, "grant_id": helper.id}
        self.own["operator.end_sanction"] = {"person_id": lost.id}
        for endpoint in ("number_change", "stop_number"):
            self.own[f"accounts.{endpoint}"] = {"token": f"stop-{self.buyer.id}"}
        for endpoint in ("ask_number", "new_number", "sanction", "give_role"):
            self.own[f"operator.{endpoint}"] = {"person_id": self.place.owner.id}

    def arguments(self, rule: Rule) -> dict[str, Any]:
        """Return what fills an address: this side's own things."""
        own = self.own.get(rule.endpoint, {})
        found: dict[str, Any] = {}
        for name, converter in rule._converters.items():
            if isinstance(converter, AnyConverter):
                found[name] = sorted(converter.items)[0]
            else:
                found[name] = own.get(name) or self.ids.get(name) or SAMPLES.get(name, "x")
        return found | {name: value for name, value in own.items() if name in found}


class Town:
    """Two sides, and everybody's browser."""

    def __init__(self, app: Flask) -> None:
        """Let the town live through one noon."""
        self.app = app
        home = neighbourhood()
        towns_point = merchants.point(None)
        operator = person("Olga", roles=("operator",), language="en")
        acting = viewer(operator)
        self.a = Side(home.id, acting, phone="+8613800138001")
        self.b = Side(home.id, acting, phone="+8613800138002")
        category_id = db.session.execute(sa.text("SELECT min(id) FROM categories")).scalar()
        self.a.ids["category_id"] = self.b.ids["category_id"] = category_id
        notifications.follow(clock.now())
        now = clock.now()
        with transaction():
            for shop_id in (None, self.a.shop.id, self.b.shop.id):
                db.session.add(
                    Robot(
                        whose=whose_robot(shop_id),
                        merchant_id=shop_id,
                        kind=RobotKind.WECOM,
                        made_at=now,
                        url="https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1",
                    )  # fmt: skip
                )
        for side in (self.a, self.b):
            for endpoint in (
                "workbench.use_point", "operator.point", "operator.archive_point",
                "operator.point_times", "operator.close_point_times", "operator.ask_at_point",
            ):  # fmt: skip
                side.own[endpoint] = {"point_id": towns_point.id}
            with app.test_request_context():
                texts = texts_stop_address(side.buyer.id, min(Topic))
            side.own["notifications.stop_texts"] = {"token": texts.rsplit("/", 1)[-1]}
            mine = sa.select(sa.func.max(Notice.id)).where(
                Notice.person_id == side.buyer.id, Notice.read_at.is_(None)
            )
            side.ids["notice_id"] = db.session.scalar(mine)
        shop = self.a.shop.id
        leader = person("Lea", roles=("leader",), language="en")
        people = {
            "neighbour": person("Nora", language="en"),
            "buyer": self.a.buyer,
            "courier": person("Cora", language="en", staff_of={shop: "courier"}),
            "clerk": person("Cleo", language="en", staff_of={shop: "clerk"}),
            "manager": person("Mana", language="en", staff_of={shop: "manager"}),
            "owner": self.a.place.owner,
            "rival": self.b.place.owner,
            "leader": leader,
            "planner": self.a.planner,
            "moderator": person("Moe", roles=("moderator",), language="en"),
            "operator": operator,
        }
        self.people = {name: one.id for name, one in people.items()}
        with transaction():
            db.session.execute(
                sa.text("UPDATE boards SET leader_id = :id"), {"id": self.people["leader"]}
            )
        self.visitors = {
            name: Visitor.signed_in(app, number)
            for name, number in self.people.items()
            if number is not None
        }
        self.visitors["guest"] = Visitor(app)
        self.seal = Seal()

    def rules(self, *, unsafe: bool | None = None) -> list[tuple[str, Rule]]:
        """Return every (method, rule) of the site."""
        found = []
        for rule in self.app.url_map.iter_rules():
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                if unsafe is None or unsafe is (method != "GET"):
                    found.append((method, rule))
        return sorted(found, key=lambda row: (row[1].rule, row[0]))

    def ask(
        self, actor: str, method: str, url: str, data: Mapping[str, Any] | None = None, **more: Any
    ) -> End:
        """Send a request as somebody; whatever it would write is refused at the last moment."""
        visitor = self.visitors[actor]
        with self.seal.closed() as written:
            try:
                if method == "GET":
                    page = visitor.get(url, **more)
                else:
                    page = visitor.post(url, dict(data or {}), **more)
            except Sealed:
                return End(SEALED if written else IDLE, written=tuple(written))
            except Shown as shown:
                return End(shown.status, written=tuple(written))
            finally:
                db.session.rollback()
        return End(page.status, page.location, page, tuple(written))

    def knock(self, actor: str, method: str, rule: Rule, url: str) -> End:
        """Ask for an address with a form that is filled in, and stop where a page would be filled:
        what is asked is only whether somebody gets in.
        """
        data = FILL | BODIES.get(rule.endpoint, {}) if method != "GET" else None
        with unfilled():
            return self.ask(actor, method, url, data)

    def address(self, rule: Rule, side: Side | None = None, **other: Any) -> str:
        """Return an address under a rule that names the things of one side."""
        values = (side or self.a).arguments(rule) | other
        with self.app.test_request_context():
            return url_for(rule.endpoint, **values) + QUERIES.get(rule.endpoint, "")


# What an address says behind its question mark, where it is nothing without.
QUERIES = {"home.way": "?to=30.7,103.9&name=x", "home.elsewhere": "?to=/events/feed.ics"}
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.I)


class Seal:
    """Refuses every commit while it is closed, and notes the writes that touched a row."""

    def __init__(self) -> None:
        """Stand at the door of the database."""
        self.written: list[tuple[str, Any]] | None = None
        sa.event.listen(db.session, "before_commit", self._refuse)
        sa.event.listen(db.engine, "after_cursor_execute", self._note)

    def remove(self) -> None:
        """Go away from the door."""
        sa.event.remove(db.session, "before_commit", self._refuse)
        sa.event.remove(db.engine, "after_cursor_execute", self._note)

    @contextmanager
    def closed(self) -> Iterator[list[tuple[str, Any]]]:
        """Let nothing be kept inside; gives what was about to be."""
        self.written = []
        try:
            yield self.written
        finally:
            self.written = None

    def _refuse(self, session: Any) -> None:
        if self.written is not None and not session.in_nested_transaction():
            raise Sealed

    def _note(self, _c: Any, cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if self.written is None or not (found := WRITES.match(statement)):
            return
        is_new = found[1].upper() == "INSERT" or "RETURNING" in statement
        if is_new or cursor.rowcount != 0:
            self.written.append((statement, values))


@contextmanager
def unfilled() -> Iterator[None]:
    """Stop where a template would be filled, a refusal with its status."""

    def stop(_app: Any, template: Any, context: dict[str, Any], **_more: Any) -> None:
        error = context.get("error")
        is_refusal = template.name == "core/refused.html"
        raise Shown(error.status if is_refusal and error is not None else 200)

    with before_render_template.connected_to(stop):
        yield
