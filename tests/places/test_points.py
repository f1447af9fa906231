import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.places.parts import distance_words, walk_words
from app.places.types.points import (
    Datum,
    Point,
    box_around,
    distance,
    from_wgs84,
    is_inside,
    to_wgs84,
    walking_minutes,
)

IN_CHINA = st.builds(Point, st.floats(18.5, 53), st.floats(74, 134))
ANYWHERE = st.builds(Point, st.floats(-89, 89), st.floats(-180, 180))

WGS_TO_GCJ = [
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
]
GCJ_TO_BD = [((39.915, 116.404), (39.92133699351021, 116.41036949371029))]
BD_TO_GCJ = [((39.915, 116.404), (39.90865673957631, 116.39762729119315))]


@pytest.mark.parametrize(("wgs", "gcj"), WGS_TO_GCJ)
def test_known_points_of_three_cities_convert_to_gcj02_and_back(
    wgs: tuple[float, float], gcj: tuple[float, float]
) -> None:
    assert distance(from_wgs84(Point(*wgs), Datum.GCJ02), Point(*gcj)) < 0.01
    assert distance(to_wgs84(Point(*gcj), Datum.GCJ02), Point(*wgs)) < 0.01


@pytest.mark.parametrize(("gcj", "bd"), GCJ_TO_BD)
def test_a_known_point_converts_between_gcj02_and_bd09(
    gcj: tuple[float, float], bd: tuple[float, float]
) -> None:
    earth = to_wgs84(Point(*gcj), Datum.GCJ02)
    assert distance(from_wgs84(earth, Datum.BD09), Point(*bd)) < 0.01


@pytest.mark.parametrize(("bd", "gcj"), BD_TO_GCJ)
def test_a_known_point_of_baidu_converts_back(
    bd: tuple[float, float], gcj: tuple[float, float]
) -> None:
    earth = to_wgs84(Point(*bd), Datum.BD09)
    assert distance(from_wgs84(earth, Datum.GCJ02), Point(*gcj)) < 1


@settings(deadline=None)
@given(IN_CHINA, st.sampled_from(list(Datum)))
def test_there_and_back_ends_within_a_metre(point: Point, datum: Datum) -> None:
    assert distance(to_wgs84(from_wgs84(point, datum), datum), point) < 0.01


def test_outside_china_gcj02_is_wgs84() -> None:
    paris = Point(48.8588897, 2.3200410)
    assert from_wgs84(paris, Datum.GCJ02) == paris


def test_distance_agrees_with_a_known_line() -> None:
    beijing, shanghai = Point(39.9042, 116.4074), Point(31.2304, 121.4737)
    assert distance(beijing, shanghai) == pytest.approx(1_067_000, rel=0.002)


@settings(deadline=None)
@given(ANYWHERE, st.floats(10, 50_000), st.floats(0, 2 * math.pi), st.floats(0, 0.999))
def test_the_box_holds_every_point_within_its_radius(
    centre: Point, metres: float, bearing: float, share: float
) -> None:
    reach = share * metres / 6_371_008.8
    lat = math.asin(
        math.sin(math.radians(centre.lat)) * math.cos(reach)
        + math.cos(math.radians(centre.lat)) * math.sin(reach) * math.cos(bearing)
    )
    turn = math.atan2(
        math.sin(bearing) * math.sin(reach) * math.cos(math.radians(centre.lat)),
        math.cos(reach) - math.sin(math.radians(centre.lat)) * math.sin(lat),
    )
    lng = (centre.lng + math.degrees(turn) + 540) % 360 - 180
    box = box_around(centre, metres)
    assert box.south <= math.degrees(lat) <= box.north
    assert box.west <= lng <= box.east


def test_a_point_is_inside_its_outline_and_not_beside_it() -> None:
    square = [[30.0, 103.0], [30.0, 104.0], [31.0, 104.0], [31.0, 103.0]]
    assert is_inside(Point(30.5, 103.5), square)
    assert not is_inside(Point(30.5, 104.5), square)
    assert not is_inside(Point(29.9, 103.5), square)


@pytest.mark.parametrize("lat", [math.nan, math.inf, -91.0])
def test_what_is_no_number_on_earth_is_refused(lat: float) -> None:
    assert not Point(lat, 0).is_on_earth
    assert Point(90, -180).is_on_earth


def test_distances_are_worded_as_people_say_them() -> None:
    assert walking_minutes(460) == 6
    assert walk_words(40) in {"1 minute's walk", "步行 1 分钟"}
    assert distance_words(463) in {"460 m", "460 米"}
    assert distance_words(1240) in {"1.2 km", "1.2 公里"}
    assert walk_words(5200) in {"5.2 km", "5.2 公里"}
