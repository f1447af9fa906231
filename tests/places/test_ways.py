from urllib.parse import parse_qs, urlsplit

import pytest

from app.places.types.points import Datum, Point, distance, from_wgs84
from app.places.types.ways import ways_to

PLACE = Point(39.911954, 116.377817)
ABROAD = Point(52.5163, 13.3777)


def asked(name: str, place: Point = PLACE, title: str = "西门, 面包店") -> dict[str, str]:
    url = next(way.url for way in ways_to(place, title) if way.name_en == name)
    return {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}


def pair(text: str, *, is_lng_first: bool = False) -> Point:
    first, second = (float(part) for part in text.split(",")[:2])
    return Point(second, first) if is_lng_first else Point(first, second)


@pytest.mark.parametrize(
    ("name", "key", "datum"),
    [
        ("Amap", "to", Datum.GCJ02),
        ("Tencent Maps", "tocoord", Datum.GCJ02),
        ("Baidu Maps", "location", Datum.BD09),
        ("Apple Maps", "daddr", Datum.GCJ02),
        ("Google Maps", "destination", Datum.GCJ02),
    ],
)
def test_each_map_gets_the_place_in_its_own_datum(name: str, key: str, datum: Datum) -> None:
    given = pair(asked(name)[key], is_lng_first=name == "Amap")
    assert distance(given, from_wgs84(PLACE, datum)) < 0.2
    assert distance(given, PLACE) > 100


def test_abroad_nothing_is_shifted_but_for_baidu() -> None:
    assert distance(pair(asked("Google Maps", ABROAD)["destination"]), ABROAD) < 0.2
    assert distance(pair(asked("Baidu Maps", ABROAD)["location"]), ABROAD) > 100


def test_a_name_cannot_break_out_of_its_place() -> None:
    assert asked("Amap", title="甲,乙|丙")["to"].split(",")[2] == "甲 乙 丙"
    assert asked("Baidu Maps", title="a&location=0,0")["location"] != "0,0"
    assert asked("Amap", title="")["to"].count(",") == 2
