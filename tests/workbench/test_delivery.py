"""A shop's delivery areas, the day's run and its stops: who may, what is said, what is kept."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from app.core import clock
from app.core.db import transaction
from app.merchants.queries.delivery import zones_of
from app.orders.queries.deliveries import delivery_of, proofs_of
from app.orders.services import preparation
from tests.factories import accounts, orders
from tests.factories.orders import Stall
from tests.visitor import Visitor

SignIn = Callable[..., Visitor]
SQUARE = [[103.97, 30.76], [103.99, 30.76], [103.99, 30.775], [103.97, 30.775], [103.97, 30.76]]
GEOJSON = {
    "type": "FeatureCollection",
    "features": [{"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [SQUARE]}}],
}


@pytest.fixture
def place(app: Any) -> Any:
    with clock.travel(orders.NOON):
        yield orders.stall()


@pytest.fixture
def base(place: Stall) -> str:
    return f"/workbench/{place.merchant.id}"


def test_an_area_is_given_by_a_distance_with_steps_and_changed_again(
    place: Stall, base: str, sign_in: SignIn
) -> None:
    boss = sign_in(place.owner)
    assert "Buyers collect their orders." in boss.visit(f"{base}/zones")
    form = boss.visit(f"{base}/zones/new").forms("/zones/new")[0]
    form |= {"radius": "1500", "fee": "6", "minimum": "20", "name_en": "Near"}
    refused = boss.post(f"{base}/zones/new", form | {"step_0_metres": "500", "step_0_fee": "7"})
    assert refused.status == 422
    assert "cheaper than the usual fee" in refused
    assert refused.field("radius") == "1500"
    form |= {"step_0_metres": "500", "step_0_fee": "3", "step_1_from": "59", "step_1_fee": "0"}
    boss.post(f"{base}/zones/new", form, status=303)
    [zone] = zones_of([place.merchant.id])[place.merchant.id]
    assert (zone.radius_metres, zone.fee_minor, zone.minimum_minor) == (1500, 600, 2000)
    assert [step.fee_minor for step in zone.steps] == [300, 0]
    assert zone.point.delivers
    url = f"{base}/zones/{zone.point.id}"
    form = boss.visit(url).forms(url)[0]
    assert (form["fee"], form["step_1_from"]) == ("6.00", "59.00")
    boss.post(url, form | {"radius": "", "outline": json.dumps(GEOJSON)}, status=303)
    [zone] = zones_of([place.merchant.id])[place.merchant.id]
    assert zone.outline == ((30.76, 103.97), (30.76, 103.99), (30.775, 103.99), (30.775, 103.97))
    assert "an outline of 4 corners" in boss.visit(f"{base}/zones")
    assert "At the shop" in boss.visit(f"{base}/points")
    assert "Near" not in boss.visit(f"{base}/points")
    boss.post(f"{url}/close", {}, status=303)
    assert zones_of([place.merchant.id]) == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("30.76, 103.97\nhere", "This line is no pair of degrees: here"),
        ('{"type": "Point", "coordinates": [1, 2]}', "This GeoJSON holds no area."),
        ("{", "This GeoJSON holds no area."),
        ("30.76, 103.97\n30.77, 103.98", "An outline needs three corners"),
    ],
)
def test_what_is_no_outline_is_refused_and_kept_as_typed(
    place: Stall, base: str, sign_in: SignIn, text: str, words: str
) -> None:
    boss = sign_in(place.owner)
    form = boss.visit(f"{base}/zones/new").forms("/zones/new")[0] | {"outline": text, "fee": "5"}
    page = boss.post(f"{base}/zones/new", form)
    assert page.status == 422
    assert words in page
    assert page.forms("/zones/new")[0]["outline"].split() == text.split()


def test_a_courier_takes_along_hands_over_by_code_and_no_longer_sees_the_address(
    place: Stall, base: str, sign_in: SignIn
) -> None:
    area, home = orders.zone(place), orders.home(place.buyer)
    order = orders.sent(place, area, home)
    with transaction():
        preparation.accept(place.keeper, order.id, at=clock.now())
    courier = sign_in(
        accounts.person("小送", language="en", staff_of={place.merchant.id: "courier"})
    )
    page = courier.visit(f"{base}/run")
    assert "泊林小区 3 号楼" in page
    assert "not packed yet" in page
    assert courier.post(f"{base}/run/take-along", {}).status == 422
    sent = page.forms("take-along")[0] | {"order": str(order.id)}
    courier.post(f"{base}/run/take-along", sent, status=303)
    url = f"{base}/run/{order.id}"
    page = courier.visit(url)
    assert "13900008888" in page
    form = page.forms("/deliver")[0]
    wrong = courier.post(f"{url}/deliver", form | {"code": "34679ACD"})
    assert wrong.status == 422
    assert "This is not the code of this order." in wrong
    courier.post(f"{url}/deliver", form | {"code": order.code, "money": "cash"}, status=303)
    assert courier.get(url).status == 404
    assert "13900008888" not in courier.visit(f"{base}/run")
    assert "2 单元 501" not in courier.visit(f"{base}/orders/{order.id}")
    assert "Delivered" in sign_in(place.buyer).visit(f"/orders/{order.id}")


def test_a_picture_is_proof_and_no_proof_is_refused(
    place: Stall, base: str, sign_in: SignIn
) -> None:
    order = orders.on_way(place, orders.zone(place), orders.home(place.buyer))
    boss, url = sign_in(place.owner), f"{base}/run/{order.id}"
    form = boss.visit(url).forms("/deliver")[0]
    assert "Ask for the code" in boss.post(f"{url}/deliver", form)
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "orange").save(file, "PNG")
    file.seek(0)
    photo = {"picture": (file, "door.png")}
    boss.post(f"{url}/deliver", form | photo, status=303, content_type="multipart/form-data")
    assert len(proofs_of(order.id)) == 1
    page = sign_in(place.buyer).visit(f"/orders/{order.id}")
    assert "left at the door, with a picture" in page
    assert page.tree.findall(".//img[@alt='At the door']")


def test_nobody_took_it_needs_a_reason_and_says_what_comes_next(
    place: Stall, base: str, sign_in: SignIn
) -> None:
    order = orders.on_way(place, orders.zone(place), orders.home(place.buyer))
    boss, url = sign_in(place.owner), f"{base}/run/{order.id}"
    form = boss.visit(url).forms("/not-taken")[0] | {"next": "again"}
    assert boss.post(f"{url}/not-taken", form | {"reason": ""}).status == 422
    boss.post(f"{url}/not-taken", form | {"reason": "没人应门"}, status=303)
    found = delivery_of(order.id)
    assert found is not None
    assert found.tries == 1
    assert "tried once" in boss.visit(f"{base}/run")


def test_another_shops_run_is_closed(place: Stall, base: str, sign_in: SignIn) -> None:
    order = orders.on_way(place, orders.zone(place), orders.home(place.buyer))
    rival = sign_in(orders.stall().owner)
    for path in ("run", f"run/{order.id}", "zones", "zones/new"):
        assert rival.get(f"{base}/{path}").status == 403
    clerk = sign_in(accounts.person(staff_of={place.merchant.id: "clerk"}))
    clerk.visit(f"{base}/run")
    assert clerk.get(f"{base}/zones").status == 403
