"""The shelf as a whole: the morning's numbers, drafts and their time, copies, prices for a time,
examples, and the table.
"""

import io
from datetime import timedelta

import pytest

from app.accounts.types import Language
from app.core import clock
from app.core.access import SYSTEM
from app.core.db import db, transaction
from app.core.money import use_currency
from app.core.pools.services import take
from app.merchants.jobs import tend_shelves
from app.merchants.models import Listing, Variant
from app.merchants.policies.prices import changed_price
from app.merchants.policies.starters import STARTER_TRADES, STARTERS
from app.merchants.policies.trades import FIRST_CATEGORIES
from app.merchants.queries import browsing, keeping
from app.merchants.queries.shelf import price_changes_of, sheet_of
from app.merchants.services.encodings import text_of
from app.merchants.services.listings import set_stock
from app.merchants.types import PriceWay, VariantDraft
from tests.factories.accounts import person
from tests.factories.merchants import goods, resource, service, shop


@pytest.fixture
def bakery(app):
    boss = person("麦老板", language=Language.ENGLISH)
    merchant = shop("麦田面包房", owner=boss)
    sizes = (VariantDraft(2600, "整条", "Whole", 7), VariantDraft(1400, "半条", "Half", 4))
    return {"shop": merchant, "boss": boss, "bread": goods(merchant, variants=sizes),
            "url": f"/workbench/{merchant.id}"}  # fmt: skip


@pytest.fixture
def boss(bakery, sign_in):
    return sign_in(bakery["boss"])


def _sizes(listing) -> list:
    return browsing.variants_of([listing.id], at=clock.now())[listing.id]


def _numbers(listing) -> list:
    return [size.on_shelf for size in _sizes(listing)]


def _prices(listing) -> list:
    return [size.price_minor for size in _sizes(listing)]


def _morning(rows, totals) -> dict:
    sent = {}
    for size, total in zip(rows, totals, strict=True):
        sent |= {f"shown_{size.id}": str(size.on_shelf), f"total_{size.id}": str(total)}
    return sent


def test_one_button_sets_all_numbers_of_the_morning(bakery, boss) -> None:
    rows = _sizes(bakery["bread"])
    boss.visit(f"{bakery['url']}/morning")
    boss.follow(boss.post(f"{bakery['url']}/morning", _morning(rows, [20, 9]), status=303))
    assert _numbers(bakery["bread"]) == [20, 9]


def test_the_last_mornings_numbers_are_taken_over(bakery, boss) -> None:
    rows = _sizes(bakery["bread"])
    with clock.travel(clock.now() - timedelta(days=1)), transaction():
        set_stock(SYSTEM, rows[0].id, 31, at=clock.now())
    with transaction():
        set_stock(SYSTEM, rows[0].id, 2, at=clock.now())
    assert 'value="31"' not in boss.visit(f"{bakery['url']}/morning").text
    page = boss.visit(f"{bakery['url']}/morning?numbers=before")
    assert 'value="31"' in page.text
    assert _numbers(bakery["bread"]) == [2, 4]


def test_a_number_left_as_shown_undoes_no_sale_in_between(bakery, boss) -> None:
    rows = _sizes(bakery["bread"])
    with transaction():
        set_stock(SYSTEM, rows[0].id, 5, at=clock.now())
    boss.post(f"{bakery['url']}/morning", _morning(rows, [7, 12]), status=303)
    assert _numbers(bakery["bread"]) == [5, 12]


def test_less_than_is_promised_is_named_and_nothing_is_saved(bakery, boss) -> None:
    rows = _sizes(bakery["bread"])
    with transaction():
        take([(rows[1].pool_id, 3)], owner=("order", 1), until=None)
    page = boss.post(f"{bakery['url']}/morning", _morning(rows, [20, 2]), status=409)
    assert "Nothing has been saved yet" in page
    assert _numbers(bakery["bread"]) == [7, 4]
    boss.post(f"{bakery['url']}/morning", _morning(rows, [20, 3]), status=303)
    assert _numbers(bakery["bread"]) == [20, 3]


def test_what_is_no_number_is_said_at_its_row(bakery, boss) -> None:
    page = boss.post(
        f"{bakery['url']}/morning", _morning(_sizes(bakery["bread"]), ["many", 3]), status=422
    )
    assert "whole number" in page
    assert 'value="many"' in page.text
    assert _numbers(bakery["bread"]) == [7, 4]


