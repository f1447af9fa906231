"""Where the way leads: one point as each map on a phone reads it, in its own datum."""

from dataclasses import dataclass
from urllib.parse import urlencode

from app.places.types.points import Datum, Point, from_wgs84

SOURCE = "linli"


@dataclass(frozen=True)
class Way:
    """A map that may open, and the address that opens it at the place."""

    name: str
    name_en: str
    url: str


def ways_to(place: Point, name: str) -> list[Way]:
    """Return the ways to a WGS-84 point, most used first.

    Amap and Tencent read GCJ-02, Baidu BD-09. Apple's and Google's maps of China lie on GCJ-02 as
    well; outside China that is WGS-84. Sources: the makers' own pages on calling their maps by
    address (uri.amap.com, lbs.qq.com URI API, lbsyun.baidu.com URI API, Apple Map Links, Google
    Maps URLs).
    """
    shifted, baidu = from_wgs84(place, Datum.GCJ02), from_wgs84(place, Datum.BD09)
    pair = f"{shifted.lat:.6f},{shifted.lng:.6f}"
    # Their separators inside one value: a comma would end Amap's name, a bar Baidu's.
    plain = name.translate({ord(sign): " " for sign in ",|;:"}).strip() or pair.replace(",", " ")
    return [
        Way(
            "高德地图",
            "Amap",
            _address(
                "https://uri.amap.com/navigation",
                to=f"{shifted.lng:.6f},{shifted.lat:.6f},{plain}",
                mode="walk",
                coordinate="gaode",
                callnative="1",
                src=SOURCE,
            ),
        ),
        Way(
            "腾讯地图",
            "Tencent Maps",
            _address(
                "https://apis.map.qq.com/uri/v1/routeplan",
                type="walk",
                to=plain,
                tocoord=pair,
                referer=SOURCE,
            ),
        ),
        Way(
            "百度地图",
            "Baidu Maps",
            _address(
                "https://api.map.baidu.com/marker",
                location=f"{baidu.lat:.6f},{baidu.lng:.6f}",
                title=plain,
                content=plain,
                output="html",
                coord_type="bd09ll",
                src=f"webapp.{SOURCE}",
            ),
        ),
        Way(
            "苹果地图",
            "Apple Maps",
            _address("https://maps.apple.com/", daddr=pair, q=plain, dirflg="w"),
        ),
        Way(
            "谷歌地图",
            "Google Maps",
            _address(
                "https://www.google.com/maps/dir/", api="1", destination=pair, travelmode="walking"
            ),
        ),
    ]


def _address(base: str, **query: str) -> str:
    return f"{base}?{urlencode(query)}"
