from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.places import queries
from tests.factories.accounts import person
from tests.factories.places import neighbourhood
from tests.sizes import naughty_strings
from tests.visitor import Visitor

SignIn = Callable[..., Visitor]


def _form(**more: Any) -> dict[str, Any]:
    return {"text": "校园路一号", "neighbourhood_id": "0"} | more


def test_a_member_keeps_an_address_and_pins_it_by_hand(sign_in: SignIn) -> None:
    owner = person(language="en")
    browser = sign_in(owner)
    home = neighbourhood()
    assert "No address yet" in browser.visit("/me/addresses/")
    browser.visit("/me/addresses/new")
    kept = browser.post("/me/addresses/new", _form(label="家"), status=303)
    page = browser.follow(kept)
    assert "The address is kept" in page
    pin = kept.location.partition("?")[0]
    browser.post(pin, {"lat": "30.7667", "lng": "103.981", "datum": "wgs84"}, status=303)
    row = queries.addresses_of(("user", owner.id))[0]
    assert (row.lat, row.neighbourhood_id) == (30.7667, home.id)
    assert "on the map" in browser.visit("/me/addresses/")


def test_an_address_is_changed_and_removed_by_its_owner_only(sign_in: SignIn) -> None:
    owner = person()
    browser, stranger = sign_in(owner), sign_in(person())
    browser.post("/me/addresses/new", _form(), status=303)
    row = queries.addresses_of(("user", owner.id))[0]
    stranger.visit(f"/me/addresses/{row.id}", status=404)
    stranger.post(f"/me/addresses/{row.id}/remove", status=404)
    stranger.post(f"/me/addresses/{row.id}/pin", {"lat": "1", "lng": "1"}, status=404)
    browser.visit(f"/me/addresses/{row.id}")
    browser.post(f"/me/addresses/{row.id}", _form(text="二号", phone="13800000000"), status=303)
    assert queries.addresses_of(("user", owner.id))[0].text == "二号"
    browser.post(f"/me/addresses/{row.id}/remove", status=303)
    assert queries.addresses_of(("user", owner.id)) == []


@pytest.mark.parametrize("lat", ["nan", "inf", "91", "1e999", "abc", ""])
def test_a_pin_that_is_no_place_is_refused_at_its_field(sign_in: SignIn, lat: str) -> None:
    owner = person()
    browser = sign_in(owner)
    browser.post("/me/addresses/new", _form(), status=303)
    row = queries.addresses_of(("user", owner.id))[0]
    values = {"lat": lat, "lng": "103", "datum": "wgs84"}
    page = browser.post(f"/me/addresses/{row.id}/pin", values, status=422)
    assert "field-error" in page.text


@pytest.mark.sized
def test_naughty_strings_are_kept_as_typed_or_refused_at_the_field(
    sign_in: SignIn, data_dir: Path
) -> None:
    owner = person()
    browser = sign_in(owner)
    for text in naughty_strings(data_dir, every=7):
        fields = ("text", "detail", "label", "contact_name", "phone")
        page = browser.post("/me/addresses/new", dict.fromkeys(fields, text))
        assert page.status in {303, 422}
        page = browser.post("/me/addresses/new", {"text": text, "neighbourhood_id": text})
        assert page.status in {303, 422}
    browser.visit("/me/addresses/")
