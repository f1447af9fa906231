"""The shop's own pages in the workbench: shelf, stock, hours, points, staff, profile; who may and
who may not.
"""

import io
from datetime import timedelta

import pytest
from PIL import Image

from app.accounts.types import Language
from app.core import clock
from app.core.db import db, transaction
from app.core.pools.services import take
from app.merchants.models import Listing, Merchant
from app.merchants.queries import browsing, collecting, keeping, selling
from tests.factories.accounts import person
from tests.factories.merchants import goods, point, resource, service, shop
from tests.sizes import naughty_strings


@pytest.fixture
def bakery(app):
    boss = person("麦老板", language=Language.ENGLISH)
    merchant = shop("麦田面包房", owner=boss, opening_hours="Mo-Su 08:00-20:00")
    return {"shop": merchant, "boss": boss, "bread": goods(merchant), "id": merchant.id}


@pytest.fixture
def boss(bakery, sign_in):
    return sign_in(bakery["boss"])


def _urls(bakery) -> list[str]:
    base = f"/workbench/{bakery['id']}"
    place = point(bakery["shop"])
    return [
        f"{base}/listings",
        f"{base}/listings?archived=1",
        f"{base}/listings/new",
        f"{base}/listings/{bakery['bread'].id}",
        f"{base}/resources/new",
        f"{base}/hours",
        f"{base}/points",
        f"{base}/points/new",
        f"{base}/points/{place.id}",
        f"{base}/staff",
        f"{base}/profile",
    ]


def _png() -> io.BytesIO:
    target = io.BytesIO()
    Image.new("RGB", (40, 30), "orange").save(target, "PNG")
    target.seek(0)
    return target


def test_every_page_of_the_shop_is_a_page_for_its_owner_and_closed_to_others(
    bakery, boss, guest, sign_in
) -> None:
    stranger = sign_in(person(staff_of={shop().id: "owner"}))
    for url in _urls(bakery):
        boss.visit(url)
        assert stranger.get(url).status == 403, url
        assert guest.get(url).status == 303, url


def test_a_clerk_sees_the_shelf_and_not_the_staff(bakery, sign_in) -> None:
    clerk = sign_in(person(staff_of={bakery["id"]: "clerk"}))
    base = f"/workbench/{bakery['id']}"
    page = clerk.visit(f"{base}/listings")
    assert "Put something on the shelf" not in page
    for path in ("staff", "profile", "hours", "points", "listings/new"):
        assert clerk.get(f"{base}/{path}").status == 403


def test_the_way_in_leads_to_the_only_shop_or_lets_one_choose(bakery, boss, sign_in) -> None:
    assert boss.get("/workbench/").location.endswith(f"/workbench/{bakery['id']}/")
    second = shop("第二家")
    both = sign_in(person(staff_of={bakery["id"]: "owner", second.id: "clerk"}))
    assert "第二家" in both.visit("/workbench/", headers={"Accept-Language": "zh-CN"})
    assert "Open a shop" in sign_in(person(language=Language.ENGLISH)).visit("/workbench/")


NEW = {
    "kind": "goods",
    "name_zh": "桂花司康",
    "name_en": "",
    "description": "每天十个",
    "unit": "每个",
    "size_0_price": "8.00",
    "size_0_stock": "10",
    "size_1_zh": "一盒",
    "size_1_price": "30",
    "size_1_stock": "",
    "packaging": "0.5",
    "days_ahead": "7",
}


def test_a_new_listing_with_a_picture_stands_on_the_shelf(bakery, boss) -> None:
    url = f"/workbench/{bakery['id']}/listings/new"
    sent = NEW | {"category_id": str(bakery["shop"].category_id), "picture": (_png(), "a.png")}
    boss.follow(boss.post(url, sent, status=303, content_type="multipart/form-data"))
    made = next(row for row in keeping.shelf_of(bakery["id"]) if row.name_zh == "桂花司康")
    assert made.picture_id is not None
    sizes = browsing.variants_of([made.id], at=clock.now())[made.id]
    assert [(size.price_minor, size.free) for size in sizes] == [(800, 10), (3000, None)]
    assert db.session.get(Listing, made.id).packaging_minor == 50
    page = boss.visit(f"/merchants/listings/{made.id}")
    assert "¥8" in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"size_0_price": "", "size_1_zh": "", "size_1_price": ""}, "at least one price"),
        ({"size_0_price": "eight"}, "12.50"),
        ({"size_0_price": "-1"}, "12.50"),
        ({"size_0_price": "1.234"}, "12.50"),
        ({"size_0_price": "NaN"}, "12.50"),
        ({"name_zh": "", "name_en": ""}, "at least one language"),
        ({"name_zh": "长" * 61}, "60"),
        ({"kind": "service", "size_0_stock": ""}, "how long"),
        ({"size_1_price": ""}, "at least one price"),
        ({"category_id": "999999"}, ""),
        ({"size_0_stock": "-3"}, ""),
        ({"resource_ids": "77"}, ""),
    ],
)
def test_a_broken_listing_is_shown_again_as_typed(bakery, boss, change, said) -> None:
    url = f"/workbench/{bakery['id']}/listings/new"
    sent = NEW | {"category_id": str(bakery["shop"].category_id)} | change
    page = boss.post(url, sent, status=422)
    assert said in page
    assert "每天十个" in page
    assert len(keeping.shelf_of(bakery["id"])) == 1


