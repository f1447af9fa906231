"""What must stand before anybody can live here: places, trades, voices, boards, shops."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.accounts.policies.passwords import hashed
from app.accounts.queries import viewer_as
from app.accounts.services import create_person, give_role
from app.accounts.types import JoinedReason, Language
from app.core import clock
from app.core.access import SYSTEM, Viewer
from app.demo.content.gatherings import MEETS
from app.demo.content.offers import Offer
from app.demo.content.pantry import DRAFTS, MARKS, PANTRY, TRIED
from app.demo.content.shops import SHOPS, Helper, Shop
from app.demo.content.town import BOARDS, HOODS, POINTS, TRADES, BoardPlan, PointPlan, Slots
from app.demo.content.workshop import WORKSHOP
from app.demo.papers import show_papers
from app.demo.plan import MAIL_HOST, Member, Plan
from app.forum.services import make_board
from app.forum.types import BoardDraft
from app.merchants.queries.browsing import variants_of
from app.merchants.queries.shelf import price_lines
from app.merchants.services.categories import save_category
from app.merchants.services.listings import open_listing, save_resource
from app.merchants.services.points import save_point, use_point
from app.merchants.services.prices import plan_prices, undo_prices
from app.merchants.services.shops import create_merchant
from app.merchants.services.staff import give_staff_role
from app.merchants.services.terms import set_terms
from app.merchants.types import (
    ListingDraft,
    ListingKind,
    MerchantDraft,
    NoShowRule,
    PointDraft,
    PriceWay,
    Rate,
    ResourceDraft,
    ResourceKind,
    SlotRuleDraft,
    VariantDraft,
    WeeklyHours,
)
from app.orders.services.preparation import set_preparation_times
from app.places.services import add_neighbourhood
from app.places.types.points import Point

OFFERS = PANTRY + WORKSHOP
USUAL_COMMISSION = 500
PASSWORD = "linli-demo"  # noqa: S105 - the README prints it
# Minutes from the flour to the shelf, so that the bakery's board says when to begin.
OVEN = {"sourdough": 90, "baguette": 50, "croissant": 40, "redbean-bun": 60, "osmanthus-scone": 35}
DEMO_SIGN_INS = ("resident", "merchant", "operator")


@dataclass(slots=True)
class Ground:
    """The ids of what was laid, by the keys of the content; kept until the town is written."""

    hoods: dict[str, int] = field(default_factory=dict)
    trades: dict[str, int] = field(default_factory=dict)
    boards: dict[str, int] = field(default_factory=dict)
    shops: dict[str, int] = field(default_factory=dict)
    points: dict[str, int] = field(default_factory=dict)
    listings: dict[str, int] = field(default_factory=dict)
    variants: dict[str, list[int]] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)

    def kept(self) -> dict[str, Any]:
        """Return all of it as plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


Step = Callable[[], None]


def passwords() -> dict[str, str]:
    """Return the hashes for the three sign-ins; slow on purpose, so outside transactions."""
    return {key: hashed(PASSWORD) for key in DEMO_SIGN_INS}


def steps(plan: Plan, ground: Ground, hashes: dict[str, str]) -> Iterator[Step]:
    """Yield what is to be laid, in order; each step is one short transaction."""
    dawn = min(member.joins_at for member in plan.members) - timedelta(hours=3)
    yield lambda: _places(ground, dawn)
    voices = [member for member in plan.members if member.key]
    for start in range(0, len(voices), 10):
        yield _welcoming(ground, voices[start : start + 10], hashes)
    yield lambda: _roles(ground, dawn + timedelta(hours=4))
    yield lambda: _trades_and_boards(ground, dawn + timedelta(hours=4))
    for shop in SHOPS:
        yield _opening(ground, shop, dawn + timedelta(hours=5))
    yield lambda: _points(ground, dawn + timedelta(hours=6))


def step_count(plan: Plan) -> int:
    """Return how many steps there are."""
    return sum(1 for _ in steps(plan, Ground(), {}))


def _welcoming(ground: Ground, members: list[Member], hashes: dict[str, str]) -> Step:
    def welcome() -> None:
        for member in members:
            with clock.travel(member.joins_at):
                ground.people[member.key] = join(ground, member, hashes.get(member.key))

    return welcome


def _opening(ground: Ground, shop: Shop, at: datetime) -> Step:
    return lambda: _open(ground, shop, at)