def test_a_clerk_counts_and_does_not_publish(bakery, boss, sign_in) -> None:
    draft = _draft(bakery, boss)
    clerk = sign_in(person(staff_of={bakery["shop"].id: "clerk"}))
    sent = _morning(_sizes(bakery["bread"]), [1, 1])
    clerk.visit(f"{bakery['url']}/morning")
    clerk.post(f"{bakery['url']}/morning", sent | {"draft": str(draft.id)}, status=403)
    clerk.post(f"{bakery['url']}/morning", sent, status=303)
    assert _numbers(bakery["bread"]) == [1, 1]
    assert db.session.get(Listing, draft.id).is_draft
    boss.post(f"{bakery['url']}/morning", {"draft": str(draft.id)}, status=303)
    db.session.expire_all()
    assert not db.session.get(Listing, draft.id).is_draft


def test_another_shops_sizes_are_not_counted(bakery, boss) -> None:
    other = goods(shop())
    boss.post(f"{bakery['url']}/morning", _morning(_sizes(other), [0]), status=303)
    assert _numbers(other) == [7]


NEW = {"kind": "goods", "name_zh": "桂花司康", "size_0_price": "8.00", "size_0_stock": "10"}


def _draft(bakery, boss, **more: str) -> Listing:
    sent = NEW | {"category_id": str(bakery["shop"].category_id), "save": "draft"} | more
    boss.follow(boss.post(f"{bakery['url']}/listings/new", sent, status=303))
    db.session.expire_all()
    rows = keeping.shelf_of(bakery["shop"].id, with_drafts=True)
    return db.session.get(Listing, next(row.id for row in rows if row.is_draft))


def test_a_draft_is_the_shops_alone_until_it_is_published_once(bakery, boss, guest) -> None:
    draft = _draft(bakery, boss, marks="vegan")
    address = f"/merchants/listings/{draft.id}"
    assert guest.get(address).status == 404
    assert "桂花司康" in boss.visit(f"{bakery['url']}/listings")
    assert draft.thread_id is None
    boss.visit(address)
    publish = f"{bakery['url']}/listings/{draft.id}/publish"
    boss.follow(boss.post(publish, status=303))
    assert "vegan" in guest.visit(address, headers={"Accept-Language": "en"})
    assert boss.post(publish).status == 409


