"""Shops from files: real extracts, the same file twice, and files that mean harm."""

import csv
import gzip
import json
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.core.db import db, transaction
from app.merchants.models import Merchant, OpeningSpanEntry
from app.merchants.services import shops
from app.merchants.services.maps import read_map
from app.merchants.types import MerchantState
from tests.factories.accounts import person, viewer
from tests.factories.merchants import trades
from tests.sizes import Size, size

SMALL = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6"><bounds minlat="30" minlon="103" maxlat="31" maxlon="104"/>
 <node id="1" lat="30.76" lon="103.98"><tag k="shop" v="supermarket"/>
  <tag k="name" v="好美佳超市"/><tag k="name:en" v="Haomeijia"/>
  <tag k="opening_hours" v="Mo-Su 08:00-22:00"/></node>
 <node id="2" lat="30.77" lon="103.97"><tag k="amenity" v="restaurant"/></node>
 <node id="3" lat="30.75" lon="103.96"/><node id="4" lat="30.77" lon="103.98"/>
 <way id="1"><nd ref="3"/><nd ref="4"/><tag k="amenity" v="cafe"/>
  <tag k="name" v="Corner"/><tag k="opening_hours" v="Mo-Fr teatime"/></way>
 <way id="2"><nd ref="3"/><nd ref="4"/>
  <tag k="highway" v="footway"/><tag k="name" v="校园路"/></way>
 <relation id="9"><member type="way" ref="1"/>
  <tag k="shop" v="books"/><tag k="name" v="犀浦书店"/></relation>
