"""A small shop for proofs and measures: one listing, a roomy counter, many buyers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import select

from app.accounts import services as accounts
from app.accounts.models import User
from app.accounts.types import Language
from app.core import clock
from app.core.access import SYSTEM, Grant, Viewer
from app.core.db import db, transaction
from app.core.settings import from_environment
from app.events.services import gatherings
from app.events.types import GatheringDraft, GatheringKind
from app.factory import create_app
from app.merchants.models import Variant
from app.merchants.services import categories, delivery, listings, points, shops
from app.merchants.types import (
    ListingDraft,
    ListingKind,
    MerchantDraft,
    PointDraft,
    SlotRuleDraft,
    VariantDraft,
    ZoneDraft,
)
from app.places.services import add_address
from app.places.types.points import Point
from tools.live import Site
from tools.visitor import Answer, Visitor

SESSION = "linli_session"
PLACE = Point(30.7667, 103.981)


@dataclass
class Shop:
    """What was opened: the addresses that buyers need, and a cookie for each buyer."""

    site: Site
    merchant_id: int
    listing_id: int
    variant_id: int
    owner: str = field(repr=False)
    tokens: list[str] = field(repr=False)

    def buyer(self, number: int) -> Visitor:
        """Return the visitor who is signed in as this buyer."""
        visitor = Visitor(self.site.address)
        visitor.cookies[SESSION] = self.tokens[number]
        return visitor


@contextmanager
def inside(site: Site) -> Iterator[Flask]:
    """Enter the site's application in this process, on the site's own database."""
    app = create_app(from_environment(site.surroundings()))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def audit(site: Site) -> None:
    """Run the site's two audits; what one of them finds wrong is refused with its words."""
    with inside(site) as app:
        commands = app.test_cli_runner()
        for audited in ("ledger", "pools"):
            said = commands.invoke(args=[audited, "check"])
            assert said.exit_code == 0, f"{audited}: {said.output}"


def open_shop(
    site: Site,
    *,
    stock: int | None,
    buyers: int,
    capacity: int = 10_000,
    name: str = "Bakery",
    goods: str = "Bread",
) -> Shop:
    """Write shop, listing, counter and buyers through the services that people use; each hour of
    the counter takes so many orders.
    """
    now = clock.now()
    with inside(site):
        seller, merchant_id, behind = _owned(name, "24/7")
        with transaction():
            week = tuple(SlotRuleDraft(day, 0, 1440, 60, capacity=capacity) for day in range(7))
            counter = PointDraft(f"{name} counter", lead_minutes=0, rules=week)
            points.save_point(seller, merchant_id, counter, at=now)
            sizes = (VariantDraft(500, stock=stock),)
            thing = ListingDraft(ListingKind.GOODS, goods, goods, sizes)
            listing_id = listings.open_listing(seller, merchant_id, thing, at=now).id
        variant_id = _variant_of(listing_id)
        tokens = [_buyer(f"{name} buyer {number}") for number in range(buyers)]
    return Shop(site, merchant_id, listing_id, variant_id, behind, tokens)


def let_deliver(site: Site, shop: Shop, *, name: str, capacity: int) -> None:
    """Let a shop bring its orders, so many each hour, and give each of its buyers an address."""
    week = tuple(SlotRuleDraft(day, 0, 1440, 60, capacity=capacity) for day in range(7))
    area = PointDraft(f"{name} area", lead_minutes=0, rules=week, delivers=True)
    with inside(site), transaction():
        draft = ZoneDraft(area, radius_metres=2000, fee_minor=100)
        delivery.save_zone(SYSTEM, shop.merchant_id, draft, at=clock.now())
        named = select(User.id).where(User.name.startswith(f"{name} buyer "))
        for person_id in db.session.scalars(named).all():
            door = Point(PLACE.lat + 0.001, PLACE.lng)
            add_address(("user", person_id), text="Door", point=door, at=clock.now())


def open_bare_shop(site: Site, name: str, hours: str) -> tuple[int, str]:
    """Write a shop that was just approved; return its id and its owner's cookie."""
    with inside(site):
        _seller, merchant_id, behind = _owned(name, hours)
    return merchant_id, behind