def test_an_upload_that_is_no_picture_is_refused_and_leaves_nothing(bakery, boss) -> None:
    url = f"/workbench/{bakery['id']}/listings/new"
    whole = _png().getvalue()
    bomb = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    for content in (
        b"",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        whole[:40],
        b"PK\x03\x04" * 50,
        bomb.getvalue(),
    ):
        sent = NEW | {
            "category_id": str(bakery["shop"].category_id),
            "picture": (io.BytesIO(content), "x.png"),
        }
        page = boss.post(url, sent, content_type="multipart/form-data")
        assert page.status == 422, content[:20]
    assert len(keeping.shelf_of(bakery["id"])) == 1


def test_stock_is_counted_and_refused_below_what_is_promised(bakery, boss) -> None:
    bread = bakery["bread"]
    size = browsing.variants_of([bread.id], at=clock.now())[bread.id][0]
    url = f"/workbench/{bakery['id']}/listings/{bread.id}/stock/{size.id}"
    boss.follow(boss.post(url, {"total": "12"}, status=303))
    with transaction():
        take([(size.pool_id, 9)], owner=("order", 4711))
    page = boss.post(url, {"total": "8"}, status=409)
    assert "4711" in page
    assert "promised" in page
    assert boss.post(url, {"total": "-1"}).status == 422
    boss.post(url, {"total": ""}, status=303)
    assert browsing.variants_of([bread.id], at=clock.now())[bread.id][0].free is None
    other = goods(shop())
    foreign = browsing.variants_of([other.id], at=clock.now())[other.id][0]
    assert (
        boss.post(
            f"/workbench/{bakery['id']}/listings/{other.id}/stock/{foreign.id}", {"total": "1"}
        ).status
        == 404
    )
    assert (
        boss.post(
            f"/workbench/{bakery['id']}/listings/{bread.id}/stock/{foreign.id}", {"total": "1"}
        ).status
        == 404
    )


def test_one_tap_sells_out_and_archives_and_takes_it_back(bakery, boss, guest) -> None:
    base = f"/workbench/{bakery['id']}/listings/{bakery['bread'].id}"
    boss.follow(boss.post(f"{base}/sold-out", {"on": "y"}, status=303))
    assert "Sold out today" in guest.visit(f"/merchants/listings/{bakery['bread'].id}")
    boss.post(f"{base}/sold-out", {}, status=303)
    assert guest.visit(f"/merchants/listings/{bakery['bread'].id}").forms("/orders")
    boss.post(f"{base}/archive", {"on": "y"}, status=303)
    assert guest.get(f"/merchants/listings/{bakery['bread'].id}").status == 404
    boss.post(f"{base}/archive", {}, status=303)
    guest.visit(f"/merchants/listings/{bakery['bread'].id}")


def test_hours_are_looked_at_before_they_are_saved(bakery, boss) -> None:
    url = f"/workbench/{bakery['id']}/hours"
    page = boss.post(url, {"opening_hours": "Mo-Su 10:00-22:00", "look": "1"}, status=200)
    assert "That would mean" in page
    assert "22:00" in page
    assert db.session.get(Merchant, bakery["id"]).opening_hours == "Mo-Su 08:00-20:00"
    wrong = boss.post(url, {"opening_hours": "Mo-Su 10:00-teatime"}, status=422)
    assert "teatime" in wrong
    boss.follow(boss.post(url, {"opening_hours": "Mo-Su 10:00-22:00"}, status=303))
    db.session.expire_all()
    assert db.session.get(Merchant, bakery["id"]).opening_hours == "Mo-Su 10:00-22:00"
    boss.post(f"/workbench/{bakery['id']}/closed-today", {"on": "y"}, status=303)
    assert "closed today" in boss.visit(f"/merchants/{bakery['id']}")