</osm>"""


def _run(app, *arguments: object):
    return app.test_cli_runner().invoke(args=["import", "merchants", *map(str, arguments)])


def _file(tmp_path: Path, content: str | bytes, name: str = "map.osm") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def _count() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Merchant)) or 0


def test_an_extract_arrives_as_unclaimed_pages_and_the_rest_is_listed(app, tmp_path) -> None:
    rejects = tmp_path / "left-out.csv"
    done = _run(app, _file(tmp_path, SMALL), "--json", "--rejects", rejects)
    counts = json.loads(done.output)
    assert (counts["read"], counts["made"], counts["left_out"], counts["without_tags"]) == (
        7,
        3,
        2,
        2,
    )
    rows = {row.source_key: row for row in db.session.scalars(sa.select(Merchant))}
    market, cafe, books = (rows[key] for key in ("osm:node/1", "osm:way/1", "osm:relation/9"))
    assert (market.name_zh, market.name_en, market.state) == (
        "好美佳超市",
        "Haomeijia",
        MerchantState.UNCLAIMED,
    )
    assert (cafe.name_zh, cafe.name_en, cafe.opening_hours) == ("", "Corner", "")
    assert (cafe.lat, cafe.lng) == (30.76, 103.97) == (books.lat, books.lng)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(OpeningSpanEntry)) >= 14
    with rejects.open(encoding="utf-8-sig", newline="") as source:
        listed = {row["key"]: row["reason"] for row in csv.DictReader(source)}
    assert set(listed) == {"osm:node/2", "osm:way/2", "osm:way/1"}
    assert "teatime" in listed["osm:way/1"]


def test_a_second_run_changes_nothing_and_a_claimed_shop_is_never_changed(app, tmp_path) -> None:
    path = _file(tmp_path, SMALL)
    assert _run(app, path).exit_code == 0
    again = json.loads(_run(app, path, "--json").output)
    assert (again["made"], again["changed"], again["unchanged"]) == (0, 0, 3)
    moved = _file(tmp_path, SMALL.replace("好美佳超市", "好美佳生鲜"), "moved.osm")
    desk = viewer(person(roles=("operator",)))
    market = db.session.scalar(sa.select(Merchant).where(Merchant.source_key == "osm:node/1"))
    changed = json.loads(_run(app, moved, "--json").output)
    assert (changed["changed"], changed["unchanged"]) == (1, 2)
    with transaction():
        shops.archive_merchant(desk, market.id, reason="撤下", at=market.created_at)
    taken = json.loads(_run(app, path, "--json").output)
    assert (taken["made"], taken["changed"], taken["unchanged"], taken["left_out"]) == (0, 0, 2, 3)
    db.session.expire_all()
    assert db.session.get(Merchant, market.id).name_zh == "好美佳生鲜"


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE osm [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    '<osm><node id="1" lat="1" lon="1"><tag k="name" v="&b;"/></node></osm>'
)
LEAK = '<?xml version="1.0"?><!DOCTYPE osm SYSTEM "file:///etc/passwd"><osm></osm>'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "empty"),
        ("not a map", "XML"),
        (SMALL[: len(SMALL) // 2], "XML"),
        (gzip.compress(SMALL.encode())[:200], "cut off"),
        (b"\x1f\x8b\x08\x00rubbish rubbish rubbish", ""),
        (BOMB, "entities"),
        (LEAK, "entities"),
        ("<html><body/></html>", "OpenStreetMap"),
        ("<osm>" + "<a>" * 50_000, ""),
        (SMALL.replace('lat="30.76"', 'lat="91"'), "earth"),
        (SMALL.replace('lat="30.76"', 'lat="banana"'), ""),
        (SMALL.replace('id="1"', 'id="one"'), ""),
        (SMALL.encode("utf-16").replace(b"\x00", b"\x01"), ""),
        (SMALL.replace('encoding="UTF-8"', 'encoding="ascii"'), "XML"),
        (gzip.compress(b"<osm>" + b" " * 90_000_000), "unpacks"),
    ],
)
def test_a_file_that_means_harm_is_refused_with_its_reason_and_leaves_nothing(
    app, tmp_path, content, said
) -> None:
    done = _run(app, _file(tmp_path, content))
    assert done.exit_code == 1, done.output
    assert said in done.output
    assert "Traceback" not in done.output
    assert _count() == 0


def test_a_file_that_is_not_there_is_said_so(app, tmp_path) -> None:
    done = _run(app, tmp_path / "nothing.osm")
    assert done.exit_code == 1
    assert "nothing.osm" in done.output


TABLE = """id,name,lat,lng,hours
1,Corner Bakery,30.76,103.98,Mo-Fr 08:00-18:00
2,,30.76,103.98,
3,Nowhere,200,0,
4,No pin,,,
4,No pin,,,
5,Too,many,fields,here,and,more
,No key,30,100,
"""
FLAGS = (
    "--key",
    "id",
    "--name",
    "name",
    "--lat",
    "lat",
    "--lng",
    "lng",
    "--hours",
    "hours",
    "--trade",
    "bakery",
)


def test_a_table_is_read_by_the_columns_one_names(app, tmp_path) -> None:
    path = _file(tmp_path, TABLE, "shops.csv")
    counts = json.loads(_run(app, path, *FLAGS, "--source", "town", "--json").output)
    assert (counts["read"], counts["made"], counts["left_out"]) == (7, 2, 5)
    rows = {row.source_key: row for row in db.session.scalars(sa.select(Merchant))}
    assert rows["town:1"].opening_hours == "Mo-Fr 08:00-18:00"
    assert rows["town:1"].category_id == trades()["bakery"]
    again = json.loads(_run(app, path, *FLAGS, "--source", "town", "--json").output)
    assert (again["made"], again["unchanged"], again["left_out"]) == (0, 2, 5)


@pytest.mark.parametrize(
    ("content", "flags", "said"),
    [
        ("name\nx", ("--key", "id"), "id"),
        (TABLE.encode("utf-16"), FLAGS, "written in UTF-16. Save it as “CSV UTF-8”"),
        ("id,name\n1,café".encode("latin-1"), FLAGS[:4], "neither in UTF-8 nor in GB18030"),
        ("id,name\n1,Žižkov ČR".encode("cp1250"), FLAGS[:4], "neither in UTF-8 nor in GB18030"),
        ("id,name\n1,妈".encode("gb18030"), (*FLAGS[:4], "--encoding", "utf-8"), "utf-8"),
        ('id,name\n1,"never closed', ("--key", "id", "--name", "name"), "table"),
        ("id,name\n1," + "x" * 200_000, ("--key", "id", "--name", "name"), "table"),
        (TABLE, (*FLAGS[:-1], "no-such-trade"), "no-such-trade"),
        (TABLE, (*FLAGS, "--encoding", "klingon"), "klingon"),
    ],
)
def test_a_table_that_is_none_is_refused(app, tmp_path, content, flags, said) -> None:
    done = _run(app, _file(tmp_path, content, "shops.csv"), *flags)
    assert done.exit_code != 0
    assert said in done.output
    assert _count() == 0


CHINESE = "id,name,lat,lng\n1,王妈妈早餐店（东门）,30.77,103.98\n2,“老地方”茶馆·二楼,30.76,103.97\n"


@pytest.mark.parametrize(
    ("encoding", "flags"),
    [("utf-8", ()), ("utf-8-sig", ()), ("gb18030", ()), ("utf-16", ("--encoding", "utf-16"))],
)
def test_a_table_that_chinese_excel_wrote_is_read(app, tmp_path, encoding, flags) -> None:
    path = _file(tmp_path, CHINESE.encode(encoding), "shops.csv")
    counts = json.loads(_run(app, path, *FLAGS[:8], *flags, "--source", "x", "--json").output)
    assert (counts["read"], counts["made"]) == (2, 2)
    names = set(db.session.scalars(sa.select(Merchant.name_zh)))
    assert names == {"王妈妈早餐店（东门）", "“老地方”茶馆·二楼"}


def _data(data_dir: Path, name: str) -> Path:
    path = data_dir / "merchants" / name
    if not path.is_file():
        pytest.skip(f"{name} is not there")
    return path


def test_the_streets_of_xipu_arrive_whole(app, data_dir, tmp_path) -> None:
    path, rejects = _data(data_dir, "osm_chengdu_xipu.osm.xml.gz"), tmp_path / "left-out.csv"
    counts = json.loads(_run(app, path, "--json", "--rejects", rejects).output)
    assert counts["read"] == 11_716 + 1_454 + 129
    assert counts["made"] + counts["left_out"] + counts["without_tags"] == counts["read"]
    assert counts["made"] == _count() >= 50
    rows = {row.source_key: row for row in db.session.scalars(sa.select(Merchant))}
    assert rows["osm:node/4150911398"].name_zh == "好美佳超市"
    assert rows["osm:node/4150911398"].name_en == "Haomeijia Supermarket"
    assert rows["osm:node/7314309343"].name_zh == "豪客来"
    assert all(row.lat is not None for row in rows.values())
    with rejects.open(encoding="utf-8-sig", newline="") as source:
        listed = list(csv.DictReader(source))
    named_shops = [row for row in listed if row["name"] and "(shop=" in row["reason"]]
    assert named_shops == []
    assert all(row["reason"] for row in listed)
    again = json.loads(_run(app, path, "--json").output)
    assert (again["made"], again["changed"], again["unchanged"]) == (0, 0, counts["made"])


def test_every_named_thing_of_xipu_is_imported_or_listed(data_dir, app) -> None:
    reading = read_map(_data(data_dir, "osm_chengdu_xipu.osm.xml.gz"))
    keys = [row.source_key for row in reading.rows] + [row.source_key for row in reading.left_out]
    assert Counter(keys).most_common(1)[0][1] == 1
    named = len(reading.rows) + sum(1 for row in reading.left_out if row.name)
    assert named >= 559


@pytest.mark.sized
def test_thousands_of_markets_are_read_by_flags(app, data_dir, tmp_path) -> None:
    path, total = _data(data_dir, "usda_farmers_markets.csv.gz"), 8_791
    if size() is Size.QUICK:
        total = 1_500
        with gzip.open(path, "rt", encoding="utf-8", newline="") as source:
            rows = list(csv.reader(source))[: total + 1]
        path = tmp_path / "some.csv"
        with path.open("w", encoding="utf-8", newline="") as target:
            csv.writer(target).writerows(rows)
    flags = [
        "--key",
        "FMID",
        "--name",
        "MarketName",
        "--lat",
        "y",
        "--lng",
        "x",
        "--address",
        "street",
        "--address",
        "city",
        "--address",
        "State",
        "--trade",
        "market",
        "--source",
        "usda",
        "--season",
        "Season1Date",
        "Season1Time",
        "--season",
        "Season2Date",
        "Season2Time",
    ]
    counts = json.loads(_run(app, path, *flags, "--json").output)
    assert counts["read"] == total == counts["made"] + counts["left_out"]
    danville = db.session.scalar(sa.select(Merchant).where(Merchant.source_key == "usda:1018261"))
    assert danville.opening_hours.startswith("2017 Jun 14-2017 Aug 30 Wed: 9:00 AM-1:00 PM")
    with_hours = db.session.scalar(
        sa.select(sa.func.count()).select_from(Merchant).where(Merchant.opening_hours != "")
    )
    assert with_hours > total // 2