def test_a_draft_goes_up_at_its_time_and_once_however_late(bakery, boss, guest) -> None:
    soon = clock.local(clock.now() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    draft = _draft(bakery, boss, goes_up_at=soon)
    boss.visit(f"{bakery['url']}/listings/{draft.id}")
    tend_shelves(clock.now())
    assert guest.get(f"/merchants/listings/{draft.id}").status == 404
    late = clock.now() + timedelta(days=3)
    with clock.travel(late):
        tend_shelves(late)
        assert guest.get(f"/merchants/listings/{draft.id}").status == 200
        boss.post(f"{bakery['url']}/listings/{draft.id}/archive", {"on": "y"}, status=303)
        tend_shelves(late + timedelta(minutes=1))
        assert guest.get(f"/merchants/listings/{draft.id}").status == 404


def test_a_time_that_is_over_is_refused(bakery, boss) -> None:
    sent = NEW | {"category_id": str(bakery["shop"].category_id), "save": "draft"}
    page = boss.post(
        f"{bakery['url']}/listings/new", sent | {"goes_up_at": "2020-01-01T08:00"}, status=422
    )
    assert "still to come" in page


def test_a_copy_is_a_draft_with_the_same_sizes_and_numbers(bakery, boss) -> None:
    url = f"{bakery['url']}/listings/{bakery['bread'].id}/copy"
    page = boss.follow(boss.post(url, status=303))
    assert "A draft" in page
    rows = keeping.shelf_of(bakery["shop"].id, with_drafts=True)
    made = next(row for row in rows if row.is_draft)
    assert (_prices(made), _numbers(made)) == ([2600, 1400], [7, 4])
    assert {size.pool_id for size in _sizes(made)}.isdisjoint(
        size.pool_id for size in _sizes(bakery["bread"])
    )


def _preview(bakery, boss, **sent: str):
    sent = {"listing_ids": str(bakery["bread"].id), "way": "percent", "step": "10"} | sent
    page = boss.post(f"{bakery['url']}/prices", sent, status=200)
    found = page.text.split('name="seen" value="')[1].split('"')[0]
    return page, sent | {"seen": found, "go": "yes"}


def test_prices_are_looked_at_changed_and_taken_back(bakery, boss) -> None:
    page, sent = _preview(bakery, boss, percent="-15")
    assert "¥22.10" in page
    assert _prices(bakery["bread"]) == [2600, 1400]
    boss.follow(boss.post(f"{bakery['url']}/prices", sent, status=303))
    assert _prices(bakery["bread"]) == [2210, 1190]
    assert db.session.get(Listing, bakery["bread"].id).min_price_minor == 1190
    change = price_changes_of(bakery["shop"].id)[0]
    half = db.session.get(Variant, _sizes(bakery["bread"])[1].id)
    with transaction():
        db.session.get(Variant, half.id).price_minor = 1000
    undo = {"change_id": str(change.id)}
    page = boss.follow(boss.post(f"{bakery['url']}/prices/undo", undo, status=303))
    assert _prices(bakery["bread"]) == [2600, 1000]
    assert "1 was changed since and stays" in page
    assert boss.post(f"{bakery['url']}/prices/undo", undo).status == 409


def test_prices_change_at_their_time_and_go_back_by_themselves(bakery, boss) -> None:
    now = clock.now()
    times = [
        clock.local(now + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M") for hours in (2, 5)
    ]
    _page, sent = _preview(
        bakery, boss, way="set", price="10", starts_at=times[0], ends_at=times[1]
    )
    boss.post(f"{bakery['url']}/prices", sent, status=303)
    for hours, prices in ((1, [2600, 1400]), (3, [1000, 1000]), (6, [2600, 1400])):
        tend_shelves(now + timedelta(hours=hours))
        db.session.expire_all()
        assert _prices(bakery["bread"]) == prices, hours


def test_an_evening_nobody_worked_changes_no_price_afterwards(bakery, boss) -> None:
    now = clock.now()
    times = [
        clock.local(now + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M") for hours in (2, 5)
    ]
    _page, sent = _preview(bakery, boss, percent="-50", starts_at=times[0], ends_at=times[1])
    boss.post(f"{bakery['url']}/prices", sent, status=303)
    tend_shelves(now + timedelta(days=3))
    db.session.expire_all()
    assert _prices(bakery["bread"]) == [2600, 1400]
    assert price_changes_of(bakery["shop"].id)[0].applied_at is None


def test_a_preview_that_is_not_true_any_more_is_not_carried_out(bakery, boss) -> None:
    _page, sent = _preview(bakery, boss, percent="-50")
    with transaction():
        db.session.get(Variant, _sizes(bakery["bread"])[0].id).price_minor = 9900
    assert boss.post(f"{bakery['url']}/prices", sent).status == 409
    assert _prices(bakery["bread"]) == [9900, 1400]


def test_another_shop_changes_and_undoes_nothing(bakery, boss, sign_in) -> None:
    _page, sent = _preview(bakery, boss, percent="-50")
    boss.post(f"{bakery['url']}/prices", sent, status=303)
    rival = person(language=Language.ENGLISH)
    other = shop(owner=rival)
    theirs = sign_in(rival)
    change = {"change_id": str(price_changes_of(bakery["shop"].id)[0].id)}
    assert theirs.post(f"/workbench/{other.id}/prices/undo", change).status == 404
    goods(other)
    assert theirs.post(f"/workbench/{other.id}/prices", sent).status == 422
    assert _prices(bakery["bread"]) == [1300, 700]


@pytest.mark.parametrize(
    ("before", "way", "amount", "step", "after"),
    [
        (2600, PriceWay.PERCENT, -15, 10, 2210),
        (999, PriceWay.PERCENT, 10, 100, 1100),
        (1, PriceWay.PERCENT, -95, 10, 10),
        (0, PriceWay.PERCENT, 50, 10, 0),
        (125, PriceWay.PERCENT, 0, 50, 150),
        (2600, PriceWay.SET, 1999, 100, 1999),
    ],
)
def test_a_price_is_rounded_and_never_to_nothing(before, way, amount, step, after) -> None:
    assert changed_price(before, way, amount, step=step) == after


def test_every_example_opens_a_form_that_can_be_saved(bakery, boss, app) -> None:
    assert {starter.trade for starter in STARTERS} == {row[0] for row in STARTER_TRADES}
    assert {row[3] for row in STARTER_TRADES} <= {row[0] for row in FIRST_CATEGORIES}
    assert "Start from an example" in boss.visit(f"{bakery['url']}/listings/new")
    for starter in STARTERS:
        page = boss.get(f"{bakery['url']}/listings/new?from={starter.key}")
        assert starter.name_zh in page.text, starter.key
        assert len(starter.rules_en) <= 2000
        assert all(len(zh) <= 40 and len(en) <= 40 for zh, en, _price, _stock in starter.sizes)


def _bring(bakery, boss, content: bytes, status: int = 200):
    return boss.post(
        f"{bakery['url']}/listings/table", {"file": (io.BytesIO(content), "shelf.csv")},
        status=status, content_type="multipart/form-data",
    )  # fmt: skip


def _taken_out(bakery, boss) -> bytes:
    return boss.get(f"{bakery['url']}/listings.csv").answer.data


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_table_brought_back_as_it_was_changes_nothing(bakery, boss, encoding) -> None:
    helper = resource(bakery["shop"])
    service(bakery["shop"], (helper.id,), rules="迟到,“请说”\n=1+1")
    goods(bakery["shop"], name_zh="=1+2", name_en="'=x", stock=None, description="两行\r\n-起")
    before = sheet_of(bakery["shop"].id)
    content = text_of(_taken_out(bakery, boss)).encode(encoding)
    page = _bring(bakery, boss, content)
    assert "0 new as drafts, 0 changed, 4 lines as before." in page
    assert sheet_of(bakery["shop"].id) == before


def test_a_wrong_line_is_named_and_the_rest_goes_in(bakery, boss) -> None:
    whole, half = _sizes(bakery["bread"])
    head = "Number,Size number,Name in Chinese,Size,Price,On the shelf,Kind,Minutes"
    lines = [
        head,
        f"{bakery['bread'].id},{whole.id},乡村酸面包,整条,28,12,,",
        f"{bakery['bread'].id},{half.id},乡村酸面包,半条,cheap,12,,",
        ",,新点心,小,5,3,goods,",
        ",,新点心,大,8,,goods,",
        ",,,小,5,3,goods,",
        ",,修鞋,,20,,service,",
        "99999,99999,别家的,,1,1,,",
    ]
    page = _bring(bakery, boss, "\r\n".join(lines).encode())
    assert "1 new as drafts, 1 changed, 0 lines as before." in page
    for said in ("Line 3, column “Price”", "Line 6, column “Name in Chinese”",
                 "Line 7, column “Minutes”", "Line 8, column “Size number”"):  # fmt: skip
        assert said in page, said
    assert _prices(bakery["bread"]) == [2800, 1400]
    assert _numbers(bakery["bread"]) == [12, 4]
    made = [row for row in sheet_of(bakery["shop"].id) if row.name_zh == "新点心"]
    assert [(row.size_zh, row.price_minor, row.stock) for row in made] == [
        ("小", 500, 3), ("大", 800, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe1\x00", b"a,b\n1,2", b'Price,Name in Chinese\n"1']
)
def test_what_is_no_table_is_refused_whole(bakery, boss, content) -> None:
    before = sheet_of(bakery["shop"].id)
    _bring(bakery, boss, content, status=422)
    assert sheet_of(bakery["shop"].id) == before


def test_statements_stay_flat_on_the_pages_of_the_shelf(bakery, boss, count_queries) -> None:
    for number in range(20):
        goods(bakery["shop"], name_zh=f"面包 {number}")
    for path in ("morning", "prices", "listings/new", "listings/table", "listings.csv"):
        with count_queries() as seen:
            boss.get(f"{bakery['url']}/{path}")
        assert len(seen) <= 10, (path, seen)


@pytest.mark.parametrize(
    ("currency", "typed", "minor"),
    [("JPY", "1200", 1200), ("KWD", "1.250", 1250), ("CNY", "12.50", 1250)],
)
def test_prices_are_kept_in_the_currency_s_own_smallest_unit(
    bakery, boss, currency, typed, minor
) -> None:
    use_currency(currency)
    draft = _draft(bakery, boss, size_0_price=typed)
    assert _prices(draft) == [minor]
    page = boss.visit(f"{bakery['url']}/listings/{draft.id}")
    assert f'value="{typed}"' in page
    table = text_of(_taken_out(bakery, boss))
    assert f",{typed}," in table
    finer = table.replace(f",{typed},", ",1.2505,").encode()
    assert "column “Price”" in _bring(bakery, boss, finer)
    assert _prices(draft) == [minor]