def join(ground: Ground, member: Member, password_hash: str | None = None) -> int:
    """Make the account of a member and return its id."""
    return create_person(
        name=member.name,
        at=member.joins_at,
        mail=member.mail,
        password_hash=password_hash,
        language=Language(member.language),
        neighbourhood_id=ground.hoods[member.hood],
        about=member.about,
        signature=member.signature,
        source={"landing": "/" if member.number % 3 else "/events/"},
        joined_reason=JoinedReason(member.reason),
    ).id


def _places(ground: Ground, at: datetime) -> None:
    with clock.travel(at):
        for position, hood in enumerate(HOODS):
            row = add_neighbourhood(
                SYSTEM,
                name=hood.name,
                name_en=hood.name_en,
                slug=hood.slug,
                centre=Point(hood.lat, hood.lng),
                polygon=hood.outline,
                position=position,
                at=at,
            )
            ground.hoods[hood.slug] = row.id


def _roles(ground: Ground, at: datetime) -> None:
    with clock.travel(at):
        give_role(SYSTEM, ground.people["operator"], "operator", reason="打理这个站", at=at)
        desk = viewer_as(ground.people["operator"])
        for key, role, reason in (
            ("wuqi", "moderator", "每天在站里回话"),
            ("lin", "planner", "张罗院子好几年了"),
            ("wuqi", "planner", "和街坊一起张罗"),
        ):
            give_role(desk, ground.people[key], role, reason=reason, at=at)
        for key in sorted({meet.host for meet in MEETS} - {"operator", "lin", "wuqi"}):
            give_role(desk, ground.people[key], "leader", reason="领着街坊聊", at=at)


def _trades_and_boards(ground: Ground, at: datetime) -> None:
    desk = viewer_as(ground.people["operator"])
    with clock.travel(at):
        set_terms(desk, None, Rate(USUAL_COMMISSION), valid_from=at, at=at, note="头一年")
        for position, trade in enumerate(TRADES):
            row = save_category(
                desk,
                None,
                slug=trade.slug,
                name_zh=trade.name_zh,
                name_en=trade.name_en,
                drawing=trade.drawing,
                position=position,
                at=at,
            )
            ground.trades[trade.slug] = row.id
        for position, board in enumerate(BOARDS):
            ground.boards[board.key] = make_board(desk, _board(ground, board, position), at=at).id


def _board(ground: Ground, board: BoardPlan, position: int) -> BoardDraft:
    return BoardDraft(
        name=board.name,
        name_en=board.name_en,
        promise=board.promise,
        promise_en=board.promise_en,
        rules=board.rules,
        rules_en=board.rules_en,
        leader_id=ground.people[board.leader],
        position=position,
    )


def _open(ground: Ground, shop: Shop, at: datetime) -> None:
    desk = viewer_as(ground.people["operator"])
    with clock.travel(at):
        owner_id = ground.people[shop.owner]
        merchant = create_merchant(desk, _shop(ground, shop), at=at, owner_id=owner_id)
        ground.shops[shop.key] = merchant.id
        if shop.commission_bp is not None:
            note = "agreed by hand"
            rate = Rate(shop.commission_bp)
            set_terms(desk, merchant.id, rate, valid_from=at, at=at, note=note)
        owner = viewer_as(owner_id)
        show_papers(desk, owner, merchant.id, shop, at=at)
        if shop.key == "halfbeat":
            mail = f"{shop.key}@{MAIL_HOST}"
            give_staff_role(
                owner, merchant.id, mail=mail, role="manager", reason="keeps the café", at=at
            )
        helpers = {
            helper.key: save_resource(owner, merchant.id, _helper(helper), at=at).id
            for helper in shop.helpers
        }
        if shop.slots:
            save_point(owner, merchant.id, _counter(ground, shop), at=at)
        offers = [offer for offer in OFFERS if offer.shop == shop.key]
        for position, offer in enumerate(offers):
            _list(ground, owner, merchant.id, offer, helpers=helpers, position=position, at=at)
        times = {ground.listings[key]: OVEN[key] for key in OVEN if key in _keys(offers)}
        if times:
            set_preparation_times(owner, merchant.id, times, at=at)
        _plans(ground, owner, merchant.id, _keys(offers), at)


def _plans(ground: Ground, owner: Viewer, merchant_id: int, keys: set[str], at: datetime) -> None:
    """Leave the drafts that a shop thinks about, and a price that it tried and took back."""
    for draft in (draft for key, draft in DRAFTS if key in keys):
        open_listing(owner, merchant_id, draft, at=at)
    tried = [ground.listings[key] for key in TRIED if key in keys]
    if tried:
        lines = price_lines(merchant_id, tried, PriceWay.PERCENT, -20, step=10)
        change = plan_prices(owner, merchant_id, lines, at=at)
        undo_prices(owner, merchant_id, change.id, at=at + timedelta(hours=3))


