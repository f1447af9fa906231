"""Shops and listings through their services: what holds, and each refusal beside its success."""

from datetime import UTC, datetime, timedelta

import pytest

from app.core import clock
from app.core.access import SYSTEM
from app.core.db import db, transaction
from app.core.errors import ConflictError, FieldError, NotAllowedError, NotFoundError
from app.core.pools.services import take
from app.merchants.errors import (
    BelowPromisedError,
    LastOwnerError,
    MerchantMovedError,
    RequestDecidedError,
)
from app.merchants.models import Listing, Merchant, MerchantRequest
from app.merchants.queries import browsing, keeping, selling
from app.merchants.queries.hours import spans_of
from app.merchants.queries.terms import terms_at
from app.merchants.services import categories, hours, listings, shops, staff, terms
from app.merchants.types import (
    ListingDraft,
    ListingFilter,
    ListingKind,
    MerchantDraft,
    MerchantState,
    Rate,
    RequestKind,
    ShopFilter,
    VariantDraft,
)
from tests.factories.accounts import person, viewer
from tests.factories.merchants import goods, shop, trades

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


def _draft(**more) -> MerchantDraft:
    values = {"name_zh": "老周修理铺", "name_en": "", "category_id": trades()["repair"]}
    return MerchantDraft(**(values | more))


def test_an_approved_application_makes_its_person_the_owner(app) -> None:
    resident, desk = person(), viewer(person(roles=("operator",)))
    draft = _draft()
    with transaction():
        applied = shops.apply(viewer(resident), draft, application="执照 1", at=NOON)
    assert applied.state is MerchantState.APPLIED
    assert browsing.shops(viewer(resident), ShopFilter(), at=NOON).rows == []
    with transaction():
        shops.approve_merchant(desk, applied.id, at=NOON)
    assert viewer(resident).is_staff_of(applied.id, "owner")
    assert [row.id for row in browsing.shops(viewer(resident), ShopFilter(), at=NOON).rows] == [
        applied.id
    ]
    with pytest.raises(MerchantMovedError), transaction():
        shops.approve_merchant(desk, applied.id, at=NOON)


def test_a_second_application_waits_for_the_first(app) -> None:
    resident = viewer(person())
    first, second = _draft(), _draft(name_zh="又一家")
    with transaction():
        shops.apply(resident, first, application="一", at=NOON)
    with pytest.raises(ConflictError), transaction():
        shops.apply(resident, second, application="二", at=NOON)


def test_only_an_operator_opens_approves_and_suspends(app) -> None:
    resident, merchant, draft = viewer(person()), shop(), _draft()
    with pytest.raises(NotAllowedError), transaction():
        shops.create_merchant(resident, draft, at=NOON)
    with pytest.raises(NotAllowedError), transaction():
        shops.suspend_merchant(resident, merchant.id, reason="x", at=NOON)
    with transaction():
        shops.suspend_merchant(SYSTEM, merchant.id, reason="没有执照", at=NOON)
    assert db.session.get(Merchant, merchant.id).state is MerchantState.SUSPENDED


def test_a_suspended_shop_sells_nothing_new_and_comes_back(app) -> None:
    merchant = shop()
    listing = goods(merchant)
    variant = browsing.variants_of([listing.id], at=NOON)[listing.id][0]
    assert selling.offers_for([variant.id], at=NOON)[variant.id].is_orderable
    with transaction():
        shops.suspend_merchant(SYSTEM, merchant.id, reason="查", at=NOON)
    assert not selling.offers_for([variant.id], at=NOON)[variant.id].is_orderable
    with pytest.raises(ConflictError), transaction():
        listings.open_listing(
            SYSTEM,
            merchant.id,
            ListingDraft(ListingKind.GOODS, "面包", "", (VariantDraft(100),)),
            at=NOON,
        )
    with transaction():
        shops.resume_merchant(SYSTEM, merchant.id, reason="好了", at=NOON)
    assert selling.offers_for([variant.id], at=NOON)[variant.id].is_orderable


def test_stock_below_what_is_promised_is_refused_naming_the_orders(app) -> None:
    listing = goods(shop(), stock=7)
    size = browsing.variants_of([listing.id], at=NOON)[listing.id][0]
    with transaction():
        take([(size.pool_id, 5)], owner=("order", 41))
    with pytest.raises(BelowPromisedError) as refused, transaction():
        listings.set_stock(SYSTEM, size.id, 4, at=NOON)
    assert refused.value.data["order_ids"] == [41]
    assert refused.value.data["promised"] == 5
    with transaction():
        listings.set_stock(SYSTEM, size.id, 5, at=NOON)
    size = browsing.variants_of([listing.id], at=NOON)[listing.id][0]
    assert (size.free, size.on_shelf, size.promised) == (0, 5, 5)


