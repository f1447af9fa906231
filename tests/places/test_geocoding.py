import dataclasses
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.core import clock
from app.core.access import Viewer
from app.core.db import db, transaction
from app.core.errors import OutsideDownError
from app.core.jobs.services import run_due
from app.places import queries, services
from app.places.gateway import (
    BaiduGeocoder,
    FakeGeocoder,
    NominatimGeocoder,
    PhotonGeocoder,
    geocoder,
)
from app.places.models import Address
from app.places.types.points import Datum, Point, distance, from_wgs84
from app.places.types.rows import PinSource
from tests.factories.places import XIPU, neighbourhood
from tests.places.stub import Stub, nominatim

HERE = [{"lat": "30.7667", "lon": "103.9810", "display_name": "犀浦", "place_id": 1}]


@pytest.fixture
def stub(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stub]:
    """A geocoder on loopback, named in the settings."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with nominatim() as server:
        known = app.extensions["linli_settings"]
        app.extensions["linli_settings"] = dataclasses.replace(known, geocoder_url=server.url)
        yield server


def _kept(**more: Any) -> Address:
    with transaction():
        values = {"text": "校园路一号", "at": clock.now()} | more
        return services.add_address(("user", 1), **values)


def _fresh(row: Address) -> Address:
    db.session.rollback()
    db.session.refresh(row)
    return row


def _responses(data_dir: Path, provider: str = "nominatim") -> list[Any]:
    lines = (data_dir / "address" / "geocoder_responses.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    return [row["response"] for row in rows if row["provider"] == provider]


def test_an_address_gets_its_pin_and_its_neighbourhood_from_the_geocoder(stub: Stub) -> None:
    home = neighbourhood()
    stub.answer = HERE
    row = _kept()
    run_due()
    row = _fresh(row)
    assert (row.lat, row.lng, row.pin_source) == (30.7667, 103.981, PinSource.GEOCODER)
    assert row.neighbourhood_id == home.id
    assert stub.asked[0]["q"] == "校园路一号"
    assert stub.asked[0]["agent"].startswith("Linli/")
    assert "viewbox" in stub.asked[0]


def test_the_same_question_is_asked_once(stub: Stub) -> None:
    stub.answer = HERE
    _kept()
    other = _kept(text="校园路一号 ")
    run_due()
    assert len(stub.asked) == 1
    assert _fresh(other).is_pinned


def test_an_unknown_place_has_no_pin_and_is_not_asked_again_for_a_month(stub: Stub) -> None:
    row = _kept()
    run_due()
    assert not _fresh(row).is_pinned
    now = clock.now()
    assert queries.kept_answer("校园路一号", at=now) is not None
    assert queries.kept_answer("校园路一号", at=now + timedelta(days=31)) is None


def test_a_hand_wins_over_the_geocoder(stub: Stub) -> None:
    stub.answer = HERE
    row = _kept()
    with transaction():
        services.pin_address(Viewer(id=1), row.id, Point(30.1, 103.1))
    run_due()
    row = _fresh(row)
    assert (row.lat, row.pin_source) == (30.1, PinSource.MANUAL)


def test_a_hand_may_pin_while_the_geocoder_is_silent(stub: Stub) -> None:
    stub.status = 503
    row = _kept()
    run_due()
    assert not _fresh(row).is_pinned
    with transaction():
        shown = from_wgs84(XIPU, Datum.GCJ02)
        services.pin_address(Viewer(id=1), row.id, shown, datum=Datum.GCJ02)
    row = _fresh(row)
    assert distance(Point(row.lat or 0, row.lng or 0), XIPU) < 0.01


def test_an_address_with_another_text_loses_the_geocoders_pin(stub: Stub) -> None:
    stub.answer = HERE
    row = _kept()
    run_due()
    with transaction():
        services.edit_address(Viewer(id=1), row.id, text="另一条路")
    assert not _fresh(row).is_pinned
    run_due()
    assert stub.asked[-1]["q"] == "另一条路"


def test_recorded_answers_are_read_or_refused_and_nothing_else(stub: Stub, data_dir: Path) -> None:
    geocoder = NominatimGeocoder(stub.url, agent="tests")
    found = refused = nothing = 0
    for number, answer in enumerate(_responses(data_dir)):
        stub.answer = answer
        try:
            place = geocoder.find(f"question {number}", near=None, language="en")
        except OutsideDownError:
            refused += 1
            continue
        nothing += place is None
        found += place is not None and place.point.is_on_earth
    assert found >= 8
    assert nothing >= 1
    assert found + refused + nothing == len(_responses(data_dir))


def test_recorded_answers_of_photon_are_read_too(stub: Stub, data_dir: Path) -> None:
    photon = PhotonGeocoder(stub.url, agent="tests")
    places = []
    for answer in _responses(data_dir, "photon"):
        stub.answer = answer
        places.append(photon.find("question", near=XIPU, language="zh,en"))
    assert sum(place is not None and place.point.is_on_earth for place in places) >= 10
    assert {"lat", "lon", "q"} <= set(stub.asked[0])
    assert "lang" not in stub.asked[0]


def test_an_answer_of_baidu_is_turned_to_the_datum_that_the_site_keeps(stub: Stub) -> None:
    shown = from_wgs84(XIPU, Datum.BD09)
    where = {"lat": shown.lat, "lng": shown.lng}
    stub.answer = {"status": 0, "result": {"location": where, "level": "道路"}}
    baidu = BaiduGeocoder(f"{stub.url}?ak=key&sk=secret", agent="tests")
    found = baidu.find("校园路一号", near=None, language="zh")
    assert found is not None
    assert distance(found.point, XIPU) < 0.01
    assert found.label == "校园路一号"
    assert (stub.asked[0]["ak"], stub.asked[0]["address"]) == ("key", "校园路一号")
    assert "sn" in stub.asked[0]


def test_a_refusal_of_baidu_counts_as_silence(stub: Stub) -> None:
    stub.answer = {"status": 240, "message": "APP forbidden"}
    with pytest.raises(OutsideDownError):
        BaiduGeocoder(f"{stub.url}?ak=key", agent="tests").find("x", near=None, language="zh")


@pytest.mark.parametrize("kind", [PhotonGeocoder, BaiduGeocoder])
@pytest.mark.parametrize("body", [b"", b"<html>busy</html>", b"[1]", b'{"features": [{}]}'])
def test_a_broken_answer_of_others_counts_as_silence(stub: Stub, kind: Any, body: bytes) -> None:
    stub.answer = body
    with pytest.raises(OutsideDownError):
        kind(stub.url, agent="tests").find("x", near=None, language="zh")


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("https://nominatim.example", NominatimGeocoder),
        ("photon+https://photon.example", PhotonGeocoder),
        ("baidu+https://api.example?ak=1", BaiduGeocoder),
        ("fake:", FakeGeocoder),
    ],
)
def test_the_setting_chooses_the_geocoder(app: Flask, address: str, kind: type) -> None:
    known = app.extensions["linli_settings"]
    app.extensions["linli_settings"] = dataclasses.replace(known, geocoder_url=address)
    assert isinstance(geocoder(), kind)


@pytest.mark.parametrize("body", [b"", b"<html>busy</html>", b'[{"lat": "x"}]', b"[1]", b"[{}]"])
def test_a_broken_answer_counts_as_silence(stub: Stub, body: bytes) -> None:
    stub.answer = body
    with pytest.raises(OutsideDownError):
        NominatimGeocoder(stub.url, agent="tests").find("x", near=XIPU, language="zh")


def test_a_dead_geocoder_counts_as_silence(app: Flask) -> None:
    with pytest.raises(OutsideDownError):
        NominatimGeocoder("http://127.0.0.1:9", agent="tests").find("x", near=None, language="en")


def test_turns_are_a_second_apart_and_a_long_queue_is_refused(app: Flask) -> None:
    now = clock.now()
    patience = timedelta(seconds=2)
    turns = []
    for _ in range(4):
        with transaction():
            turns.append(services.take_geocoder_turn(now, patience=patience))
    assert turns == [now, now + timedelta(seconds=1), now + timedelta(seconds=2), None]


def test_a_site_without_a_geocoder_asks_nobody(app: Flask) -> None:
    row = _kept()
    assert run_due() == 0
    assert not _fresh(row).is_pinned
