"""Reading an OpenStreetMap extract as a stream: shops, restaurants, services, what is left out.

Nodes are read as they come; ways and relations stand at the middle of their corners, which later
passes over the file collect, so that no more than those corners is ever in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.merchants.errors import ImportRefusedError
from app.merchants.policies.trades import tells_of, trade_of_tags
from app.merchants.services.files import opened
from app.merchants.types import ImportRow, LeftOut

SOURCE = "© OpenStreetMap contributors (ODbL)"
_KINDS = ("node", "way", "relation")
_DEEPEST = 6
_LONGEST = 10_000
_MOST_CHILDREN = 100_000
_MOST_ATTRIBUTES = 40


@dataclass(slots=True)
class MapReading:
    """What an extract holds: the shops, what was left out with its reason, and how many of all."""

    rows: list[ImportRow] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    elements: int = 0
    untagged: int = 0


@dataclass(slots=True)
class _Element:
    kind: str
    id: str
    tags: dict[str, str]
    lat: float | None = None
    lng: float | None = None
    corners: list[str] = field(default_factory=list)
    ways: list[str] = field(default_factory=list)
    nodes: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        return f"osm:{self.kind}/{self.id}"


def read_map(path: Path, *, tick: Callable[[int], object] = lambda _n: None) -> MapReading:
    """Return what an extract holds; refuses a file that is no whole OSM XML, and keeps nothing of
    it.
    """
    reading, waiting = MapReading(), []
    for element in _elements(path):
        reading.elements += 1
        tick(reading.elements)
        if not element.tags:
            reading.untagged += 1
            continue
        reason = _why_not(element)
        if reason:
            reading.left_out.append(LeftOut(element.key, _name(element.tags), reason))
        elif element.lat is not None:
            reading.rows.append(_row(element, element.lat, element.lng))
        else:
            waiting.append(element)
    places = _middles(path, waiting)
    reading.rows += [_row(element, *places.get(element.key, (None, None))) for element in waiting]
    return reading


def _elements(path: Path) -> Iterator[_Element]:
    with opened(path) as stream:
        try:
            yield from _parsed(stream)
        except DefusedXmlException as hostile:
            raise ImportRefusedError(
                _l("This file declares entities or a document type, which no map needs.")
            ) from hostile
        except (ParseError, UnicodeError, LookupError, ValueError) as broken:
            raise ImportRefusedError(
                _l("This is not whole XML: %(why)s"), why=str(broken)[:200]
            ) from broken


def _parsed(stream: IO[bytes]) -> Iterator[_Element]:
    open_nodes: list[Any] = []
    for event, node in iterparse(stream, events=("start", "end"), forbid_dtd=True):
        if event == "start":
            open_nodes.append(node)
            _check_shape(open_nodes)
            continue
        open_nodes.pop()
        if len(open_nodes) == 1:
            if node.tag in _KINDS:
                yield _element(node)
            open_nodes[0].clear()


def _check_shape(open_nodes: list[Any]) -> None:
    """Refuse what no map looks like: another root, deep nests, endless attributes or children."""
    node, parent = open_nodes[-1], open_nodes[-2:][0]
    if (
        open_nodes[0].tag != "osm"
        or len(open_nodes) > _DEEPEST
        or len(node.attrib) > _MOST_ATTRIBUTES
        or len(parent) > _MOST_CHILDREN
    ):
        raise ImportRefusedError(_l("This is not an OpenStreetMap file."))


def _element(node: Any) -> _Element:
    found = _Element(node.tag, str(int(node.get("id", ""))), {})
    found.lat, found.lng = _degrees(node)
    for child in node:
        if child.tag == "tag":
            found.tags[child.get("k", "")[:255]] = child.get("v", "")[:_LONGEST]
        elif child.tag == "nd":
            found.corners.append(child.get("ref", ""))
        elif child.tag == "center":
            found.lat, found.lng = _degrees(child)
        elif child.tag == "member":
            group = {"way": found.ways, "node": found.nodes}.get(child.get("type", ""))
            if group is not None:
                group.append(child.get("ref", ""))
    return found


def _degrees(node: Any) -> tuple[float | None, float | None]:
    if node.get("lat") is None or node.get("lon") is None:
        return None, None
    lat, lng = float(node.get("lat")), float(node.get("lon"))
    if not (-90 <= lat <= 90 and -180 <= lng <= 180):
        raise ValueError(f"{lat}, {lng} is not on earth")
    return lat, lng


def _name(tags: Mapping[str, str]) -> str:
    for key in ("name", "name:zh", "name:zh-Hans", "name:en", "int_name", "brand"):
        if tags.get(key, "").strip():
            return tags[key].strip()
    return ""


def _why_not(element: _Element) -> str:
    tags = element.tags
    trade = trade_of_tags(tags)
    if not trade:
        what = tells_of(tags)
        return (
            _("not a shop or a service (%(what)s)", what=what)
            if what
            else _("says nothing of itself")
        )
    if (
        any(key.startswith(("disused:", "abandoned:")) for key in tags)
        or tags.get("disused") == "yes"
    ):
        return _("no longer in use")
    if not _name(tags):
        return _("has no name (%(what)s)", what=tells_of(tags))
    return ""


def _is_chinese(text: str) -> bool:
    return any(
        "\u3400" <= sign <= "\u9fff" or "\U00020000" <= sign <= "\U0003ffff" for sign in text
    )


def names_of(tags: Mapping[str, str]) -> tuple[str, str]:
    """Return the Chinese and the English name that a map's tags tell."""
    plain = _name(tags)
    zh = tags.get("name:zh-Hans") or tags.get("name:zh") or (plain if _is_chinese(plain) else "")
    en = tags.get("name:en") or tags.get("int_name") or ("" if _is_chinese(plain) else plain)
    return " ".join(zh.split())[:120], " ".join(en.split())[:120]


