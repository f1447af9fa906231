"""Commands of merchants: importing shops, and the days that do not follow their weekday."""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from app.core import clock
from app.core.access import SYSTEM
from app.core.cli import group
from app.core.db import transaction
from app.core.errors import LinliError
from app.core.i18n import speaking
from app.core.pages import safe_cell
from app.merchants.policies.trades import FIRST_CATEGORIES
from app.merchants.services.hours import mark_break, mark_day
from app.merchants.services.importing import ImportResult, distinct, import_merchants
from app.merchants.services.maps import SOURCE, read_map
from app.merchants.services.tables import Columns, read_table
from app.merchants.types import ImportRow, LeftOut, SpecialDayKind

BATCH = 200


@group("import").command("merchants")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--source", default="", help="whose data this is, shown on the pages")
@click.option(
    "--rejects", type=click.Path(path_type=Path), help="write what was left out here, as CSV"
)
@click.option("--key", "key_column", default="", help="CSV: column that names a row for ever")
@click.option("--name", "name_column", default="", help="CSV: column of the name")
@click.option("--name-zh", default="", help="CSV: column of the Chinese name")
@click.option("--name-en", default="", help="CSV: column of the English name")
@click.option(
    "--category", "category_column", default="", help="CSV: column of the trade's short name"
)
@click.option("--trade", default="other", help="CSV: the trade where the column says none")
@click.option("--lat", default="", help="CSV: column of the latitude (WGS-84)")
@click.option("--lng", default="", help="CSV: column of the longitude")
@click.option("--address", multiple=True, help="CSV: column of the address, may be repeated")
@click.option(
    "--description", multiple=True, help="CSV: column of the description, may be repeated"
)
@click.option("--phone", default="", help="CSV: column of the phone number")
@click.option("--hours", default="", help="CSV: column of the opening hours")
@click.option(
    "--season", nargs=2, multiple=True, help="CSV: columns of a season's dates and of its hours"
)
@click.option(
    "--encoding", default="", help="CSV: how the text is written (else UTF-8 or GB18030, as found)"
)
@click.option("--delimiter", default=",", show_default=True, help="CSV: what stands between fields")
@click.option("--json", "as_json", is_flag=True, help="for machines")
def merchants(file: Path, source: str, rejects: Path | None, as_json: bool, **options: Any) -> None:
    """Bring shops in from an OpenStreetMap extract (.osm, .xml, .gz) or a CSV file.

    They become unclaimed pages. The same file again changes nothing; shops that were claimed are
    never changed. What is left out
    is listed with its reason.
    """
    with speaking("en"):  # as the command's own words
        try:
            reading, source = _read(file, source, options)
            rows, doubled = distinct(reading.rows)
            result = _imported(rows, source)
        except LinliError as refused:
            raise click.ClickException(str(refused)) from refused
    result.left_out = [*reading.left_out, *doubled, *result.left_out]
    if rejects:
        _write(rejects, [*result.left_out, *result.remarks])
    counts = {
        "read": reading.elements,
        "made": result.made,
        "changed": result.changed,
        "unchanged": result.unchanged,
        "left_out": len(result.left_out),
        "without_tags": getattr(reading, "untagged", 0),
        "remarks": len(result.remarks),
    }
    if as_json:
        click.echo(json.dumps(counts))
    else:
        _say(counts, result)


def _read(file: Path, source: str, options: dict[str, Any]) -> tuple[Any, str]:
    with _progress("reading") as tick:
        if not options["key_column"]:
            return read_map(file, tick=tick), source or SOURCE
        columns = Columns(
            key=options["key_column"], name=options["name_column"], name_zh=options["name_zh"],
            name_en=options["name_en"], category=options["category_column"], lat=options["lat"],
            lng=options["lng"], address=options["address"], description=options["description"],
            phone=options["phone"], hours=options["hours"], seasons=options["season"],
        )  # fmt: skip
        known = frozenset(row[0] for row in FIRST_CATEGORIES)
        if options["trade"] not in known:
            raise click.BadParameter(
                f"no trade {options['trade']}; there are: {', '.join(sorted(known))}"
            )
        reading = read_table(
            file, columns, source=source or file.stem.split(".")[0], otherwise=options["trade"],
            categories=known, encoding=options["encoding"], delimiter=options["delimiter"],
            tick=tick,
        )  # fmt: skip
        return reading, source or file.stem


class _progress:  # noqa: N801 - used as a word
    """Count on the terminal, a few times a second; silent where nobody looks."""

    def __init__(self, what: str, total: int = 0) -> None:
        self.what, self.total, self.shown = what, total, 0

    def __enter__(self) -> _progress:
        return self

    def __call__(self, done: int) -> None:
        if sys.stderr.isatty() and (done - self.shown >= 2000 or done == self.total):
            self.shown = done
            of = f"/{self.total}" if self.total else ""
            click.echo(f"\r{self.what} {done}{of}", nl=False, err=True)

    def __exit__(self, *_error: object) -> None:
        if self.shown:
            click.echo(err=True)


def _imported(rows: Sequence[ImportRow], source: str) -> ImportResult:
    result = ImportResult()
    with _progress("importing", len(rows)) as tick:
        for start in range(0, len(rows), BATCH):
            with transaction():
                result.add(
                    import_merchants(
                        SYSTEM, rows[start : start + BATCH], source=source, at=clock.now()
                    )
                )
            tick(min(start + BATCH, len(rows)))
    return result


def _write(path: Path, left_out: Sequence[LeftOut]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(["line", "key", "name", "reason"])
        for row in left_out:
            cells = (row.line or "", row.source_key, row.name, row.reason)
            writer.writerow([safe_cell(cell) for cell in cells])


def _say(counts: dict[str, int], result: ImportResult) -> None:
    click.echo(
        f"read {counts['read']}: {counts['made']} new, {counts['changed']} changed,"
        f" {counts['unchanged']} as before, {counts['left_out']} left out"
        + (f", {counts['without_tags']} corners without tags" if counts["without_tags"] else "")
    )
    for reason, number in Counter(row.reason for row in result.left_out).most_common(25):
        click.echo(f"  left out {number:>6}: {reason}")
    for row in result.remarks[:25]:
        click.echo(f"  note: {row.source_key} {row.name}: {row.reason}")


@group("hours").command("mark-day")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@click.argument("kind", type=click.Choice(["holiday", "workday", "ordinary"]))
@click.option("--name", default="", help="what the day is called")
def mark_special_day(day: Any, kind: str, name: str) -> None:
    """Make a day a public holiday or a make-up work day, or an ordinary one again."""
    chosen = None if kind == "ordinary" else SpecialDayKind(kind)
    the_day: date = day.date()
    with transaction():
        mark_day(the_day, chosen, name)
    click.echo(f"{the_day} is {kind}")


@group("hours").command("school-break")
@click.argument("first", type=click.DateTime(["%Y-%m-%d"]))
@click.argument("last", type=click.DateTime(["%Y-%m-%d"]), required=False)
@click.option("--name", default="", help="what the holidays are called")
def mark_school_break(first: Any, last: Any, name: str) -> None:
    """Make the days from FIRST to LAST school holidays (SH); without LAST forget those of FIRST."""
    try:
        with transaction():
            mark_break(first.date(), last.date() if last else None, name)
    except LinliError as refused:
        with speaking("en"):  # as the command's own words
            raise click.ClickException(str(refused)) from refused
    click.echo(
        f"school holidays from {first.date()} to {last.date()}"
        if last
        else f"no school holidays from {first.date()}"
    )