def test_a_point_with_weekly_times_is_added_changed_and_closed(bakery, boss) -> None:
    base = f"/workbench/{bakery['id']}/points"
    sent = {
        "name_zh": "后门",
        "name_en": "",
        "address": "",
        "note": "",
        "lead_minutes": "30",
        "cut_off": "15:00",
        "cut_off_days": "0",
        "days_ahead": "3",
        "slot_minutes": "60",
        "capacity": "4",
        "day_0_a_from": "09:00",
        "day_0_a_to": "12:00",
        "day_0_b_from": "14:00",
        "day_0_b_to": "16:00",
    }
    for broken, said in (
        ({"day_0_b_from": "11:00"}, "overlap"),
        ({"day_1_a_from": "09:00"}, "from when to when"),
        ({"day_0_a_from": "9 o'clock"}, "08:30"),
        ({"capacity": "0"}, ""),
        ({"slot_minutes": "600"}, "long enough"),
        ({"name_zh": ""}, "at least one language"),
    ):
        assert said in boss.post(f"{base}/new", sent | broken, status=422), broken
    boss.follow(boss.post(f"{base}/new", sent, status=303))
    made = collecting.points_for([bakery["id"]])[bakery["id"]][0]
    assert [rule.starts_minute for rule in collecting.rules_of([made.id])[made.id]] == [540, 840]
    form = boss.visit(f"{base}/{made.id}").forms(f"/points/{made.id}")[0]
    assert (form["day_0_b_to"], form["cut_off"]) == ("16:00", "15:00")
    boss.post(f"{base}/{made.id}", form | {"day_0_b_from": "", "day_0_b_to": ""}, status=303)
    assert len(collecting.rules_of([made.id])[made.id]) == 1
    boss.post(f"{base}/{made.id}/close", {}, status=303)
    assert collecting.points_for([bakery["id"]])[bakery["id"]] == []
    lobby = point(None, name_zh="大堂")
    boss.post(f"{base}/{lobby.id}/use", {"on": "y"}, status=303)
    assert [row.id for row in collecting.points_for([bakery["id"]])[bakery["id"]]] == [lobby.id]
    assert boss.get(f"{base}/{lobby.id}").status == 404
    assert boss.post(f"{base}/{lobby.id}/close", {}).status == 404


def test_staff_is_given_by_mail_and_taken_with_a_reason(bakery, boss, sign_in) -> None:
    helper = person(mail="helper@example.org")
    url = f"/workbench/{bakery['id']}/staff"
    sent = {"mail": "helper@example.org", "role": "clerk", "reason": "周末"}
    assert "join first" in boss.post(url, sent | {"mail": "no@example.org"}, status=422)
    assert boss.post(url, sent | {"reason": ""}).status == 422
    boss.follow(boss.post(url, sent, status=303))
    grant = next(
        row for row in selling.staff_of_merchant(bakery["id"]) if row.person_id == helper.id
    )
    sign_in(helper).visit(f"/workbench/{bakery['id']}/listings")
    boss.visit(f"{url}/{grant.grant_id}")
    assert boss.post(f"{url}/{grant.grant_id}/take", {"reason": " "}).status == 422
    boss.post(f"{url}/{grant.grant_id}/take", {"reason": "回校"}, status=303)
    assert sign_in(helper).get(f"/workbench/{bakery['id']}/listings").status == 403
    owner = next(row for row in selling.staff_of_merchant(bakery["id"]))
    last = boss.post(f"{url}/{owner.grant_id}/take", {"reason": "走"}, status=403)
    assert "at least one owner" in last
    assert "走" in last, "the form stays as it was typed"


def test_the_profile_keeps_what_it_does_not_show(bakery, boss) -> None:
    url = f"/workbench/{bakery['id']}/profile"
    form = boss.visit(url).forms("/profile")[0]
    form.pop("csrf_token")
    sent = form | {"name_en": "Wheatfield II", "pay_picture": (_png(), "code.png")}
    boss.follow(boss.post(url, sent, status=303, content_type="multipart/form-data"))
    db.session.expire_all()
    row = db.session.get(Merchant, bakery["id"])
    assert (row.name_en, row.opening_hours, row.lat) == (
        "Wheatfield II",
        "Mo-Su 08:00-20:00",
        30.7667,
    )
    assert row.pay_picture_id is not None
    assert boss.post(url, form | {"lat": "91"}).status == 422
    assert boss.post(url, form | {"accept_minutes": "0"}).status == 422


def test_how_one_is_paid_is_changed_only_after_a_fresh_proof(bakery, boss, at) -> None:
    url = f"/workbench/{bakery['id']}/profile"
    form = boss.visit(url).forms("/profile")[0]
    stolen = form | {"pay_code_text": "https://thief.example/pay"}
    with at(clock.now() + timedelta(minutes=11)):
        page = boss.post(url, stolen, status=422)
        assert "/me/prove" in page.text
        assert "https://thief.example/pay" in page.text, "the form stays as it was typed"
        picture = form | {"pay_picture": (_png(), "code.png")}
        boss.post(url, picture, status=422, content_type="multipart/form-data")
        boss.post(url, form | {"name_en": "Wheatfield III"}, status=303)
    db.session.expire_all()
    row = db.session.get(Merchant, bakery["id"])
    assert (row.name_en, row.pay_code_text or "", row.pay_picture_id) == (
        "Wheatfield III",
        form["pay_code_text"],
        None,
    )