def _address(tags: Mapping[str, str]) -> str:
    if tags.get("addr:full"):
        return tags["addr:full"][:200]
    parts = (
        tags.get("addr:street", ""),
        tags.get("addr:housenumber", ""),
        tags.get("addr:unit", ""),
    )
    return " ".join(part for part in parts if part)[:200]


def _row(element: _Element, lat: float | None, lng: float | None) -> ImportRow:
    zh, en = names_of(element.tags)
    tags = element.tags
    return ImportRow(
        source_key=element.key,
        name_zh=zh,
        name_en=en,
        category=trade_of_tags(tags),
        description=tags.get("description", "")[:4000],
        address=_address(tags),
        lat=lat,
        lng=lng,
        phone=(tags.get("phone") or tags.get("contact:phone") or "")[:40],
        opening_hours=tags.get("opening_hours", "")[:500],
    )


def _middles(path: Path, waiting: list[_Element]) -> dict[str, tuple[float, float]]:
    """Return where ways and relations stand: the middle of the box around their corners."""
    if not waiting:
        return {}
    corners = {element.key: set(element.corners) | set(element.nodes) for element in waiting}
    of_way: dict[str, list[str]] = {}
    for element in waiting:
        for way in element.ways:
            of_way.setdefault(way, []).append(element.key)
    if of_way:
        for element in _elements(path):
            for key in of_way.get(element.id, ()) if element.kind == "way" else ():
                corners[key].update(element.corners)
    wanted = set().union(*corners.values())
    places = {
        element.id: (element.lat, element.lng)
        for element in _elements(path)
        if element.kind == "node" and element.id in wanted
    }
    return {key: middle for key, own in corners.items() if (middle := _middle(own, places))}


def _middle(own: set[str], places: Mapping[str, Any]) -> tuple[float, float] | None:
    points = [places[number] for number in own if number in places]
    if not points:
        return None
    lats, lngs = [point[0] for point in points], [point[1] for point in points]
    return round((min(lats) + max(lats)) / 2, 7), round((min(lngs) + max(lngs)) / 2, 7)
