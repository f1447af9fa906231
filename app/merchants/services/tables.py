"""Reading shops from a CSV file whose columns are named by whoever imports it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.merchants.errors import ImportRefusedError
from app.merchants.services.encodings import encoding_of
from app.merchants.services.files import opened
from app.merchants.services.maps import names_of
from app.merchants.types import ImportRow, LeftOut

_DATES = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}) to (\d{1,2})/(\d{1,2})/(\d{4})")
_MONTH_SPAN = re.compile(r"([A-Z][a-z]{2,8}) to ([A-Z][a-z]{2,8})")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column says what; `address` and `description` may be several, `seasons` pairs of dates
    and hours.
    """

    key: str
    name: str = ""
    name_zh: str = ""
    name_en: str = ""
    category: str = ""
    lat: str = ""
    lng: str = ""
    address: tuple[str, ...] = ()
    description: tuple[str, ...] = ()
    phone: str = ""
    hours: str = ""
    seasons: tuple[tuple[str, str], ...] = ()

    def named(self) -> list[str]:
        """Return every column that was named."""
        single = (
            self.key, self.name, self.name_zh, self.name_en, self.category, self.lat, self.lng,
            self.phone, self.hours,
        )  # fmt: skip
        pairs = [name for pair in self.seasons for name in pair]
        return [name for name in (*single, *self.address, *self.description, *pairs) if name]


@dataclass(slots=True)
class TableReading:
    """What a table holds: the shops, and what was left out with its reason."""

    rows: list[ImportRow] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    elements: int = 0


def read_table(
    path: Path,
    columns: Columns,
    *,
    source: str,
    otherwise: str,
    categories: frozenset[str],
    encoding: str = "",
    delimiter: str = ",",
    tick: Callable[[int], object] = lambda _n: None,
) -> TableReading:
    """Return what a table holds; refuses a file in another encoding, without the columns, or no
    table at all.

    Where no encoding is named it is UTF-8, or GB18030 as Chinese Excel saves a table.
    """
    encoding = encoding or encoding_of(path)
    reading = TableReading()
    with opened(path) as stream:
        try:
            text = io.TextIOWrapper(stream, encoding=encoding, newline="")
            lines = csv.reader(text, delimiter=delimiter, strict=True)
            head = [name.strip() for name in next(lines, [])]
            _check_head(head, columns)
            for fields in lines:
                if not fields:
                    continue
                reading.elements += 1
                tick(reading.elements)
                found = _read_line(
                    head, fields, columns, source=source, otherwise=otherwise, categories=categories
                )
                _keep(reading, found, lines.line_num)
        except (UnicodeError, LookupError) as wrong:
            raise ImportRefusedError(
                _l("This file is not written in %(encoding)s."), encoding=encoding
            ) from wrong
        except csv.Error as broken:
            raise ImportRefusedError(
                _l("This is not a table: %(why)s"), why=str(broken)
            ) from broken
    return reading


def _keep(reading: TableReading, found: ImportRow | LeftOut, line: int) -> None:
    if isinstance(found, LeftOut):
        reading.left_out.append(LeftOut(found.source_key, found.name, found.reason, line))
    else:
        reading.rows.append(found)


def _check_head(head: list[str], columns: Columns) -> None:
    missing = [name for name in columns.named() if name not in head]
    if missing:
        raise ImportRefusedError(
            _l("This table has no column %(names)s. It has: %(head)s"),
            names=", ".join(missing), head=", ".join(head)[:300],
        )  # fmt: skip


def _read_line(
    head: list[str],
    fields: list[str],
    columns: Columns,
    *,
    source: str,
    otherwise: str,
    categories: frozenset[str],
) -> ImportRow | LeftOut:
    if len(fields) != len(head):
        return LeftOut(
            "", fields[0][:80], _("has %(n)s fields instead of %(m)s", n=len(fields), m=len(head))
        )
    line = {name: " ".join(value.split()) for name, value in zip(head, fields, strict=True)}
    key = line[columns.key]
    zh, en = names_of(
        {
            "name": line.get(columns.name, ""),
            "name:zh": line.get(columns.name_zh, ""),
            "name:en": line.get(columns.name_en, ""),
        }
    )
    if "\x00" in "".join(fields):
        return LeftOut(key, (zh or en), _("contains characters that cannot be kept"))
    if not key or len(key) > 80:
        return LeftOut(key[:80], zh or en, _("has no key by which to know it again"))
    if not zh and not en:
        return LeftOut(key, "", _("has no name"))
    place = _place(line.get(columns.lat, ""), line.get(columns.lng, ""))
    if place is None:
        return LeftOut(key, zh or en, _("stands at no place on earth"))
    trade = line.get(columns.category, "")
    return ImportRow(
        source_key=f"{source}:{key}",
        name_zh=zh,
        name_en=en,
        category=trade if trade in categories else otherwise,
        description=_joined(line, columns.description, "\n")[:4000],
        address=_joined(line, columns.address, ", ")[:200],
        lat=place[0],
        lng=place[1],
        phone=line.get(columns.phone, "")[:40],
        opening_hours=_hours(line, columns)[:500],
    )


def _joined(line: Mapping[str, str], names: tuple[str, ...], between: str) -> str:
    return between.join(line[name] for name in names if line[name])


def _place(lat: str, lng: str) -> tuple[float | None, float | None] | None:
    """Return the coordinates, (None, None) where there are none, None where they are nonsense."""
    if not lat and not lng:
        return None, None
    try:
        place = float(lat), float(lng)
    except ValueError:
        return None
    return place if -90 <= place[0] <= 90 and -180 <= place[1] <= 180 else None


def _hours(line: Mapping[str, str], columns: Columns) -> str:
    """Return hours as written, or season by season with the dates before them."""
    rules = [line[columns.hours].rstrip("; ")] if columns.hours and line[columns.hours] else []
    for dates, times in columns.seasons:
        if line[times]:
            span = _season(line[dates])
            if span is None:
                return f"{line[dates]}: {line[times]}"
            days = (part.strip() for part in line[times].split(";"))
            rules += [f"{span} {part}".strip() for part in days if part]
    return "; ".join(rules)


def _season(text: str) -> str | None:
    """Return 06/14/2017 to 08/30/2017 as 2017 Jun 14-2017 Aug 30; an empty text means all year."""
    if not text:
        return ""
    months = _MONTH_SPAN.fullmatch(text)
    if months is not None:
        return f"{months[1]}-{months[2]}"
    found = _DATES.fullmatch(text)
    if found is None:
        return None
    numbers = [int(part) for part in found.groups()]
    if not (1 <= numbers[0] <= 12 and 1 <= numbers[3] <= 12):
        return None
    first = f"{numbers[2]} {_MONTHS[numbers[0] - 1]} {numbers[1]}"
    return f"{first}-{numbers[5]} {_MONTHS[numbers[3] - 1]} {numbers[4]}"