def _keys(offers: list[Offer]) -> set[str]:
    return {offer.key for offer in offers}


def _shop(ground: Ground, shop: Shop) -> MerchantDraft:
    return MerchantDraft(
        name_zh=shop.name_zh,
        name_en=shop.name_en,
        category_id=ground.trades[shop.trade],
        description=shop.about,
        address=shop.address,
        lat=shop.lat,
        lng=shop.lng,
        neighbourhood_id=ground.hoods[shop.hood],
        phone=shop.phone,
        opening_hours=shop.hours,
        accept_minutes=shop.accept_minutes,
        cancel_minutes=shop.cancel_minutes,
        no_show_rule=NoShowRule.OWED if shop.owes_no_show else NoShowRule.LET_GO,
        pay_code_text=f"{shop.name_zh} · 微信/支付宝收款码在柜台 · pay by the code at the counter",
    )


def _helper(helper: Helper) -> ResourceDraft:
    weekly = [
        WeeklyHours(day, minute_of(begins), minute_of(ends))
        for days, begins, ends in helper.times
        for day in days
    ]
    return ResourceDraft(ResourceKind(helper.kind), helper.name_zh, helper.name_en, tuple(weekly))


def minute_of(text: str) -> int:
    """Return the minute of the day of a time like 07:30."""
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def _rules(slots: tuple[Slots, ...]) -> tuple[SlotRuleDraft, ...]:
    return tuple(
        SlotRuleDraft(day, minute_of(one.begins), minute_of(one.ends), one.minutes, one.capacity)
        for one in slots
        for day in one.days
    )


def _counter(ground: Ground, shop: Shop) -> PointDraft:
    return PointDraft(
        name_zh=f"{shop.name_zh}柜台",
        name_en=f"The counter of {shop.name_en}",
        address=shop.address,
        lat=shop.lat,
        lng=shop.lng,
        neighbourhood_id=ground.hoods[shop.hood],
        note=shop.point_note,
        lead_minutes=shop.lead_minutes,
        days_ahead=4,
        rules=_rules(shop.slots),
    )


def _list(
    ground: Ground,
    owner: Viewer,
    merchant_id: int,
    offer: Offer,
    *,
    helpers: dict[str, int],
    position: int,
    at: datetime,
) -> None:
    draft = ListingDraft(
        kind=ListingKind.SERVICE if offer.is_service else ListingKind.GOODS,
        name_zh=offer.name_zh,
        name_en=offer.name_en,
        description=offer.about,
        unit=offer.unit,
        rules=offer.rules,
        allergens=offer.allergens,
        variants=tuple(
            VariantDraft(size.price_minor, size.name_zh, size.name_en, size.stock)
            for size in offer.sizes
        ),
        duration_minutes=offer.minutes,
        buffer_minutes=offer.buffer,
        days_ahead=offer.days_ahead,
        lead_minutes=offer.lead,
        resource_ids=tuple(helpers[key] for key in offer.helpers),
        position=position,
        dietary=MARKS.get(offer.key, ()),
    )
    listing = open_listing(owner, merchant_id, draft, at=at)
    ground.listings[offer.key] = listing.id
    ground.variants[offer.key] = [row.id for row in variants_of([listing.id], at=at)[listing.id]]


def _points(ground: Ground, at: datetime) -> None:
    desk = viewer_as(ground.people["operator"])
    with clock.travel(at):
        for plan in POINTS:
            point = save_point(desk, None, _site_point(ground, plan), at=at)
            ground.points[plan.key] = point.id
            for key in plan.shops:
                owner_key = next(shop.owner for shop in SHOPS if shop.key == key)
                owner = viewer_as(ground.people[owner_key])
                use_point(owner, ground.shops[key], point.id, True, at=at)


def _site_point(ground: Ground, plan: PointPlan) -> PointDraft:
    return PointDraft(
        name_zh=plan.name_zh,
        name_en=plan.name_en,
        address=plan.address,
        lat=plan.lat,
        lng=plan.lng,
        neighbourhood_id=ground.hoods[plan.hood],
        note=plan.note,
        lead_minutes=240,
        days_ahead=4,
        rules=_rules(plan.slots),
    )