def test_stock_without_a_limit_is_never_sold_out(app) -> None:
    listing = goods(shop(), stock=None)
    size = browsing.variants_of([listing.id], at=NOON)[listing.id][0]
    assert (size.free, size.is_sold_out) == (None, False)
    card = browsing.listings(SYSTEM, ListingFilter(), at=NOON).rows[0]
    assert (card.free, card.is_sold_out) == (None, False)


def test_sold_out_today_is_over_tomorrow(app) -> None:
    listing = goods(shop())
    size = browsing.variants_of([listing.id], at=NOON)[listing.id][0]
    with transaction():
        listings.mark_sold_out(SYSTEM, listing.id, True, at=NOON)
    assert not selling.offers_for([size.id], at=NOON)[size.id].is_orderable
    tomorrow = NOON + timedelta(days=1)
    assert selling.offers_for([size.id], at=tomorrow)[size.id].is_orderable


def test_a_size_that_is_left_out_is_archived_and_keeps_its_row(app) -> None:
    merchant = shop()
    listing = goods(merchant, variants=(VariantDraft(2600, "整条"), VariantDraft(1400, "半条")))
    whole, half = browsing.variants_of([listing.id], at=NOON)[listing.id]
    draft = ListingDraft(
        ListingKind.GOODS, "乡村酸面包", "", (VariantDraft(2800, "整条", id=whole.id),)
    )
    with transaction():
        listings.change_listing(SYSTEM, listing.id, draft, at=NOON)
    assert [row.id for row in browsing.variants_of([listing.id], at=NOON)[listing.id]] == [whole.id]
    assert selling.offers_for([whole.id, half.id], at=NOON).keys() == {whole.id}
    assert db.session.get(Listing, listing.id).min_price_minor == 2800


def test_a_size_of_another_listing_cannot_be_taken_over(app) -> None:
    first, second = goods(shop()), goods(shop())
    other = browsing.variants_of([second.id], at=NOON)[second.id][0]
    draft = ListingDraft(ListingKind.GOODS, "面包", "", (VariantDraft(100, id=other.id),))
    with pytest.raises(NotFoundError), transaction():
        listings.change_listing(SYSTEM, first.id, draft, at=NOON)


def test_a_stranger_changes_nothing_in_a_shop(app) -> None:
    merchant = shop()
    listing = goods(merchant)
    elsewhere, draft = viewer(person(staff_of={shop().id: "owner"})), _draft()
    for act in (
        lambda: listings.mark_sold_out(elsewhere, listing.id, True, at=NOON),
        lambda: listings.archive_listing(elsewhere, listing.id, True, at=NOON),
        lambda: hours.set_hours(elsewhere, merchant.id, "24/7", at=NOON),
        lambda: hours.mark_closed_today(elsewhere, merchant.id, True, at=NOON),
        lambda: shops.change_profile(elsewhere, merchant.id, draft, at=NOON),
    ):
        with pytest.raises(NotAllowedError), transaction():
            act()


def test_a_clerk_counts_stock_but_does_not_change_prices(app) -> None:
    merchant = shop()
    listing = goods(merchant)
    size = browsing.variants_of([listing.id], at=NOON)[listing.id][0]
    clerk = viewer(person(staff_of={merchant.id: "clerk"}))
    with transaction():
        listings.set_stock(clerk, size.id, 3, at=NOON)
    draft = ListingDraft(ListingKind.GOODS, "面包", "", (VariantDraft(1, id=size.id),))
    with pytest.raises(NotAllowedError), transaction():
        listings.change_listing(clerk, listing.id, draft, at=NOON)


def test_hours_become_spans_for_fourteen_days_and_closed_today_takes_one_away(app) -> None:
    merchant = shop(opening_hours="Mo-Su 08:00-18:00", at=NOON)
    span = {"first": NOON - timedelta(days=1), "last": NOON + timedelta(days=30)}
    assert len(spans_of([merchant.id], **span)[merchant.id]) == 15
    with transaction():
        hours.mark_closed_today(SYSTEM, merchant.id, True, at=NOON)
    assert len(spans_of([merchant.id], **span)[merchant.id]) == 14
    with transaction():
        hours.mark_closed_today(SYSTEM, merchant.id, False, at=NOON)
    assert len(spans_of([merchant.id], **span)[merchant.id]) == 15


