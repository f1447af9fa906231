"""A position typed by hand is kept as WGS-84, whichever map it was read from."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.db import db
from app.events.models import Gathering
from app.merchants.models import Merchant
from app.places.types.points import Datum, Point, distance, to_wgs84
from tests.factories.accounts import person
from tests.factories.merchants import shop

COPIED = Point(31.2304, 121.4737)
READ = {"lat": str(COPIED.lat), "lng": str(COPIED.lng)}


@pytest.mark.parametrize("datum", list(Datum))
def test_an_event_stands_where_its_map_meant_it(sign_in: Any, datum: Datum) -> None:
    planner = sign_in(person(roles=("planner",), language="en"))
    begins = clock.local(clock.now() + timedelta(days=3)).replace(microsecond=0, tzinfo=None)
    form = planner.visit("/events/new").forms("/events/new")[0] | READ | {
        "title": "散步", "place": "河边", "description": "慢慢走", "datum": str(datum),
        "starts_at": begins.isoformat()[:16],
        "ends_at": (begins + timedelta(hours=1)).isoformat()[:16],
    }  # fmt: skip
    assert "go together" in planner.post("/events/new", form | {"lng": ""}, 422)
    planner.post("/events/new", form, 303)
    row = db.session.scalars(sa.select(Gathering)).one()
    assert distance(Point(row.lat or 0, row.lng or 0), to_wgs84(COPIED, datum)) < 1


def test_a_shop_that_applies_stands_where_its_map_meant_it(sign_in: Any) -> None:
    trade = shop().category_id
    baker = sign_in(person(language="en"))
    form = baker.visit("/merchants/apply").forms("/apply")[0] | READ | {
        "name_zh": "新店", "category_id": str(trade), "description": "面包", "address": "12 号",
        "phone": "13800138000", "application": "Licence 7", "datum": str(Datum.BD09),
    }  # fmt: skip
    baker.post("/merchants/apply", form, 303)
    row = db.session.scalars(sa.select(Merchant).where(Merchant.name_zh == "新店")).one()
    assert distance(Point(row.lat or 0, row.lng or 0), to_wgs84(COPIED, Datum.BD09)) < 1