def _owned(name: str, hours: str) -> tuple[Viewer, int, str]:
    """Make a shop and its owner; return the owner as a viewer, the shop's id, a session."""
    with transaction():
        owner = accounts.create_person(
            name=f"{name} owner", mail=mail_of(name), language=Language.ENGLISH, at=clock.now()
        )
        behind = accounts.start_session(owner.id, user_agent="tools", address="127.0.0.1")
        operator = Viewer(id=owner.id, grants=frozenset({Grant("operator")}))
        trade = next(iter(categories.make_first_categories().values()))
        draft = MerchantDraft(name, name, trade, opening_hours=hours, lat=PLACE.lat, lng=PLACE.lng)
        made = shops.create_merchant(operator, draft, at=clock.now(), owner_id=owner.id)
        grants = frozenset({Grant("owner", "merchant", made.id)})
        return Viewer(id=owner.id, grants=grants), made.id, behind


def _buyer(name: str) -> str:
    """Make a member and return the token of a session."""
    with transaction():
        person = accounts.create_person(
            name=name, mail=mail_of(name), language=Language.ENGLISH, at=clock.now()
        )
        return accounts.start_session(person.id, user_agent="tools", address="127.0.0.1")


def mail_of(name: str) -> str:
    """Return a mail address that belongs to the name alone."""
    return f"{name.lower().replace(' ', '-')}@example.org"


def open_gathering(site: Site) -> str:
    """Write a gathering that everybody may join; return the address of its page."""
    now = clock.now()
    with inside(site):
        with transaction():
            person = accounts.create_person(name="Planner", mail="planner@example.org", at=now)
        planner = Viewer(id=person.id, name="Planner", grants=frozenset({Grant("planner")}))
        draft = GatheringDraft(
            "大家来散步", "Everybody walks.", GatheringKind.WALK, "Gate",
            now + timedelta(days=3), now + timedelta(days=3, hours=2), None,
        )  # fmt: skip
        with transaction():
            made = gatherings.open_gathering(planner, draft, at=now)
            gatherings.publish_gathering(planner, made, at=now)
        return f"/events/{made.id}"


def _variant_of(listing_id: int) -> int:
    found = db.session.scalar(select(Variant.id).where(Variant.listing_id == listing_id))
    assert found is not None
    return found


def fill_basket(visitor: Visitor, shop: Shop, quantity: int = 1) -> Answer:
    """Choose some units on the listing's page and return the basket's page."""
    page = visitor.get(f"/merchants/listings/{shop.listing_id}")
    return visitor.send(page.form("/orders/basket/add", variant_id=""), quantity=str(quantity))


def start_checkout(visitor: Visitor, basket: Answer) -> Answer:
    """Ask for the checkout: its page, or the refusal."""
    return visitor.send(basket.form("/orders/checkout$", expected_total=""))


def send_order(visitor: Visitor, checkout: Answer, name: str = "Buyer") -> Answer:
    """Place what the checkout holds, at the first free time."""
    form = checkout.form(r"/orders/checkout/\d+$", name="")
    return visitor.send(form, name=name, phone="13800000000")


def place_order(visitor: Visitor, shop: Shop, quantity: int = 1, name: str = "Buyer") -> int | None:
    """Walk from the listing to the order; return its id, or None where the shop had no more."""
    checkout = start_checkout(visitor, fill_basket(visitor, shop, quantity))
    if checkout.status == 409:
        return None
    assert checkout.status == 200, checkout.text[:2000]
    return order_id(send_order(visitor, checkout, name))


def order_id(answer: Answer) -> int | None:
    """Return the id in the address of an order's page, or None for a refusal."""
    if answer.status == 409:
        return None
    found = re.match(r"/orders/(\d+)", answer.path)
    assert found, f"{answer.path} {answer.status}: {answer.text[:2000]}"
    return int(found[1])


def acknowledged_order(visitor: Visitor, shop: Shop) -> int:
    """Order one unit; return its id as soon as the server has answered, before the page."""
    checkout = start_checkout(visitor, fill_basket(visitor, shop))
    assert checkout.status == 200, f"{checkout.status}: {checkout.text[:2000]}"
    form = checkout.form(r"/orders/checkout/\d+$", name="")
    sent = form.fields | {"name": "Buyer", "phone": "13800000000"}
    answer = visitor.once("POST", form.action, urlencode(sent).encode())
    found = re.search(r"/orders/(\d+)", answer.headers.get("location", ""))
    assert found, f"{answer.status}: {answer.text[:2000]}"
    return int(found[1])
