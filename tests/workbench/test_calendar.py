"""The shop's calendar: a day off finds whom it concerns, each is moved or cancelled with one tap;
bookings on the phone.
"""

import re
from datetime import timedelta

import pytest

from app.core import clock
from app.core.db import transaction
from app.merchants.queries import booking
from app.orders.queries.calendar import booked_between
from app.orders.types import OrderState
from tests.factories import accounts, merchants, orders

PHONE = {"phone": "138 1234 5678"}


@pytest.fixture
def salon(app):
    with clock.travel(orders.NOON):
        place = orders.stall()
        people = [merchants.resource(place.merchant, name=name).id for name in ("小满", "阿元")]
        cut = merchants.service(place.merchant, tuple(people), minutes=30)
        yield place, cut, people


@pytest.fixture
def boss(salon, sign_in):
    return sign_in(salon[0].owner)


def test_a_day_and_a_week_show_what_is_booked_and_what_is_free(salon, boss, sign_in) -> None:
    place, cut, people = salon
    order = orders.booked(place, cut)
    base = f"/workbench/{place.merchant.id}/calendar"
    page = boss.visit(base)
    assert order.contact_name in page
    assert "阿元" in page
    assert "still free" in page
    assert order.contact_name not in boss.visit(f"{base}?who={people[1]}")
    assert order.contact_name in boss.visit(f"{base}?span=week&who={people[0]}")
    assert order.contact_name not in boss.visit(f"{base}?day=2026-11-24")
    assert boss.get(f"{base}?day=nonsense").status == 200
    assert sign_in(accounts.person()).get(base).status == 403


def test_a_day_off_leads_to_whom_it_concerns_and_each_goes_on_or_home(salon, boss) -> None:
    place, cut, people = salon
    first, second = orders.booked(place, cut), orders.booked(place, cut)
    base = f"/workbench/{place.merchant.id}/calendar"
    assert [row.resource_id for row in _today(place)] == people
    away = {"who": str(people[0]), "day": "2026-11-21", "what": "off", "note": "ill"}
    assert boss.post(base, away | {"day": "2026-11-20"}).status == 422
    assert boss.post(base, away | {"what": "away"}).status == 422
    assert boss.post(base, away | {"who": "999999"}).status == 422
    page = boss.follow(boss.post(base, away, status=303))
    assert first.number in page
    assert second.number not in page
    assert all(
        time.resource_ids == (people[1],)
        for time in booking.times_for(cut.id, at=clock.now(), days=0)
    )
    form = next(one for one in page.forms("/move"))
    url = re.search(r'action="([^"]+/move)"', page.text)[1]
    page = boss.follow(boss.post(url, form, status=303))
    assert first.number not in page
    moved = orders.fresh(first)
    assert moved.slot_starts_at > first.slot_starts_at + timedelta(hours=6)
    assert moved.frozen["cancel_minutes"] == 0


def test_whom_no_time_suits_is_cancelled_with_the_reason(salon, boss) -> None:
    place, cut, people = salon
    order = orders.booked(place, cut)
    base = f"/workbench/{place.merchant.id}/calendar"
    away = {"who": str(people[0]), "day": "2026-11-21", "what": "away"}
    sent = boss.post(base, away | {"starts": "11:00", "ends": "20:00"}, status=303)
    page = boss.follow(sent)
    url = re.search(r'action="([^"]+/cancel)"', page.text)[1]
    assert "Nobody has booked then" in boss.follow(boss.post(url, {}, status=303))
    assert orders.fresh(order).state == OrderState.CANCELLED
    take_back = re.search(r'action="([^"]+/remove)"', boss.visit(base).text)[1]
    boss.follow(boss.post(take_back, {}, status=303))
    free = booking.times_for(cut.id, at=clock.now(), days=0)
    assert people[0] in free[0].resource_ids


def test_a_call_is_booked_with_the_service_the_time_and_the_number(salon, boss) -> None:
    place, cut, people = salon
    base = f"/workbench/{place.merchant.id}/book"
    variant = orders.variant_of(cut)
    assert f"variant={variant}" in boss.visit(base).text
    page = boss.visit(f"{base}?variant={variant}&who={people[1]}")
    key = re.findall(r'name="time_key"[^>]*value="([^"]+)"', page.text)[0]
    form = page.forms("/book")[0] | {"time_key": key}
    assert boss.post(base, form | {"phone": ""}).status == 422
    assert boss.post(base, form | PHONE | {"expected_total": "1"}, status=409)
    page = boss.visit(f"{base}?variant={variant}&who={people[1]}")
    form = page.forms("/book")[0] | {"time_key": key}
    page = boss.follow(boss.post(base, form | PHONE, status=303))
    assert "5678" in page
    [row] = _today(place)
    assert row.resource_id == people[1]
    assert row.state == OrderState.ACCEPTED
    refused = boss.post(base, boss.visit(f"{base}?variant={variant}").forms("/book")[0] | PHONE
                        | {"time_key": key}, status=409)  # fmt: skip
    assert "taken" in refused


def test_another_shops_people_and_days_are_not_there(salon, boss) -> None:
    place, _cut, _people = salon
    rival = merchants.shop(owner=accounts.person())
    who = merchants.resource(rival)
    base = f"/workbench/{place.merchant.id}/calendar"
    sent = {"who": str(who.id), "day": "2026-11-22", "what": "off"}
    assert boss.post(base, sent).status == 422
    assert boss.get(f"{base[:-9]}/days/1").status == 404


def _today(place):
    start, end = clock.day_span(clock.local(clock.now()).date())
    with transaction():
        return booked_between(place.merchant.id, start, end)


def test_a_service_online_tells_how_to_join_once_it_is_accepted(salon, boss, sign_in) -> None:
    place, cut, _people = salon
    base = f"/workbench/{place.merchant.id}/listings/{cut.id}/service"
    sent = {"before_minutes": "15", "place": "online", "joining": "Room 7, https://example.org/7"}
    assert boss.post(base, sent | {"before_minutes": "900"}).status == 422
    boss.follow(boss.post(base, sent, status=303))
    assert "Room 7" in boss.visit(base).text
    order = orders.booked(place, cut)
    buyer = sign_in(place.buyer)
    assert "Room 7" in buyer.visit(f"/orders/{order.id}")
    assert "Room 7" not in buyer.visit(f"/merchants/listings/{cut.id}")
    assert "the link stands on your order" in buyer.visit(f"/merchants/listings/{cut.id}")
    bread = f"/workbench/{place.merchant.id}/listings/{place.listing.id}/service"
    assert boss.post(bread, sent).status == 404