def test_the_timed_work_keeps_spans_ahead(app) -> None:
    merchant = shop(opening_hours="Mo-Su 08:00-18:00", at=NOON)
    later = NOON + timedelta(days=3)
    with transaction():
        assert hours.keep_late_spans(at=later) == 1
    with transaction():
        assert hours.keep_late_spans(at=later) == 0
    spans = spans_of([merchant.id], first=later, last=later + timedelta(days=30))[merchant.id]
    assert clock.local(spans[-1].starts_at).date() == clock.local(later).date() + timedelta(days=14)


def test_hours_that_cannot_be_understood_stay_at_their_field(app) -> None:
    merchant = shop(opening_hours="Mo 08:00-10:00")
    with pytest.raises(FieldError) as refused, transaction():
        hours.set_hours(SYSTEM, merchant.id, "Mo 08:00-banana", at=NOON)
    assert refused.value.field == "opening_hours"
    assert "banana" in str(refused.value)
    assert db.session.get(Merchant, merchant.id).opening_hours == "Mo 08:00-10:00"


def test_open_now_and_distance_narrow_the_list(app) -> None:
    near = shop("近", opening_hours="Mo-Su 08:00-18:00", lat=30.7667, lng=103.981, at=NOON)
    far = shop("远", opening_hours="24/7", lat=30.80, lng=103.99, at=NOON)
    shop("没时间", opening_hours="", at=NOON)
    home = (30.7667, 103.9811)
    rows = browsing.shops(SYSTEM, ShopFilter(near=home, is_open_now=True), at=NOON).rows
    assert [row.id for row in rows] == [near.id, far.id]
    assert rows[0].distance_m < 20 < rows[1].distance_m
    night = NOON + timedelta(hours=12)
    rows = browsing.shops(SYSTEM, ShopFilter(near=home, is_open_now=True), at=night).rows
    assert [row.id for row in rows] == [far.id]


def test_every_order_of_a_list_pages_without_loss_or_doubles(app) -> None:
    merchant = shop()
    made = {goods(merchant, price=100 * (n % 5 + 1), name_zh=f"面包{n}").id for n in range(60)}
    for sort in ("new", "cheap", "dear", "near"):
        seen, after = [], None
        while True:
            chosen = ListingFilter(sort=sort, after=after, near=(30.7, 103.9))
            page = browsing.listings(SYSTEM, chosen, at=NOON)
            seen += [row.id for row in page.rows]
            after = page.next_key
            if after is None:
                break
        assert sorted(seen) == sorted(made), sort
    for sort in ("near", "new", "name"):
        more = [shop(f"店{n:02}").id for n in range(13)]
        seen, after = [], None
        while True:
            chosen = ShopFilter(sort=sort, after=after, near=(30.7, 103.9))
            page = browsing.shops(SYSTEM, chosen, at=NOON)
            seen += [row.id for row in page.rows]
            after = page.next_key
            if after is None:
                break
        assert len(seen) == len(set(seen)), sort
        assert set(more) <= set(seen)


def test_search_finds_shops_and_listings_and_forgets_what_is_gone(app) -> None:
    merchant = shop("豆花摊", trade="breakfast")
    listing = goods(merchant, name_zh="荤豆花", name_en="Kidney bean flower")
    words = ListingFilter(words="豆花")
    assert [row.id for row in browsing.listings(SYSTEM, words, at=NOON).rows] == [listing.id]
    assert [row.id for row in browsing.shops(SYSTEM, ShopFilter(words="豆花"), at=NOON).rows] == [
        merchant.id
    ]
    with transaction():
        listings.archive_listing(SYSTEM, listing.id, True, at=NOON)
    assert browsing.listings(SYSTEM, words, at=NOON).rows == []
    with transaction():
        shops.archive_merchant(SYSTEM, merchant.id, reason="关门", at=NOON)
    assert browsing.shops(SYSTEM, ShopFilter(words="豆花"), at=NOON).rows == []