def test_a_service_with_its_people_is_set_up_on_the_shelf(bakery, boss) -> None:
    base = f"/workbench/{bakery['id']}"
    sent = {"kind": "person", "name_zh": "周师傅", "day_0_a_from": "09:00", "day_0_a_to": "12:00"}
    assert boss.post(f"{base}/resources/new", sent | {"day_1_a_from": "09:00"}).status == 422
    boss.follow(boss.post(f"{base}/resources/new", sent, status=303))
    zhou = keeping.resources_of(bakery["id"])[0]
    boss.visit(f"{base}/resources/{zhou.id}")
    listing = NEW | {
        "kind": "service",
        "size_0_stock": "",
        "size_1_zh": "",
        "size_1_price": "",
        "duration_minutes": "30",
        "resource_ids": str(zhou.id),
        "category_id": str(bakery["shop"].category_id),
    }
    boss.follow(boss.post(f"{base}/listings/new", listing, status=303))
    made = next(row for row in keeping.shelf_of(bakery["id"]) if row.duration_minutes)
    assert keeping.resource_ids_of(made.id) == [zhou.id]
    boss.visit(f"{base}/listings/{made.id}")
    boss.post(f"{base}/resources/{zhou.id}/archive", {}, status=303)
    assert keeping.resources_of(bakery["id"]) == []
    foreign = resource(shop())
    assert boss.get(f"{base}/resources/{foreign.id}").status == 404
    assert (
        boss.post(f"{base}/listings/new", listing | {"resource_ids": str(foreign.id)}).status == 422
    )


@pytest.mark.sized
def test_no_string_breaks_a_field(bakery, boss, data_dir) -> None:
    base = f"/workbench/{bakery['id']}"
    trade = str(bakery["shop"].category_id)
    forms = [
        (f"{base}/listings/new", NEW | {"category_id": trade}, list(NEW)),
        (f"{base}/hours", {"opening_hours": ""}, ["opening_hours"]),
        (f"{base}/profile", boss.visit(f"{base}/profile").forms("/profile")[0], None),
        (
            f"{base}/staff",
            {"mail": "a@b.cc", "role": "clerk", "reason": "x"},
            ["mail", "role", "reason"],
        ),
        (f"{base}/points/new", boss.visit(f"{base}/points/new").forms("/points/new")[0], None),
        (
            f"{base}/resources/new",
            {"kind": "person", "name_zh": "x", "name_en": ""},
            ["kind", "name_zh", "name_en", "day_0_a_from"],
        ),
    ]
    for text in naughty_strings(data_dir, every=25):
        for url, sent, names in forms:
            own = {key: sent[key] for key in sent if key not in ("csrf_token", "form_key")}
            page = boss.post(url, own | dict.fromkeys(names or own, text))
            assert page.status in (303, 422), (url, text, page.status)
            if "name_zh" in own:
                page = boss.post(url, own | {"name_zh": text[:60]})
                assert page.status in (303, 422), (url, text, page.status)
    for url in (
        f"{base}/listings",
        f"/merchants/{bakery['id']}",
        "/merchants/",
        "/merchants/listings",
    ):
        assert boss.get(url).status == 200, url


def test_statements_stay_flat_on_the_shelf(bakery, boss, count_queries) -> None:
    for number in range(30):
        goods(bakery["shop"], name_zh=f"面包 {number}")
    with count_queries() as seen:
        boss.visit(f"/workbench/{bakery['id']}/listings")
    assert len(seen) <= 10, seen


def test_a_service_is_only_made_by_the_shops_own(bakery, boss, sign_in) -> None:
    merchant = shop()
    cut = service(merchant, (resource(merchant).id,))
    assert boss.get(f"/workbench/{bakery['id']}/listings/{cut.id}").status == 404
    assert (
        boss.post(f"/workbench/{bakery['id']}/listings/{cut.id}/sold-out", {"on": "y"}).status
        == 404
    )


def test_labels_for_the_shelf_lead_to_what_stands_there(bakery, boss) -> None:
    base = f"/workbench/{bakery['id']}"
    before = boss.visit(f"{base}/shelf-labels").text.count('class="shelf-code"')
    bread = goods(bakery["id"], name_zh="全麦吐司", name_en="Wholegrain toast")
    assert f"{base}/shelf-labels" in boss.visit(f"{base}/listings").text
    page = boss.visit(f"{base}/shelf-labels")
    assert "Wholegrain toast" in page
    assert page.text.count('class="shelf-code"') == before + 1
    boss.post(f"{base}/listings/{bread.id}/archive", {"on": "y"}, status=303)
    assert "Wholegrain toast" not in boss.visit(f"{base}/shelf-labels")