def test_a_granted_claim_gives_the_page_and_a_removal_takes_it_down(app) -> None:
    desk, owner = viewer(person(roles=("operator",))), person()
    mine, gone = shop(), shop()
    with transaction():
        for merchant in (mine, gone):
            row = db.session.get(Merchant, merchant.id)
            row.state, row.approved_at, row.source_key = (
                MerchantState.UNCLAIMED,
                None,
                f"osm:node/{row.id}",
            )
    with transaction():
        claim = shops.ask_about(
            viewer(owner),
            mine.id,
            RequestKind.CLAIM,
            phone="028 1234",
            licence="L",
            message="我的",
            at=NOON,
        )
        removal = shops.ask_about(
            viewer(owner),
            gone.id,
            RequestKind.REMOVAL,
            phone="028 1234",
            licence="",
            message="撤",
            at=NOON,
        )
    assert {row.id for row in keeping.open_requests()} == {claim.id, removal.id}
    with pytest.raises(ConflictError), transaction():
        shops.ask_about(
            viewer(owner),
            mine.id,
            RequestKind.CLAIM,
            phone="028 1234",
            licence="L",
            message="再",
            at=NOON,
        )
    with transaction():
        shops.decide_request(desk, claim.id, is_granted=True, answer="核对过", at=NOON)
    with transaction():
        shops.decide_request(desk, removal.id, is_granted=True, answer="", at=NOON)
    assert db.session.get(Merchant, mine.id).state is MerchantState.ACTIVE
    assert viewer(owner).is_staff_of(mine.id, "owner")
    assert db.session.get(Merchant, gone.id).state is MerchantState.ARCHIVED
    with pytest.raises(RequestDecidedError), transaction():
        shops.decide_request(desk, claim.id, is_granted=False, answer="", at=NOON)
    assert db.session.get(MerchantRequest, claim.id).answer == "核对过"


def test_an_owner_gives_and_takes_roles_and_one_owner_stays(app) -> None:
    boss, helper = person(), person(mail="helper@example.org")
    merchant = shop(owner=boss)
    with transaction():
        staff.give_staff_role(
            viewer(boss),
            merchant.id,
            mail=" Helper@example.org ",
            role="clerk",
            reason="周末帮忙",
            at=NOON,
        )
    rows = {row.person_id: row for row in selling.staff_of_merchant(merchant.id)}
    assert rows[helper.id].role == "clerk"
    with pytest.raises(FieldError), transaction():
        staff.give_staff_role(
            viewer(boss), merchant.id, mail="nobody@example.org", role="clerk", reason="x", at=NOON
        )
    with pytest.raises(NotAllowedError), transaction():
        staff.give_staff_role(
            viewer(helper),
            merchant.id,
            mail="helper@example.org",
            role="owner",
            reason="x",
            at=NOON,
        )
    with pytest.raises(LastOwnerError), transaction():
        staff.take_staff_role(
            viewer(boss), merchant.id, rows[boss.id].grant_id, reason="走", at=NOON
        )
    with transaction():
        staff.take_staff_role(
            viewer(boss), merchant.id, rows[helper.id].grant_id, reason="回校", at=NOON
        )
    assert [row.person_id for row in selling.staff_of_merchant(merchant.id)] == [boss.id]


def test_terms_stand_from_their_instant_and_the_site_has_its_own(app) -> None:
    first, second = shop(), shop()
    with transaction():
        terms.set_terms(SYSTEM, None, Rate(500), valid_from=NOON, at=NOON)
        terms.set_terms(SYSTEM, first.id, Rate(300), valid_from=NOON + timedelta(days=1), at=NOON)
    at_noon = terms_at([first.id, second.id], NOON)
    assert [at_noon[number].rate.commission_bp for number in (first.id, second.id)] == [500, 500]
    later = terms_at([first.id, second.id], NOON + timedelta(days=2))
    assert [later[number].rate.commission_bp for number in (first.id, second.id)] == [300, 500]
    assert terms_at([first.id], NOON - timedelta(days=1))[first.id].rate.commission_bp == 0
    with pytest.raises(FieldError), transaction():
        terms.set_terms(SYSTEM, first.id, Rate(), valid_from=NOON - timedelta(days=1), at=NOON)


def test_a_category_needs_a_name_a_free_short_name_and_a_drawing(app) -> None:
    known = trades()
    values = {
        "name_zh": "锁匠",
        "name_en": "Locksmiths",
        "drawing": "repair",
        "position": 9,
        "at": NOON,
    }
    with transaction():
        made = categories.save_category(SYSTEM, None, slug="locks", **values)
    for broken in (
        values | {"slug": "food"},
        values | {"slug": "x", "drawing": "no-such"},
        values | {"slug": "y", "name_zh": " ", "name_en": ""},
    ):
        with pytest.raises(FieldError), transaction():
            categories.save_category(SYSTEM, None, **broken)
    with transaction():
        categories.archive_category(SYSTEM, made.id, True, at=NOON)
    assert {row[1] for row in browsing.categories()} == set(known)
